// SPDX-License-Identifier: BSL-1.0
//
// How many elements there are is not known.
// expect: a_unique_ptr_to_an_array_or_with_a_deleter_has_no_encoding_use_std_vector_or_a_plain_unique_ptr<parcel_sent, .*unique_ptr<int
// max-errors: 1
#ifdef QUIPU_TEST_SINGLE_HEADER
#include <quipu.hpp>
#else
#include <quipu/codec/codec.hpp>
#endif

#include <memory>

struct parcel_sent {
#ifndef ACCEPT
  std::unique_ptr<int[]> weights{};
#else
  std::unique_ptr<int> weight{};
#endif
};

int main() {
  const parcel_sent value{};
  static_cast<void>(quipu::encode(value));
}
