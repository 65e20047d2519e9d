// SPDX-License-Identifier: BSL-1.0
//
// catalogue.hpp: proofs about all events of a program at once:
//   static_assert(quipu::catalogue<deposited, withdrawn>::handled_by<account, audit>);
// Kinds are unique, every older version of every event can be read, every event is folded by one of the projections,
// and no projection misses old events that an upcast turns into events that it folds. A violation is one compile error
// that names the type.
#pragma once

#include "../event/event_name.hpp"
#include "../event/upcast.hpp"
#include "../guard/denial.hpp"
#include "fold.hpp"
#include "projection.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <type_traits>

namespace quipu {

/// Never defined: the compiler prints their names.
template <class Event>
struct an_event_of_a_catalogue_needs_a_static_constexpr_kind_or_a_specialisation_of_kind_of;
template <class Event>
struct an_event_of_a_catalogue_has_no_encoding;
template <class Event>
struct an_event_of_a_catalogue_has_a_kind_that_is_reserved_for_the_library;
template <class Event>
struct the_name_of_an_event_of_a_catalogue_must_be_a_static_constexpr_text_of_1_to_255_bytes_of_UTF8;
template <class First, class Second>
struct two_events_of_a_catalogue_have_the_same_kind;
template <class Event, class Oldest>
struct the_versions_of_an_event_must_go_back_to_version_1_by_previous_and_upcast;
template <class Event>
struct an_upcast_of_this_event_returns_an_event_that_the_catalogue_lacks;
template <class Event>
struct no_projection_handles_this_event_of_the_catalogue;
template <class Projection, class Event>
struct a_projection_lists_an_event_that_this_one_is_led_up_to_but_not_this_one;

namespace detail {

/// The oldest version of an event type, reached through `previous`.
template <class Event>
consteval auto find_oldest() {
  if constexpr (has_previous<Event>)
    return find_oldest<typename Event::previous>();
  else
    return std::type_identity<Event>{};
}

template <class Event>
consteval auto find_catalogue_event_problem() {
  if constexpr (!event_type<Event>) {
    return problem<an_event_of_a_catalogue_needs_a_static_constexpr_kind_or_a_specialisation_of_kind_of<Event>>{};
  } else if constexpr (!may_append<Event>) {
    return problem<an_event_of_a_catalogue_has_a_kind_that_is_reserved_for_the_library<Event>>{};
  } else if constexpr (!encodable<Event>) {
    return problem<an_event_of_a_catalogue_has_no_encoding<Event>>{};
  } else if constexpr (!has_usable_name<Event>()) {
    return problem<
        the_name_of_an_event_of_a_catalogue_must_be_a_static_constexpr_text_of_1_to_255_bytes_of_UTF8<Event>>{};
  } else {
    using oldest = typename decltype(find_oldest<Event>())::type;
    check_upcast_chain<Event>();
    if constexpr (schema_version_of<oldest>() != 1) {
      return problem<the_versions_of_an_event_must_go_back_to_version_1_by_previous_and_upcast<Event, oldest>>{};
    } else {
      return no_problem{};
    }
  }
}

/// Tests whether a list has the newest version of an event, or lacks the event's kind.
template <class Events>
struct has_its_newest {
  template <class Yielded>
  consteval bool operator()() const {
    return is_listed<namesake_of<Yielded, Events>, Events> && is_version_of<namesake_of<Yielded, Events>, Yielded>;
  }
};
template <class Events>
struct has_it_not {
  template <class Yielded>
  consteval bool operator()() const {
    return !is_listed<namesake_of<Yielded, Events>, Events>;
  }
};

template <class Event, class Events>
consteval auto find_yield_problem() {
  if constexpr (all_yielded_events<Event>(has_its_newest<Events>{}))
    return no_problem{};
  else
    return problem<an_upcast_of_this_event_returns_an_event_that_the_catalogue_lacks<Event>>{};
}

template <class... Events>
consteval auto find_catalogue_problem() {
  using own = decltype(first_problem<decltype(find_catalogue_event_problem<Events>())...>());
  if constexpr (own::found) {
    return own{};
  } else if constexpr (!(all_yielded_events<Events>(has_its_newest<event_list<Events...>>{}) && ...)) {
    return first_problem<decltype(find_yield_problem<Events, event_list<Events...>>())...>();
  } else {
    constexpr kind_pair same = find_equal_kinds<sizeof...(Events)>({kind_of<Events>...});
    if constexpr (same.first == same.second) {
      return no_problem{};
    } else {
      return problem<two_events_of_a_catalogue_have_the_same_kind<type_at<same.first, Events...>,
                                                                  type_at<same.second, Events...>>>{};
    }
  }
}

template <class Event, class... States>
consteval auto find_handler_problem() {
  if constexpr (((folds_any_event<States> || is_listed<Event, typename States::events>) || ...))
    return no_problem{};
  else
    return problem<no_projection_handles_this_event_of_the_catalogue<Event>>{};
}

/// A projection that lists the events that an upcast returns, and not the upcast event, would fold new events and miss
/// old ones.
template <class State, class Event>
consteval auto find_missed_problem() {
  if constexpr (!folds_any_event<State>) {
    if constexpr (!is_listed<Event, typename State::events> &&
                  !all_yielded_events<Event>(has_it_not<typename State::events>{}))
      return problem<a_projection_lists_an_event_that_this_one_is_led_up_to_but_not_this_one<State, Event>>{};
    else
      return no_problem{};
  } else {
    return no_problem{};
  }
}
template <class State, class... Events>
consteval auto find_missed_events(event_list<Events...>) {
  return first_problem<decltype(find_missed_problem<State, Events>())...>();
}

template <class... Events, class... States>
consteval auto find_handling_problem(event_list<Events...>, type_list<States...>) {
  using own = decltype(find_catalogue_problem<Events...>());
  if constexpr (own::found) {
    return own{};
  } else {
    using projections = decltype(first_problem<problem_of<States>...>());
    if constexpr (projections::found)
      return projections{};
    else
      return first_problem<decltype(find_handler_problem<Events, States...>())...,
                           decltype(find_missed_events<States>(event_list<Events...>{}))...>();
  }
}

/// `type::value` is true, or one compile error.
template <class Problem>
struct told;
template <class Sentence>
struct told<problem<Sentence>> {
  using type = Sentence;
};
template <>
struct told<no_problem> {
  using type = std::true_type;
};

}  // namespace detail

/// The events of a program.
template <class... Events>
struct catalogue {
  static_assert(sizeof...(Events) > 0, "a catalogue lists at least one event");

  using events = event_list<Events...>;
  static constexpr std::size_t size = sizeof...(Events);

  /// The kinds of the events, in order.
  [[nodiscard]] static constexpr std::array<event_kind, size> kinds() noexcept { return {kind_of<Events>...}; }

  /// The names of the events in a log, in the same order.
  [[nodiscard]] static constexpr std::array<std::string_view, size> names() noexcept {
    return {event_name_of<Events>...};
  }

  /// True where kinds are unique and all versions can be read; otherwise one compile error.
  static constexpr bool complete = detail::told<decltype(detail::find_catalogue_problem<Events...>())>::type::value;

  /// True where `complete` is and each event is folded by one of the projections; otherwise one compile error.
  template <class... Projections>
  static constexpr bool handled_by = detail::told<decltype(detail::find_handling_problem(
      event_list<Events...>{}, detail::type_list<Projections...>{}))>::type::value;
};

}  // namespace quipu
