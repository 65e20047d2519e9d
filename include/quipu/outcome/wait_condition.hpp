// SPDX-License-Identifier: BSL-1.0
//
// wait_condition.hpp: the condition for which pending work waits, as a value that can be stored in an event and
// evaluated after a restart.
#pragma once

#include "../event/event_id.hpp"
#include "text.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

namespace quipu {

/// The type of a condition.
enum class wait_type : std::uint8_t {
  timeout = 0,  ///< `timeout_ms` have passed
  event = 1,    ///< the event `awaited` is in the log
  all = 2,      ///< all `conditions` are met; met if there are none
  any = 3,      ///< one of `conditions` is met; not met if there are none
  custom = 4,   ///< a condition of the program, with the name `name` and the argument `detail`
};

/// A condition. Use the functions with the names of the types to create one. Fields that a type does not use are empty.
struct wait_condition {
  static constexpr std::string_view schema_name = "quipu.wait_condition";
  static constexpr std::uint32_t schema_version = 1;

  wait_type type{wait_type::timeout};
  std::uint64_t timeout_ms{};  ///< milliseconds, from when the work became pending
  event_id awaited{};
  text name{};
  text detail{};
  std::vector<wait_condition> conditions{};

  [[nodiscard]] static constexpr wait_condition timeout(std::uint64_t milliseconds) {
    wait_condition made;
    made.timeout_ms = milliseconds;
    return made;
  }
  [[nodiscard]] static constexpr wait_condition event(event_id id) {
    wait_condition made;
    made.type = wait_type::event;
    made.awaited = id;
    return made;
  }
  [[nodiscard]] static constexpr wait_condition all(std::vector<wait_condition> of) {
    return composed(wait_type::all, std::move(of));
  }
  [[nodiscard]] static constexpr wait_condition any(std::vector<wait_condition> of) {
    return composed(wait_type::any, std::move(of));
  }
  [[nodiscard]] static constexpr wait_condition custom(text condition, text details = {}) {
    wait_condition made;
    made.type = wait_type::custom;
    made.name = std::move(condition);
    made.detail = std::move(details);
    return made;
  }

  /// Returns whether the condition is met. `is_leaf_met(const wait_condition&)` decides for timeouts, events and custom
  /// conditions.
  template <class Predicate>
  [[nodiscard]] constexpr bool is_met(const Predicate& is_leaf_met) const {
    if (type != wait_type::all && type != wait_type::any) return static_cast<bool>(is_leaf_met(*this));
    const bool decisive = type == wait_type::any;
    for (const wait_condition& part : conditions)
      if (part.is_met(is_leaf_met) == decisive) return decisive;
    return !decisive;
  }

  friend constexpr bool operator==(const wait_condition& left, const wait_condition& right) {
    if (left.type != right.type || left.timeout_ms != right.timeout_ms || left.awaited != right.awaited ||
        left.name != right.name || left.detail != right.detail || left.conditions.size() != right.conditions.size())
      return false;
    for (std::size_t index = 0; index < left.conditions.size(); ++index)
      if (!(left.conditions[index] == right.conditions[index])) return false;
    return true;
  }

 private:
  [[nodiscard]] static constexpr wait_condition composed(wait_type how, std::vector<wait_condition> of) {
    wait_condition made;
    made.type = how;
    made.conditions = std::move(of);
    return made;
  }
};

}  // namespace quipu
