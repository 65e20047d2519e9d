// SPDX-License-Identifier: BSL-1.0
//
// fold.hpp: a state from its history, without a store: `fold<account>(deposited{500}, withdrawn{120})`, or over a
// range. Usable in constant expressions. It gives what a store gives that holds the same events: they are folded in
// order, and events that the projection doesn't list are passed over.
#pragma once

#include "../coordinate/region.hpp"
#include "../core/error.hpp"
#include "../event/detail/shape_list.hpp"
#include "folder.hpp"
#include "projection.hpp"

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <utility>
#include <variant>

namespace quipu {
namespace detail {

template <class Input>
inline constexpr bool is_variant = false;
template <class... Choices>
inline constexpr bool is_variant<std::variant<Choices...>> = true;

template <class Input>
inline constexpr bool is_event_envelope = false;
template <class Payload>
inline constexpr bool is_event_envelope<event<Payload>> = true;

/// What `fold` takes for one event rather than for a range of them, whatever members it has.
template <class Input>
concept single_input =
    std::same_as<Input, event_view> || is_variant<Input> || is_event_envelope<Input> || event_type<Input>;

template <class Input>
concept has_range_members = requires(Input& range) {
  range.begin();
  range.end();
};
template <class Input>
concept has_range_functions = requires(Input& range) {
  begin(range);
  end(range);
};

template <class Input>
concept input_range =
    !single_input<std::remove_cvref_t<Input>> &&
    (std::is_array_v<std::remove_reference_t<Input>> || has_range_members<Input> || has_range_functions<Input>);

/// What a store's `query` returns.
template <class Input>
concept is_selected_by_a_region = requires(const Input& range) {
  { range.selects() } -> std::same_as<const region&>;
};

template <class Range>
constexpr decltype(auto) first_of(Range& range) {
  if constexpr (std::is_array_v<Range>)
    return *range;
  else if constexpr (has_range_members<Range>)
    return *range.begin();
  else
    return *begin(range);
}
template <class Range>
using element_of = std::remove_cvref_t<decltype(first_of(std::declval<std::remove_reference_t<Range>&>()))>;

template <class State, class Input>
consteval auto find_input_problem();

template <class State, class Payload>
consteval auto find_part_problem(std::type_identity<event<Payload>>) {
  return find_input_problem<State, Payload>();
}
template <class State, class... Choices>
consteval auto find_part_problem(std::type_identity<std::variant<Choices...>>) {
  return first_problem<decltype(find_input_problem<State, Choices>())...>();
}

/// What is wrong with one input of a fold that isn't a range.
template <class State, class Input>
consteval auto find_input_problem() {
  if constexpr (std::is_same_v<Input, event_view>) {
    return no_problem{};
  } else if constexpr (is_event_envelope<Input> || is_variant<Input>) {
    return find_part_problem<State>(std::type_identity<Input>{});
  } else if constexpr (!event_type<Input>) {
    return problem<fold_takes_events_or_one_range_of_events<State, Input>>{};
  } else if constexpr (folds_any_event<State>) {
    return problem<a_projection_of_any_event_folds_event_views_and_nothing_else<State, Input>>{};
  } else if constexpr (is_retired<Input>) {
    return problem<an_event_of_a_retired_kind_was_never_written<Input>>{};
  } else {
    using namesake = namesake_of<Input, typename State::events>;
    if constexpr (is_version_of<namesake, Input>)
      return no_problem{};
    else
      return problem<fold_was_given_another_type_of_a_kind_that_the_projection_lists<State, Input, namesake>>{};
  }
}

template <class... Inputs>
inline constexpr bool is_one_range = sizeof...(Inputs) == 1 && (input_range<Inputs> && ...);

template <class State, class... Inputs>
consteval auto find_fold_problem() {
  if constexpr (!projection<State>)
    return problem_of<State>{};
  else if constexpr (sizeof...(Inputs) == 0)
    return no_problem{};
  else if constexpr (is_one_range<Inputs...>)
    return first_problem<decltype(find_input_problem<State, element_of<Inputs>>())...>();
  else
    return first_problem<decltype(find_input_problem<State, std::remove_cvref_t<Inputs>>())...>();
}

/// Folds values one after the other. `sequence` is how many it has seen: the entity sequence of the next.
template <class State>
struct value_folder {
  State state{};
  std::uint64_t sequence{};

