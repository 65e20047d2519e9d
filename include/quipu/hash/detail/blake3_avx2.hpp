// SPDX-License-Identifier: BSL-1.0
//
// blake3_avx2.hpp: BLAKE3's compression function with AVX2: eight blocks of eight messages at once. See
// blake3_sse41.hpp on how it is written.
#pragma once

#include "blake3_lanes.hpp"
#include "blake3_portable.hpp"

#include <cstddef>
#include <cstdint>
#include <cstring>

#if defined(__x86_64__) && defined(__GNUC__)

namespace quipu::detail {

struct blake3_avx2 {
  static constexpr std::size_t width = 8;
  typedef std::uint32_t vector __attribute__((vector_size(32)));
  typedef std::uint32_t half_vector __attribute__((vector_size(16)));
  typedef std::uint8_t vector_bytes __attribute__((vector_size(32)));

  /// One block of each lane.
  [[gnu::target("avx2")]] static void step(blake3_lanes<width>& lanes, const blake3_words& key) noexcept {
    vector m[16];
#pragma GCC unroll 16
    for (std::size_t quarter = 0; quarter < 4; ++quarter) {
#pragma GCC unroll 16
      for (std::size_t lane = 0; lane < 4; ++lane) {
        half_vector low;
        half_vector high;
        std::memcpy(&low, lanes.block[lane] + 16 * quarter, 16);
        std::memcpy(&high, lanes.block[lane + 4] + 16 * quarter, 16);
        m[4 * quarter + lane] = __builtin_shufflevector(low, high, 0, 1, 2, 3, 4, 5, 6, 7);
      }
      transpose(m[4 * quarter], m[4 * quarter + 1], m[4 * quarter + 2], m[4 * quarter + 3]);
    }
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
  [[gnu::target("avx2")]] static void results(blake3_lanes<width>& lanes) noexcept {
#pragma GCC unroll 16
    for (std::size_t half = 0; half < 2; ++half) {
      vector v[4];
#pragma GCC unroll 16
      for (std::size_t word = 0; word < 4; ++word) std::memcpy(&v[word], lanes.chain[4 * half + word], sizeof v[word]);
      transpose(v[0], v[1], v[2], v[3]);
#pragma GCC unroll 16
      for (std::size_t lane = 0; lane < 4; ++lane) {
        const half_vector low = __builtin_shufflevector(v[lane], v[lane], 0, 1, 2, 3);
        const half_vector high = __builtin_shufflevector(v[lane], v[lane], 4, 5, 6, 7);
        std::memcpy(lanes.result[lane] + 4 * half, &low, 16);
        std::memcpy(lanes.result[lane + 4] + 4 * half, &high, 16);
      }
    }
  }

 private:
  [[gnu::target("avx2"), gnu::always_inline]] static inline void mix(vector& a, vector& b, vector& c, vector& d,
                                                                     const vector& x, const vector& y) noexcept {
    a = (a + x) + b;
    d ^= a;
    d = (vector)__builtin_shufflevector((vector_bytes)d, (vector_bytes)d, 2, 3, 0, 1, 6, 7, 4, 5, 10, 11, 8, 9, 14, 15,
                                        12, 13, 18, 19, 16, 17, 22, 23, 20, 21, 26, 27, 24, 25, 30, 31, 28, 29);
    c += d;
    b ^= c;
    b = (b >> 12) | (b << 20);
    a = (a + y) + b;
    d ^= a;
    d = (vector)__builtin_shufflevector((vector_bytes)d, (vector_bytes)d, 1, 2, 3, 0, 5, 6, 7, 4, 9, 10, 11, 8, 13, 14,
                                        15, 12, 17, 18, 19, 16, 21, 22, 23, 20, 25, 26, 27, 24, 29, 30, 31, 28);
    c += d;
    b ^= c;
    b = (b >> 7) | (b << 25);
  }

  template <std::size_t Round>
  [[gnu::target("avx2"), gnu::always_inline]] static inline void round(vector (&v)[16],
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

  /// Turns four by four words, in each half by itself.
  [[gnu::target("avx2"), gnu::always_inline]] static inline void transpose(vector& a, vector& b, vector& c,
                                                                           vector& d) noexcept {
    const vector ab_low = __builtin_shufflevector(a, b, 0, 8, 1, 9, 4, 12, 5, 13);
    const vector ab_high = __builtin_shufflevector(a, b, 2, 10, 3, 11, 6, 14, 7, 15);
    const vector cd_low = __builtin_shufflevector(c, d, 0, 8, 1, 9, 4, 12, 5, 13);
    const vector cd_high = __builtin_shufflevector(c, d, 2, 10, 3, 11, 6, 14, 7, 15);
    a = __builtin_shufflevector(ab_low, cd_low, 0, 1, 8, 9, 4, 5, 12, 13);
    b = __builtin_shufflevector(ab_low, cd_low, 2, 3, 10, 11, 6, 7, 14, 15);
    c = __builtin_shufflevector(ab_high, cd_high, 0, 1, 8, 9, 4, 5, 12, 13);
    d = __builtin_shufflevector(ab_high, cd_high, 2, 3, 10, 11, 6, 7, 14, 15);
  }
};

}  // namespace quipu::detail

#endif
