// SPDX-License-Identifier: BSL-1.0
//
// A pointer is an address in one run of one program.
// expect: a_pointer_has_no_encoding_store_the_value_or_an_id<parcel_sent, .*int ?\*
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
  int* count{};
#else
  int count{};
#endif
};

int main() {
  const parcel_sent value{};
  static_cast<void>(quipu::encode(value));
}
