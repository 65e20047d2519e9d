// SPDX-License-Identifier: BSL-1.0
//
// execute_options.hpp: how a store executes a command.
#pragma once

#include "../event/event_header.hpp"
#include "../event/event_id.hpp"
#include "../journal/append_options.hpp"
#include "../macros.hpp"

#include <cstdint>
#include <optional>

namespace quipu::inline QUIPU_MODE {

/// What is given to each event that the command decides, beside how often to try. There is no idempotency key: done
/// again, a command meets another state and decides something else; let the state tell that it was done.
struct execute_options {
  /// How often to project, decide and append where others append to the entity in between; at least 1.
  std::uint32_t max_attempts{5};
  std::optional<event_id> correlation_id{};
  std::optional<event_id> causation_id{};
  event_flags flags{};
  std::optional<quipu::durability> durability{};
};

}  // namespace quipu::inline QUIPU_MODE
