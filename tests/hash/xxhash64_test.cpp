// SPDX-License-Identifier: BSL-1.0
//
// xxhash64_test.cpp: published values, in constant expressions, and every size up to four stripes against the
// specification's steps.
#ifdef QUIPU_TEST_SINGLE_HEADER
#include <quipu.hpp>
#else
#include <quipu/hash/xxhash64.hpp>
#endif

#include <catch2/catch.hpp>

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <set>
#include <string>
#include <string_view>

using quipu::detail::xxhash64;

namespace {

constexpr std::uint64_t prime32 = 2654435761U;
constexpr std::uint64_t prime64 = 11400714785074694797U;

/// The input of the reference implementation's self-test.
struct sanity_input {
  char data[256]{};
  constexpr sanity_input() {
    std::uint64_t generator = prime32;
    for (char& each : data) {
      each = static_cast<char>(static_cast<unsigned char>(generator >> 56));
      generator *= prime64;
    }
  }
  [[nodiscard]] constexpr std::string_view first(std::size_t size) const { return {data, size}; }
};
constexpr sanity_input sanity;

static_assert(xxhash64("") == 0xEF46DB3751D8E999U && xxhash64("", prime32) == 0xAC75FDA2929B17EFU);
static_assert(xxhash64(sanity.first(1)) == 0xE934A84ADB052768U &&
              xxhash64(sanity.first(1), prime32) == 0x5014607643A9B4C3U);
static_assert(xxhash64(sanity.first(14)) == 0x8282DCC4994E35C8U &&
              xxhash64(sanity.first(14), prime32) == 0xC3BD6BF63DEB6DF0U);
static_assert(xxhash64(sanity.first(222)) == 0xB641AE8CB691C174U &&
              xxhash64(sanity.first(222), prime32) == 0x20CB8AB7AE10C14AU);
static_assert(xxhash64("a") == 0xD24EC4F1A98C6E5BU && xxhash64("abc") == 0x44BC2CF5AD770999U);
static_assert(xxhash64("Nobody inspects the spammish repetition") == 0xFBCEA83C8A378BF1U);

/// The specification's steps, on bytes in memory: nothing of the code under test.
std::uint64_t by_the_specification(const std::string& text, std::uint64_t seed) {
  constexpr std::uint64_t p1 = 11400714785074694791U, p2 = 14029467366897019727U, p3 = 1609587929392839161U,
                          p4 = 9650029242287828579U, p5 = 2870177450012600261U;
  const auto word = [&](std::size_t at, std::size_t size) {
    std::uint64_t value = 0;
    for (std::size_t index = size; index-- > 0;) value = value << 8 | static_cast<unsigned char>(text[at + index]);
    return value;
  };
  const auto round = [&](std::uint64_t lane, std::uint64_t input) { return std::rotl(lane + input * p2, 31) * p1; };
  std::size_t at = 0;
  std::uint64_t hash = seed + p5;
  if (text.size() >= 32) {
    std::uint64_t lanes[] = {seed + p1 + p2, seed + p2, seed, seed - p1};
    for (; at + 32 <= text.size(); at += 32)
      for (std::size_t lane = 0; lane < 4; ++lane) lanes[lane] = round(lanes[lane], word(at + 8 * lane, 8));
    hash = std::rotl(lanes[0], 1) + std::rotl(lanes[1], 7) + std::rotl(lanes[2], 12) + std::rotl(lanes[3], 18);
    for (const std::uint64_t lane : lanes) hash = (hash ^ round(0, lane)) * p1 + p4;
  }
  hash += text.size();
  for (; at + 8 <= text.size(); at += 8) hash = std::rotl(hash ^ round(0, word(at, 8)), 27) * p1 + p4;
  if (at + 4 <= text.size()) {
    hash = std::rotl(hash ^ word(at, 4) * p1, 23) * p2 + p3;
    at += 4;
  }
  for (; at < text.size(); ++at) hash = std::rotl(hash ^ word(at, 1) * p5, 11) * p1;
  hash = (hash ^ hash >> 33) * p2;
  hash = (hash ^ hash >> 29) * p3;
  return hash ^ hash >> 32;
}

}  // namespace

TEST_CASE("XXH64 of every size up to four stripes, with and without a seed", "[core][xxhash64]") {
  std::string text;
  for (std::size_t size = 0; size <= 130; ++size) {
    REQUIRE(xxhash64(text) == by_the_specification(text, 0));
    REQUIRE(xxhash64(text, 0x123456789ABCDEF0U) == by_the_specification(text, 0x123456789ABCDEF0U));
    text.push_back(static_cast<char>(size * 37 + 200));
  }
}

TEST_CASE("XXH64 tells apart what differs in one bit", "[core][xxhash64]") {
  std::string text(70, 'x');
  std::set<std::uint64_t> seen{xxhash64(text)};
  for (std::size_t bit = 0; bit < text.size() * 8; ++bit) {
    text[bit / 8] = static_cast<char>(text[bit / 8] ^ 1 << bit % 8);
    REQUIRE(seen.insert(xxhash64(text)).second);
    text[bit / 8] = static_cast<char>(text[bit / 8] ^ 1 << bit % 8);
  }
}
