// SPDX-License-Identifier: BSL-1.0
//
// field_test.cpp: fields of a stored structure say where they end, and a structure with a gap is noticed.
#ifdef QUIPU_TEST_SINGLE_HEADER
#include <quipu.hpp>
#else
#include <quipu/core/detail/field.hpp>
#endif

#include <catch2/catch.hpp>

#include <array>
#include <cstddef>
#include <cstdint>

using quipu::detail::field;
using quipu::detail::fields_fill;

namespace {

struct inner {
  static constexpr std::size_t layout_size = 3;

  std::uint16_t number{};
  std::uint8_t letter{};

  static inner load(const std::byte* from) {
    return {field<std::uint16_t>{0}.load(from), field<std::uint8_t>{2}.load(from)};
  }
  void store(std::byte* to) const {
    field<std::uint16_t>{0}.store(to, number);
    field<std::uint8_t>{2}.store(to, letter);
  }
};

}  // namespace

TEST_CASE("fields fill a structure if each begins where the one before it ends", "[core][field]") {
  const field<std::uint32_t> number{4};
  const field<std::array<char, 3>> text{8};
  const field<inner> described{11};
  CHECK(described.end() == 14);
  CHECK(fields_fill(4, 14, number, text, described));
  CHECK_FALSE(fields_fill(0, 14, number, text, described));  // a gap before the first
  CHECK_FALSE(fields_fill(4, 15, number, text, described));  // and one behind the last
  CHECK_FALSE(fields_fill(4, 14, number, described));        // one between them
  CHECK_FALSE(fields_fill(4, 14, text, number, described));  // another order
  CHECK(fields_fill(7, 7));
}

TEST_CASE("a field has the value that was stored in it, and its neighbours keep theirs", "[core][field]") {
  std::array<std::byte, 16> whole;
  whole.fill(std::byte{0xEE});
  const field<inner> described{11};
  described.store(whole.data(), {0x0102, 7});
  CHECK(described.load(whole.data()).number == 0x0102);
  CHECK(described.load(whole.data()).letter == 7);
  CHECK(whole[10] == std::byte{0xEE});
  CHECK(whole[14] == std::byte{0xEE});
}
