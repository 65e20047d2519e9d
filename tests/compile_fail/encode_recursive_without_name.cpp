// SPDX-License-Identifier: BSL-1.0
//
// The description of a type that contains itself has no end, unless a name can stand for it.
// expect: a_recursive_type_needs_a_schema_name_and_a_schema_version<.*parcel_sent
// max-errors: 1
#ifdef QUIPU_TEST_SINGLE_HEADER
#include <quipu.hpp>
#else
#include <quipu/codec/codec.hpp>
#endif

#include <cstdint>
#include <string_view>
#include <vector>

struct parcel_sent {
#ifdef ACCEPT
  static constexpr std::string_view schema_name = "test.parcel";
  static constexpr std::uint32_t schema_version = 1;
#endif
  std::vector<parcel_sent> parts{};
};

int main() {
  const parcel_sent value{};
  static_cast<void>(quipu::encode(value));
}
