// SPDX-License-Identifier: BSL-1.0
//
// projection.hpp: which types are projections. A projection is a state and the functions by which events change it:
//
//   struct account {
//     using events = quipu::event_list<deposited, withdrawn>;
//     static constexpr std::uint64_t version = 1;   // bumped when the logic below changes; 0 when absent
//     static constexpr std::string_view name = "account";   // for caches; the type's qualified name when absent
//     std::int64_t cents{};
//     constexpr void apply(const deposited& e) { cents += e.cents; }
//     constexpr void apply(const withdrawn& e, const quipu::event_header& h) { cents -= e.cents; }
//   };
//
// The state begins as `account{}`. `apply` must depend only on the state, the event and its header, because states are
// cached, dropped and folded again. An `apply` that takes the header is preferred to one that doesn't. A type that is
// no projection gives one compile error, with a sentence of problems.hpp.
#pragma once

#include "../codec/codec.hpp"
#include "../core/detail/qualified_name.hpp"
#include "../core/detail/type_name.hpp"
#include "../core/detail/type_search.hpp"
#include "../core/event_kind.hpp"
#include "../event/detail/listed.hpp"
#include "../event/event_header.hpp"
#include "../event/event_list.hpp"
#include "../event/upcast.hpp"
#include "problems.hpp"

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <type_traits>
#include <utility>

