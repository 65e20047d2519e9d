// SPDX-License-Identifier: BSL-1.0
//
// reports.hpp: what a store reports about itself: a recovery, damage, and the load of its writer.
#pragma once

#include "../macros.hpp"

#include <cstdint>
#include <string>

namespace quipu::inline QUIPU_MODE {

/// What opening a store found and mended.
struct recovery_report {
  std::string path{};             ///< the segment that was cut
  std::uint64_t offset{};         ///< where it ends now
  std::uint64_t dropped_bytes{};  ///< what was behind it: an unfinished commit, of which no durable receipt was given
  std::string reason{};

  friend bool operator==(const recovery_report&, const recovery_report&) = default;
};

/// What waits to be written or flushed, at one moment.
struct writer_pressure {
  std::uint64_t waiting_bytes{};        ///< of frames that have a place in the log and aren't in its file
  std::uint64_t waiting_bytes_limit{};  ///< about as many are ever held: `config.writer.buffer_bytes` being filled, and
                                        ///< as many being written
  std::uint64_t events_not_durable{};   ///< that have a place in the log and aren't on stable storage
  std::uint64_t callers_waiting{};      ///< for a flush, for room, or for a fence to end
  std::uint64_t flush_us{};             ///< how long the last flush took
  bool fence_open{};

  /// How much of the room is taken: 0 to 1.
  [[nodiscard]] constexpr double utilization() const noexcept {
    if (waiting_bytes >= waiting_bytes_limit) return waiting_bytes == 0 ? 0.0 : 1.0;
    return static_cast<double>(waiting_bytes) / static_cast<double>(waiting_bytes_limit);
  }

  friend constexpr bool operator==(const writer_pressure&, const writer_pressure&) noexcept = default;
};

/// What reading a damaged log in spite of it has left out.
struct damage_report {
  std::string path{};
  std::uint64_t offset{};
  std::uint64_t bytes{};   ///< that were skipped; 0 where a file is missing
  std::uint64_t events{};  ///< that are missing, as far as what follows tells
  std::string reason{};

  friend bool operator==(const damage_report&, const damage_report&) = default;
};

}  // namespace quipu::inline QUIPU_MODE
