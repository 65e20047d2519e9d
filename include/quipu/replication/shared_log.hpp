// SPDX-License-Identifier: BSL-1.0
//
// shared_log.hpp: what a `replicated_store` asks of the engine that orders its records: NATS JetStream, PostgreSQL, or
// memory. A shared log is a list of records on a server or a cluster, which many processes append to and read. A record
// is bytes; its position is the engine's number for it.
//
// What every implementation promises, and tests/replication/shared_log_contract.hpp checks:
//   order       There is one order for all readers and it never changes. Positions are at least 1 and rise with that
//               order; numbers may be left out. Once a record can be read, no record with a lower position is added any
//               more. So a reader that has come to a position has seen every record below it.
//   durability  An append returns its position when the engine has acknowledged it. What that is worth is the engine's
//               setting, which the implementation's header names. A record that any reader got stays, unless the log is
//               trimmed. An engine that breaks this promise is noticed by `replicated_store`: `errc::diverged`.
//   repeats     An append that returned a position has added the record at least once, and one that returned
//               `errc::unavailable` has not added it. Otherwise its fate is unknown, and the record may still appear
//               later. Appending it again with the same id is safe: the engine drops the repeat if it still knows the
//               id, and otherwise the log has the record twice, which `replicated_store` tolerates.
//   threads     All members may be called from several threads at once. Appends of one thread, each made after the one
//               before returned, are in the order of the calls.
//   processes   Objects that are opened with the same address and name see the same log.
//
// Members do not throw, but for `std::bad_alloc`. Apart from what is named below, an implementation returns
// `errc::io_failed` for a failure that another attempt does not mend (a refused password, a missing table), with the
// engine's own message.
#pragma once

#include <quipu.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace quipu::inline QUIPU_MODE {

/// A record of a shared log.
struct shared_record {
  std::uint64_t position{};  ///< at least 1; rises along the log, possibly by more than 1
  std::vector<std::byte> bytes{};

  friend bool operator==(const shared_record&, const shared_record&) = default;
};

/// What a shared log holds. `first` is the lowest position that was not trimmed, `last` the highest that was given to a
/// record. An empty log has `first == last + 1`, and then `last` is the position of the last record that it had, or 0.
/// Positions in between may be missing.
struct shared_log_extent {
  std::uint64_t first{1};
  std::uint64_t last{};

  [[nodiscard]] bool is_empty() const noexcept { return first > last; }
  friend bool operator==(const shared_log_extent&, const shared_log_extent&) = default;
};

/// A log that other processes share; see the top of this file.
class shared_log {
 public:
  virtual ~shared_log() = default;

  /// Appends a record and returns its position when the engine has acknowledged it. If the engine knows `id` from an
  /// earlier record, appends nothing and returns that record's position.
  ///   `errc::unavailable`        the engine was not reached: the record is not in the log and will not appear
  ///   retry                      the fate is unknown; `reason` says what happened, `after_ms` when to try again
  ///   `errc::payload_too_large`  the record is larger than the engine allows; it is not in the log
  ///   any other error            the fate is unknown
  /// Blocks no longer than the implementation's time limit.
  virtual outcome<std::uint64_t> append(std::span<const std::byte> record, const event_id& id) = 0;

  /// Reads up to `limit` records from position `from` on, in order. If there is none, waits up to `wait` for the first;
  /// an empty vector says that none came. May return fewer than there are, but at least one if there is one. `limit` is
  /// at least 1.
  ///   `errc::trimmed`      `from` lies below `extent().first`, because the log was trimmed; `expected()` is
  ///                        `from` and `actual()` the first position that is left
  ///   `errc::unavailable`  the engine was not reached
  virtual outcome<std::vector<shared_record>> read(std::uint64_t from, std::size_t limit,
                                                   std::chrono::milliseconds wait) = 0;

  /// What the log holds now: a record whose append returned before the call is accounted for. `errc::unavailable`.
  virtual outcome<shared_log_extent> extent() = 0;

  /// Removes the records below a position, for all readers and for good; positions are not given again. A `below` at or
  /// below the first position removes nothing; one above `last + 1` removes all that is there. `errc::unavailable`; the
  /// fate of a trim that failed is unknown, and it can be repeated.
  virtual outcome<void> trim(std::uint64_t below) = 0;

 protected:
  shared_log() = default;
  shared_log(const shared_log&) = default;
  shared_log& operator=(const shared_log&) = default;
};

}  // namespace quipu::inline QUIPU_MODE
