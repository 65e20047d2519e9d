// SPDX-License-Identifier: BSL-1.0
//
// tail_buffer.hpp: frames that have a place in the log and aren't in its file yet, in the order of the log; and what has to be
// done to them before they are: the hash chain and the checksums.
#pragma once

#include "../../event/frame.hpp"
#include "../../hash/detail/blake3_many.hpp"
#include "../format/layout.hpp"
#include "entity_table.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <vector>

namespace quipu::detail {

/// One frame in the buffer.
struct pending_frame {
  std::size_t at{};                  ///< offset in the buffer
  coordinate_slot* where{};          ///< null for an internal frame
};

class tail_buffer {
 public:
  [[nodiscard]] bool empty() const noexcept { return size_ == 0; }
  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] const std::byte* data() const noexcept { return data_.get(); }
  [[nodiscard]] std::byte* data() noexcept { return data_.get(); }
  [[nodiscard]] const std::vector<pending_frame>& frames() const noexcept { return frames_; }

  /// Makes room, so that what follows can't fail.
  void reserve(std::size_t more_bytes, std::size_t more_frames) {
    if (frames_.capacity() - frames_.size() < more_frames) frames_.reserve(std::max(frames_.size() + more_frames, 2 * frames_.capacity()));
    if (capacity_ - size_ >= more_bytes) return;
    const std::size_t wanted = std::max(std::max(size_ + more_bytes, 2 * capacity_), std::size_t{1} << 16);
    std::unique_ptr<std::byte[]> larger{new std::byte[wanted]};
    if (size_ != 0) std::memcpy(larger.get(), data_.get(), size_);
    data_ = std::move(larger);
    capacity_ = wanted;
  }

  /// Room for a frame of `size` bytes, which was reserved.
  [[nodiscard]] std::byte* add(std::size_t size, coordinate_slot* where) noexcept {
    frames_.push_back({size_, where});
    std::byte* at = data_.get() + size_;
    size_ += size;
    return at;
  }

  /// Keeps the memory, unless one large commit made it unusually large.
  void clear() noexcept {
    constexpr std::size_t kept = std::size_t{8} << 20;
    size_ = 0;
    frames_.clear();
    if (capacity_ > kept) {
      data_.reset();
      capacity_ = 0;
    }
  }

 private:
  std::unique_ptr<std::byte[]> data_;
  std::size_t size_{};
  std::size_t capacity_{};
  std::vector<pending_frame> frames_;
};

/// Adds hashes and checksums to the frames of a group, as many events at once as the processor's vectors have lanes: events of
/// different entities don't depend on each other, and the n-th events of each entity in the group are hashed together.
class frame_finisher {

 public:
  void finish(tail_buffer& group, const store_identity& identity) {
    key_ = identity.key;
    if (identity.chained) hash(group);
    for (const pending_frame& each : group.frames()) set_frame_checksum(group.data() + each.at, identity.checksum_seed);
  }

 private:
  static constexpr std::size_t lane_limit = 1024;  // one chunk of BLAKE3
  static constexpr std::size_t together = 64;

  void hash(tail_buffer& group) {
    ++group_;
    depths_.clear();
    std::uint32_t deepest = 0;
    for (const pending_frame& each : group.frames()) {
      if (each.where == nullptr) continue;
      entity_end& entity = *each.where->entity;
      if (entity.group != group_) {
        entity.group = group_;
        entity.depth = 0;
      }
      deepest = std::max(deepest, entity.depth);
      depths_.push_back({entity.depth++, &each});
    }
    // Where nearly every event waits for the one before, there is nothing to do at once.
    if (depths_.size() < 4 || std::size_t{deepest} + 1 > depths_.size() / 2) {
      for (const waiting& each : depths_) hash_alone(group, *each.frame);
      return;
    }
    order_by_depth(deepest);
    for (std::size_t first = 0; first < depths_.size();) {
      std::size_t last = first;
      while (last < depths_.size() && depths_[last].depth == depths_[first].depth && last - first < together) ++last;
      hash_together(group, first, last);
      first = last;
    }
  }

  /// By counting: linear, and in each depth as before.
  void order_by_depth(std::uint32_t deepest) {
    begins_.assign(std::size_t{deepest} + 2, 0);
    for (const waiting& each : depths_) ++begins_[std::size_t{each.depth} + 1];
    for (std::size_t depth = 1; depth < begins_.size(); ++depth) begins_[depth] += begins_[depth - 1];
    ordered_.resize(depths_.size());
    for (const waiting& each : depths_) ordered_[begins_[each.depth]++] = each;
    depths_.swap(ordered_);
  }

  void hash_alone(tail_buffer& group, const pending_frame& each) {
    std::byte* at = group.data() + each.at;
    const digest hash = frame_view{at, true}.computed_hash(each.where->entity->chain_end, each.where->part_of_hash, key_);
    set_frame_hash(at, hash);
    each.where->entity->chain_end = hash;
  }

  void hash_together(tail_buffer& group, std::size_t first, std::size_t last) {
    const std::byte* inputs[together];
    std::uint32_t sizes[together];
    const pending_frame* frames[together];
    digest hashes[together];
    if (!messages_) messages_.reset(new std::byte[together * lane_limit]);
    std::size_t count = 0;
    for (std::size_t index = first; index < last; ++index) {
      const pending_frame& each = *depths_[index].frame;
      const frame_view frame{group.data() + each.at, true};
      const std::size_t size = frame.hash_message_size();
      if (size > lane_limit) {
        hash_alone(group, each);
        continue;
      }
      std::byte* message = messages_.get() + count * lane_limit;
      frame.fill_hash_head(message, each.where->entity->chain_end, each.where->part_of_hash);
      std::memcpy(message + frame_view::hash_head_size, frame.payload().data(), size - frame_view::hash_head_size);
      inputs[count] = message;
      sizes[count] = static_cast<std::uint32_t>(size);
      frames[count++] = &each;
    }
    if (count == 0) return;
    blake3_many(inputs, sizes, count, hashes, key_.words, key_.mode);
    for (std::size_t index = 0; index < count; ++index) {
      set_frame_hash(group.data() + frames[index]->at, hashes[index]);
      frames[index]->where->entity->chain_end = hashes[index];
    }
  }

  struct waiting {
    std::uint32_t depth;
    const pending_frame* frame;
  };
  hash_key key_{};
  std::uint64_t group_{};
  std::vector<waiting> depths_;
  std::vector<waiting> ordered_;
  std::vector<std::size_t> begins_;
  std::unique_ptr<std::byte[]> messages_;
};

}  // namespace quipu::detail
