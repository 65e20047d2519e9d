// SPDX-License-Identifier: BSL-1.0
//
// model_key.hpp: the keys that an event belongs to in a read model by key: what a program's `key_of` may return, and
// which event ends a key.
#pragma once

#include "../../codec/codec.hpp"
#include "../../event/event_list.hpp"
#include "../../event/event_view.hpp"
#include "../../event/upcast.hpp"
#include "../../projection/fold.hpp"
#include "../../projection/projection.hpp"

#include <algorithm>
#include <array>
#include <concepts>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace quipu {

/// Never defined: their names are what the compiler says.
template <class KeyOf, class Event>
struct key_of_must_be_callable_with_each_event_of_the_projection;
template <class KeyOf, class Event, class Key>
struct key_of_must_return_keys_that_are_encodable_and_totally_ordered;
template <class KeyOf, class First, class Second>
struct key_of_must_return_keys_of_one_type;
template <class KeyOf>
struct key_of_must_return_a_key_for_at_least_one_event;
template <class State>
struct ends_must_be_static_and_return_bool_for_an_event_of_the_projection;

namespace detail {

/// Stands for the key of events that belong to no key.
struct no_key {};

template <class Returned>
inline constexpr bool is_optional_key = false;
template <class Key>
inline constexpr bool is_optional_key<std::optional<Key>> = true;

template <class Returned>
concept text_key = std::convertible_to<const Returned&, std::string_view>;

/// The type of the keys in what `key_of` returns.
template <class Returned>
consteval auto find_key_type() {
  if constexpr (std::is_same_v<Returned, std::nullopt_t>)
    return std::type_identity<no_key>{};
  else if constexpr (text_key<Returned>)
    return std::type_identity<std::string>{};
  else if constexpr (is_optional_key<Returned>)
    return find_key_type<typename Returned::value_type>();
  else if constexpr (input_range<const Returned>)
    return find_key_type<element_of<const Returned>>();
  else
    return std::type_identity<Returned>{};
}
template <class KeyOf, class Event>
using key_for =
    typename decltype(find_key_type<std::remove_cvref_t<std::invoke_result_t<const KeyOf&, const Event&>>>())::type;

/// Calls `use` once with each key in what `key_of` returned.
template <class Key, class Returned, class Use>
void visit_keys(const Returned& returned, const Use& use) {
  if constexpr (text_key<Returned>) {
    use(std::string_view{returned});
  } else if constexpr (is_optional_key<Returned>) {
    if (returned) visit_keys<Key>(*returned, use);
  } else if constexpr (input_range<const Returned>) {
    std::vector<Key> keys;
    for (const auto& each : returned) visit_keys<Key>(each, [&](const auto& key) { keys.emplace_back(key); });
    std::sort(keys.begin(), keys.end());
    keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
    for (const Key& key : keys) use(key);
  } else if constexpr (!std::is_same_v<Returned, std::nullopt_t>) {
    use(returned);
  }
}

/// What `apply` is called with: the events of the list that are not retired.
template <class Event>
using living_event = std::conditional_t<is_retired<Event>, type_list<>, type_list<Event>>;
template <class... Lists>
struct joined;
template <class... Events>
struct joined<type_list<Events...>> {
  using type = type_list<Events...>;
};
template <class... First, class... Second, class... More>
struct joined<type_list<First...>, type_list<Second...>, More...> : joined<type_list<First..., Second...>, More...> {};
template <class... Events>
[[nodiscard]] consteval auto applied_events_of(event_list<Events...>) {
  return typename joined<type_list<>, living_event<Events>...>::type{};
}
[[nodiscard]] consteval auto applied_events_of(any_event) { return type_list<event_view>{}; }

template <class KeyOf, class Event>
consteval auto find_key_problem() {
  if constexpr (!std::is_invocable_v<const KeyOf&, const Event&>) {
    return problem<key_of_must_be_callable_with_each_event_of_the_projection<KeyOf, Event>>{};
  } else if constexpr (std::is_void_v<std::invoke_result_t<const KeyOf&, const Event&>>) {
    return problem<key_of_must_return_keys_that_are_encodable_and_totally_ordered<KeyOf, Event, void>>{};
  } else {
    using key = key_for<KeyOf, Event>;
    if constexpr (std::is_same_v<key, no_key>)
      return no_problem{};
    else if constexpr (!encodable<key> || !std::totally_ordered<key> || !std::default_initializable<key>)
      return problem<key_of_must_return_keys_that_are_encodable_and_totally_ordered<KeyOf, Event, key>>{};
    else
      return no_problem{};
  }
}

/// The first type of a key that isn't `no_key`.
template <class... Keys>
consteval auto find_first_key() {
  constexpr std::size_t place = first_true({!std::is_same_v<Keys, no_key>...});
  return std::type_identity<type_at<place, Keys..., no_key>>{};
}
template <class KeyOf, class... Keys>
consteval auto find_same_key_problem() {
  using first = typename decltype(find_first_key<Keys...>())::type;
  constexpr std::size_t other = first_true({(!std::is_same_v<Keys, no_key> && !std::is_same_v<Keys, first>)...});
  if constexpr (std::is_same_v<first, no_key>)
    return problem<key_of_must_return_a_key_for_at_least_one_event<KeyOf>>{};
  else if constexpr (other < sizeof...(Keys))
    return problem<key_of_must_return_keys_of_one_type<KeyOf, first, type_at<other, Keys...>>>{};
  else
    return no_problem{};
}

template <class State>
concept names_ends = requires {
  &State::ends;
};
/// Whether `Event` can end a key.
template <class State, class Event>
concept has_ends = requires(const Event& event) {
  { State::ends(event) } -> std::same_as<bool>;
};
template <class State, class Event>
concept has_other_ends = requires(const Event& event) {
  State::ends(event);
}
&&!has_ends<State, Event>;

template <class State, class KeyOf, class... Events>
consteval auto find_keyed_problem(type_list<Events...>) {
  using keys = decltype(first_problem<decltype(find_key_problem<KeyOf, Events>())...>());
  if constexpr (keys::found) {
    return keys{};
  } else if constexpr ((has_other_ends<State, Events> || ...) ||
                       (names_ends<State> && !(has_ends<State, Events> || ...))) {
    return problem<ends_must_be_static_and_return_bool_for_an_event_of_the_projection<State>>{};
  } else {
    return find_same_key_problem<KeyOf, key_for<KeyOf, Events>...>();
  }
}
/// What is wrong with a read model by key.
template <class State, class KeyOf>
consteval auto find_keyed_problem() {
  if constexpr (!projection<State>)
    return problem_of<State>{};
  else
    return find_keyed_problem<State, KeyOf>(applied_events_of(typename State::events{}));
}
template <class State, class KeyOf>
using keyed_problem = decltype(find_keyed_problem<State, KeyOf>());

template <class KeyOf, class... Events>
consteval auto find_key(type_list<Events...>) {
  return find_first_key<key_for<KeyOf, Events>...>();
}
/// The key of a read model; `key_of` has no problem.
template <class State, class KeyOf>
using key_of_model = typename decltype(find_key<KeyOf>(applied_events_of(typename State::events{})))::type;

/// Which events of a list can end a key, as a text of digits.
template <class State, class... Events>
consteval auto ending_events(type_list<Events...>) {
  return std::array<char, sizeof...(Events)>{(has_ends<State, Events> ? '1' : '0')...};
}

}  // namespace detail
}  // namespace quipu
