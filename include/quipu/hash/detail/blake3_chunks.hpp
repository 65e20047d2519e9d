// SPDX-License-Identifier: BSL-1.0
//
// blake3_chunks.hpp: the chunks of one long message, as many at once as the processor's vectors have lanes; and where
// they make a whole subtree, its joints as well. (O'Connor and others, "BLAKE3, one function, fast everywhere",
// section 5.3.)
#pragma once

#include "blake3_dispatch.hpp"
#include "blake3_lanes.hpp"
#include "blake3_portable.hpp"

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace quipu::detail {

/// As many as any level has lanes.
inline constexpr std::size_t blake3_most_lanes = 16;

/// How many chunks a level takes at once; 1 where it takes one after the other.
[[nodiscard]] constexpr std::size_t blake3_lanes_of(blake3_level level) noexcept {
  switch (level) {
    case blake3_level::sse41:
      return 4;
    case blake3_level::avx2:
      return 8;
    case blake3_level::avx512:
      return 16;
    default:
      return 1;
  }
}

template <class Kernel>
class blake3_chunk_runner {
 public:
  blake3_chunk_runner(const blake3_words& key, std::uint32_t mode) noexcept : key_{key}, mode_{mode} {
    std::memset(lanes_.counter_high, 0, sizeof lanes_.counter_high);
    std::memset(lanes_.chain, 0, sizeof lanes_.chain);
    for (std::uint32_t& each : lanes_.length) each = blake3_block_size;
  }

  /// The values of `count` whole chunks, of which the first has number `chunk`; none is the message's last. `count` is
  /// at most the number of lanes; those without a chunk repeat the first one.
  void chunks(const std::byte* data, std::size_t count, std::uint64_t chunk, blake3_words* out) noexcept {
    for (std::size_t lane = 0; lane < Kernel::width; ++lane) {
      const std::size_t mine = lane < count ? lane : 0;
      lanes_.block[lane] = data + mine * blake3_chunk_size;
      lanes_.counter_low[lane] = static_cast<std::uint32_t>(chunk + mine);
      lanes_.counter_high[lane] = static_cast<std::uint32_t>((chunk + mine) >> 32);
    }
    constexpr std::size_t blocks = blake3_chunk_size / blake3_block_size;
    for (std::size_t block = 0; block < blocks; ++block) {
      set_flags(mode_ | (block == 0 ? blake3_flag::chunk_start : 0) |
                (block + 1 == blocks ? blake3_flag::chunk_end : 0));
      Kernel::step(lanes_, key_);
      for (const std::byte*& at : lanes_.block) at += blake3_block_size;
    }
    take_results(count, out);
  }

  /// Joins a full subtree's values, a power of two of them and at most the number of lanes, to one, which isn't the
  /// root's.
  void join(blake3_words* values, std::size_t count) noexcept {
    static_assert(sizeof(blake3_words[2]) ==
                  blake3_block_size);  // and in the order of a block: these kernels' processors are little-endian
    std::memset(lanes_.counter_low, 0, sizeof lanes_.counter_low);
    std::memset(lanes_.counter_high, 0, sizeof lanes_.counter_high);
    set_flags(mode_ | blake3_flag::parent);
    for (; count > 1; count /= 2) {
      for (std::size_t lane = 0; lane < Kernel::width; ++lane) {
        lanes_.block[lane] = reinterpret_cast<const std::byte*>(values + (lane < count / 2 ? 2 * lane : 0));
        for (std::size_t word = 0; word < key_.size(); ++word) lanes_.chain[word][lane] = key_[word];
      }
      Kernel::step(lanes_, key_);
      take_results(count / 2, values);
    }
  }

 private:
  void set_flags(std::uint32_t flags) noexcept {
    for (std::uint32_t& each : lanes_.flags) each = flags;
  }
  void take_results(std::size_t count, blake3_words* out) noexcept {
    Kernel::results(lanes_);
    std::memcpy(out, lanes_.result, count * sizeof *out);
  }

  blake3_lanes<Kernel::width> lanes_;
  const blake3_words& key_;
  std::uint32_t mode_;
};

/// The values of `count` chunks, as many as the level has lanes or fewer; or, where they are as many and `whole` says
/// that they make a subtree, its value alone, in `out[0]`.
void blake3_take_chunks(blake3_level level, const std::byte* data, std::size_t count, std::uint64_t chunk, bool whole,
                        const blake3_words& key, std::uint32_t mode, blake3_words* out) noexcept;

}  // namespace quipu::detail
