// SPDX-License-Identifier: BSL-1.0
//
// A versioned serialize for cereal has Boost's parameters. The schema's name says that it is Boost's, the call isn't.
// expect: a_serialize_that_calls_its_archive_is_not_for_boost_set_has_serialize_of_its_class_to_false<(int|std::int32_t)>
// max-errors: 1
#ifdef QUIPU_TEST_SINGLE_HEADER
#include <quipu.hpp>
#else
#include <quipu/codec/codec.hpp>
#endif

#include <cstdint>
#include <string_view>

struct parcel_sent {
  static constexpr std::string_view schema_name = "parcel";
  static constexpr std::uint32_t schema_version = 1;
  std::int32_t count{};
  template <class Archive>
  void serialize(Archive& archive, const std::uint32_t) {
    archive(count);
  }
};
#ifdef ACCEPT
template <>
inline constexpr bool quipu::has_serialize<parcel_sent> = false;
#endif

int main() {
  const parcel_sent value{};
  static_cast<void>(quipu::encode(value));
}
