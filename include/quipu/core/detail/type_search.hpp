// SPDX-License-Identifier: BSL-1.0
//
// type_search.hpp: finds the types of a list that meet a condition. The condition is evaluated for all types into an
// array of bool, which is searched; Boost.Hana picks the types. A search costs one instantiation in total, not one per
// type (docs/decisions/0048-where-hana-is-used.md).
#pragma once

#include <boost/hana/at.hpp>
#include <boost/hana/basic_tuple.hpp>
#include <boost/hana/type.hpp>

#include <array>
#include <cstddef>
#include <initializer_list>

namespace quipu::detail {

/// Types as Boost.Hana values.
template <class... Types>
inline constexpr boost::hana::basic_tuple<boost::hana::type<Types>...> types{};

/// The type at an index of a list. Precondition: `place` is less than the number of types.
template <std::size_t place, class... Types>
using type_at = typename decltype(+boost::hana::at_c<place>(types<Types...>))::type;

/// Returns the index of the first true value; the number of values if there is none.
[[nodiscard]] consteval std::size_t first_true(std::initializer_list<bool> values) noexcept {
  std::size_t place = 0;
  for (const bool value : values) {
    if (value) break;
    ++place;
  }
  return place;
}

/// The indices of all true values, ascending: `place[0]` to `place[count - 1]`.
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
