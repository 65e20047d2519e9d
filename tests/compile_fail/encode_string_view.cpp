// SPDX-License-Identifier: BSL-1.0
//
// A view would refer to bytes that are gone when it is read back. The member to blame is two structs down.
// expect: a_string_view_has_no_encoding_use_std_string<address, .*basic_string_view<
// max-errors: 1
#ifdef QUIPU_TEST_SINGLE_HEADER
#include <quipu.hpp>
#else
#include <quipu/codec/codec.hpp>
#endif

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

struct address {
#ifndef ACCEPT
  std::string_view street{};
#else
  std::string street{};
#endif
};
struct parcel_sent {
  std::vector<address> stops{};
};

int main() {
  const parcel_sent value{};
  static_cast<void>(quipu::encode(value));
}
