// SPDX-License-Identifier: BSL-1.0
//
// blake3_portable.hpp: BLAKE3's constants and its compression function in plain arithmetic on 32-bit words, for
// constant expressions and for processors without a faster way. Every other way must give the values that this one
// gives. Source: J. O'Connor, J.-P. Aumasson, S. Neves, Z. Wilcox-O'Hearn, "BLAKE3, one function, fast everywhere",
// section 2.
#pragma once

#include "../../core/byte_io.hpp"
#include "../../core/bytes.hpp"

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>

namespace quipu::detail {

inline constexpr std::size_t blake3_block_size = 64;
inline constexpr std::size_t blake3_chunk_size = 1024;

/// A chaining value, a key, or the first half of an output.
using blake3_words = std::array<std::uint32_t, 8>;

inline constexpr blake3_words blake3_initial = {0x6A09E667, 0xBB67AE85, 0x3C6EF372, 0xA54FF53A,
                                                0x510E527F, 0x9B05688C, 0x1F83D9AB, 0x5BE0CD19};

/// What a block is, for domain separation.
struct blake3_flag {
  static constexpr std::uint32_t chunk_start = 1;
  static constexpr std::uint32_t chunk_end = 2;
  static constexpr std::uint32_t parent = 4;
  static constexpr std::uint32_t root = 8;
  static constexpr std::uint32_t keyed = 16;
  static constexpr std::uint32_t derive_key_context = 32;
  static constexpr std::uint32_t derive_key_material = 64;
};

/// Which word of the block each of a round's sixteen steps takes: the permutation of table 2, applied once more for
/// each round.
[[nodiscard]] constexpr std::array<std::array<std::uint8_t, 16>, 7> make_blake3_schedule() noexcept {
  constexpr std::array<std::uint8_t, 16> permutation = {2, 6, 3, 10, 7, 0, 4, 13, 1, 11, 12, 5, 9, 14, 15, 8};
  std::array<std::array<std::uint8_t, 16>, 7> schedule{};
  for (std::uint8_t index = 0; index < 16; ++index) schedule[0][index] = index;
  for (std::size_t round = 1; round < 7; ++round)
    for (std::size_t index = 0; index < 16; ++index) schedule[round][index] = schedule[round - 1][permutation[index]];
  return schedule;
}
inline constexpr auto blake3_schedule = make_blake3_schedule();

template <byte_like Byte>
[[nodiscard]] constexpr std::uint32_t blake3_load(const Byte* from) noexcept {
  const auto at = [&](std::size_t index) {
    return static_cast<std::uint32_t>(static_cast<unsigned char>(from[index]));
  };
  return at(0) | at(1) << 8 | at(2) << 16 | at(3) << 24;
}

constexpr void blake3_store(std::byte* to, const blake3_words& words) noexcept {
  if (!std::is_constant_evaluated() && host_is_little_endian) {
    std::memcpy(to, words.data(), sizeof words);
    return;
  }
  for (const std::uint32_t word : words)
    for (int shift = 0; shift < 32; shift += 8) *to++ = static_cast<std::byte>(word >> shift);
}

/// Copies 0 to 64 bytes and clears the rest of the 64. At run time in overlapping pieces of fixed size: a call of
/// `memcpy` for a size that isn't known costs more than the copy.
template <byte_like Byte>
constexpr void blake3_pad_block(std::byte* to, const Byte* from, std::size_t size) noexcept {
  if (std::is_constant_evaluated()) {
    for (std::size_t index = 0; index < blake3_block_size; ++index)
      to[index] = index < size ? static_cast<std::byte>(static_cast<unsigned char>(from[index])) : std::byte{0};
    return;
  }
  const auto two_pieces = [&]<std::size_t Piece>(std::integral_constant<std::size_t, Piece>) {
    std::memcpy(to, from, Piece);
    std::memcpy(to + size - Piece, from + size - Piece, Piece);
  };
  std::memset(to, 0, blake3_block_size);
  if (size >= 32)
    two_pieces(std::integral_constant<std::size_t, 32>{});
  else if (size >= 16)
    two_pieces(std::integral_constant<std::size_t, 16>{});
  else if (size >= 8)
    two_pieces(std::integral_constant<std::size_t, 8>{});
  else if (size >= 4)
    two_pieces(std::integral_constant<std::size_t, 4>{});
  else if (size >= 2)
    two_pieces(std::integral_constant<std::size_t, 2>{});
  else if (size == 1)
    std::memcpy(to, from, 1);
}

constexpr void blake3_mix(std::uint32_t& a, std::uint32_t& b, std::uint32_t& c, std::uint32_t& d, std::uint32_t x,
                          std::uint32_t y) noexcept {
  a += b + x;
  d = std::rotr(d ^ a, 16);
  c += d;
  b = std::rotr(b ^ c, 12);
  a += b + y;
  d = std::rotr(d ^ a, 8);
  c += d;
  b = std::rotr(b ^ c, 7);
}

/// Takes one block of 64 bytes, of which `length` count and the others are zero, into a chaining value.
template <byte_like Byte>
constexpr void blake3_compress_portable(blake3_words& chain, const Byte* block, std::uint64_t counter,
                                        std::uint32_t length, std::uint32_t flags) noexcept {
  std::uint32_t m[16]{};
  for (std::size_t index = 0; index < 16; ++index) m[index] = blake3_load(block + 4 * index);
  std::uint32_t v[16] = {chain[0],
                         chain[1],
                         chain[2],
                         chain[3],
                         chain[4],
                         chain[5],
                         chain[6],
                         chain[7],
                         blake3_initial[0],
                         blake3_initial[1],
                         blake3_initial[2],
                         blake3_initial[3],
                         static_cast<std::uint32_t>(counter),
                         static_cast<std::uint32_t>(counter >> 32),
                         length,
                         flags};
  for (const auto& s : blake3_schedule) {
    blake3_mix(v[0], v[4], v[8], v[12], m[s[0]], m[s[1]]);
    blake3_mix(v[1], v[5], v[9], v[13], m[s[2]], m[s[3]]);
    blake3_mix(v[2], v[6], v[10], v[14], m[s[4]], m[s[5]]);
    blake3_mix(v[3], v[7], v[11], v[15], m[s[6]], m[s[7]]);
    blake3_mix(v[0], v[5], v[10], v[15], m[s[8]], m[s[9]]);
    blake3_mix(v[1], v[6], v[11], v[12], m[s[10]], m[s[11]]);
    blake3_mix(v[2], v[7], v[8], v[13], m[s[12]], m[s[13]]);
    blake3_mix(v[3], v[4], v[9], v[14], m[s[14]], m[s[15]]);
  }
  for (std::size_t index = 0; index < 8; ++index) chain[index] = v[index] ^ v[index + 8];
}

}  // namespace quipu::detail
