// SPDX-License-Identifier: BSL-1.0
//
// event_list.hpp: the events that a state folds or a visitor accepts, as a type; and the version of one event type.
#pragma once

#include "../core/event_kind.hpp"

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <type_traits>

namespace quipu {

/// A list of event types.
template <class... Events>
struct event_list {
  static constexpr std::size_t size = sizeof...(Events);
};

/// In the place of an `event_list`: the state folds every event, raw, by `apply(const event_view&)`.
struct any_event {};

namespace detail {

/// A data member called `version` is a part of the event and nothing to do with the version of its shape.
template <class Event>
concept has_event_version = requires {
  { Event::version } -> std::convertible_to<std::uint16_t>;
  typename std::bool_constant<(Event::version > 0)>;
};

}  // namespace detail

/// The version of an event type's shape: its static `version`, or 1. Raw bytes have version 0.
template <class Event>
[[nodiscard]] consteval std::uint16_t schema_version_of() {
  if constexpr (detail::has_event_version<Event>) {
    static_assert(Event::version > 0, "the version of an event type is 1 or more; 0 stands for raw bytes");
    static_assert(Event::version <= 0xFFFF, "the version of an event type is at most 65535");
    return static_cast<std::uint16_t>(Event::version);
  } else {
    return 1;
  }
}

}  // namespace quipu
