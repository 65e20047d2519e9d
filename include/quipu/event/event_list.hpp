// SPDX-License-Identifier: BSL-1.0
//
// event_list.hpp: the events that a state folds or a visitor accepts, as a type; and the schema version of an event
// type.
#pragma once

#include "../core/event_kind.hpp"

#include <array>
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

/// Used in place of an `event_list`: the state folds every event, undecoded, by `apply(const event_view&)`.
struct any_event {};

namespace detail {

/// A non-static data member called `version` is part of the event, and not the version of its schema.
template <class Event>
concept has_event_version = requires {
  { Event::version } -> std::convertible_to<std::uint16_t>;
  typename std::bool_constant<(Event::version > 0)>;
};

/// The places of two equal kinds; equal places where there are none.
struct kind_pair {
  std::size_t first{};
  std::size_t second{};
};

template <std::size_t count>
consteval kind_pair find_equal_kinds(const std::array<event_kind, count>& kinds) {
  for (std::size_t first = 0; first < count; ++first)
    for (std::size_t second = first + 1; second < count; ++second)
      if (kinds[first].raw() == kinds[second].raw()) return {first, second};
  return {};
}

}  // namespace detail

/// The schema version of an event type: its static `version`, or 1. Raw bytes have version 0.
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
