// SPDX-License-Identifier: BSL-1.0
//
// memory_shared_log.hpp: a shared log in the memory of one process, for tests, examples and simulations. It can be told
// to misbehave as engines and networks do, the same way for the same seed and calls, and to break its promises, so that
// a test sees what a program does then.
#pragma once

#include "shared_log.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <random>
#include <span>
#include <vector>

namespace quipu::detail::inline QUIPU_MODE {
struct memory_records;
}  // namespace quipu::detail::inline QUIPU_MODE

namespace quipu::inline QUIPU_MODE {

/// How often a connection of a `memory_shared_log` misbehaves, in calls of a thousand. All of it is within the promises
/// of `shared_log`.
struct shared_log_faults {
  std::uint64_t seed{};
  unsigned unavailable{};            ///< any call fails with `errc::unavailable` and does nothing
  unsigned lost_acknowledgements{};  ///< an append adds its record and returns a retry
  unsigned lost_appends{};           ///< an append adds nothing and returns a retry
  unsigned late_appends{};           ///< an append returns a retry; its record appears some appends later
  unsigned repeats{};                ///< an append adds its record twice
  unsigned gaps{};                   ///< an append leaves out numbers before its position
  unsigned short_reads{};            ///< a read returns one record only
};

/// A connection to a log in memory. All members may be called from several threads at once; with faults, the order of
/// the calls decides which of them fail.
class memory_shared_log : public shared_log {
 public:
  /// A connection to a new, empty log.
  explicit memory_shared_log(const shared_log_faults& faults = {});
  /// Another connection to the log of `other`.
  memory_shared_log(const memory_shared_log& other, const shared_log_faults& faults);

  QUIPU_DECL outcome<std::uint64_t> append(std::span<const std::byte> record, const event_id& id) override;
  QUIPU_DECL outcome<std::vector<shared_record>> read(std::uint64_t from, std::size_t limit,
                                                      std::chrono::milliseconds wait) override;
  QUIPU_DECL outcome<shared_log_extent> extent() override;
  QUIPU_DECL outcome<void> trim(std::uint64_t below) override;

  /// Cuts this connection, or mends it: while it is cut, each call fails with `errc::unavailable`.
  void cut(bool is_cut = true);
  /// Lets the late appends of all connections appear now.
  void settle();

  // What no engine may do.

  /// Removes a record as if it had never been appended. Returns false if there is none at that position.
  bool lose(std::uint64_t position);
  /// Replaces a record's bytes. Returns false if there is none at that position.
  bool alter(std::uint64_t position, std::vector<std::byte> bytes);
  /// Forgets the records from a position on, and gives their positions again.
  void roll_back(std::uint64_t from);

 private:
  [[nodiscard]] bool happens(unsigned of_a_thousand);
  [[nodiscard]] bool is_unreachable();

  std::shared_ptr<detail::memory_records> records_;
  shared_log_faults faults_;
  std::mt19937_64 random_;  // guarded by the records' mutex, as is cut_
  bool cut_{false};
};

}  // namespace quipu::inline QUIPU_MODE

#if defined(QUIPU_HEADER_ONLY) || defined(QUIPU_IMPLEMENTATION)
#include "../impl/replication/memory_shared_log.ipp"
#endif
