// SPDX-License-Identifier: BSL-1.0
//
// shared_bits.ipp: see journal/segment/shared_bits.hpp.
#pragma once

#include "../../../journal/segment/shared_bits.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>

namespace quipu::detail::inline QUIPU_MODE {

QUIPU_DECL shared_bits::shared_bits(std::size_t count)
    : window_count_{(count + window::size - 1) / window::size}, windows_{new std::atomic<window*>[window_count_] {}} {}

QUIPU_DECL shared_bits::~shared_bits() {
  for (std::size_t number = 0; number < window_count_; ++number) delete windows_[number].load();
}

QUIPU_DECL bool shared_bits::has_all(std::size_t first, std::size_t count) const noexcept {
  const std::size_t end = first + count;
  while (first < end) {
    const window* const in = windows_[first / window::size].load(std::memory_order_acquire);
    if (in == nullptr) return false;
    const std::uint64_t mask = mask_of(first, end - first);
    const auto& word = (*in).words[first % window::size / word_size];
    if ((word.load(std::memory_order_acquire) & mask) != mask) return false;
    first = next_word(first);
  }
  return true;
}

QUIPU_DECL void shared_bits::add_all(std::size_t first, std::size_t count) {
  const std::size_t end = first + count;
  while (first < end) {
    window_of(first).words[first % window::size / word_size].fetch_or(mask_of(first, end - first));
    first = next_word(first);
  }
}

QUIPU_DECL shared_bits::window& shared_bits::window_of(std::size_t number) {
  std::atomic<window*>& slot = windows_[number / window::size];
  if (window* const known = slot.load()) return *known;
  auto made = std::make_unique<window>();
  window* other = nullptr;
  if (!slot.compare_exchange_strong(other, made.get())) return *other;  // another thread has made it
  return *made.release();
}

}  // namespace quipu::detail::inline QUIPU_MODE
