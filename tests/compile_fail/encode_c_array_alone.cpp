// SPDX-License-Identifier: BSL-1.0
//
// A C array has an encoding as a member. Alone it can't be returned, and a string literal isn't a std::string.
// expect: a_c_array_is_encoded_as_a_member_only_use_std_array<(const )?char ?\[7\], (const )?char ?\[7\]
// max-errors: 1
#ifdef QUIPU_TEST_SINGLE_HEADER
#include <quipu.hpp>
#else
#include <quipu/codec/codec.hpp>
#endif

#include <string>

int main() {
#ifndef ACCEPT
  static_cast<void>(quipu::encode("parcel"));
#else
  static_cast<void>(quipu::encode(std::string{"parcel"}));
#endif
}
