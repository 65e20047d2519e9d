// SPDX-License-Identifier: BSL-1.0
//
// type_search.hpp: which types of a list meet a condition. The condition is evaluated for all types at once, into an
// array of bool; the search runs over that array, and Boost.Hana picks the types. This costs one instantiation a
// search, not one a type (docs/decisions/0048-where-hana-is-used.md).
#pragma once

#include <boost/hana/at.hpp>
#include <boost/hana/basic_tuple.hpp>
#include <boost/hana/type.hpp>

#include <array>
#include <cstddef>
#include <initializer_list>

namespace quipu::detail {

/// Types as values of Boost.Hana.
template <class... Types>
inline constexpr boost::hana::basic_tuple<boost::hana::type<Types>...> types{};

/// The type at a place of a list. Precondition: `place` is less than the number of types.
template <std::size_t place, class... Types>
using type_at = typename decltype(+boost::hana::at_c<place>(types<Types...>))::type;

/// The place of the first true value; the number of values where none is true.
[[nodiscard]] consteval std::size_t first_true(std::initializer_list<bool> values) noexcept {
  std::size_t place = 0;
  for (const bool value : values) {
    if (value) break;
    ++place;
  }
  return place;
}

/// The places of all true values, in order: `place[0]` to `place[count - 1]`.
template <std::size_t most>
struct true_places {
  std::array<std::size_t, most> place{};
  std::size_t count{};

  consteval explicit true_places(std::initializer_list<bool> values) noexcept {
    std::size_t next = 0;
    for (const bool value : values) {
      if (value) place[count++] = next;
      ++next;
    }
  }
};

}  // namespace quipu::detail
