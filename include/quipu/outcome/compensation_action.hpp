// SPDX-License-Identifier: BSL-1.0
//
// compensation_action.hpp: a description of how to compensate for a failure, as a value that is part of an error and
// can be stored. The library does not perform the action.
#pragma once

#include "../event/event_id.hpp"
#include "text.hpp"

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace quipu {

/// What a compensation does.
enum class compensation_type : std::uint8_t {
  rollback = 0,  ///< append events that reverse `events`
  notify = 1,    ///< notify `name`; the message is `detail`
  release = 2,   ///< release `resources`
  custom = 3,    ///< an action of the program, with the name `name` and the argument `detail`
};

/// An action. Use the functions with the names of the types to create one. Fields that a type does not use are empty.
struct compensation_action {
  compensation_type type{compensation_type::rollback};
  std::vector<event_id> events{};
  std::vector<text> resources{};
  text name{};
  text detail{};

  [[nodiscard]] static constexpr compensation_action rollback(std::vector<event_id> events) {
    compensation_action made;
    made.events = std::move(events);
    return made;
  }
  [[nodiscard]] static constexpr compensation_action notify(text recipient, text message) {
    return named(compensation_type::notify, std::move(recipient), std::move(message));
  }
  [[nodiscard]] static constexpr compensation_action release(std::vector<text> resources) {
    compensation_action made;
    made.type = compensation_type::release;
    made.resources = std::move(resources);
    return made;
  }
  [[nodiscard]] static constexpr compensation_action custom(text action, text details = {}) {
    return named(compensation_type::custom, std::move(action), std::move(details));
  }

  friend constexpr bool operator==(const compensation_action& left, const compensation_action& right) {
    if (left.type != right.type || left.name != right.name || left.detail != right.detail ||
        left.events.size() != right.events.size() || left.resources.size() != right.resources.size())
      return false;
    for (std::size_t index = 0; index < left.events.size(); ++index)
      if (left.events[index] != right.events[index]) return false;
    for (std::size_t index = 0; index < left.resources.size(); ++index)
      if (left.resources[index] != right.resources[index]) return false;
    return true;
  }

 private:
  [[nodiscard]] static constexpr compensation_action named(compensation_type what, text name_for_it, text details) {
    compensation_action made;
    made.type = what;
    made.name = std::move(name_for_it);
    made.detail = std::move(details);
    return made;
  }
};

}  // namespace quipu
