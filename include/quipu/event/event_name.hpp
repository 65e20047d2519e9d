// SPDX-License-Identifier: BSL-1.0
//
// event_name.hpp: the name of an event type, as the log keeps it beside the type's schema. It is for people and tools:
// nothing is looked up by it, and it is no part of the shape.
#pragma once

#include "../codec/fingerprint.hpp"
#include "../codec/schema_json.hpp"
#include "../core/detail/qualified_name.hpp"

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <type_traits>

namespace quipu {
namespace detail {

inline constexpr std::size_t longest_event_name = 255;

/// The first characters of a text that a name can have: UTF-8 without control characters, at most 255 bytes.
[[nodiscard]] constexpr std::string_view usable_part_of_name(std::string_view text) noexcept {
  std::size_t size = 0;
  const auto is_plain = [](char letter) { return letter >= 0x20 && letter < 0x7F; };
  while (size < text.size() && size < longest_event_name) {
    if (is_plain(text[size])) {  // at once, because a compiler interprets this for each type
      ++size;
      continue;
    }
    const std::size_t length = utf8_length(text.substr(size));
    const auto letter = static_cast<unsigned char>(text[size]);
    if (length == 0 || letter < 0x20 || letter == 0x7F || size + length > longest_event_name) break;
    size += length;
  }
  return text.substr(0, size);
}

[[nodiscard]] constexpr bool is_event_name(std::string_view text) noexcept {
  return !text.empty() && usable_part_of_name(text).size() == text.size();
}

/// A type with a static data member called `name`. A non-static one is part of the event, and a function names nothing.
template <class Event>
concept names_itself = requires {
  &Event::name;
  requires std::is_pointer_v<decltype(&Event::name)>;
  requires std::is_object_v<std::remove_pointer_t<decltype(&Event::name)>>;
};

template <class Event>
concept has_constant_event_name = names_itself<Event> && requires {
  { Event::name } -> std::convertible_to<std::string_view>;
  typename std::bool_constant<is_event_name(std::string_view(Event::name))>;
};

template <class Event>
consteval std::string_view find_event_name() {
  if constexpr (has_constant_event_name<Event>)
    return Event::name;
  else if constexpr (names_itself<Event>)
    return {};  // refused: see has_usable_name
  else
    return usable_part_of_name(qualified_name<Event>());
}

}  // namespace detail

/// The name of an event type in the log: its `static constexpr std::string_view name`, or else its qualified name as
/// the compiler spells it, of which the first 255 bytes are kept. For a type that cannot be edited, specialise
/// `template <> inline constexpr std::string_view quipu::event_name_of<vendor::ping> = "ping";` before the type is
/// appended; an empty name is not stored. A name has at most 255 bytes of UTF-8 without control characters.
template <class Event>
inline constexpr std::string_view event_name_of = detail::find_event_name<Event>();

namespace detail {

template <class Event>
consteval bool has_usable_name() {
  if (!event_name_of<Event>.empty()) return is_event_name(event_name_of<Event>);
  if constexpr (has_constant_event_name<Event>)
    return is_event_name(Event::name);  // then it was left out by a specialisation
  else
    return !names_itself<Event>;
}

/// Tells types apart by the fingerprint of their schemas and their names. Never 0 or 1.
[[nodiscard]] constexpr std::uint64_t type_hash_of(std::uint64_t fingerprint, std::string_view name) noexcept {
  const std::uint64_t hash = fingerprint ^ (name.empty() ? 0 : fingerprint_of_text(name));
  return hash <= 1 ? 2 : hash;
}
template <class Event>
inline constexpr std::uint64_t event_type_hash = type_hash_of(type_fingerprint<Event>(), event_name_of<Event>);

}  // namespace detail
}  // namespace quipu
