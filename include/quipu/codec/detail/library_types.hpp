// SPDX-License-Identifier: BSL-1.0
//
// library_types.hpp: types of the standard library that the codec knows and whose headers it doesn't include, because a
// translation unit would pay for them that uses none: <filesystem> costs half a second, <chrono> and <bitset> a fifth
// of one each. They are recognised by their interface, and std::chrono's by their names.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <type_traits>

namespace quipu::detail {

/// A path whose text is made of `char`: std::filesystem::path, boost::filesystem::path.
template <class Type>
concept path_like = requires(const Type& path) {
  Type::preferred_separator;
  requires std::is_same_v<typename Type::value_type, char>;
  { path.native() } -> std::same_as<const std::string&>;
  path.lexically_normal();
};

/// std::bitset: a set of bits whose number is known while compiling.
template <class Type>
concept bitset_like = requires(Type& bits) {
  typename std::integral_constant<std::size_t, Type{}.size()>;
  { bits.test(std::size_t{}) } -> std::same_as<bool>;
  bits.set(std::size_t{}, true);
  bits.flip();
  bits.to_ulong();
};

/// Whether a type is of the standard library.
template <class Type>
consteval bool is_in_std() {
#if defined(__GNUC__) || defined(__clang__)
  const std::string_view text{__PRETTY_FUNCTION__, sizeof __PRETTY_FUNCTION__ - 1};
  return text.find("Type = std::") != std::string_view::npos;
#else
  return false;
#endif
}

/// The unqualified name of a type of std::chrono, or nothing for another type.
template <class Type>
consteval std::string_view find_chrono_name() {
#if defined(__GNUC__) || defined(__clang__)
  const std::string_view text{__PRETTY_FUNCTION__, sizeof __PRETTY_FUNCTION__ - 1};
  constexpr std::string_view mark = "Type = std::";
  const std::size_t found = text.find(mark);
  if (found == std::string_view::npos) return {};
  const std::string_view name = text.substr(found, text.find_first_of(";]<", found) - found);
  if (name.find("chrono::") == std::string_view::npos) return {};
  return name.substr(name.rfind(':') + 1);
#else
  return {};
#endif
}

/// All types of the calendar have `ok()`.
template <class Type>
consteval std::string_view calendar_name() {
  if constexpr (requires(const Type& value) {
                  { value.ok() } -> std::same_as<bool>;
                })
    return find_chrono_name<Type>();
  else
    return {};
}

template <class Type>
concept calendar_number = calendar_name<Type>()
== "year" || calendar_name<Type>() == "month" || calendar_name<Type>() == "day" || calendar_name<Type>() == "weekday";
template <class Type>
concept calendar_date = calendar_name<Type>()
== "year_month_day" || calendar_name<Type>() == "year_month" || calendar_name<Type>() == "month_day";

template <class Type>
concept library_type = path_like<Type> || bitset_like<Type> || calendar_number<Type> || calendar_date<Type>;

/// std::expected.
template <class Type>
concept expected_like = requires(const Type& value) {
  typename Type::value_type;
  typename Type::error_type;
  typename Type::unexpected_type;
  { value.has_value() } -> std::same_as<bool>;
  value.error();
};

}  // namespace quipu::detail
