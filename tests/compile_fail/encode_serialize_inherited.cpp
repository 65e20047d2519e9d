// SPDX-License-Identifier: BSL-1.0
//
// A call of `serialize` that reaches the one of a base leaves members out.
// expect: a_serialize_inherited_from_a_base_misses_the_members_of_this_class_write_one_for_it<parcel_sent>
// max-errors: 1
#ifdef QUIPU_TEST_SINGLE_HEADER
#include <quipu.hpp>
#else
#include <quipu/codec/codec.hpp>
#endif

#include <cstdint>
#include <string_view>

struct stamp {
  int cents{};
  template <class Archive>
  void serialize(Archive& archive, unsigned) {
    archive & cents;
  }
};
struct parcel_sent : stamp {
  static constexpr std::string_view schema_name = "test.parcel";
  std::int64_t weight{};
#ifdef ACCEPT
  template <class Archive>
  void serialize(Archive& archive, unsigned version) {
    stamp::serialize(archive, version);
    archive & weight;
  }
#endif
};

int main() {
  const parcel_sent value{};
  static_cast<void>(quipu::encode(value));
}
