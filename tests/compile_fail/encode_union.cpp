// SPDX-License-Identifier: BSL-1.0
//
// Which member of a union is the one can't be known.
// expect: a_union_has_no_encoding_use_std_variant<parcel_sent, measure>
// max-errors: 1
#ifdef QUIPU_TEST_SINGLE_HEADER
#include <quipu.hpp>
#else
#include <quipu/codec/codec.hpp>
#endif

#include <cstdint>
#include <variant>

union measure {
  int grams{};
  float pounds;
};
struct parcel_sent {
  std::int64_t weight{};
#ifndef ACCEPT
  measure size{};
#else
  std::variant<int, float> size{};
#endif
};

int main() {
  const parcel_sent value{};
  static_cast<void>(quipu::encode(value));
}
