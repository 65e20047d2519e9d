// SPDX-License-Identifier: BSL-1.0
//
// xxhash64.hpp: XXH64, a short name for a long text such as a schema, usable in constant expressions. It is not
// cryptographic: an attacker can choose two texts that collide. Use BLAKE3 where that matters.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace quipu::detail {

struct xxhash64_steps {
  static constexpr std::uint64_t prime_1 = 0x9E3779B185EBCA87U;
  static constexpr std::uint64_t prime_2 = 0xC2B2AE3D27D4EB4FU;
  static constexpr std::uint64_t prime_3 = 0x165667B19E3779F9U;
  static constexpr std::uint64_t prime_4 = 0x85EBCA77C2B2AE63U;
  static constexpr std::uint64_t prime_5 = 0x27D4EB2F165667C5U;

  // Every translation unit hashes the schemas of its types, so what counts is the number of steps a compiler's
  // evaluator takes: one expression over eight characters takes fewer than a loop. Optimisers make one load of it.
  [[nodiscard]] static constexpr std::uint64_t byte(const char* from) noexcept {
    return static_cast<unsigned char>(*from);
  }
  [[nodiscard]] static constexpr std::uint64_t load_32(const char* from) noexcept {
    return byte(from) | byte(from + 1) << 8 | byte(from + 2) << 16 | byte(from + 3) << 24;
  }
  [[nodiscard]] static constexpr std::uint64_t load_64(const char* from) noexcept {
    return load_32(from) | load_32(from + 4) << 32;
  }

  [[nodiscard]] static constexpr std::uint64_t round(std::uint64_t lane, std::uint64_t input) noexcept {
    return std::rotl(lane + input * prime_2, 31) * prime_1;
  }
  [[nodiscard]] static constexpr std::uint64_t merge(std::uint64_t hash, std::uint64_t lane) noexcept {
    return (hash ^ round(0, lane)) * prime_1 + prime_4;
  }
};

/// The XXH64 hash of a text: the same value as `xxhsum -H1` prints, on every platform. Linear in the size; allocates
/// nothing. Source: the xxHash specification (github.com/Cyan4973/xxHash, doc/xxhash_spec.md).
[[nodiscard]] constexpr std::uint64_t xxhash64(std::string_view text, std::uint64_t seed = 0) noexcept {
  using steps = xxhash64_steps;
  const char* at = text.data();
  std::size_t left = text.size();
  std::uint64_t hash = seed + steps::prime_5;
  if (left >= 32) {
    std::uint64_t lane_1 = seed + steps::prime_1 + steps::prime_2;
    std::uint64_t lane_2 = seed + steps::prime_2;
    std::uint64_t lane_3 = seed;
    std::uint64_t lane_4 = seed - steps::prime_1;
    for (; left >= 32; left -= 32, at += 32) {
      lane_1 = steps::round(lane_1, steps::load_64(at));
      lane_2 = steps::round(lane_2, steps::load_64(at + 8));
      lane_3 = steps::round(lane_3, steps::load_64(at + 16));
      lane_4 = steps::round(lane_4, steps::load_64(at + 24));
    }
    hash = std::rotl(lane_1, 1) + std::rotl(lane_2, 7) + std::rotl(lane_3, 12) + std::rotl(lane_4, 18);
    hash = steps::merge(steps::merge(steps::merge(steps::merge(hash, lane_1), lane_2), lane_3), lane_4);
  }
  hash += text.size();
  for (; left >= 8; left -= 8, at += 8) {
    hash = std::rotl(hash ^ steps::round(0, steps::load_64(at)), 27) * steps::prime_1 + steps::prime_4;
  }
  if (left >= 4) {
    hash = std::rotl(hash ^ steps::load_32(at) * steps::prime_1, 23) * steps::prime_2 + steps::prime_3;
    left -= 4;
    at += 4;
  }
  for (; left != 0; --left, ++at) hash = std::rotl(hash ^ steps::byte(at) * steps::prime_5, 11) * steps::prime_1;
  hash = (hash ^ hash >> 33) * steps::prime_2;
  hash = (hash ^ hash >> 29) * steps::prime_3;
  return hash ^ hash >> 32;
}

}  // namespace quipu::detail
