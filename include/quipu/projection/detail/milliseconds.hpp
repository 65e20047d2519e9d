// SPDX-License-Identifier: BSL-1.0
//
// milliseconds.hpp: durations and time points of any unit as whole milliseconds or microseconds, without <chrono>,
// which would cost every program that includes the library half a second of compile time.
#pragma once

#include "../../codec/detail/time.hpp"
#include "../../codec/schema.hpp"

#include <cstdint>
#include <limits>
#include <type_traits>

namespace quipu::detail {

/// Ticks of `Period` seconds in units of which a second has `unit`, rounded down, and held at the ends of 64 bits.
template <class Period, std::int64_t unit, class Rep>
constexpr std::int64_t whole_units(Rep ticks) noexcept {
  constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();
  constexpr std::int64_t least = std::numeric_limits<std::int64_t>::min();
  if constexpr (std::is_floating_point_v<Rep>) {
    const double exact = static_cast<double>(ticks) *
                         (static_cast<double>(Period::num) / static_cast<double>(Period::den)) *
                         static_cast<double>(unit);
    if (exact >= 9223372036854775808.0) return most;
    if (!(exact >= -9223372036854775808.0)) return least;
    const auto whole = static_cast<std::int64_t>(exact);
    return static_cast<double>(whole) > exact ? whole - 1 : whole;
  } else {
    constexpr std::int64_t common = common_divisor(static_cast<std::int64_t>(Period::den), unit);
    constexpr std::int64_t denominator = static_cast<std::int64_t>(Period::den) / common;
    if (!fits<std::int64_t>(ticks)) return ticks > Rep{} ? most : least;
    std::int64_t numerator = 0;
    std::int64_t result = 0;
    bool rest = false;
    if (ticks == Rep{}) return 0;
    if (!multiply(static_cast<std::int64_t>(Period::num), unit / common, numerator) ||
        !scale(static_cast<std::int64_t>(ticks), numerator, denominator, result, rest)) {
      return ticks > Rep{} ? most : least;
    }
    return result;
  }
}

template <class Period, class Rep>
constexpr std::int64_t whole_milliseconds(Rep ticks) noexcept {
  return whole_units<Period, 1000>(ticks);
}
template <class Period, class Rep>
constexpr std::int64_t whole_microseconds(Rep ticks) noexcept {
  return whole_units<Period, 1'000'000>(ticks);
}

/// A point in the system's time: `std::chrono::system_clock::time_point` of any unit.
template <class Point>
concept system_time_point = time_point_like<Point> && kind_of_clock<typename Point::clock>()
== clock_kind::system;

}  // namespace quipu::detail
