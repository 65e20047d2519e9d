// SPDX-License-Identifier: BSL-1.0
//
// compensation_action.hpp: what would make up for a failure, as a value that travels with the error and can be stored.
// The library carries these and doesn't perform them.
#pragma once

#include "../event/event_id.hpp"
#include "text.hpp"

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace quipu {

enum class compensation_type : std::uint8_t {
  rollback = 0,  ///< undo what `events` did, with events that say the opposite
  notify = 1,    ///< tell `name` what `detail` says
  release = 2,   ///< give back `resources`
  custom = 3,    ///< the program's own: `name` says which, `detail` what it needs to know
};

/// An action, made by its functions of the same names. Fields that a type doesn't use are empty.
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
  [[nodiscard]] static constexpr compensation_action notify(text whom, text what) {
    return named(compensation_type::notify, std::move(whom), std::move(what));
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
