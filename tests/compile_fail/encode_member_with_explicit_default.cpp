// SPDX-License-Identifier: BSL-1.0
//
// Members are counted by empty braces, which don't call an explicit constructor.
// expect: a_member_needs_a_default_constructor_that_is_not_explicit_or_adapt_the_struct_with_hana<parcel_sent, fragile>
// max-errors: 1
#ifdef QUIPU_TEST_SINGLE_HEADER
#include <quipu.hpp>
#else
#include <quipu/codec/codec.hpp>
#endif

#include <cstdint>

struct fragile {
#ifndef ACCEPT
  explicit fragile() = default;
#endif
};
struct parcel_sent {
  std::int32_t count{};
  fragile mark{};
};

int main() {
  const parcel_sent value{};
  static_cast<void>(quipu::encode(value));
}
