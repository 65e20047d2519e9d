// SPDX-License-Identifier: BSL-1.0
#ifdef QUIPU_TEST_SINGLE_HEADER
#include <quipu.hpp>
#else
#include <quipu/hash/digest.hpp>
#endif

#include <catch2/catch.hpp>

#include <array>
#include <compare>
#include <cstddef>
#include <sstream>
#include <string>
#include <string_view>

using quipu::digest;

namespace {

constexpr std::string_view text = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1eff";

constexpr digest with_byte(std::size_t at, unsigned value) {
  std::array<std::byte, 32> raw{};
  raw[at] = static_cast<std::byte>(value);
  return digest{raw};
}

static_assert(digest{}.is_zero() && digest{} == digest{} && digest::size == 32);
static_assert(!with_byte(0, 1).is_zero() && !with_byte(31, 1).is_zero());
static_assert(digest::parse(text)->bytes()[1] == std::byte{1} && digest::parse(text)->bytes()[31] == std::byte{0xFF});
static_assert(digest::parse("000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1EFF") == digest::parse(text));
static_assert(!digest::parse("") && !digest::parse(text.substr(1)) && !digest::parse("0x").has_value());

// Bytes are compared as unsigned, from the first.
static_assert(with_byte(0, 1) > with_byte(1, 0xFF) && with_byte(0, 0x80) > with_byte(0, 0x7F) &&
              with_byte(31, 1) > digest{});
static_assert((with_byte(5, 1) <=> with_byte(5, 1)) == std::strong_ordering::equal);

}  // namespace

TEST_CASE("a digest is ordered at run time as while compiling", "[core][digest]") {
  for (std::size_t at = 0; at < 32; ++at) {
    CHECK(with_byte(at, 0x80) > with_byte(at, 0x7F));
    CHECK(with_byte(at, 1) > digest{});
    CHECK(with_byte(at, 1) == with_byte(at, 1));
    CHECK(with_byte(at, 1) != with_byte(at, 2));
    if (at != 0) CHECK(with_byte(at - 1, 1) > with_byte(at, 0xFF));
  }
}

TEST_CASE("a digest and its text are one", "[core][digest]") {
  CHECK(digest::parse(text)->str() == text);
  CHECK(digest{}.str() == std::string(64, '0'));
  std::ostringstream out;
  out << *digest::parse(text);
  CHECK(out.str() == text);
}

TEST_CASE("a text that isn't 64 hexadecimal digits is no digest", "[core][digest]") {
  CHECK_FALSE(digest::parse(std::string(63, '0')));
  CHECK_FALSE(digest::parse(std::string(65, '0')));
  CHECK_FALSE(digest::parse(std::string(66, '0')));
  for (std::size_t at = 0; at < 64; ++at) {
    for (const char wrong : {'g', 'G', ' ', '-', '/', ':', '@', '`', '\0', '\xFF'}) {
      std::string damaged{text};
      damaged[at] = wrong;
      CHECK_FALSE(digest::parse(damaged));
    }
  }
}
