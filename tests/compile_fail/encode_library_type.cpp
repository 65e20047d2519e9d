// SPDX-License-Identifier: BSL-1.0
//
// A type of the standard library can't be edited, so the sentence doesn't ask for that.
// expect: this_type_of_the_standard_library_has_no_encoding_store_.*<parcel_sent, .*complex<
// max-errors: 1
#ifdef QUIPU_TEST_SINGLE_HEADER
#include <quipu.hpp>
#else
#include <quipu/codec/codec.hpp>
#endif

#include <complex>
#include <utility>

struct parcel_sent {
#ifndef ACCEPT
  std::complex<double> place{};
#else
  std::pair<double, double> place{};
#endif
};

int main() {
  const parcel_sent value{};
  static_cast<void>(quipu::encode(value));
}
