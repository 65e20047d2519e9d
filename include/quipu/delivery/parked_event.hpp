// SPDX-License-Identifier: BSL-1.0
//
// parked_event.hpp: an event that a worker couldn't handle and went on without.
#pragma once

#include "../event/event_id.hpp"
#include "../macros.hpp"

#include <cstdint>
#include <string>

namespace quipu::inline QUIPU_MODE {

struct parked_event {
  event_id id{};
  std::uint64_t sequence{};     ///< the event's number in the store
  std::uint64_t attempts{};     ///< how often the handler was called with it
  std::int64_t failed_at_us{};  ///< when it failed last, in microseconds since the Unix epoch
  std::string error{};          ///< what it failed with, at most 1,024 bytes of it

  friend bool operator==(const parked_event&, const parked_event&) = default;
};

}  // namespace quipu::inline QUIPU_MODE
