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
  return __PRETTY_FUNCTION__;
}

/// Returns the type in `... [Type = TYPE]` and `... [with Type = TYPE; std::string_view = ...]`, or `?`.
constexpr std::string_view find_whole_type_name(std::string_view described) noexcept {
  constexpr std::string_view mark = "Type = ";
  const std::size_t found = described.find(mark);
  if (found == std::string_view::npos) return "?";
  described.remove_prefix(found + mark.size());
  std::size_t size = described.rfind("; std::string_view");
  if (size == std::string_view::npos) size = described.rfind(']');
  return described.substr(0, size);
}

/// As above, without the namespaces of the type.
constexpr std::string_view find_type_name(std::string_view described) noexcept {
  const std::string_view whole = find_whole_type_name(described);
  std::size_t first = 0;
  int depth = 0;
  for (std::size_t index = 0; index < whole.size(); ++index) {
    const char letter = whole[index];
    if (letter == '<' || letter == '(' || letter == '{') ++depth;
    if (letter == '>' || letter == ')' || letter == '}') --depth;
    if (depth == 0 && letter == ':') first = index + 1;
  }
  return whole.substr(first);
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
    return find_type_name(describe_type<Type>());
}

}  // namespace quipu::detail
