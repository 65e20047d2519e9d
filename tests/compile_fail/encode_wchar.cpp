// SPDX-License-Identifier: BSL-1.0
//
// A wide character has two bytes here and four there, in an enumeration, too.
// expect: a_number_of_this_type_differs_between_platforms_use_std_int64_t_or_another_fixed_width_type<parcel_sent, letter>
// max-errors: 1
#ifdef QUIPU_TEST_SINGLE_HEADER
#include <quipu.hpp>
#else
#include <quipu/codec/codec.hpp>
#endif

#include <cstdint>

#ifndef ACCEPT
enum class letter : wchar_t { none };
#else
enum class letter : char16_t { none };
#endif
struct parcel_sent {
  letter initial{};
};

int main() {
  const parcel_sent value{};
  static_cast<void>(quipu::encode(value));
}
