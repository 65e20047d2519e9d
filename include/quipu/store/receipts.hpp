// SPDX-License-Identifier: BSL-1.0
//
// receipts.hpp: what a store tells of itself.
#pragma once

#include "../event/event_id.hpp"
#include "../hash/digest.hpp"
#include "../journal/append_options.hpp"
#include "../journal/config.hpp"
#include "../journal/reports.hpp"
#include "../journal/write/append_entry.hpp"
#include "../macros.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace quipu::inline QUIPU_MODE {

/// Counts since the store was opened, but for the first three, which are of the log.
struct store_stats {
  std::uint64_t events{};  ///< visible
  std::uint64_t entities{};
  std::uint64_t segments{};
  std::uint64_t commits{};        ///< single events and batches appended
  std::uint64_t flushes{};        ///< of the log; with several durable callers at once, fewer than commits
  std::uint64_t written_bytes{};  ///< to the log
};

/// How a store is. Nothing in it changes while all is well.
struct store_diagnostics {
  std::string directory{};
  /// How the log was when the store was opened, and how much of it was read.
  opening_report opening{};
  /// What opening the store found unfinished and cut off.
  std::optional<recovery_report> recovered{};
  /// Why nothing is accepted any more; empty while all is well.
  std::string failure{};
  /// Whether the log keeps a hash chain.
  bool chained{};
  std::int64_t created_at_us{};
  /// What was left out because it is damaged, in the order of the log; only with `open_policy::salvage`.
  std::vector<damage_report> damage{};
  /// How often the cache has failed since the store was opened, and what failed last and why; empty if nothing has.
  std::uint64_t cache_failures{};
  std::string cache_failure{};
  /// Readings of the clock that `config.max_clock_advance` refused since the store was opened, and the last of them.
  std::uint64_t refused_clock_readings{};
  std::int64_t refused_clock_us{};
  /// The kinds that event types of several names have, ascending, as far as they were appended or folded since the
  /// store was opened. The names are those of the last segment that has the kind, and those that were appended since:
  /// once a segment has only events of the new name, a renamed type is not among them any more.
  std::vector<shared_kind> shared_kinds{};
};

/// A state and the number of the entity's events it was folded from: one more than the entity sequence of the last.
template <class State>
struct projected {
  State state{};
  std::uint64_t count{};

  /// The version that the stream has until another event is appended: as `append_options.expected`, it lets an append
  /// happen only if the state is still current.
  [[nodiscard]] constexpr expected_version version() const noexcept {
    return count == 0 ? expected_version::no_stream() : expected_version::exactly(count - 1);
  }
};

/// What `verify` found in order.
struct verification {
  std::uint64_t events{};   ///< numbers given in the log
  std::uint64_t dropped{};  ///< of them, those that a compaction dropped: only their hashes are there
  std::uint64_t erased{};   ///< and those that one erased

  friend bool operator==(const verification&, const verification&) = default;
};

/// How far long work has come. Functions that report it stop with `errc::cancelled` when they are told false.
struct progress {
  std::uint64_t done{};
  std::uint64_t total{};
};

}  // namespace quipu::inline QUIPU_MODE
