// SPDX-License-Identifier: BSL-1.0
//
// state_machine.hpp: a state machine as a type, a table of transitions:
//   using door = quipu::state_machine<quipu::transition<is_open, door_closed, is_closed>,
//                                     quipu::transition<is_closed, door_opened, is_open>,
//                                     quipu::transition<is_closed, door_locked, is_locked>>;
// States are any types; events are event types of the program. The initial state is the source of the first transition.
// typestate.hpp provides objects with only legal transitions, machine_projection.hpp a state folded from a stream.
#pragma once

#include "../core/detail/type_name.hpp"
#include "../core/detail/type_search.hpp"
#include "../event/event_list.hpp"

#include <boost/hana/basic_tuple.hpp>
#include <boost/hana/fold_left.hpp>
#include <boost/hana/type.hpp>

#include <array>
#include <cstddef>
#include <string_view>
#include <type_traits>
#include <utility>

namespace quipu {

/// A transition: in the state `From`, `Event` leads to the state `To`.
template <class From, class Event, class To>
struct transition {
  using from = From;
  using event = Event;
  using to = To;
};

/// States of a machine, as a type.
template <class... States>
struct state_list {
  static constexpr std::size_t size = sizeof...(States);
};
/// Transitions of a machine, as a type.
template <class... Transitions>
struct transition_list {
  static constexpr std::size_t size = sizeof...(Transitions);
};

/// Not defined: their names are the compiler's error messages.
template <class Listed>
struct a_state_machine_lists_transitions_and_nothing_else;
template <class State, class Event>
struct two_transitions_of_a_state_machine_begin_in_one_state_with_one_event;
template <class First, class Second>
struct two_events_of_a_state_machine_have_the_same_kind;

namespace detail {

template <class Type>
inline constexpr bool is_transition = false;
template <class From, class Event, class To>
inline constexpr bool is_transition<transition<From, Event, To>> = true;

struct append_if_new {
  template <template <class...> class List, class... Known, class Next>
  constexpr auto operator()(List<Known...>, Next) const {
    using next = typename Next::type;
    if constexpr ((std::is_same_v<next, Known> || ...))
      return List<Known...>{};
    else
      return List<Known..., next>{};
  }
};

/// Appends each type once to the list, in the order of first appearance.
template <class List, class... Types>
using append_unique = decltype(boost::hana::fold_left(types<Types...>, List{}, append_if_new{}));

template <class Wanted, class List>
inline constexpr std::size_t index_in = 0;
/// The index of a type in a list; the list's size if it is not an element.
template <class Wanted, template <class...> class List, class... Types>
inline constexpr std::size_t index_in<Wanted, List<Types...>> = first_true({std::is_same_v<Wanted, Types>...});

template <class State, class... Transitions>
inline constexpr true_places<sizeof...(Transitions)> places_of_moves{
    {std::is_same_v<typename Transitions::from, State>...}};

/// The transitions that begin in a state, as a `transition_list`.
template <class State, class... Transitions>
consteval auto find_moves() {
  return []<std::size_t... index>(std::index_sequence<index...>) {
    return transition_list<type_at<places_of_moves<State, Transitions...>.place[index], Transitions...>...>{};
  }
  (std::make_index_sequence<places_of_moves<State, Transitions...>.count>{});
}

template <class Moves>
struct events_of_moves;
template <class... Moves>
struct events_of_moves<transition_list<Moves...>> {
  using type = event_list<typename Moves::event...>;
};

struct no_transition {
  using to = no_transition;
};
/// Returns the transition for an event, or `no_transition`.
template <class Event, class... Moves>
consteval auto find_move(transition_list<Moves...>) {
  constexpr std::size_t place = first_true({std::is_same_v<typename Moves::event, Event>...});
  if constexpr (place < sizeof...(Moves))
    return type_at<place, Moves...>{};
  else
    return no_transition{};
}

template <class Machine, class State, class Event>
using move_of = decltype(find_move<Event>(typename Machine::template moves<State>{}));

template <class Move, class... Moves>
constexpr void check_that_no_other_begins_like() {
  constexpr std::size_t same = ((std::is_same_v<typename Move::from, typename Moves::from> &&
                                 std::is_same_v<typename Move::event, typename Moves::event>)+...);
  if constexpr (same > 1)
    static_cast<void>(
        sizeof(two_transitions_of_a_state_machine_begin_in_one_state_with_one_event<typename Move::from,
                                                                                    typename Move::event>));
}

template <class... Events>
constexpr void check_kinds(event_list<Events...>) {
  if constexpr ((event_type<Events> && ...)) {
    constexpr kind_pair same = find_equal_kinds<sizeof...(Events)>({kind_of<Events>...});
    if constexpr (same.first != same.second) {
      static_cast<void>(sizeof(two_events_of_a_state_machine_have_the_same_kind<type_at<same.first, Events...>,
                                                                                type_at<same.second, Events...>>));
    }
  }
}

/// Returns the first type that is not a transition, as a `std::type_identity`; `no_transition` if there is none.
template <class... Types>
consteval auto find_no_transition() {
  return std::type_identity<type_at<first_true({!is_transition<Types>...}), Types..., no_transition>>{};
}

/// A transition as indices of states and events in the machine's lists.
struct table_row {
  std::size_t from{};
  std::size_t event{};
  std::size_t to{};
};

template <class... Transitions>
struct machine_lists {
  using states = append_unique<state_list<>, typename Transitions::from..., typename Transitions::to...>;
  using events = append_unique<event_list<>, typename Transitions::event...>;
  using initial = typename type_at<0, Transitions...>::from;
  template <class State>
  using moves = decltype(find_moves<State, Transitions...>());
  static constexpr std::array<table_row, sizeof...(Transitions)> table{
      table_row{index_in<typename Transitions::from, states>, index_in<typename Transitions::event, events>,
                index_in<typename Transitions::to, states>}...};
};

/// Replaces the lists of an ill-formed machine. They are empty, so that no further error follows.
struct no_machine_lists {
  using states = state_list<>;
  using events = event_list<>;
  using initial = no_transition;
  template <class State>
  using moves = transition_list<>;
  static constexpr std::array<table_row, 0> table{};
};

template <class... Transitions>
auto find_machine_lists() {
  using culprit = typename decltype(find_no_transition<Transitions...>())::type;
  if constexpr (!std::is_same_v<culprit, no_transition>) {
    static_cast<void>(sizeof(a_state_machine_lists_transitions_and_nothing_else<culprit>));
    return no_machine_lists{};
  } else {
    // This function is never called. Deducing its return type makes each compile error appear once.
    (check_that_no_other_begins_like<Transitions, Transitions...>(), ...);
    check_kinds(typename machine_lists<Transitions...>::events{});
    return machine_lists<Transitions...>{};
  }
}

template <class List>
struct names_of_types;
template <template <class...> class List, class... Types>
struct names_of_types<List<Types...>> {
  static constexpr std::array<std::string_view, sizeof...(Types)> names{type_name<Types>()...};
};

}  // namespace detail

/// A table of transitions; see the top of this file. A state has at most one transition for an event.
template <class... Transitions>
struct state_machine {
  static_assert(sizeof...(Transitions) > 0, "a state_machine has at least one transition");

