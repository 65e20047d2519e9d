// SPDX-License-Identifier: BSL-1.0
//
// size.hpp: what is known of an encoding's size while compiling. It decides what moves by one memcpy, and how many
// elements a count may promise before anything is allocated for them.
#pragma once

#include "../boost_serialization.hpp"
#include "../schema.hpp"
#include "own_values.hpp"
#include "time.hpp"

#include <cstddef>
#include <cstdint>
#include <type_traits>

namespace quipu::detail {

inline constexpr std::size_t no_fixed_size = static_cast<std::size_t>(-1);

template <class Type>
consteval std::size_t find_fixed_size();

/// The sum for parts that all have a fixed size.
template <class... Parts>
consteval std::size_t sum_fixed_sizes(type_list<Parts...>) {
  std::size_t total = 0;
  for (const std::size_t size : {std::size_t{0}, find_fixed_size<Parts>()...}) {
    if (size == no_fixed_size) return no_fixed_size;
    total += size;
  }
  return total;
}

template <class Type>
consteval std::size_t find_fixed_size() {
  constexpr shape kind = shape_of<Type>;
  if constexpr (kind <= shape::enumeration) {
    return sizeof(Type);
  } else if constexpr (kind == shape::duration || kind == shape::time_point) {
    return 8;
  } else if constexpr (kind == shape::fixed_array) {
    constexpr std::size_t count = standard_parts<Type>::size;
    const std::size_t element = sum_fixed_sizes(parts_of<Type>{});
    return count == 0 ? 0 : element == no_fixed_size ? no_fixed_size : element * count;
  } else if constexpr (kind == shape::tuple || is_record<Type>) {
    // A named type may contain itself, through a part whose size isn't fixed; those end the search.
    return sum_fixed_sizes(parts_of<Type>{});
  } else {
    return no_fixed_size;
  }
}

/// The encoded size of every value of a type, or `no_fixed_size`.
template <class Type>
inline constexpr std::size_t fixed_encoded_size = find_fixed_size<Type>();

template <class Type>
consteval std::size_t find_min_size();

template <class... Parts>
consteval std::size_t sum_min_sizes(type_list<Parts...>) {
  return (std::size_t{0} + ... + find_min_size<Parts>());
}

template <class Type>
consteval std::size_t find_min_size() {
  constexpr shape kind = shape_of<Type>;
  if constexpr (kind <= shape::enumeration || kind == shape::duration || kind == shape::time_point) {
    return find_fixed_size<Type>();
  } else if constexpr (kind == shape::optional || kind == shape::variant || kind == shape::expected) {
    return 1;
  } else if constexpr (kind == shape::fixed_array) {
    return sum_min_sizes(parts_of<Type>{}) * standard_parts<Type>::size;
  } else if constexpr (kind == shape::tuple || is_record<Type>) {
    return sum_min_sizes(parts_of<Type>{});
  } else if constexpr (kind == shape::external && external_with_schema<Type>) {
    return external_codec<Type>::min_size;
  } else {
    return 4;
  }
}

/// The fewest bytes that a value can take.
template <class Type>
inline constexpr std::size_t min_encoded_size = find_min_size<Type>();

/// The fewest bytes that one element of a counted container takes, and whether a pad byte is what makes them more than
/// none.
template <class... Parts>
inline constexpr std::size_t unpadded_element_size = (std::size_t{0} + ... + min_encoded_size<Parts>);
template <class... Parts>
inline constexpr bool is_padded = unpadded_element_size<Parts...> == 0;
template <class... Parts>
inline constexpr std::size_t min_element_size = is_padded<Parts...> ? 1 : unpadded_element_size<Parts...>;

template <class Type>
consteval bool find_packed();

template <class... Parts>
consteval bool all_packed(type_list<Parts...>) {
  return (find_packed<Parts>() && ...);
}

template <class Type>
consteval bool find_packed() {
  constexpr shape kind = shape_of<Type>;
  if constexpr (!host_is_little_endian) {
    return false;
  } else if constexpr (kind == shape::enumeration) {
    return !std::is_same_v<std::underlying_type_t<Type>, bool>;
  } else if constexpr (kind == shape::integer || kind == shape::floating || kind == shape::character ||
                       kind == shape::byte) {
    return true;
  } else if constexpr (kind == shape::duration) {
    return is_one_of<typename Type::rep, std::int64_t, long long, double> && sizeof(Type) == 8;
  } else if constexpr (kind == shape::time_point) {
    using tick = tick_in_nanoseconds<typename Type::duration::period>;
    return is_one_of<typename Type::duration::rep, std::int64_t, long long> && sizeof(Type) == 8 &&
           tick::numerator == 1 && tick::denominator == 1;
  } else if constexpr (kind == shape::fixed_array || kind == shape::aggregate) {
    if constexpr (std::is_trivially_copyable_v<Type> && fixed_encoded_size<Type> == sizeof(Type))
      return all_packed(parts_of<Type>{});
    else
      return false;
  } else {
    return false;
  }
}

/// Whether a value's encoding is its memory: no padding, no byte that could be wrong, and a little-endian host.
template <class Type>
inline constexpr bool is_packed = find_packed<Type>();

}  // namespace quipu::detail
