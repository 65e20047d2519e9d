// SPDX-License-Identifier: BSL-1.0
//
// CRC-32C: the published vectors, and each way of computing it against the plain definition.
#ifdef QUIPU_TEST_SINGLE_HEADER
#include <quipu.hpp>
#else
#include <quipu/hash/crc32c.hpp>
#include <quipu/hash/detail/crc32c_portable.hpp>
#endif

#include <catch2/catch.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

using quipu::bytes_view;
using quipu::detail::crc32c;
using quipu::detail::crc32c_portable;

namespace {

/// The definition, one bit at a time: nothing of the code under test.
std::uint32_t crc32c_by_bits(const std::byte* data, std::size_t size) {
  std::uint32_t crc = 0xFFFFFFFF;
  for (std::size_t index = 0; index < size; ++index) {
    crc ^= std::to_integer<std::uint32_t>(data[index]);
    for (int bit = 0; bit < 8; ++bit) crc = (crc & 1) != 0 ? crc >> 1 ^ 0x82F63B78U : crc >> 1;
  }
  return ~crc;
}

std::vector<std::byte> noise(std::size_t size) {
  std::vector<std::byte> data(size);
  std::uint32_t state = 12345;
  for (std::byte& value : data) {
    state = state * 1664525U + 1013904223U;
    value = static_cast<std::byte>(state >> 24);
  }
  return data;
}

template <int First, int Step>
constexpr std::array<std::byte, 32> sequence() {
  std::array<std::byte, 32> data{};
  for (int index = 0; index < 32; ++index)
    data[static_cast<std::size_t>(index)] = static_cast<std::byte>(First + index * Step);
  return data;
}

constexpr auto zeros = sequence<0, 0>();
constexpr auto ones = sequence<255, 0>();
constexpr auto rising = sequence<0, 1>();
constexpr auto falling = sequence<31, -1>();

// RFC 3720, B.4 prints them as bytes in the order sent, so "aa 36 91 8a" is 0x8A9136AA.
static_assert(crc32c_portable(zeros.data(), 32) == 0x8A9136AAU);
static_assert(crc32c_portable(ones.data(), 32) == 0x62A8AB43U);
static_assert(crc32c_portable(rising.data(), 32) == 0x46DD794EU);
static_assert(crc32c_portable(falling.data(), 32) == 0x113FDB5CU);
static_assert(crc32c_portable("123456789", 9) == 0xE3069283U);

}  // namespace

TEST_CASE("CRC-32C of the published vectors at run time", "[core][crc32c]") {
  CHECK(crc32c(bytes_view{zeros}) == 0x8A9136AAU);
  CHECK(crc32c(bytes_view{ones}) == 0x62A8AB43U);
  CHECK(crc32c(bytes_view{rising}) == 0x46DD794EU);
  CHECK(crc32c(bytes_view{falling}) == 0x113FDB5CU);
  CHECK(crc32c("123456789") == 0xE3069283U);
  CHECK(crc32c(bytes_view{}) == 0);
  CHECK(crc32c(bytes_view{}, 0xE3069283U) == 0xE3069283U);
}

TEST_CASE("CRC-32C by table and by instruction agree with the definition at every short size and alignment",
          "[core][crc32c]") {
  const auto data = noise(1200);
  for (std::size_t size = 0; size <= 1100; ++size) {
    const std::size_t start = size % 17;
    const std::uint32_t expected = crc32c_by_bits(data.data() + start, size);
    REQUIRE(crc32c_portable(data.data() + start, size) == expected);
    REQUIRE(crc32c(bytes_view{data.data() + start, size}) == expected);
  }
}

TEST_CASE("CRC-32C of long inputs, around the sizes where the way of computing changes", "[core][crc32c]") {
  const auto data = noise(20000);
  const std::size_t middles[] = {384, 768, 4080, 4080 + 384, 8160, 12240, 16320};
  for (const std::size_t middle : middles)
    for (std::size_t size = middle - 9; size <= middle + 9; ++size) {
      const std::uint32_t expected = crc32c_by_bits(data.data() + 3, size);
      REQUIRE(crc32c_portable(data.data() + 3, size) == expected);
      REQUIRE(crc32c(bytes_view{data.data() + 3, size}) == expected);
    }
}

TEST_CASE("CRC-32C carries on from what came before", "[core][crc32c]") {
  const auto data = noise(9000);
  const std::uint32_t whole = crc32c_by_bits(data.data(), data.size());
  for (std::size_t cut = 0; cut <= data.size(); cut += 97) {
    const bytes_view all{data};
    REQUIRE(crc32c(all.subview(cut), crc32c(all.subview(0, cut))) == whole);
    REQUIRE(crc32c_portable(data.data() + cut, data.size() - cut, crc32c_portable(data.data(), cut)) == whole);
  }
}

TEST_CASE("CRC-32C notices every flipped bit", "[core][crc32c]") {
  auto data = noise(4200);
  const std::uint32_t whole = crc32c(bytes_view{data});
  for (std::size_t bit = 0; bit < data.size() * 8; bit += 7) {
    const auto mask = static_cast<std::byte>(1U << bit % 8);
    data[bit / 8] ^= mask;
    REQUIRE(crc32c(bytes_view{data}) != whole);
    data[bit / 8] ^= mask;
  }
}
