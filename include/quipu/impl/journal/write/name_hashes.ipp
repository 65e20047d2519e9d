// SPDX-License-Identifier: BSL-1.0
//
// name_hashes.ipp: see journal/write/name_hashes.hpp.
#pragma once

#include "../../../event/frame.hpp"
#include "../../../hash/detail/blake3_many.hpp"
#include "../../../hash/digest.hpp"
#include "../../../journal/write/entity_table.hpp"
#include "../../../journal/write/name_hashes.hpp"

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <utility>

namespace quipu::detail::inline QUIPU_MODE {

QUIPU_DECL void name_hashes::compute() noexcept {
  const std::size_t count = std::exchange(size_, std::size_t{0});
  if (count != 0) blake3_many(inputs_, sizes_, count, hashes_);
  for (std::size_t index = 0; index < count; ++index)
    slots_[index]->part_of_hash_ = coordinate_digest_of(hashes_[index]);
}

QUIPU_DECL void name_hashes::add_new(coordinate_slot& slot) {
  const std::size_t size = slot.entity_name.size() + 1 + slot.scope.size();
  if (size > longest) {
    static_cast<void>(slot.digest());
    return;
  }
  if (!messages_) messages_.reset(new std::byte[capacity * longest]);
  std::byte* const message = messages_.get() + size_ * longest;
  std::memcpy(message, slot.entity_name.data(), slot.entity_name.size());
  message[slot.entity_name.size()] = std::byte{0};
  std::memcpy(message + slot.entity_name.size() + 1, slot.scope.data(), slot.scope.size());
  inputs_[size_] = message;
  sizes_[size_] = static_cast<std::uint32_t>(size);
  slots_[size_++] = &slot;
  slot.is_hashed_ = true;
  if (size_ == capacity) compute();
}

}  // namespace quipu::detail::inline QUIPU_MODE
