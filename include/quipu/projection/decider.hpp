// SPDX-License-Identifier: BSL-1.0
//
// decider.hpp: a projection that also decides: what a command makes happen in its state.
//
//   struct account {
//     ...
//     static constexpr quipu::outcome<quipu::events_for<account>> decide(const account& state, const withdraw&
//     command);
//   };
//
// `decide` is a static member, or a function beside the projection. It depends on nothing but state and command, and
// returns an outcome of one event of the projection, of an `events_for` (one of them), or of a std::optional,
// std::array, std::vector or other range of such. `store.execute<account>(where, command)` runs it against a store;
// given.hpp tests it while compiling.
#pragma once

#include "../outcome/combine.hpp"
#include "../outcome/outcome.hpp"
#include "fold.hpp"
#include "projection.hpp"

#include <cstddef>
#include <optional>
#include <type_traits>
#include <utility>
#include <variant>

namespace quipu {

/// Never defined: their names are what the compiler says.
template <class Projection, class Command>
struct a_projection_needs_a_public_static_decide_for_this_command;
template <class Projection, class Command, class Returned>
struct decide_must_return_an_outcome_of_events_that_the_projection_lists;

namespace detail {

template <class Types>
struct variant_of;
template <class... Types>
struct variant_of<type_list<Types...>> {
  using type = std::variant<Types...>;
};

/// An event as a list of one; of a retired kind, which nobody can append, as none.
template <class Event>
consteval auto living() {
  if constexpr (is_retired<Event>)
    return type_list<>{};
  else
    return type_list<Event>{};
}
template <class... Left, class... Right>
consteval type_list<Left..., Right...> operator+(type_list<Left...>, type_list<Right...>) {
  return {};
}

template <class Events>
struct variant_of_events;
template <class... Events>
struct variant_of_events<event_list<Events...>> {
  using type = typename variant_of<decltype((living<Events>() + ... + type_list<>{}))>::type;
};

}  // namespace detail

/// One of the events that a projection folds, but for retired kinds.
template <class State>
using events_for = typename detail::variant_of_events<typename State::events>::type;

namespace detail {

template <class State, class Command>
concept has_decide_member = requires(const State& state, const Command& command) {
  State::decide(state, command);
};
template <class State, class Command>
concept has_decide_function = requires(const State& state, const Command& command) {
  decide(state, command);
};

template <class State, class Command>
constexpr auto call_decide(const State& state, const Command& command) {
  if constexpr (has_decide_member<State, Command>)
    return State::decide(state, command);
  else
    return decide(state, command);
}

template <class Type>
inline constexpr bool is_std_optional = false;
template <class Value>
inline constexpr bool is_std_optional<std::optional<Value>> = true;

template <class Choices, class Events>
inline constexpr bool are_listed = false;
template <class... Choices, class Events>
inline constexpr bool are_listed<std::variant<Choices...>, Events> = (is_listed<Choices, Events> && ...);

/// Whether a decision can hold nothing but events of a list.
template <class Decided, class Events>
consteval bool decides_listed_events() {
  if constexpr (is_variant<Decided>)
    return are_listed<Decided, Events>;
  else if constexpr (is_std_optional<Decided>)
    return decides_listed_events<typename Decided::value_type, Events>();
  else if constexpr (is_listed<Decided, Events>)
    return true;
  else if constexpr (input_range<Decided>)
    return decides_listed_events<element_of<Decided>, Events>();
  else
    return false;
}

template <class Returned, class Events>
inline constexpr bool is_decision = false;
template <class Decided, class Events>
inline constexpr bool is_decision<outcome<Decided>, Events> = decides_listed_events<Decided, Events>();

/// What is wrong with deciding a command.
template <class State, class Command>
consteval auto find_decide_problem() {
  if constexpr (!projection<State>) {
    return problem_of<State>{};
  } else if constexpr (!has_decide_member<State, Command> && !has_decide_function<State, Command>) {
    return problem<a_projection_needs_a_public_static_decide_for_this_command<State, Command>>{};
  } else {
    using returned = decltype(call_decide(std::declval<const State&>(), std::declval<const Command&>()));
    if constexpr (is_decision<returned, typename State::events>)
      return no_problem{};
    else
      return problem<decide_must_return_an_outcome_of_events_that_the_projection_lists<State, Command, returned>>{};
  }
}

template <class State, class Command>
using decide_problem = decltype(find_decide_problem<State, Command>());

template <std::size_t index = 0, class Visitor, class... Choices>
constexpr void visit_choice(const std::variant<Choices...>& choice, const Visitor& visitor) {
  if constexpr (index < sizeof...(Choices)) {
    if (choice.index() == index)
      visitor(std::get<index>(choice));
    else
      visit_choice<index + 1>(choice, visitor);
  } else {
    throw error{errc::invalid_argument, "decide: a std::variant without a value is no event"};
  }
}

/// Calls with each event that was decided, in order.
template <class Events, class Decided, class Visitor>
constexpr void visit_decided(const Decided& decided, const Visitor& visitor) {
  if constexpr (is_variant<Decided>) {
    visit_choice(decided, visitor);
  } else if constexpr (is_std_optional<Decided>) {
    if (decided.has_value()) visit_decided<Events>(*decided, visitor);
  } else if constexpr (is_listed<Decided, Events>) {
    visitor(decided);
  } else {
    for (const auto& each : decided) visit_decided<Events>(each, visitor);
  }
}

/// A batch of outcomes that were decided is all of their events in order, or what decides among those that aren't ok:
/// see combine.hpp.
template <class Events, class Decided, class Visitor>
constexpr void visit_decided(const outcome<Decided>& decided, const Visitor& visitor) {
  if (decided.is_batch()) {
    for (const outcome<Decided>& each : decided.batch()) visit_decided<Events>(each, visitor);
  } else if (decided.is_ok()) {
    visit_decided<Events>(decided.value(), visitor);
  }
}
template <class Decided>
constexpr const outcome<Decided>* find_refusal(const outcome<Decided>& decided) {
  if (decided.is_ok()) return nullptr;
  if (!decided.is_batch()) return &decided;
  const outcome<Decided>* strongest = nullptr;
  for (const outcome<Decided>& each : decided.batch()) {
    const outcome<Decided>* const found = find_refusal(each);
    if (found != nullptr && (strongest == nullptr || precedence(found->state()) > precedence(strongest->state())))
      strongest = found;
  }
  return strongest;
}

}  // namespace detail

/// A projection that decides a command: see the head of this file.
template <class State, class Command>
concept decides = detail::nothing_wrong<detail::decide_problem<State, Command>>;

}  // namespace quipu
