// SPDX-License-Identifier: BSL-1.0
#ifdef QUIPU_TEST_SINGLE_HEADER
#include <quipu.hpp>
#else
#include <quipu/core/bytes.hpp>
#endif

#include <catch2/catch.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

using quipu::bytes;
using quipu::bytes_view;

namespace {

using namespace std::string_view_literals;

template <class Source>
constexpr bool converts = std::is_convertible_v<const Source&, bytes_view>;
static_assert(converts<std::string> && converts<std::string_view> && converts<const char*> && converts<char[4]> &&
              converts<bytes>);
static_assert(converts<std::span<const std::byte>> && converts<std::span<std::byte>> &&
              converts<std::vector<std::uint8_t>>);
static_assert(converts<std::vector<char>> && converts<std::array<std::byte, 3>> && converts<std::u8string>);
static_assert(!converts<std::vector<int>> && !converts<std::wstring> && !converts<int> && !converts<std::vector<bool>>);
static_assert(!converts<std::string*>);

constexpr std::byte three[] = {std::byte{1}, std::byte{2}, std::byte{3}};
constexpr bytes_view view{three, 3};
static_assert(view.size() == 3 && view[2] == std::byte{3} && !view.empty() && view.end() - view.begin() == 3);
static_assert(bytes_view{}.empty() && bytes_view{}.size() == 0);

// The part asked for, as far as there is one.
static_assert(view.subview(1).size() == 2 && view.subview(1)[0] == std::byte{2});
static_assert(view.subview(1, 1).size() == 1 && view.subview(0, 99).size() == 3 && view.subview(2, 2).size() == 1);
static_assert(view.subview(3).empty() && view.subview(4).empty() && view.subview(static_cast<std::size_t>(-1)).empty());
static_assert(view.subview(1, 0).empty() && view.subview(1, static_cast<std::size_t>(-1)).size() == 2);

static_assert(quipu::detail::hex_value('0') == 0 && quipu::detail::hex_value('9') == 9 &&
              quipu::detail::hex_value('a') == 10);
static_assert(quipu::detail::hex_value('F') == 15 && quipu::detail::hex_value('g') == -1 &&
              quipu::detail::hex_value('/') == -1);

}  // namespace

TEST_CASE("a view refers to the bytes it was made from", "[core][bytes]") {
  const std::string text = "abc";
  CHECK(bytes_view{text}.data() == reinterpret_cast<const std::byte*>(text.data()));
  CHECK(bytes_view{text}.text() == "abc");
  CHECK(bytes_view{std::vector<std::uint8_t>{1, 255}}.size() == 2);
  CHECK(bytes_view{"abc"} == bytes_view{text});
}

TEST_CASE("a literal ends at its NUL, a string view doesn't", "[core][bytes]") {
  CHECK(bytes_view{"a\0b"}.size() == 1);
  CHECK(bytes_view{"a\0b"sv}.size() == 3);
  CHECK(bytes_view{std::string{"a\0b", 3}}.size() == 3);
  CHECK(bytes_view{""}.empty());
}

TEST_CASE("views are equal where their bytes are", "[core][bytes]") {
  CHECK(bytes_view{"a\0b"sv} == bytes_view{"a\0b"sv});
  CHECK(bytes_view{"a\0b"sv} != bytes_view{"a\0c"sv});
  CHECK(bytes_view{"ab"} != bytes_view{"a"});
  CHECK(bytes_view{} == bytes_view{""});
  const bytes copy = bytes_view{"abc"}.copy();
  CHECK(bytes_view{copy} == bytes_view{"abc"});
  CHECK(bytes_view{}.copy().empty());
}

TEST_CASE("a part of a view is the part of a string", "[core][bytes]") {
  const std::string text = "abcde";
  for (std::size_t offset = 0; offset <= 7; ++offset) {
    for (const std::size_t count :
         {std::size_t{0}, std::size_t{1}, std::size_t{4}, std::size_t{9}, std::string::npos}) {
      CAPTURE(offset, count);
      const bytes_view part = bytes_view{text}.subview(offset, count);
      CHECK(part.text() == (offset > text.size() ? "" : text.substr(offset, count)));
    }
  }
}

TEST_CASE("hexadecimal digits have values, and nothing else does", "[core][bytes]") {
  const std::string lower = "0123456789abcdef";
  const std::string upper = "0123456789ABCDEF";
  for (int code = -128; code < 128; ++code) {
    CAPTURE(code);
    const char letter = static_cast<char>(code);
    const std::size_t found = lower.find(letter) != std::string::npos ? lower.find(letter) : upper.find(letter);
    CHECK(quipu::detail::hex_value(letter) == (found == std::string::npos ? -1 : static_cast<int>(found)));
  }
}

TEST_CASE("bytes print as two lower-case digits each", "[core][bytes]") {
  CHECK(quipu::detail::to_hex("\x01\xAB\xFF"sv) == "01abff");
  CHECK(quipu::detail::to_hex(bytes_view{}).empty());
}
