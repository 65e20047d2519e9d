// SPDX-License-Identifier: BSL-1.0
//
// The size of a long double differs between platforms.
// expect: a_number_of_this_type_differs_between_platforms_use_std_int64_t_or_another_fixed_width_type<parcel_sent, long double>
// max-errors: 1
#ifdef QUIPU_TEST_SINGLE_HEADER
#include <quipu.hpp>
#else
#include <quipu/codec/codec.hpp>
#endif

#include <cstdint>

struct parcel_sent {
  std::int64_t weight{};
#ifndef ACCEPT
  long double price{};
#else
  double price{};
#endif
};

int main() {
  const parcel_sent value{};
  static_cast<void>(quipu::encode(value));
}
