// SPDX-License-Identifier: BSL-1.0
//
// blake3_sse41.hpp: BLAKE3's compression function with SSE4.1: of one block, the state's rows in four registers, and of
// four blocks of four messages, the state's words in sixteen. Written with the compilers' vector types because the
// header of the intrinsics costs more to compile than all of the hash; vectors pass by reference only, since how they
// pass by value depends on compiler flags.
#pragma once

#include "blake3_lanes.hpp"
#include "blake3_portable.hpp"

#include <cstddef>
#include <cstdint>
#include <cstring>

#if defined(__x86_64__) && defined(__GNUC__)

namespace quipu::detail {

struct blake3_sse41 {
  static constexpr std::size_t width = 4;
  typedef std::uint32_t vector __attribute__((vector_size(16)));
  typedef std::uint8_t vector_bytes __attribute__((vector_size(16)));

  [[gnu::target("sse4.1")]] static void compress(blake3_words& chain, const std::byte* block, std::uint64_t counter,
                                                 std::uint32_t length, std::uint32_t flags) noexcept {
    vector a;
    vector b;
    vector m[4];
    std::memcpy(&a, chain.data(), sizeof a);
    std::memcpy(&b, chain.data() + 4, sizeof b);
    vector c = {blake3_initial[0], blake3_initial[1], blake3_initial[2], blake3_initial[3]};
    vector d = {static_cast<std::uint32_t>(counter), static_cast<std::uint32_t>(counter >> 32), length, flags};
    std::memcpy(m, block, sizeof m);

    // Even and odd words, for the columns; for the diagonals likewise, turned by one place because row b stays where it
    // is (below).
    vector x = __builtin_shufflevector(m[0], m[1], 0, 2, 4, 6);
    vector y = __builtin_shufflevector(m[0], m[1], 1, 3, 5, 7);
    vector z = __builtin_shufflevector(m[2], m[3], 6, 0, 2, 4);
    vector w = __builtin_shufflevector(m[2], m[3], 7, 1, 3, 5);
    for (int round = 0;; ++round) {
      mix(a, b, c, d, x, y);
      // To the diagonals. Row b is ready last, so the others turn around it.
      a = __builtin_shufflevector(a, a, 3, 0, 1, 2);
      c = __builtin_shufflevector(c, c, 1, 2, 3, 0);
      d = __builtin_shufflevector(d, d, 2, 3, 0, 1);
      mix(a, b, c, d, z, w);
      a = __builtin_shufflevector(a, a, 1, 2, 3, 0);
      c = __builtin_shufflevector(c, c, 3, 0, 1, 2);
      d = __builtin_shufflevector(d, d, 2, 3, 0, 1);
      if (round == 6) break;
      permute(x, y, z, w);
    }
    a ^= c;
    b ^= d;
    std::memcpy(chain.data(), &a, sizeof a);
    std::memcpy(chain.data() + 4, &b, sizeof b);
  }

  /// One block of each lane.
  [[gnu::target("sse4.1")]] static void step(blake3_lanes<width>& lanes, const blake3_words& key) noexcept {
    vector m[16];
#pragma GCC unroll 16
    for (std::size_t quarter = 0; quarter < 4; ++quarter) {
#pragma GCC unroll 16
      for (std::size_t lane = 0; lane < 4; ++lane)
        std::memcpy(&m[4 * quarter + lane], lanes.block[lane] + 16 * quarter, 16);
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
  [[gnu::target("sse4.1")]] static void results(blake3_lanes<width>& lanes) noexcept {
#pragma GCC unroll 16
    for (std::size_t half = 0; half < 2; ++half) {
      vector v[4];
#pragma GCC unroll 16
      for (std::size_t word = 0; word < 4; ++word) std::memcpy(&v[word], lanes.chain[4 * half + word], 16);
      transpose(v[0], v[1], v[2], v[3]);
#pragma GCC unroll 16
      for (std::size_t lane = 0; lane < 4; ++lane) std::memcpy(lanes.result[lane] + 4 * half, &v[lane], 16);
    }
  }

 private:
  [[gnu::target("sse4.1"), gnu::always_inline]] static inline void mix(vector& a, vector& b, vector& c, vector& d,
                                                                       const vector& x, const vector& y) noexcept {
    a = (a + x) + b;
    d ^= a;
    d = (vector)__builtin_shufflevector((vector_bytes)d, (vector_bytes)d, 2, 3, 0, 1, 6, 7, 4, 5, 10, 11, 8, 9, 14, 15,
                                        12, 13);
    c += d;
    b ^= c;
    b = (b >> 12) | (b << 20);
    a = (a + y) + b;
    d ^= a;
    d = (vector)__builtin_shufflevector((vector_bytes)d, (vector_bytes)d, 1, 2, 3, 0, 5, 6, 7, 4, 9, 10, 11, 8, 13, 14,
                                        15, 12);
    c += d;
    b ^= c;
    b = (b >> 7) | (b << 25);
  }

  /// The next round's words, in steps of one instruction each.
  [[gnu::target("sse4.1"), gnu::always_inline]] static inline void permute(vector& x, vector& y, vector& z,
                                                                           vector& w) noexcept {
    const vector x_parts = __builtin_shufflevector(x, y, 1, 2, 5, 7);
    const vector y_parts = __builtin_shufflevector(z, w, 2, 2, 7, 7);
    const vector y_others = __builtin_shufflevector(x, x, 3, 3, 0, 0);
    const vector z_low = __builtin_shufflevector(w, y, 0, 4, 1, 5);
    const vector z_high = __builtin_shufflevector(z, w, 3, 3, 5, 5);
    const vector w_low = __builtin_shufflevector(z, w, 1, 1, 6, 6);
    const vector w_high = __builtin_shufflevector(y, z, 2, 2, 4, 4);
    x = __builtin_shufflevector(x_parts, x_parts, 0, 2, 3, 1);
    y = __builtin_shufflevector(y_others, y_parts, 0, 5, 2, 7);
    z = __builtin_shufflevector(z_low, z_high, 0, 1, 4, 6);
    w = __builtin_shufflevector(w_low, w_high, 0, 2, 4, 6);
  }

  template <std::size_t Round>
  [[gnu::target("sse4.1"), gnu::always_inline]] static inline void round(vector (&v)[16],
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

  [[gnu::target("sse4.1"), gnu::always_inline]] static inline void transpose(vector& a, vector& b, vector& c,
                                                                             vector& d) noexcept {
    const vector ab_low = __builtin_shufflevector(a, b, 0, 4, 1, 5);
    const vector ab_high = __builtin_shufflevector(a, b, 2, 6, 3, 7);
    const vector cd_low = __builtin_shufflevector(c, d, 0, 4, 1, 5);
    const vector cd_high = __builtin_shufflevector(c, d, 2, 6, 3, 7);
    a = __builtin_shufflevector(ab_low, cd_low, 0, 1, 4, 5);
    b = __builtin_shufflevector(ab_low, cd_low, 2, 3, 6, 7);
    c = __builtin_shufflevector(ab_high, cd_high, 0, 1, 4, 5);
    d = __builtin_shufflevector(ab_high, cd_high, 2, 3, 6, 7);
  }
};

}  // namespace quipu::detail

#endif
