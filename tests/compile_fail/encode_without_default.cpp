// SPDX-License-Identifier: BSL-1.0
//
// A value to decode into can't be made. The member that has no default is named.
// expect: a_member_needs_a_default_constructor_that_is_not_explicit_or_adapt_the_struct_with_hana<parcel_sent, money>
// max-errors: 1
#ifdef QUIPU_TEST_SINGLE_HEADER
#include <quipu.hpp>
#else
#include <quipu/codec/codec.hpp>
#endif

#include <cstdint>

struct money {
#ifndef ACCEPT
  explicit money(std::int64_t amount) : cents{amount} {}
#endif
  std::int64_t cents;
};
struct parcel_sent {
  std::int32_t count{};
  money postage;
};

int main() {
  const parcel_sent value{1, money{2}};
  static_cast<void>(quipu::encode(value));
}
