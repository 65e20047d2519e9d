// SPDX-License-Identifier: BSL-1.0
//
// The members of a C array can't be told from those around it.
// expect: a_c_array_has_no_encoding_use_std_array<parcel_sent, .*int ?\[3\]
// max-errors: 1
#ifdef QUIPU_TEST_SINGLE_HEADER
#include <quipu.hpp>
#else
#include <quipu/codec/codec.hpp>
#endif

#include <array>
#include <cstdint>

struct parcel_sent {
  std::int64_t weight{};
#ifndef ACCEPT
  int sides[3]{};
#else
  std::array<int, 3> sides{};
#endif
};

int main() {
  const parcel_sent value{};
  static_cast<void>(quipu::encode(value));
}
