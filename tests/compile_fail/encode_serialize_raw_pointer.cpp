// SPDX-License-Identifier: BSL-1.0
//
// Whose object a raw pointer is can't be known.
// expect: a_raw_pointer_in_serialize_has_no_encoding_use_std_unique_ptr_or_store_the_value<stamp ?\*
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
  int cents{};
  template <class Archive>
  void serialize(Archive& archive, unsigned) {
    archive & cents;
  }
};
struct parcel_sent {
  static constexpr std::string_view schema_name = "test.parcel";
#ifndef ACCEPT
  stamp* part{};
#else
  std::unique_ptr<stamp> part{};
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
