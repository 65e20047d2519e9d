// SPDX-License-Identifier: BSL-1.0
//
// hash_batch.ipp: see event/detail/hash_batch.hpp.
#pragma once

#include "../../../event/detail/hash_batch.hpp"
#include "../../../event/frame.hpp"
#include "../../../hash/detail/blake3_many.hpp"

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <span>

namespace quipu::detail {

QUIPU_DECL void hash_batch::add(const frame_view& event, const digest& previous, const coordinate_digest& where) {
  if (!messages_) messages_.reset(new line[capacity * lane_size / sizeof(line)]);
  const std::size_t size = event.hash_message_size();
  std::byte* const message = messages_[lines_used_].bytes;
  lines_used_ += (size + sizeof(line) - 1) / sizeof(line);
  event.fill_hash_head(message, previous, where);
  std::memcpy(message + frame_view::hash_head_size, event.payload().data(), size - frame_view::hash_head_size);
  inputs_[size_] = message;
  sizes_[size_] = static_cast<std::uint32_t>(size);
  ++size_;
}

QUIPU_DECL std::span<const digest> hash_batch::compute(const hash_key& key) noexcept {
  const std::size_t count = size_;
  size_ = 0;
  lines_used_ = 0;
  if (count != 0) blake3_many(inputs_, sizes_, count, hashes_, key.words, key.mode);
  return {hashes_, count};
}

}  // namespace quipu::detail
