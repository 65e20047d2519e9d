// SPDX-License-Identifier: BSL-1.0
//
// parked_event.hpp: the description of an event that a worker's handler failed to handle.
#pragma once

#include "../event/event_id.hpp"
#include "../macros.hpp"

#include <cstdint>
#include <string>

namespace quipu::inline QUIPU_MODE {

/// An event that a worker parked or skipped, and the failure.
struct parked_event {
  event_id id{};
  std::uint64_t sequence{};     ///< the event's sequence
  std::uint64_t attempts{};     ///< number of calls of the handler with the event
  std::int64_t failed_at_us{};  ///< time of the last failure by the store's clock, in microseconds since the Unix epoch
  std::string error{};          ///< text of the last failure, cut to 1,024 bytes

  friend bool operator==(const parked_event&, const parked_event&) = default;
};

}  // namespace quipu::inline QUIPU_MODE
