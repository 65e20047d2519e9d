// SPDX-License-Identifier: BSL-1.0
//
// state_machine.hpp: which event leads from which state to which, as a type:
//   using door = quipu::state_machine<quipu::transition<is_open, door_closed, is_closed>,
//                                     quipu::transition<is_closed, door_opened, is_open>,
//                                     quipu::transition<is_closed, door_locked, is_locked>>;
// States are types that need nothing; events are a program's event types. The first transition begins in the machine's initial state.
// typestate.hpp makes of it objects that only move legally, machine_projection.hpp a state that is folded from a stream.
#pragma once

#include "../core/detail/type_name.hpp"
#include "../event/event_list.hpp"

#include <array>
#include <cstddef>
#include <string_view>
#include <type_traits>

namespace quipu {

/// In the state `From`, `Event` leads to the state `To`.
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

/// Never defined: their names are what the compiler says.
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

/// `List<Types...>` with each type once, in the order of their first appearance.
template <class List, class... Types>
struct unique_types {
  using type = List;
};
template <template <class...> class List, class... Known, class Next, class... Rest>
struct unique_types<List<Known...>, Next, Rest...>
    : unique_types<std::conditional_t<(std::is_same_v<Next, Known> || ...), List<Known...>, List<Known..., Next>>, Rest...> {};

template <class Wanted, class List>
inline constexpr std::size_t index_in = 0;
/// The place of a type in a list; the list's size where it isn't there.
template <class Wanted, template <class...> class List, class... Types>
inline constexpr std::size_t index_in<Wanted, List<Types...>> = [] {
  constexpr bool found[]{std::is_same_v<Wanted, Types>..., true};
  std::size_t index = 0;
  while (!found[index]) ++index;
  return index;
}();

/// The transitions that begin in a state.
template <class State, class Found, class... Transitions>
struct moves_from {
  using type = Found;
};
template <class State, class... Found, class Next, class... Rest>
struct moves_from<State, transition_list<Found...>, Next, Rest...>
    : moves_from<State,
                 std::conditional_t<std::is_same_v<typename Next::from, State>, transition_list<Found..., Next>, transition_list<Found...>>,
                 Rest...> {};

template <class Moves>
struct events_of_moves;
template <class... Moves>
struct events_of_moves<transition_list<Moves...>> {
  using type = event_list<typename Moves::event...>;
};

struct no_transition {
  using to = no_transition;
};
template <class Event, class Moves>
struct find_move {
  using type = no_transition;
};
template <class Event, class First, class... Rest>
struct find_move<Event, transition_list<First, Rest...>>
    : std::conditional_t<std::is_same_v<typename First::event, Event>, std::type_identity<First>,
                         find_move<Event, transition_list<Rest...>>> {};

template <class Move, class... Moves>
constexpr void check_that_no_other_begins_like() {
  constexpr std::size_t same =
      ((std::is_same_v<typename Move::from, typename Moves::from> && std::is_same_v<typename Move::event, typename Moves::event>)+...);
  if constexpr (same > 1)
    static_cast<void>(
        sizeof(two_transitions_of_a_state_machine_begin_in_one_state_with_one_event<typename Move::from, typename Move::event>));
}

template <class First, class Second>
constexpr void check_two_kinds() {
  if constexpr (event_type<First> && event_type<Second> && !std::is_same_v<First, Second>) {
    if constexpr (kind_of<First> == kind_of<Second>)
      static_cast<void>(sizeof(two_events_of_a_state_machine_have_the_same_kind<First, Second>));
  }
}
template <class First, class... Rest>
constexpr void check_kinds(event_list<First, Rest...>) {
  (check_two_kinds<First, Rest>(), ...);
  if constexpr (sizeof...(Rest) > 0) check_kinds(event_list<Rest...>{});
}

/// The first of some types that isn't a transition.
template <class First, class... Rest>
consteval auto find_no_transition() {
  if constexpr (!is_transition<First>)
    return std::type_identity<First>{};
  else if constexpr (sizeof...(Rest) > 0)
    return find_no_transition<Rest...>();
  else
    return std::type_identity<no_transition>{};
}

template <class First, class... Rest>
struct initial_of {
  using type = typename First::from;
};

/// A machine as numbers: states and events by their place in its lists.
struct table_row {
  std::size_t from{};
  std::size_t event{};
  std::size_t to{};
};

template <class... Transitions>
struct machine_lists {
  using states = typename unique_types<state_list<>, typename Transitions::from..., typename Transitions::to...>::type;
  using events = typename unique_types<event_list<>, typename Transitions::event...>::type;
  using initial = typename initial_of<Transitions...>::type;
  template <class State>
  using moves = typename moves_from<State, transition_list<>, Transitions...>::type;
  static constexpr std::array<table_row, sizeof...(Transitions)> table{table_row{index_in<typename Transitions::from, states>,
                                                                                 index_in<typename Transitions::event, events>,
                                                                                 index_in<typename Transitions::to, states>}...};
};

/// What stands in the place of the lists of a machine that isn't one: empty, so that nothing else is said.
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
    // Never called, only asked for its type: so what is wrong is told once, and nothing is said of constant expressions.
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

/// A table of transitions; see the head of this file. Each state has at most one transition for an event.
template <class... Transitions>
struct state_machine {
  static_assert(sizeof...(Transitions) > 0, "a state_machine has at least one transition");

 private:
  using lists = decltype(detail::find_machine_lists<Transitions...>());

 public:
  using transitions = transition_list<Transitions...>;
  /// Each once, in the order of their first appearance: where transitions begin, then where they end.
  using states = typename lists::states;
  /// Each once, in the order of their first appearance.
  using events = typename lists::events;
  /// Where the first transition begins.
  using initial = typename lists::initial;

  /// The transitions that begin in a state, as a `transition_list`.
  template <class State>
  using moves = typename lists::template moves<State>;

  /// The transitions as numbers: places in `states` and `events`.
  static constexpr const auto& table = lists::table;

  template <class State>
  static constexpr bool has_state = detail::index_in<State, states> < states::size;
  template <class Event>
  static constexpr bool has_event = detail::index_in<Event, events> < events::size;
};

/// The moves that are legal in a state, as a `transition_list`; empty in a state that is final, or isn't the machine's.
template <class Machine, class State>
using legal_moves = typename Machine::template moves<State>;

/// The events that are legal in a state, as an `event_list`.
template <class Machine, class State>
using legal_events = typename detail::events_of_moves<legal_moves<Machine, State>>::type;

/// Whether an event is legal in a state.
template <class Machine, class State, class Event>
inline constexpr bool can_fire =
    !std::is_same_v<typename detail::find_move<Event, legal_moves<Machine, State>>::type, detail::no_transition>;

/// The state that a legal event leads to.
template <class Machine, class State, class Event>
requires can_fire<Machine, State, Event>
using next_state = typename detail::find_move<Event, legal_moves<Machine, State>>::type::to;

/// What a state is called: its static `name`, or what the program calls the type.
template <class State>
[[nodiscard]] consteval std::string_view state_name() {
  return detail::type_name<State>();
}

}  // namespace quipu
