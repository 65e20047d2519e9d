// SPDX-License-Identifier: BSL-1.0
//
// blake3_avx512.hpp: BLAKE3's compression function with AVX-512: sixteen blocks of sixteen messages at once. See
// blake3_sse41.hpp on how it is written.
#pragma once

#include "blake3_lanes.hpp"
#include "blake3_portable.hpp"

#include <cstddef>
#include <cstdint>
#include <cstring>

#if defined(__x86_64__) && defined(__GNUC__)

namespace quipu::detail {

struct blake3_avx512 {
  static constexpr std::size_t width = 16;
  typedef std::uint32_t vector __attribute__((vector_size(64)));

  /// One block of each lane.
  [[gnu::target("avx512f,avx512vl")]] static void step(blake3_lanes<width>& lanes, const blake3_words& key) noexcept {
    vector m[16];
#pragma GCC unroll 16
    for (std::size_t lane = 0; lane < width; ++lane) std::memcpy(&m[lane], lanes.block[lane], sizeof m[lane]);
#pragma GCC unroll 16
    for (int stage = 0; stage < 4; ++stage) interleave(m);
    vector v[16];
    vector flags;
    std::memcpy(&flags, lanes.flags, sizeof flags);
    const vector starts = 0 - (flags & blake3_flag::chunk_start);
#pragma GCC unroll 16
    for (std::size_t word = 0; word < 8; ++word) {
      std::memcpy(&v[word], lanes.chain[word], sizeof v[word]);
      v[word] = (v[word] & ~starts) | (key[word] & starts);
    }
#pragma GCC unroll 16
    for (std::size_t word = 0; word < 4; ++word) v[8 + word] = vector{} + blake3_initial[word];
    std::memcpy(&v[12], lanes.counter_low, sizeof v[12]);
    std::memcpy(&v[13], lanes.counter_high, sizeof v[13]);
    std::memcpy(&v[14], lanes.length, sizeof v[14]);
    v[15] = flags;
    round<0>(v, m);
    round<1>(v, m);
    round<2>(v, m);
    round<3>(v, m);
    round<4>(v, m);
    round<5>(v, m);
    round<6>(v, m);
#pragma GCC unroll 16
    for (std::size_t word = 0; word < 8; ++word) {
      v[word] ^= v[word + 8];
      std::memcpy(lanes.chain[word], &v[word], sizeof v[word]);
    }
  }

  /// The lanes' chaining values, each in one piece.
  [[gnu::target("avx512f,avx512vl")]] static void results(blake3_lanes<width>& lanes) noexcept {
    vector v[8];
#pragma GCC unroll 16
    for (std::size_t word = 0; word < 8; ++word) std::memcpy(&v[word], lanes.chain[word], sizeof v[word]);
#pragma GCC unroll 16
    for (int stage = 0; stage < 3; ++stage) interleave(v);
    std::memcpy(lanes.result, v, sizeof v);
  }

 private:
  [[gnu::target("avx512f,avx512vl"), gnu::always_inline]] static inline void mix(vector& a, vector& b, vector& c,
                                                                                 vector& d, const vector& x,
                                                                                 const vector& y) noexcept {
    a = (a + x) + b;
    d ^= a;
    d = (d >> 16) | (d << 16);
    c += d;
    b ^= c;
    b = (b >> 12) | (b << 20);
    a = (a + y) + b;
    d ^= a;
    d = (d >> 8) | (d << 24);
    c += d;
    b ^= c;
    b = (b >> 7) | (b << 25);
  }

  template <std::size_t Round>
  [[gnu::target("avx512f,avx512vl"), gnu::always_inline]] static inline void round(vector (&v)[16],
                                                                                   const vector (&m)[16]) noexcept {
    constexpr auto s = blake3_schedule[Round];
    mix(v[0], v[4], v[8], v[12], m[s[0]], m[s[1]]);
    mix(v[1], v[5], v[9], v[13], m[s[2]], m[s[3]]);
    mix(v[2], v[6], v[10], v[14], m[s[4]], m[s[5]]);
    mix(v[3], v[7], v[11], v[15], m[s[6]], m[s[7]]);
    mix(v[0], v[5], v[10], v[15], m[s[8]], m[s[9]]);
    mix(v[1], v[6], v[11], v[12], m[s[10]], m[s[11]]);
    mix(v[2], v[7], v[8], v[13], m[s[12]], m[s[13]]);
    mix(v[3], v[4], v[9], v[14], m[s[14]], m[s[15]]);
  }

  /// Shuffles the words of all vectors as one shuffles two halves of a pack of cards, which turns the bits of each
  /// word's place by one: four times for 16 vectors, or three times for 8, and the lanes' number has changed places
  /// with the words'.
  template <std::size_t Count>
  [[gnu::target("avx512f,avx512vl"), gnu::always_inline]] static inline void interleave(
      vector (&rows)[Count]) noexcept {
    vector turned[Count];
#pragma GCC unroll 16
    for (std::size_t row = 0; row < Count / 2; ++row) {
      const vector& one = rows[row];
      const vector& other = rows[row + Count / 2];
      turned[2 * row] = __builtin_shufflevector(one, other, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
      turned[2 * row + 1] =
          __builtin_shufflevector(one, other, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
    }
#pragma GCC unroll 16
    for (std::size_t row = 0; row < Count; ++row) rows[row] = turned[row];
  }
};

}  // namespace quipu::detail

#endif
