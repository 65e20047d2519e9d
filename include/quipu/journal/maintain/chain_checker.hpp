// SPDX-License-Identifier: BSL-1.0
//
// chain_checker.hpp: recomputes the hashes of a log: of each event, and the log's head. The hash of an event covers the
// stored hash of its entity's event before, so no event's hash waits for another one: they are computed in groups, many
// at once.
#pragma once

#include "../../event/detail/hash_batch.hpp"
#include "../../event/frame.hpp"
#include "../../hash/blake3.hpp"
#include "../../macros.hpp"

#include <array>
#include <cstddef>

namespace quipu::detail::inline QUIPU_MODE {

/// Not thread-safe.
class chain_checker {
 public:
  explicit chain_checker(const hash_key& key) noexcept : key_{key} {}

  /// Adds an event whose hash must be that of its frame. The frame must stay until `first_wrong`. Throws
  /// `std::bad_alloc`.
  void add(const frame_view& event, const digest& previous, const coordinate_digest& where);
  /// Adds an event whose hash can't be recomputed, because it was dropped or erased.
  void add_unchecked(const digest& stored) {
    hashes_[hash_count_++] = stored;
    if (hash_count_ == hashes_.size()) take_hashes();
  }

  /// The first frame in memory, of those that were added, whose hash is wrong; null if there is none.
  [[nodiscard]] const std::byte* first_wrong() noexcept;

  /// The log's head after all events that were added.
  [[nodiscard]] digest head();

 private:
  void check_batch() noexcept;
  void found_wrong(const std::byte* frame) noexcept;
  void take_hashes() noexcept;

  const hash_key& key_;
  blake3_hasher head_;
  std::array<digest, 1024> hashes_{};  // 32 KiB at once fill all lanes
  std::size_t hash_count_{};
  hash_batch batch_;
  std::array<const std::byte*, hash_batch::capacity> frames_{};  // of the events in the batch
  const std::byte* wrong_{};
};

}  // namespace quipu::detail::inline QUIPU_MODE
