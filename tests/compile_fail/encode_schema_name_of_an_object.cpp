// SPDX-License-Identifier: BSL-1.0
//
// Members that are called as the schema's name and version are, but are data, aren't read while compiling.
// expect: a_schema_name_and_a_schema_version_must_be_static_constexpr_rename_members_that_are_not<parcel_sent, parcel_sent>
// max-errors: 1
#ifdef QUIPU_TEST_SINGLE_HEADER
#include <quipu.hpp>
#else
#include <quipu/codec/codec.hpp>
#endif

#include <cstdint>
#include <string>

struct parcel_sent {
#ifndef ACCEPT
  std::string schema_name{};
#else
  static constexpr std::string_view schema_name = "parcel";
#endif
  static constexpr std::uint32_t schema_version = 1;
  std::int32_t count{};
};

int main() {
  const parcel_sent value{};
  static_cast<void>(quipu::encode(value));
}
