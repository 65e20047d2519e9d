// SPDX-License-Identifier: BSL-1.0
//
// reports.hpp: reports of a store: opening, recovery, damage, and pressure on the writer.
#pragma once

#include "../core/event_kind.hpp"
#include "../macros.hpp"

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace quipu::inline QUIPU_MODE {

/// How the log was when a store was opened.
enum class opening_path : std::uint8_t {
  created,    ///< there was none: it was made
  clean,      ///< it was closed in order, or its last segment is empty: there was nothing to recover
  unclosed,   ///< it was not closed: its writer crashed or, for a reader, may be at work. A writer flushes it again,
              ///< and cuts off what follows its last commit
  compacted,  ///< a compaction was decided and not finished: the writer finished it
  salvaged,   ///< what is sound of it was read (`open_policy::salvage`)
};

/// `created`, `clean` and so on.
[[nodiscard]] constexpr std::string_view name_of(opening_path path) noexcept {
  switch (path) {
    case opening_path::created:
      return "created";
    case opening_path::clean:
      return "clean";
    case opening_path::unclosed:
      return "unclosed";
    case opening_path::compacted:
      return "compacted";
    case opening_path::salvaged:
      return "salvaged";
  }
  return "unknown";
}

/// What opening a store found and did.
struct opening_report {
  opening_path path{};
  std::uint64_t segments{};             ///< of the log; a new segment that opening began is not counted
  std::uint64_t indexed{};              ///< of them, those with an index file, unread: it fits, or isn't needed yet
  std::uint64_t scanned{};              ///< those that were read, all of them or what was appended behind their index
  std::uint64_t scanned_bytes{};        ///< how much was read of them
  std::uint64_t cut_bytes{};            ///< of an unfinished commit at the end: see `store_diagnostics::recovered`
  std::uint64_t events{};               ///< numbers given in the log
  std::chrono::nanoseconds duration{};  ///< by a steady clock

  /// As in `clean: 12 events, 3 segments (2 by index), 448 bytes read, 0 cut off, 310 us`.
  [[nodiscard]] std::string str() const;

  friend bool operator==(const opening_report&, const opening_report&) = default;
  template <class Traits>
  friend std::basic_ostream<char, Traits>& operator<<(std::basic_ostream<char, Traits>& out,
                                                      const opening_report& value) {
    return out << value.str();
  }
};

/// What opening a store cut off the end of its log.
struct recovery_report {
  std::string path{};             ///< the segment that was cut
  std::uint64_t offset{};         ///< its new size
  std::uint64_t dropped_bytes{};  ///< an unfinished commit; no durable receipt was given for it
  std::string reason{};

  friend bool operator==(const recovery_report&, const recovery_report&) = default;
};

/// What waits to be written or flushed, at one moment.
struct writer_pressure {
  std::uint64_t waiting_bytes{};        ///< size of frames that are placed and not written
  std::uint64_t waiting_bytes_limit{};  ///< about the most: twice `config.writer.buffer_bytes`, one buffer filling and
                                        ///< one being written
  std::uint64_t events_not_durable{};   ///< events that are placed and not on stable storage
  std::uint64_t callers_waiting{};      ///< callers that wait for a flush, for room, or for a fence to end
  std::uint64_t flush_us{};             ///< duration of the last flush
  bool fence_open{};

  /// The share of the limit that is used: 0 to 1.
  [[nodiscard]] constexpr double utilization() const noexcept {
    if (waiting_bytes >= waiting_bytes_limit) return waiting_bytes == 0 ? 0.0 : 1.0;
    return static_cast<double>(waiting_bytes) / static_cast<double>(waiting_bytes_limit);
  }

  friend constexpr bool operator==(const writer_pressure&, const writer_pressure&) noexcept = default;
};

/// One damaged part of a log that was left out when the log was salvaged.
struct damage_report {
  std::string path{};
  std::uint64_t offset{};
  std::uint64_t bytes{};   ///< size of the skipped part; 0 if a file is missing
  std::uint64_t events{};  ///< number of missing events, as far as later events tell
  std::string reason{};

  friend bool operator==(const damage_report&, const damage_report&) = default;
};

/// A kind that event types of several names have: a type was renamed, or two types clash.
struct shared_kind {
  event_kind kind{};
  std::uint16_t version{};           ///< of the schema
  std::vector<std::string> names{};  ///< the oldest first

  friend bool operator==(const shared_kind&, const shared_kind&) = default;
};

}  // namespace quipu::inline QUIPU_MODE

namespace quipu::detail::inline QUIPU_MODE {

/// Counts a segment that was opened, of which the bytes from `begin` to `end` were read.
void count_segment(opening_report& report, bool by_index, std::uint64_t begin, std::uint64_t end) noexcept;

}  // namespace quipu::detail::inline QUIPU_MODE
