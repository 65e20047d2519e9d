// SPDX-License-Identifier: BSL-1.0
//
// hash_batch.hpp: computes the hashes of many events at once, in the lanes of the processor's vectors. The hash of an
// event covers the hash of its entity's event before, which must be known when the event is added.
#pragma once

#include "../../hash/detail/blake3_many.hpp"
#include "../frame.hpp"

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <span>

namespace quipu::detail {

/// Not thread-safe.
class hash_batch {
 public:
  static constexpr std::size_t capacity = 64;

  /// Whether the event can be added: what its hash covers must fit into one chunk of BLAKE3. Hash larger events alone,
  /// with `frame_view::computed_hash`, which uses the lanes for one event.
  [[nodiscard]] static bool takes(const frame_view& event) noexcept { return event.hash_message_size() <= lane_size; }

  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] bool is_full() const noexcept { return size_ == capacity; }

  /// Adds an event; the batch isn't full, and `takes(event)` is true. Copies what the hash covers. The first call
  /// allocates memory and can throw `std::bad_alloc`.
  void add(const frame_view& event, const digest& previous, const coordinate_digest& where);

  /// Computes the hashes of the added events, in the order in which they were added, and empties the batch. The result
  /// is valid until the next call.
  [[nodiscard]] std::span<const digest> compute(const hash_key& key) noexcept;

 private:
  static constexpr std::size_t lane_size = 1024;  // one chunk of BLAKE3
  /// Messages begin at multiples of a cache line, one behind the other: a vector is then loaded from one line.
  struct alignas(64) line {
    std::byte bytes[64];
  };

  std::unique_ptr<line[]> messages_;
  std::size_t lines_used_{};
  const std::byte* inputs_[capacity]{};
  std::uint32_t sizes_[capacity]{};
  digest hashes_[capacity]{};
  std::size_t size_{};
};

}  // namespace quipu::detail
