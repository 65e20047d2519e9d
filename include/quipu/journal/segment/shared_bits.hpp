// SPDX-License-Identifier: BSL-1.0
//
// shared_bits.hpp: many bits that threads set and never clear. Memory grows with the parts in which bits are set: 4 KiB
// for each 32,768 bits, beside a pointer for each 32,768 bits that there may be.
#pragma once

#include "../../macros.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>

namespace quipu::detail::inline QUIPU_MODE {

/// A set of numbers. Thread-safe. What a thread wrote before it added a number is seen by threads that find the number.
class shared_bits {
 public:
  /// For the numbers [0, count). Empty.
  explicit shared_bits(std::size_t count);
  ~shared_bits();

  shared_bits(const shared_bits&) = delete;
  shared_bits& operator=(const shared_bits&) = delete;

  [[nodiscard]] bool has(std::size_t number) const noexcept {
    const window* const in = windows_[number / window::size].load(std::memory_order_acquire);
    if (in == nullptr) return false;
    const std::uint64_t word = (*in).words[number % window::size / word_size].load(std::memory_order_acquire);
    return (word >> (number % word_size) & 1) != 0;
  }
  /// Whether it has all of the numbers [first, first + count).
  [[nodiscard]] bool has_all(std::size_t first, std::size_t count) const noexcept;
  /// Throws `std::bad_alloc`.
  void add(std::size_t number) { add_all(number, 1); }
  /// Adds the numbers [first, first + count). Throws `std::bad_alloc`; then it may have added some.
  void add_all(std::size_t first, std::size_t count);

 private:
  static constexpr std::size_t word_size = 64;
  struct window {
    static constexpr std::size_t size = 32'768;
    std::array<std::atomic<std::uint64_t>, size / word_size> words{};
  };

  /// The bits of the numbers [first, first + count) that lie in the word of `first`.
  [[nodiscard]] static std::uint64_t mask_of(std::size_t first, std::size_t count) noexcept {
    const std::size_t here = std::min(count, word_size - first % word_size);
    return (~std::uint64_t{0} >> (word_size - here)) << (first % word_size);
  }
  /// The number with which the word after that of `first` begins.
  [[nodiscard]] static std::size_t next_word(std::size_t first) noexcept { return (first / word_size + 1) * word_size; }
  /// The window of a number; makes it where there is none.
  [[nodiscard]] window& window_of(std::size_t number);

  std::size_t window_count_;
  std::unique_ptr<std::atomic<window*>[]> windows_;  // null where no bit is set
};

}  // namespace quipu::detail::inline QUIPU_MODE
