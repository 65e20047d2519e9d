// SPDX-License-Identifier: BSL-1.0
//
// time.hpp: ticks of any length as whole nanoseconds, and back. What a clock counts in differs between standard
// libraries, so time points are stored in nanoseconds. Going there rounds up where a tick isn't a whole number of them,
// coming back rounds down: every tick that is a nanosecond or longer comes back as it was.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <type_traits>

namespace quipu::detail {

/// False when the product doesn't fit.
constexpr bool multiply(std::int64_t left, std::int64_t right, std::int64_t& product) noexcept {
  constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();
  constexpr std::int64_t least = std::numeric_limits<std::int64_t>::min();
  if (left != 0 && right != 0) {
    if (left > 0 ? (right > 0 ? left > most / right : right < least / left)
                 : (right > 0 ? left < least / right : left < most / right)) {
      return false;
    }
  }
  product = left * right;
  return true;
}

constexpr bool add(std::int64_t left, std::int64_t right, std::int64_t& sum) noexcept {
  if (right > 0 ? left > std::numeric_limits<std::int64_t>::max() - right
                : left < std::numeric_limits<std::int64_t>::min() - right) {
    return false;
  }
  sum = left + right;
  return true;
}

struct quotient {
  std::int64_t whole;
  std::int64_t rest;  ///< 0 or positive, less than the divisor
};

constexpr quotient divide_down(std::int64_t value, std::int64_t positive_divisor) noexcept {
  quotient result{value / positive_divisor, value % positive_divisor};
  if (result.rest < 0) {
    --result.whole;
    result.rest += positive_divisor;
  }
  return result;
}

/// The greatest common divisor of two positive numbers. (std::gcd's header costs more than it.)
constexpr std::int64_t common_divisor(std::int64_t left, std::int64_t right) noexcept {
  while (right != 0) {
    const std::int64_t rest = left % right;
    left = right;
    right = rest;
  }
  return left;
}

/// A tick is `numerator / denominator` nanoseconds, in lowest terms.
template <class Period>
struct tick_in_nanoseconds {
  static constexpr std::int64_t billion = 1'000'000'000;
  static constexpr std::int64_t common = common_divisor(static_cast<std::int64_t>(Period::den), billion);
  static constexpr std::int64_t denominator = static_cast<std::int64_t>(Period::den) / common;
  static constexpr std::int64_t compute_numerator() {
    std::int64_t product = 0;
    return multiply(static_cast<std::int64_t>(Period::num), billion / common, product) ? product : 0;
  }
  /// 0 where a single tick is more nanoseconds than can be counted.
  static constexpr std::int64_t numerator = compute_numerator();
};

/// value * numerator / denominator, rounded down; `rest` says whether something was cut off. False when it doesn't fit.
constexpr bool scale(std::int64_t value, std::int64_t numerator, std::int64_t denominator, std::int64_t& result,
                     bool& rest) noexcept {
  const quotient parts = divide_down(value, denominator);
  std::int64_t whole = 0;
  std::int64_t fraction = 0;
  if (!multiply(parts.whole, numerator, whole) || !multiply(parts.rest, numerator, fraction)) return false;
  const quotient cut = divide_down(fraction, denominator);
  rest = cut.rest != 0;
  return add(whole, cut.whole, result);
}

/// Whether an integer of one type is also a value of another.
template <class To, class From>
constexpr bool fits(From value) noexcept {
  if constexpr (std::is_signed_v<From> == std::is_signed_v<To>) {
    return value >= std::numeric_limits<To>::min() && value <= std::numeric_limits<To>::max();
  } else if constexpr (std::is_signed_v<From>) {
    return value >= 0 && static_cast<std::make_unsigned_t<From>>(value) <= std::numeric_limits<To>::max();
  } else {
    return value <= static_cast<std::make_unsigned_t<To>>(std::numeric_limits<To>::max());
  }
}

/// False for a time that 64 bits of nanoseconds can't hold, and for ticks finer than a nanosecond that would lose
/// something.
template <class Period, class Rep>
constexpr bool ticks_to_nanoseconds(Rep ticks, std::int64_t& nanoseconds) noexcept {
  using tick = tick_in_nanoseconds<Period>;
  if constexpr (std::is_floating_point_v<Rep>) {
    const double exact =
        static_cast<double>(ticks) * (static_cast<double>(Period::num) / static_cast<double>(Period::den) * 1e9);
    // The negated form refuses what isn't a number, too.
    if (!(exact >= -9223372036854774784.0 && exact <= 9223372036854774784.0)) return false;
    const double rounding = exact < 0 ? -0.5 : 0.5;
    nanoseconds =
        static_cast<std::int64_t>(exact > -4503599627370496.0 && exact < 4503599627370496.0 ? exact + rounding : exact);
    return true;
  } else {
    if (!fits<std::int64_t>(ticks)) return false;
    if (ticks == 0) {
      nanoseconds = 0;
      return true;
    }
    bool rest = false;
    if (tick::numerator == 0) return false;
    if (!scale(static_cast<std::int64_t>(ticks), tick::numerator, tick::denominator, nanoseconds, rest)) return false;
    if (!rest) return true;
    if (tick::numerator < tick::denominator) return false;
    return add(nanoseconds, 1, nanoseconds);
  }
}

/// False when the count doesn't fit the type.
template <class Period, class Rep>
constexpr bool nanoseconds_to_ticks(std::int64_t nanoseconds, Rep& ticks) noexcept {
  using tick = tick_in_nanoseconds<Period>;
  if constexpr (std::is_floating_point_v<Rep>) {
    const double tick_length = static_cast<double>(Period::num) / static_cast<double>(Period::den) * 1e9;
    ticks = static_cast<Rep>(static_cast<double>(nanoseconds) / tick_length);
    return true;
  } else {
    std::int64_t count = nanoseconds < 0 ? -1 : 0;
    bool rest = false;
    if (tick::numerator != 0 && !scale(nanoseconds, tick::denominator, tick::numerator, count, rest)) return false;
    if (!fits<Rep>(count)) return false;
    ticks = static_cast<Rep>(count);
    return true;
  }
}

}  // namespace quipu::detail
