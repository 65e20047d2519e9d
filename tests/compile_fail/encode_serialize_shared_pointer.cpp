// SPDX-License-Identifier: BSL-1.0
//
// Two shared pointers to one object would come back as two objects.
// expect: a_shared_pointer_in_serialize_has_no_encoding_sharing_is_not_tracked_store_the_value_or_an_id<.*stamp
// max-errors: 1
#include <boost/serialization/shared_ptr.hpp>
#include <boost/serialization/unique_ptr.hpp>

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
  std::shared_ptr<stamp> part{};
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
