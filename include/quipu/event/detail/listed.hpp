// SPDX-License-Identifier: BSL-1.0
//
// listed.hpp: which event of a list an event stands for: itself, or the newest version of its kind.
#pragma once

#include "../../core/detail/type_search.hpp"
#include "../event_list.hpp"
#include "../upcast.hpp"

#include <cstddef>
#include <type_traits>

namespace quipu::detail {

template <class Event, class Events>
inline constexpr bool is_listed = false;
template <class Event, class... Events>
inline constexpr bool is_listed<Event, event_list<Events...>> = (std::is_same_v<Event, Events> || ...);

template <class Event, class... Events>
consteval auto find_namesake(event_list<Events...>) {
  constexpr std::size_t place = first_true({kind_of<Event> == kind_of<Events>...});
  return std::type_identity<type_at<place, Events..., Event>>{};
}

/// The listed event that has the kind of `Event`, or `Event`.
template <class Event, class Events>
using namesake_of = typename decltype(find_namesake<Event>(Events{}))::type;

/// Calls `take` with each event of the list that a value stands for, in order, as an lvalue: the value itself where its
/// type is listed; the events that upcasts make of it where it is an older version of a listed one; none where its kind
/// isn't listed. `Route` are the types that it was upcast from.
template <class Events, class... Route, class Value, class Take>
constexpr void give_listed(Value& value, const Take& take) {
  using event = std::remove_const_t<Value>;
  using newest = namesake_of<event, Events>;
  static_assert(is_version_of<newest, event>, "an event that is folded is another type of a kind that is listed");
  constexpr bool is_a_circle = (std::is_same_v<Route, event> || ...);
  static_assert(!is_a_circle, "upcasts lead from an event back to itself");
  if constexpr (is_a_circle) {
    return;
  } else if constexpr (is_listed<event, Events>) {
    take(value);
  } else if constexpr (!std::is_same_v<newest, event>) {
    const auto give = [&take]<class Led>(Led& led) {
      if constexpr (std::is_same_v<Led, newest>)
        take(led);
      else
        give_listed<Events, Route..., event>(led, take);
    };
    lead_up<newest>(value, give);
  }
}

}  // namespace quipu::detail