 private:
  using lists = decltype(detail::find_machine_lists<Transitions...>());

 public:
  using transitions = transition_list<Transitions...>;
  /// Each state once, in the order of first appearance: sources of transitions first, then targets.
  using states = typename lists::states;
  /// Each event once, in the order of first appearance.
  using events = typename lists::events;
  /// The source of the first transition.
  using initial = typename lists::initial;

  /// The transitions that begin in a state, as a `transition_list`.
  template <class State>
  using moves = typename lists::template moves<State>;

  /// The transitions as indices in `states` and `events`.
  static constexpr const auto& table = lists::table;

  template <class State>
  static constexpr bool has_state = detail::index_in<State, states> < states::size;
  template <class Event>
  static constexpr bool has_event = detail::index_in<Event, events> < events::size;
};

/// The transitions that are legal in a state, as a `transition_list`; empty for a final state and for a type that is
/// not a state of the machine.
template <class Machine, class State>
using legal_moves = typename Machine::template moves<State>;

/// The events that are legal in a state, as an `event_list`.
template <class Machine, class State>
using legal_events = typename detail::events_of_moves<legal_moves<Machine, State>>::type;

/// True if an event is legal in a state.
template <class Machine, class State, class Event>
inline constexpr bool can_fire = !std::is_same_v<detail::move_of<Machine, State, Event>, detail::no_transition>;

/// The state that a legal event leads to.
template <class Machine, class State, class Event>
requires can_fire<Machine, State, Event>
using next_state = typename detail::move_of<Machine, State, Event>::to;

/// Returns the name of a state: its static `name`, or the name of the type.
template <class State>
[[nodiscard]] consteval std::string_view state_name() {
  return detail::type_name<State>();
}

}  // namespace quipu
