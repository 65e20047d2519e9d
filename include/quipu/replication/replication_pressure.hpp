// SPDX-License-Identifier: BSL-1.0
//
// replication_pressure.hpp: what waits at a replica for the shared log.
#pragma once

#include <quipu.hpp>

#include <chrono>
#include <cstdint>

namespace quipu::inline QUIPU_MODE {

/// The appends of a replica that are not decided yet. They wait to be put into a record, for the shared log to
/// acknowledge it, or for the replica to apply it.
struct replication_pressure {
  std::uint64_t waiting_appends{};          ///< an event or a batch each
  std::uint64_t waiting_bytes{};            ///< size of what they propose, as the shared log gets it
  std::chrono::milliseconds oldest_wait{};  ///< how long the oldest has waited; it is given up after
                                            ///< `replication_options::unavailable_after`

  friend bool operator==(const replication_pressure&, const replication_pressure&) noexcept = default;
};

}  // namespace quipu::inline QUIPU_MODE
