// SPDX-License-Identifier: BSL-1.0
//
// Boost.Variant needs what Boost.Serialization links.
// expect: a_boost_variant_in_serialize_has_no_encoding_use_std_variant<.*boost::variant<int
// max-errors: 1
#include <boost/serialization/variant.hpp>
#include <boost/variant.hpp>

#ifdef QUIPU_TEST_SINGLE_HEADER
#include <quipu.hpp>
#else
#include <quipu/codec/codec.hpp>
#endif

#include <cstdint>
#include <string_view>
#include <variant>

struct parcel_sent {
  static constexpr std::string_view schema_name = "test.parcel";
#ifndef ACCEPT
  boost::variant<int, float> part{};
#else
  std::variant<int, float> part{};
#endif
  template <class Archive>
  void serialize(Archive& archive, unsigned) {
    archive & part;
  }
};

int main() {
  const parcel_sent value{};
  static_cast<void>(quipu::encode(value));
}
