// SPDX-License-Identifier: BSL-1.0
//
// A reference to something that can be changed can't be made from empty braces either.
// expect: a_reference_has_no_encoding_store_the_value<parcel_sent, std::.*string
// max-errors: 1
#ifdef QUIPU_TEST_SINGLE_HEADER
#include <quipu.hpp>
#else
#include <quipu/codec/codec.hpp>
#endif

#include <string>

inline std::string home = "home";
struct parcel_sent {
  int count{};
#ifndef ACCEPT
  std::string& place;
#else
  std::string place;
#endif
};

int main() {
  const parcel_sent value{1, home};
  static_cast<void>(quipu::encode(value));
}
