// SPDX-License-Identifier: BSL-1.0
//
// The members of a base class can't be reached from the outside.
// expect: a_struct_with_a_base_class_has_no_encoding_make_the_base_a_member_or_adapt_it_with_hana_or_write_serialize<parcel_sent, parcel_sent>
// max-errors: 1
#ifdef QUIPU_TEST_SINGLE_HEADER
#include <quipu.hpp>
#else
#include <quipu/codec/codec.hpp>
#endif

#include <cstdint>

struct parcel {
  std::int64_t weight{};
};
#ifndef ACCEPT
struct parcel_sent : parcel {
#else
struct parcel_sent {
  parcel base{};
#endif
  std::int32_t count{};
};

int main() {
  const parcel_sent value{};
  static_cast<void>(quipu::encode(value));
}