  /// An event of a kind that isn't listed counts, and leaves the state as it is; an older version is led up, as one in
  /// a log would be.
  template <class Event, class MakeHeader>
  constexpr void add_event(const Event& value, const MakeHeader& make_header) {
    const auto take = [&]<class Listed>(const Listed& listed) {
      if constexpr (takes_header<State, Listed>)
        state.apply(listed, make_header());
      else
        state.apply(listed);
    };
    give_listed<typename State::events>(value, take);
    ++sequence;
  }

  template <class Event>
  constexpr void add_envelope(const event<Event>& envelope) {
    add_event(envelope.payload, [&envelope]() -> const event_header& { return envelope.header; });
  }

  template <class Event>
  constexpr void add_value(const Event& value) {
    add_event(value, [this] {
      event_header made;
      made.kind = kind_of<Event>;
      made.schema_version = schema_version_of<Event>();
      made.position.sequence = sequence;
      return made;
    });
  }

  template <std::size_t index = 0, class... Choices>
  constexpr void add_choice(const std::variant<Choices...>& choice) {
    if constexpr (index == sizeof...(Choices)) {
      throw error{errc::invalid_argument, "fold: a std::variant without a value is no event"};
    } else if (choice.index() ==
               index) {  // not std::get_if: g++ 12 doesn't compare the address of a temporary in a constant expression
      add(std::get<index>(choice));
    } else {
      add_choice<index + 1>(choice);
    }
  }

  template <class Input>
  constexpr void add(const Input& input) {
    if constexpr (std::same_as<Input, event_view>) {
      fold_view(state, input);
      ++sequence;
    } else if constexpr (is_event_envelope<Input>) {
      add_envelope(input);
    } else if constexpr (is_variant<Input>) {
      add_choice(input);
    } else {
      add_value(input);
    }
  }

  template <class Range>
  constexpr void add_range(Range&& range) {
    if constexpr (is_selected_by_a_region<Range>)
      check_selects_sources(range.selects(), shapes_of(typename State::events{}));
    for (auto&& element : range) add(std::as_const(element));
  }
};

}  // namespace detail

/// The state after the given events, from its default. The inputs are events, in order, or one range of them. An event
/// is
///   - a value of an event type, or of an older version of a listed one, which is led up by its upcasts. An `apply`
///   that takes a header gets one with the kind, the schema version and
///     `position.sequence`, the number of inputs before it; all else in it is empty;
///   - an `event<E>`, which brings its header;
///   - a `std::variant` of such;
///   - an `event_view`, decoded where it lies; the only kind of event for a state of `any_event`. An erased event is
///   passed over.
/// Usable in constant expressions, but for `event_view`s. Throws what `apply` throws, what decoding an `event_view`
/// throws
/// (`errc::decode_failed`, `errc::schema_drift`), and `errc::invalid_argument` for a variant without a value, and for a
/// `query` whose region `store.project` refuses.
template <class State, class... Inputs>
[[nodiscard]] constexpr auto fold(Inputs&&... inputs) {
  using verdict = decltype(detail::find_fold_problem<State, Inputs...>());
  if constexpr (verdict::found) {
    return verdict::sentence::value;
  } else {
    detail::value_folder<State> folding;
    if constexpr (detail::is_one_range<Inputs...>)
      (folding.add_range(inputs), ...);
    else
      (folding.add(std::as_const(inputs)), ...);
    return std::move(folding.state);
  }
}

}  // namespace quipu
