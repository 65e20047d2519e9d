// SPDX-License-Identifier: BSL-1.0
//
// upcast_result.hpp: what an upcast may return, taken apart. An event of the type that it belongs to, events of other
// kinds, or a std::optional, variant, tuple, pair, array or vector of what it may return: none, one or several events,
// in order.
#pragma once

#include "../../codec/schema.hpp"
#include "../event_list.hpp"

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>

namespace quipu::detail {

/// What a part of the result of `Event::upcast` is.
enum class upcast_part : unsigned char {
  own,            ///< an `Event`, or what converts to one
  other,          ///< an event of another kind
  optional,       ///< an event or none
  choice,         ///< one of several
  several,        ///< a fixed number, each of its own type
  many,           ///< any number of one type
  wrong_version,  ///< an event of the same kind that isn't `Event`
  no_event,
};

template <class Event, class Result>
consteval upcast_part find_upcast_part() {
  if constexpr (std::is_same_v<Result, Event>)
    return upcast_part::own;
  else if constexpr (event_type<Result>)
    return kind_of<Result> == kind_of<Event> ? upcast_part::wrong_version : upcast_part::other;
  else if constexpr (std::convertible_to<Result, Event>)
    return upcast_part::own;
  else if constexpr (standard_parts<Result>::kind == shape::optional)
    return upcast_part::optional;
  else if constexpr (standard_parts<Result>::kind == shape::variant)
    return upcast_part::choice;
  else if constexpr (standard_parts<Result>::kind == shape::tuple)
    return upcast_part::several;
  else if constexpr (standard_parts<Result>::kind == shape::sequence ||
                     standard_parts<Result>::kind == shape::fixed_array)
    return upcast_part::many;
  else
    return upcast_part::no_event;
}

template <class Event, class Result>
inline constexpr upcast_part upcast_part_of = find_upcast_part<Event, Result>();

constexpr bool is_composed(upcast_part part) noexcept {
  return part >= upcast_part::optional && part <= upcast_part::many;
}

/// Whether a part of some kind is anywhere in a result.
template <class Event, class Result, upcast_part wanted>
consteval bool has_upcast_part() {
  constexpr upcast_part part = upcast_part_of<Event, Result>;
  if constexpr (is_composed(part)) {
    return []<class... Parts>(type_list<Parts...>) {
      return (has_upcast_part<Event, Parts, wanted>() || ...);
    }(typename standard_parts<Result>::types{});
  } else {
    return part == wanted;
  }
}

template <class Event, class Result, class Test>
consteval bool all_other_events(Test test);

template <class Event, class Test, class... Parts>
consteval bool all_other_events_in([[maybe_unused]] Test test, type_list<Parts...>) {
  return (all_other_events<Event, Parts>(test) && ...);
}

/// Whether `test.operator()<Other>()` holds for each event type of another kind in a result.
template <class Event, class Result, class Test>
consteval bool all_other_events(Test test) {
  constexpr upcast_part part = upcast_part_of<Event, Result>;
  if constexpr (is_composed(part)) {
    return all_other_events_in<Event>(test, typename standard_parts<Result>::types{});
  } else if constexpr (part == upcast_part::other) {
    return test.template operator()<Result>();
  } else {
    return true;
  }
}

template <class Event, std::size_t index, class Choice, class Sink>
constexpr void visit_upcast_choice(Choice& choice, Sink& sink);

/// Calls `sink` with each event of a result, in order, as an lvalue that it may move from. A variant without a value is
/// none.
template <class Event, class Result, class Sink>
constexpr void visit_upcast_result(Result& result, Sink& sink) {
  constexpr upcast_part part = upcast_part_of<Event, Result>;
  if constexpr (part == upcast_part::own && !std::is_same_v<Result, Event>) {
    Event made = std::move(result);
    sink(made);
  } else if constexpr (part == upcast_part::own || part == upcast_part::other) {
    sink(result);
  } else if constexpr (part == upcast_part::optional) {
    if (result.has_value()) visit_upcast_result<Event>(*result, sink);
  } else if constexpr (part == upcast_part::choice) {
    visit_upcast_choice<Event, 0>(result, sink);
  } else if constexpr (part == upcast_part::several) {
    std::apply([&sink](auto&... parts) { (visit_upcast_result<Event>(parts, sink), ...); }, result);
  } else if constexpr (part == upcast_part::many) {
    for (auto& each : result) visit_upcast_result<Event>(each, sink);
  }
}
template <class Event, std::size_t index, class Choice, class Sink>
constexpr void visit_upcast_choice(Choice& choice, Sink& sink) {
  if constexpr (index < std::variant_size_v<Choice>) {
    if (choice.index() == index)
      visit_upcast_result<Event>(std::get<index>(choice), sink);
    else
      visit_upcast_choice<Event, index + 1>(choice, sink);
  }
}

}  // namespace quipu::detail
