// SPDX-License-Identifier: BSL-1.0
//
// A reference can't be decoded into.
// expect: a_reference_has_no_encoding_store_the_value<parcel_sent, const std::.*string
// max-errors: 1
#ifdef QUIPU_TEST_SINGLE_HEADER
#include <quipu.hpp>
#else
#include <quipu/codec/codec.hpp>
#endif

#include <string>

inline const std::string home = "home";
struct parcel_sent {
  int count{};
#ifndef ACCEPT
  const std::string& place = home;
#else
  std::string place = home;
#endif
};

int main() {
  const parcel_sent value{};
  static_cast<void>(quipu::encode(value));
}
