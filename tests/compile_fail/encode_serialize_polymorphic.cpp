// SPDX-License-Identifier: BSL-1.0
//
// An object behind a base class would be cut down to it.
// expect: a_polymorphic_type_with_serialize_has_no_encoding_use_std_variant<stamp>
// max-errors: 1
#ifdef QUIPU_TEST_SINGLE_HEADER
#include <quipu.hpp>
#else
#include <quipu/codec/codec.hpp>
#endif

#include <cstdint>
#include <memory>
#include <string_view>

struct stamp {
#ifndef ACCEPT
  virtual ~stamp() = default;
#endif
  int cents{};
  template <class Archive>
  void serialize(Archive& archive, unsigned) {
    archive & cents;
  }
};
struct parcel_sent {
  static constexpr std::string_view schema_name = "test.parcel";
  std::unique_ptr<stamp> part{};
  template <class Archive>
  void serialize(Archive& archive, unsigned) {
    archive & part;
  }
};

int main() {
  const parcel_sent value{};
  static_cast<void>(quipu::encode(value));
}
