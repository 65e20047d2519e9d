// SPDX-License-Identifier: BSL-1.0
//
// given.hpp: a decider's specification, as tests that the compiler runs:
//   static_assert(quipu::given<account>(deposited{100}).when(withdraw{30}).then(withdrawn{30}));
//   static_assert(quipu::given<account>(deposited{10}).when(withdraw{30}).then_error(quipu::error_kind::validation));
// At run time, under any test framework, a result is true or false, is written to a stream, and its `message()` says
// what was expected and what happened instead: `const auto result = ...; INFO(result.message()); CHECK(result);`
#pragma once

#include "../codec/codec.hpp"
#include "../codec/schema_json.hpp"
#include "../codec/schema_text.hpp"
#include "../core/detail/type_name.hpp"
#include "decider.hpp"
#include "fold.hpp"

#include <concepts>
#include <cstddef>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

namespace quipu {

/// Never defined: its name is what the compiler says.
template <class Projection, class Event>
struct then_expects_events_that_the_projection_lists;

namespace detail {

/// Whether two aggregates are equal, member by member; by their own `==` where they have one.
template <class Type>
constexpr bool are_same(const Type& left, const Type& right);

template <class Type, std::size_t... indices>
constexpr bool have_same_members(const Type& left, const Type& right, std::index_sequence<indices...>) {
  return visit_plain_members<sizeof...(indices)>(left, [&](const auto&... ours) {
    return visit_plain_members<sizeof...(indices)>(
        right, [&](const auto&... theirs) { return (are_same(ours, theirs) && ...); });
  });
}

template <class Type>
constexpr bool are_same(const Type& left, const Type& right) {
  if constexpr (std::is_array_v<Type>) {
    for (std::size_t index = 0; index < std::extent_v<Type>; ++index) {
      if (!are_same(left[index], right[index])) return false;
    }
    return true;
  } else if constexpr (std::equality_comparable<Type>) {
    return left == right;
  } else {
    static_assert(
        plain_aggregate<Type>,
        "given().when().then() compares events by their operator==, or by their members if they are plain aggregates");
    return have_same_members(left, right, std::make_index_sequence<member_count<Type>>{});
  }
}

std::string show_value(std::string_view name, std::string_view schema, const bytes& encoded);
/// `deposited {"cents":100}`
template <class Type>
std::string show_value(const Type& value) {
  if constexpr (encodable<Type>)
    return show_value(type_name<Type>(), schema_text<Type>(), encode(value));
  else
    return std::string{type_name<Type>()};
}

/// An outcome that isn't ok, in words.
template <class Decided>
std::string show_refusal(const outcome<Decided>& refusal) {
  std::string shown{name_of(refusal.state())};
  if (refusal.is_error())
    shown.append(" ").append(refusal.error().kind.str()).append(": ").append(refusal.error().message.view());
  if (refusal.is_cancelled()) shown.append(": ").append(refusal.cancelled().reason.view());
  if (refusal.is_retry())
    shown.append(" after ")
        .append(std::to_string(refusal.retry().after_ms))
        .append(" ms: ")
        .append(refusal.retry().reason.view());
  return shown;
}

/// What was decided, and what was expected of it.
template <class State, class Decided, class Expected>
class [[nodiscard]] decision_check {
 public:
  constexpr decision_check(State before, outcome<Decided> decided, Expected expected)
      : before_(std::move(before)),
        decided_(std::move(decided)),
        expected_(std::move(expected)),
        holds_{expected_.holds(decided_)} {}

  constexpr explicit operator bool() const noexcept { return holds_; }

  /// What was expected, what happened, and in which state.
  [[nodiscard]] std::string message() const {
    std::string said = holds_ ? "as expected:\n" : "not as expected:\n";
    said.append("  in the state\n    ").append(show_value(before_)).append("\n  was expected\n");
    expected_.describe(said);
    said.append(holds_ ? "  and was decided\n" : "  but was decided\n");
    const std::size_t before_events = said.size();
    if (const outcome<Decided>* const refusal = find_refusal(decided_)) {
      said.append("    ").append(show_refusal(*refusal)).append("\n");
    } else {
      visit_decided<typename State::events>(
          decided_, [&](const auto& event) { said.append("    ").append(show_value(event)).append("\n"); });
      if (said.size() == before_events) said.append("    no event\n");
    }
    return said;
  }

