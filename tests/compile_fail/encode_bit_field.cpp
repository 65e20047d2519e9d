// SPDX-License-Identifier: BSL-1.0
//
// No reference binds to a bit-field.
// expect: a_bit_field_has_no_encoding_use_a_whole_integer<parcel_sent, unsigned( int)?>
// max-errors: 1
#ifdef QUIPU_TEST_SINGLE_HEADER
#include <quipu.hpp>
#else
#include <quipu/codec/codec.hpp>
#endif

struct parcel_sent {
#ifndef ACCEPT
  unsigned zone : 3;
#else
  unsigned zone;
#endif
  double weight{};
};

int main() {
  const parcel_sent value{1, 2.5};
  static_cast<void>(quipu::encode(value));
}
