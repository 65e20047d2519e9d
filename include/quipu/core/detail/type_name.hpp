// SPDX-License-Identifier: BSL-1.0
//
// type_name.hpp: the name of a type for messages and diagrams, as the compiler spells it, without namespaces. Compilers
// spell names differently: do not store or hash them. qualified_name.hpp has names that may be hashed.
#pragma once

#include <concepts>
#include <cstddef>
#include <string_view>
#include <type_traits>

namespace quipu::detail {

template <class Type>
consteval std::string_view describe_type() {
  // With its size, which a compiler takes longer to find than to make the text.
  return {__PRETTY_FUNCTION__, sizeof __PRETTY_FUNCTION__ - 1};
}

/// Descriptions read `... [Type = TYPE]` or `... [with Type = TYPE; std::string_view = ...]`: what is before and behind
/// the type is as long for each type.
inline constexpr std::size_t size_before_type =
    describe_type<int>().find("Type = ") + std::string_view{"Type = "}.size();
inline constexpr std::size_t size_behind_type =
    describe_type<int>().size() - size_before_type - std::string_view{"int"}.size();

/// Returns the type's name as the compiler spells it, with its namespaces.
template <class Type>
consteval std::string_view whole_type_name() {
  constexpr std::string_view described = describe_type<Type>();
  return {described.data() + size_before_type, described.size() - size_before_type - size_behind_type};
}

/// Returns a name without the namespaces of the type.
constexpr std::string_view without_namespaces(std::string_view whole) noexcept {
  const char* first = whole.data();
  const char* const end = first + whole.size();
  int depth = 0;
  for (const char* at = first; at != end; ++at) {
    const char letter = *at;
    if (letter == '<' || letter == '(' || letter == '{') ++depth;
    if (letter == '>' || letter == ')' || letter == '}') --depth;
    if (depth == 0 && letter == ':') first = at + 1;
  }
  return {first, static_cast<std::size_t>(end - first)};
}

/// A non-static data member called `name` is part of the type and does not name it.
template <class Type>
concept has_static_name = requires {
  { Type::name } -> std::convertible_to<std::string_view>;
  requires !std::is_member_object_pointer_v<decltype(&Type::name)>;
};

/// Returns the type's static `name`, or else its name in the program.
template <class Type>
consteval std::string_view type_name() {
  if constexpr (has_static_name<Type>)
    return Type::name;
  else
    return without_namespaces(whole_type_name<Type>());
}

}  // namespace quipu::detail
