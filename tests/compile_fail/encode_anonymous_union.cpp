// SPDX-License-Identifier: BSL-1.0
//
// Which member of a union is the one can't be known, and structured bindings don't decompose an anonymous one.
// expect: a_union_has_no_encoding_use_std_variant<parcel_sent, parcel_sent::[<(](unnamed|anonymous) union
// max-errors: 1
#ifdef QUIPU_TEST_SINGLE_HEADER
#include <quipu.hpp>
#else
#include <quipu/codec/codec.hpp>
#endif

#include <cstdint>
#include <variant>

struct parcel_sent {
  std::int64_t weight{};
#ifndef ACCEPT
  union {
    std::int32_t grams;
    float pounds;
  };
#else
  std::variant<std::int32_t, float> size{};
#endif
};

int main() {
  const parcel_sent value{};
  static_cast<void>(quipu::encode(value));
}
