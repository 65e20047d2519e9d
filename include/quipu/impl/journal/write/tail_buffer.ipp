// SPDX-License-Identifier: BSL-1.0
//
// tail_buffer.ipp: see journal/write/tail_buffer.hpp.
#pragma once

#include "../../../event/detail/hash_batch.hpp"
#include "../../../event/frame.hpp"
#include "../../../journal/format/layout.hpp"
#include "../../../journal/write/entity_table.hpp"
#include "../../../journal/write/tail_buffer.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <span>
#include <vector>

namespace quipu::detail::inline QUIPU_MODE {

QUIPU_DECL void tail_buffer::grow(std::size_t more_bytes, std::size_t more_frames) {
  if (frames_.capacity() - frames_.size() < more_frames)
    frames_.reserve(std::max(frames_.size() + more_frames, 2 * frames_.capacity()));
  if (capacity_ - size_ >= more_bytes) return;
  const std::size_t wanted = std::max(std::max(size_ + more_bytes, 2 * capacity_), std::size_t{1} << 16);
  std::unique_ptr<std::byte[]> larger{new std::byte[wanted]};
  if (size_ != 0) std::memcpy(larger.get(), data_.get(), size_);
  data_ = std::move(larger);
  capacity_ = wanted;
}

QUIPU_DECL void tail_buffer::clear() noexcept {
  constexpr std::size_t kept = std::size_t{8} << 20;
  size_ = 0;
  frames_.clear();
  if (capacity_ > kept) {
    data_.reset();
    capacity_ = 0;
  }
}

QUIPU_DECL void frame_finisher::finish(tail_buffer& group, const store_identity& identity) {
  key_ = identity.key;
  if (identity.chained) hash(group);
  for (const pending_frame& each : group.frames()) set_frame_checksum(group.data() + each.at, identity.checksum_seed);
}

QUIPU_DECL void frame_finisher::hash(tail_buffer& group) {
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
    names_.add(*each.where);
  }
  names_.compute();
  // If nearly every event depends on the one before, batches would have one event each.
  if (depths_.size() < 4 || std::size_t{deepest} + 1 > depths_.size() / 2) {
    for (const waiting& each : depths_) hash_alone(group, *each.frame);
    return;
  }
  order_by_depth(deepest);
  for (std::size_t first = 0; first < depths_.size();) {
    const std::size_t most = std::min(depths_.size(), first + hash_batch::capacity);
    std::size_t last = first;
    while (last < most && depths_[last].depth == depths_[first].depth) ++last;
    hash_together(group, first, last);
    first = last;
  }
}

QUIPU_DECL void frame_finisher::order_by_depth(std::uint32_t deepest) {
  begins_.assign(std::size_t{deepest} + 2, 0);
  for (const waiting& each : depths_) ++begins_[std::size_t{each.depth} + 1];
  for (std::size_t depth = 1; depth < begins_.size(); ++depth) begins_[depth] += begins_[depth - 1];
  ordered_.resize(depths_.size());
  for (const waiting& each : depths_) ordered_[begins_[each.depth]++] = each;
  depths_.swap(ordered_);
}

QUIPU_DECL void frame_finisher::hash_alone(tail_buffer& group, const pending_frame& each) {
  std::byte* at = group.data() + each.at;
  entity_end& entity = *each.where->entity;
  entity.chain_end = frame_view{at, true}.computed_hash(entity.chain_end, each.where->digest(), key_);
  set_frame_hash(at, entity.chain_end);
}

QUIPU_DECL void frame_finisher::hash_together(tail_buffer& group, std::size_t first, std::size_t last) {
  const pending_frame* frames[hash_batch::capacity];
  for (std::size_t index = first; index < last; ++index) {
    const pending_frame& each = *depths_[index].frame;
    const frame_view frame{group.data() + each.at, true};
    if (!hash_batch::takes(frame)) {
      hash_alone(group, each);
      continue;
    }
    frames[batch_.size()] = &each;
    batch_.add(frame, each.where->entity->chain_end, each.where->digest());
  }
  const std::span<const digest> hashes = batch_.compute(key_);
  for (std::size_t index = 0; index < hashes.size(); ++index) {
    set_frame_hash(group.data() + frames[index]->at, hashes[index]);
    frames[index]->where->entity->chain_end = hashes[index];
  }
}

}  // namespace quipu::detail::inline QUIPU_MODE
