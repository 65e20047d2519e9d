// SPDX-License-Identifier: BSL-1.0
//
// Members are counted by empty braces. A first member that they don't initialise must not end the count at none.
// expect: a_member_needs_a_default_constructor_that_is_not_explicit_or_adapt_the_struct_with_hana<parcel_sent, money>
// max-errors: 1
#ifdef QUIPU_TEST_SINGLE_HEADER
#include <quipu.hpp>
#else
#include <quipu/codec/codec.hpp>
#endif

#include <cstdint>
#include <string>

struct money {
#ifndef ACCEPT
  explicit money(std::int64_t amount) : cents{amount} {}
#endif
  std::int64_t cents;
};
struct parcel_sent {
  money postage = money{0};
  std::int32_t count{};
  std::string note{};
};

int main() {
  const parcel_sent value{};
  static_cast<void>(quipu::encode(value));
}
