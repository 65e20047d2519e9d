// SPDX-License-Identifier: BSL-1.0
//
// A schema is a text that has the name in quotes.
// expect: a schema name is one or more characters without quotes, backslashes or controls
// max-errors: 2
#ifdef QUIPU_TEST_SINGLE_HEADER
#include <quipu.hpp>
#else
#include <quipu/codec/codec.hpp>
#endif

#include <cstdint>
#include <memory>
#include <string_view>

struct parcel_sent {
#ifndef ACCEPT
  static constexpr std::string_view schema_name = "a \"parcel\"";
#else
  static constexpr std::string_view schema_name = "parcel";
#endif
  static constexpr std::uint32_t schema_version = 1;
  std::unique_ptr<parcel_sent> within{};
};

int main() {
  const parcel_sent value{};
  static_cast<void>(quipu::encode(value));
}
