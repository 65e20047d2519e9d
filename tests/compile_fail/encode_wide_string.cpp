// SPDX-License-Identifier: BSL-1.0
//
// A wide character has two bytes here and four there.
// expect: a_wide_string_differs_between_platforms_use_std_string_or_std_u8string_or_std_u16string<parcel_sent,
// .*basic_string<wchar_t max-errors: 1
#ifdef QUIPU_TEST_SINGLE_HEADER
#include <quipu.hpp>
#else
#include <quipu/codec/codec.hpp>
#endif

#include <string>

struct parcel_sent {
#ifndef ACCEPT
  std::wstring street{};
#else
  std::u16string street{};
#endif
};

int main() {
  const parcel_sent value{};
  static_cast<void>(quipu::encode(value));
}
