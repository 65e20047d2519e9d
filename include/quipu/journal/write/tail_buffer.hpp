// SPDX-License-Identifier: BSL-1.0
//
// tail_buffer.hpp: the frames that are placed and not in the file yet, in the order of the log; and frame_finisher,
// which adds their hashes and checksums before they are written.
#pragma once

#include "../../event/detail/hash_batch.hpp"
#include "../../event/frame.hpp"
#include "../../macros.hpp"
#include "../format/layout.hpp"
#include "entity_table.hpp"
#include "name_hashes.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <span>
#include <utility>
#include <vector>

namespace quipu::detail::inline QUIPU_MODE {

/// One frame in the buffer.
struct pending_frame {
  std::size_t at{};          ///< offset in the buffer
  coordinate_slot* where{};  ///< null for an internal frame
};

/// Not thread-safe.
class tail_buffer {
 public:
  [[nodiscard]] bool empty() const noexcept { return size_ == 0; }
  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] const std::byte* data() const noexcept { return data_.get(); }
  [[nodiscard]] std::byte* data() noexcept { return data_.get(); }
  [[nodiscard]] const std::vector<pending_frame>& frames() const noexcept { return frames_; }

  /// Makes room for `more_frames` calls of `add`, so that they can't fail.
  void reserve(std::size_t more_bytes, std::size_t more_frames) {
    if (frames_.capacity() - frames_.size() < more_frames || capacity_ - size_ < more_bytes)
      grow(more_bytes, more_frames);
  }

  /// Room for a frame of `size` bytes, which must have been reserved.
  [[nodiscard]] std::byte* add(std::size_t size, coordinate_slot* where) noexcept {
    frames_.push_back({size_, where});
    return data_.get() + std::exchange(size_, size_ + size);
  }

  /// Removes all frames. Keeps up to 8 MiB of memory for the next ones.
  void clear() noexcept;

 private:
  void grow(std::size_t more_bytes, std::size_t more_frames);

  std::unique_ptr<std::byte[]> data_;
  std::size_t size_{};
  std::size_t capacity_{};
  std::vector<pending_frame> frames_;
};

/// Adds hashes and checksums to the frames of a group. Events of different entities don't depend on each other: the
/// n-th events of all entities in the group are hashed together. Not thread-safe.
class frame_finisher {
 public:
  void finish(tail_buffer& group, const store_identity& identity);

 private:
  void hash(tail_buffer& group);

  /// A stable counting sort.
  void order_by_depth(std::uint32_t deepest);

  void hash_alone(tail_buffer& group, const pending_frame& each);

  void hash_together(tail_buffer& group, std::size_t first, std::size_t last);

  struct waiting {
    std::uint32_t depth;
    const pending_frame* frame;
  };
  hash_key key_{};
  std::uint64_t group_{};
  std::vector<waiting> depths_;
  std::vector<waiting> ordered_;
  std::vector<std::size_t> begins_;
  name_hashes names_;
  hash_batch batch_;
};

}  // namespace quipu::detail::inline QUIPU_MODE
