// SPDX-License-Identifier: BSL-1.0
//
// A range of enumerators that lies outside of the type.
// expect: the range of enumerators_of has none of the values of the type
// max-errors: 6
#ifdef QUIPU_TEST_SINGLE_HEADER
#include <quipu.hpp>
#else
#include <quipu/codec/codec.hpp>
#endif

enum class carrier : unsigned short { post = 1, courier = 2 };
template <>
#ifndef ACCEPT
inline constexpr quipu::enumerator_range quipu::enumerators_of<carrier>{-10, -5};
#else
inline constexpr quipu::enumerator_range quipu::enumerators_of<carrier>{1, 2};
#endif

struct parcel_sent {
  carrier by{};
};

int main() {
  const parcel_sent value{};
  static_cast<void>(quipu::encode(value));
}