  template <class Traits>
  friend std::basic_ostream<char, Traits>& operator<<(std::basic_ostream<char, Traits>& out,
                                                      const decision_check& shown) {
    return out << shown.message();
  }

 private:
  State before_;
  outcome<Decided> decided_;
  Expected expected_;
  bool holds_;
};

template <class State, class... Events>
struct expected_events {
  std::tuple<Events...> events;

  template <class Decided>
  constexpr bool holds(const outcome<Decided>& decided) const {
    if (find_refusal(decided) != nullptr) return false;
    std::size_t count = 0;
    bool same = true;
    visit_decided<typename State::events>(decided, [&](const auto& event) {
      same = is_at(count++, event, std::index_sequence_for<Events...>{}) && same;
    });
    return same && count == sizeof...(Events);
  }
  void describe(std::string& said) const {
    if constexpr (sizeof...(Events) == 0)
      said.append("    no event\n");
    else
      std::apply([&](const auto&... event) { (said.append("    ").append(show_value(event)).append("\n"), ...); },
                 events);
  }

 private:
  template <class Event, std::size_t... indices>
  constexpr bool is_at(std::size_t place, const Event& event, std::index_sequence<indices...>) const {
    return ((place == indices && is_same_event(std::get<indices>(events), event)) || ...);
  }
  template <class Wanted, class Event>
  static constexpr bool is_same_event(const Wanted& wanted, const Event& event) {
    if constexpr (std::is_same_v<Wanted, Event>)
      return are_same(wanted, event);
    else
      return false;
  }
};

struct expected_error {
  error_kind kind;
  text message;  // empty for any
  template <class Decided>
  constexpr bool holds(const outcome<Decided>& decided) const {
    const outcome<Decided>* const refusal = find_refusal(decided);
    return refusal != nullptr && refusal->is_error() && refusal->error().kind == kind &&
           (message.empty() || refusal->error().message == message);
  }
  void describe(std::string& said) const;
};

template <class State, class Event>
consteval auto find_expectation_problem() {
  if constexpr (is_listed<Event, typename State::events>)
    return no_problem{};
  else
    return problem<then_expects_events_that_the_projection_lists<State, Event>>{};
}

/// What a command led to.
template <class State, class Decided>
class [[nodiscard]] made_decision {
 public:
  constexpr made_decision(State before, outcome<Decided> decided)
      : before_(std::move(before)), decided_(std::move(decided)) {}

  /// Whether exactly these events were decided, in this order; with none, that nothing happens.
  template <class... Events>
  constexpr auto then(const Events&... events) const {
    using verdict = decltype(first_problem<decltype(find_expectation_problem<State, Events>())...>());
    if constexpr (verdict::found)
      return verdict::sentence::value;
    else
      return decision_check<State, Decided, expected_events<State, Events...>>{
          before_, decided_, {std::tuple<Events...>{events...}}};
  }
  /// Whether the command was refused with an error of this kind.
  constexpr auto then_error(error_kind kind) const { return then_error(kind, text{}); }
  /// And with these words.
  constexpr auto then_error(error_kind kind, text message) const {
    return decision_check<State, Decided, expected_error>{before_, decided_, {kind, std::move(message)}};
  }

  /// What was decided, for whatever else there is to be tested.
  [[nodiscard]] constexpr const outcome<Decided>& result() const noexcept { return decided_; }

 private:
  State before_;
  outcome<Decided> decided_;
};

template <class State>
struct given_state {
  State state;

  /// Decides a command in this state.
  template <class Command>
  constexpr auto when(const Command& command) const {
    using verdict = decide_problem<State, Command>;
    if constexpr (verdict::found) {
      return verdict::sentence::value;
    } else {
      auto decided = call_decide(state, command);
      return made_decision<State, typename decltype(decided)::value_type>{state, std::move(decided)};
    }
  }
};

}  // namespace detail

/// The state after some events, in which `.when(command)` decides, and `.then(events...)` or `.then_error(kind)` says
/// whether as expected. The events are what `fold` takes. Usable in constant expressions where `apply` and `decide`
/// are.
template <class State, class... Events>
[[nodiscard]] constexpr auto given(const Events&... events) {
  using verdict = decltype(detail::find_fold_problem<State, const Events&...>());
  if constexpr (verdict::found) {
    return verdict::sentence::value;
  } else {
    return detail::given_state<State>{fold<State>(events...)};
  }
}

}  // namespace quipu