namespace quipu {

class event_view;

namespace detail {

template <class Events>
inline constexpr bool is_event_list = false;
template <class... Events>
inline constexpr bool is_event_list<event_list<Events...>> = true;

template <class State>
concept has_events = requires {
  typename State::events;
};

/// Whether a type is meant to be a projection.
template <class State>
concept names_its_events = has_events<State> &&
    (is_event_list<typename State::events> || std::same_as<typename State::events, any_event>);

template <class State>
concept folds_any_event = has_events<State> && std::same_as<typename State::events, any_event>;

// How `apply` can be called. The exact signatures are tested first, by address, which allows no conversion: an event
// that derives from another is not handled by the other's `apply`.

template <class State, class Event>
concept has_exact_plain_apply = requires {
  static_cast<void (State::*)(const Event&)>(&State::apply);
};
template <class State, class Event>
concept has_exact_header_apply = requires {
  static_cast<void (State::*)(const Event&, const event_header&)>(&State::apply);
};

template <class State, class Event>
concept calls_plain_apply = requires(State& state, const Event& event) {
  state.apply(event);
};
template <class State, class Event>
concept calls_header_apply = requires(State& state, const Event& event, const event_header& header) {
  state.apply(event, header);
};

/// An `apply` for the event that doesn't take it by const reference.
template <class State, class Event>
concept calls_mutating_apply = requires(State& state, Event& event) {
  state.apply(event);
}
|| requires(State& state, Event&& event) { state.apply(std::move(event)); }
|| requires(State& state, Event& event, event_header& header) { state.apply(event, header); }
|| requires(State& state, Event&& event, event_header&& header) { state.apply(std::move(event), std::move(header)); };

/// Whether `apply` receives the event's header.
template <class State, class Event>
inline constexpr bool takes_header = has_exact_header_apply<State, Event> ||
                                     (!has_exact_plain_apply<State, Event> && calls_header_apply<State, Event>);

template <class State, class Event>
consteval bool apply_returns_void() {
  if constexpr (takes_header<State, Event>) {
    return std::is_void_v<decltype(std::declval<State&>().apply(std::declval<const Event&>(),
                                                                std::declval<const event_header&>()))>;
  } else {
    return std::is_void_v<decltype(std::declval<State&>().apply(std::declval<const Event&>()))>;
  }
}

template <class State>
concept has_version = requires {
  State::version;
};
/// A non-static data member called `version` is part of the state, and not the version of the projection.
template <class State>
concept has_version_field = std::is_member_object_pointer_v<decltype(&State::version)>;

template <class State>
concept has_constant_version = requires {
  { State::version } -> std::convertible_to<std::uint64_t>;
  typename std::bool_constant<(State::version >= 0)>;
};

template <class State>
consteval bool has_bad_version() {
  if constexpr (!has_version<State>)
    return false;
  else if constexpr (has_version_field<State>)
    return false;
  else if constexpr (!has_constant_version<State>)
    return true;
  else
    return State::version < 0;
}

/// The version of a projection's logic.
template <class State>
consteval std::uint64_t projection_version() {
  if constexpr (has_constant_version<State>)
    return static_cast<std::uint64_t>(State::version);
  else
    return 0;
}

template <class State>
concept has_constant_name = has_static_name<State> && requires {
  typename std::bool_constant<std::string_view(State::name).empty()>;
};

template <class State>
consteval bool has_bad_name() {
  if constexpr (!has_static_name<State>)
    return false;
  else if constexpr (!has_constant_name<State>)
    return true;
  else
    return std::string_view(State::name).empty();
}

/// The name that tells a projection from others of the same shape: its static `name`, or else its qualified name.
template <class State>
consteval std::string_view projection_name() {
  if constexpr (has_constant_name<State>)
    return State::name;
  else
    return qualified_name<State>();
}

/// A verdict: a sentence of problems.hpp, or none.
template <class Sentence>
struct problem {
  using sentence = Sentence;
  static constexpr bool found = true;
};
struct no_problem {
  static constexpr bool found = false;
};

/// Whether an event converts to another event of the list, so that the other's `apply` might be called.
template <class Event, class Events>
inline constexpr bool converts_to_another = false;
template <class Event, class... Events>
inline constexpr bool converts_to_another<Event, event_list<Events...>> =
    ((!std::is_same_v<Event, Events> && std::is_convertible_v<const Event&, const Events&>) || ...);

template <class State, class Event>
consteval auto find_apply_problem() {
  if constexpr (has_exact_plain_apply<State, Event> || has_exact_header_apply<State, Event>) {
    return no_problem{};
  } else if constexpr (calls_plain_apply<State, Event> || calls_header_apply<State, Event>) {
    if constexpr (!apply_returns_void<State, Event>()) {
      return problem<apply_changes_the_state_in_place_and_must_return_void<State, Event>>{};
    } else if constexpr (converts_to_another<Event, typename State::events>) {
      return problem<a_projection_needs_a_public_apply_for_each_event_of_its_list<State, Event>>{};
    } else {
      return no_problem{};
    }
  } else if constexpr (calls_mutating_apply<State, Event>) {
    return problem<apply_must_take_its_event_by_const_reference<State, Event>>{};
  } else {
    return problem<a_projection_needs_a_public_apply_for_each_event_of_its_list<State, Event>>{};
  }
}

/// Whether an event that an upcast returns has no listed kind, or is a version of the listed type of its kind.
template <class Events>
struct is_led_to_a_listed_event {
  template <class Yielded>
  consteval bool operator()() const {
    return is_version_of<namesake_of<Yielded, Events>, Yielded>;
  }
};

/// Old versions and retired kinds need no `apply`; the events that their upcasts return are checked instead.
template <class State, class Event>
consteval auto find_listed_event_problem() {
  if constexpr (has_previous<Event> && !upcasts_singly<Event>) {
    if constexpr (!all_yielded_events<Event>(is_led_to_a_listed_event<typename State::events>{}))
      return problem<
          an_upcast_of_a_listed_event_returns_another_type_of_a_kind_that_the_projection_lists<State, Event>>{};
    else if constexpr (is_retired<Event>)
      return no_problem{};
    else
      return find_apply_problem<State, Event>();
  } else {
    return find_apply_problem<State, Event>();
  }
}

template <class State, class Owner, class Member>
consteval auto blame_event(blame<Owner, Member>) {
  return problem<an_event_of_a_projection_has_a_part_without_encoding<State, Owner, Member>>{};
}

template <class State, class Event>
consteval auto find_event_problem() {
  if constexpr (!std::is_class_v<Event> || std::is_const_v<Event> || std::is_volatile_v<Event>) {
    return problem<an_event_list_names_classes_without_const_or_reference<State, Event>>{};
  } else if constexpr (!event_type<Event>) {
    return problem<an_event_needs_a_static_constexpr_kind_or_a_specialisation_of_kind_of<State, Event>>{};
  } else if constexpr (!encodable<Event>) {
    return blame_event<State>(decltype(find_blame<Event, Event>(type_list<>{})){});
  } else {
    return find_listed_event_problem<State, Event>();
  }
}

/// The first verdict that found a problem, or `no_problem`.
template <class... Verdicts>
consteval auto first_problem() {
  constexpr std::size_t place = first_true({Verdicts::found...});
  if constexpr (place < sizeof...(Verdicts))
    return type_at<place, Verdicts...>{};
  else
    return no_problem{};
}

template <class State, class... Events>
consteval auto find_kind_problem() {
  constexpr kind_pair same = find_equal_kinds<sizeof...(Events)>({kind_of<Events>...});
  if constexpr (same.first == same.second) {
    return no_problem{};
  } else {
    return problem<two_events_of_a_projection_have_the_same_kind<State, type_at<same.first, Events...>,
                                                                 type_at<same.second, Events...>>>{};
  }
}

template <class State, class... Events>
consteval auto find_list_problem(event_list<Events...>) {
  if constexpr (sizeof...(Events) == 0) {
    return problem<the_event_list_of_a_projection_must_not_be_empty<State>>{};
  } else {
    using verdict = decltype(first_problem<decltype(find_event_problem<State, Events>())...>());
    if constexpr (verdict::found)
      return verdict{};
    else
      return find_kind_problem<State, Events...>();
  }
}

template <class State>
consteval auto find_list_problem(any_event) {
  if constexpr (!calls_plain_apply<State, event_view>) {
    if constexpr (calls_mutating_apply<State, event_view>)
      return problem<apply_must_take_its_event_by_const_reference<State, event_view>>{};
    else
      return problem<a_projection_of_any_event_needs_a_public_apply_for_const_event_view<State>>{};
  } else if constexpr (!std::is_void_v<decltype(std::declval<State&>().apply(std::declval<const event_view&>()))>) {
    return problem<apply_changes_the_state_in_place_and_must_return_void<State, event_view>>{};
  } else {
    return no_problem{};
  }
}

template <class State>
consteval auto find_problem() {
  if constexpr (!std::is_class_v<State> || std::is_const_v<State> || std::is_volatile_v<State>) {
    return problem<a_projection_is_a_class_without_const_or_reference<State>>{};
  } else if constexpr (!has_events<State>) {
    return problem<a_projection_needs_a_public_member_type_events<State>>{};
  } else if constexpr (!names_its_events<State>) {
    return problem<
        the_member_type_events_of_a_projection_must_be_an_event_list_or_any_event<State, typename State::events>>{};
  } else if constexpr (!std::default_initializable<State>) {
    return problem<the_state_of_a_projection_must_have_a_default_value<State>>{};
  } else if constexpr (!std::is_move_constructible_v<State>) {
    return problem<the_state_of_a_projection_must_be_movable<State>>{};
  } else if constexpr (has_bad_version<State>()) {
    return problem<the_version_of_a_projection_must_be_a_static_constexpr_unsigned_number<State>>{};
  } else if constexpr (has_bad_name<State>()) {
    return problem<the_name_of_a_projection_must_be_a_static_constexpr_text_that_is_not_empty<State>>{};
  } else {
    return find_list_problem<State>(typename State::events{});
  }
}

template <class State>
using problem_of = decltype(find_problem<State>());

/// For concepts: the compiler prints the sentence where this doesn't hold.
template <class Problem>
concept nothing_wrong = !Problem::found;

}  // namespace detail

/// A state that is folded from events; see the top of this file. `events` is an `event_list` of encodable events with
/// unique kinds, each with an `apply` that returns void; or `any_event`, with `apply(const event_view&)`.
template <class State>
concept projection = detail::nothing_wrong<detail::problem_of<State>>;

/// A projection whose state can be encoded, so that a cache can keep it.
template <class State>
concept cacheable = projection<State> && encodable<State>;

namespace detail {

/// The sentence that says why a type is no projection, or why it can't be cached. A function with a deduced return type
/// that returns `sentence::value` is one error in every compiler, and in a constant expression too.
template <class State>
using projection_sentence = typename problem_of<State>::sentence;

/// To be called first in a function template over a projection: one compile error where `State` is none. The rest of
/// the function belongs under `if constexpr (projection<State>)`, so that no further error follows.
template <class State>
constexpr void require_projection() {
  if constexpr (problem_of<State>::found) static_cast<void>(sizeof(projection_sentence<State>));
}

/// As `require_projection`, for a function that writes the state to a cache.
template <class State>
constexpr void require_cacheable() {
  if constexpr (problem_of<State>::found)
    static_cast<void>(sizeof(projection_sentence<State>));
  else if constexpr (!encodable<State>)
    refuse_to_encode<State>();
}

}  // namespace detail
}  // namespace quipu
