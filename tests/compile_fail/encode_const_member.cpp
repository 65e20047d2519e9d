// SPDX-License-Identifier: BSL-1.0
//
// A const member can't be decoded into.
// expect: a_const_member_cannot_be_decoded_remove_the_const<parcel_sent, const int>
// max-errors: 1
#ifdef QUIPU_TEST_SINGLE_HEADER
#include <quipu.hpp>
#else
#include <quipu/codec/codec.hpp>
#endif

struct parcel_sent {
#ifndef ACCEPT
  const int weight{};
#else
  int weight{};
#endif
};

int main() {
  const parcel_sent value{};
  static_cast<void>(quipu::encode(value));
}
