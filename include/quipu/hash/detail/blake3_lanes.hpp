// SPDX-License-Identifier: BSL-1.0
//
// blake3_lanes.hpp: hashing as many messages at once as a vector has lanes. A lane whose message ends takes the next
// one, so that messages of different sizes keep all lanes busy.
#pragma once

#include "../digest.hpp"
#include "blake3_portable.hpp"

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace quipu::detail {

/// What one step of a kernel takes and leaves: a block of each lane. Where chunk_start is among a lane's flags, the
/// step starts from the key and not from the lane's chaining value. Aligned so that no row crosses a cache line.
template <std::size_t Width>
struct alignas(64) blake3_lanes {
  std::uint32_t chain[8][Width];
  std::uint32_t counter_low[Width];
  std::uint32_t counter_high[Width];
  std::uint32_t length[Width];
  std::uint32_t flags[Width];
  std::uint32_t result[Width][8];
  const std::byte* block[Width];
};

/// Hashes messages of at most one chunk each. `counter` is the number of the first one's chunk where they are the
/// chunks of one message and each next one's is one more; `final_flags` go with each message's last block.
template <class Kernel>
class blake3_lane_runner {
 public:
  blake3_lane_runner(const blake3_words& key, std::uint32_t mode) noexcept : key_{key}, mode_{mode} {}

  void run(const std::byte* const* inputs, const std::uint32_t* sizes, std::size_t count, digest* out) noexcept {
    std::memset(tails_, 0, sizeof tails_);
    std::memset(lanes_.counter_low, 0, sizeof lanes_.counter_low);
    std::memset(lanes_.counter_high, 0, sizeof lanes_.counter_high);
    std::memset(lanes_.chain, 0, sizeof lanes_.chain);
    std::size_t next = 0;
    std::size_t busy = 0;
    for (std::size_t lane = 0; lane < Kernel::width; ++lane) {
      message_[lane] = idle;
      lanes_.block[lane] = tails_[lane];
      lanes_.length[lane] = 0;
      lanes_.flags[lane] = 0;
      if (next < count) {
        begin(lane, inputs, sizes, next++);
        ++busy;
      }
    }
    while (busy != 0) {
      bool any = false;
      for (std::size_t lane = 0; lane < Kernel::width; ++lane)
        if (message_[lane] != idle) any |= present(lane);
      Kernel::step(lanes_, key_);
      if (!any) continue;
      Kernel::results(lanes_);
      for (std::size_t lane = 0; lane < Kernel::width; ++lane) {
        if (message_[lane] == idle || left_[lane] != 0) continue;
        std::memcpy(&out[message_[lane]], lanes_.result[lane], digest::size);
        if (next < count) {
          begin(lane, inputs, sizes, next++);
        } else {
          message_[lane] = idle;
          --busy;
        }
      }
    }
  }

 private:
  static constexpr std::size_t idle = static_cast<std::size_t>(-1);

  void begin(std::size_t lane, const std::byte* const* inputs, const std::uint32_t* sizes,
             std::size_t message) noexcept {
    message_[lane] = message;
    at_[lane] = inputs[message];
    left_[lane] = sizes[message];
    lane_flags_[lane] = mode_ | blake3_flag::chunk_start;
  }

  /// Shows the kernel the lane's next block; true when it is the message's last.
  bool present(std::size_t lane) noexcept {
    const std::uint32_t left = left_[lane];
    if (left > blake3_block_size) {
      lanes_.block[lane] = at_[lane];
      lanes_.length[lane] = blake3_block_size;
      lanes_.flags[lane] = lane_flags_[lane];
      lane_flags_[lane] = mode_;
      at_[lane] += blake3_block_size;
      left_[lane] = left - static_cast<std::uint32_t>(blake3_block_size);
      return false;
    }
    lanes_.block[lane] = at_[lane];
    if (left < blake3_block_size) {
      blake3_pad_block(tails_[lane], at_[lane], left);
      lanes_.block[lane] = tails_[lane];
    }
    lanes_.length[lane] = left;
    lanes_.flags[lane] = lane_flags_[lane] | blake3_flag::chunk_end | blake3_flag::root;
    left_[lane] = 0;
    return true;
  }

  blake3_lanes<Kernel::width> lanes_;
  std::byte tails_[Kernel::width][blake3_block_size];
  std::size_t message_[Kernel::width];
  const std::byte* at_[Kernel::width];
  std::uint32_t left_[Kernel::width];
  std::uint32_t lane_flags_[Kernel::width];
  const blake3_words& key_;
  std::uint32_t mode_;
};

}  // namespace quipu::detail
