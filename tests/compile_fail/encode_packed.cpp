// SPDX-License-Identifier: BSL-1.0
//
// References to packed members are refused by GCC and misaligned elsewhere.
// expect: a_packed_member_has_no_encoding_remove_the_attribute_that_packs_the_struct<parcel_sent, unsigned( int)?>
// max-errors: 1
#ifdef QUIPU_TEST_SINGLE_HEADER
#include <quipu.hpp>
#else
#include <quipu/codec/codec.hpp>
#endif

#ifndef ACCEPT
struct [[gnu::packed]] parcel_sent {
#else
struct parcel_sent {
#endif
  unsigned char zone{};
  unsigned weight{};
};

int main() {
  const parcel_sent value{};
  static_cast<void>(quipu::encode(value));
}
