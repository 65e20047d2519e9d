// SPDX-License-Identifier: BSL-1.0
//
// What a `serialize` writes can't be known from its type, so it must have a name.
// expect: the_shape_of_this_type_cannot_be_derived_give_it_a_schema_name_and_a_schema_version_or_make_has_serialize_false<parcel_sent, parcel_sent>
// max-errors: 1
#ifdef QUIPU_TEST_SINGLE_HEADER
#include <quipu.hpp>
#else
#include <quipu/codec/codec.hpp>
#endif

#include <cstdint>
#include <string_view>

struct parcel_sent {
#ifdef ACCEPT
  static constexpr std::string_view schema_name = "test.parcel";
#endif
  template <class Archive>
  void serialize(Archive& archive, unsigned) {
    archive & weight_;
  }

 private:
  std::int64_t weight_{};
};

int main() {
  const parcel_sent value{};
  static_cast<void>(quipu::encode(value));
}
