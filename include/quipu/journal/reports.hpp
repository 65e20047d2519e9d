// SPDX-License-Identifier: BSL-1.0
//
// reports.hpp: reports of a store: recovery, damage, and pressure on the writer.
#pragma once

#include "../macros.hpp"

#include <cstdint>
#include <string>

namespace quipu::inline QUIPU_MODE {

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

}  // namespace quipu::inline QUIPU_MODE
