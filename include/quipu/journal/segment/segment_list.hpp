// SPDX-License-Identifier: BSL-1.0
//
// segment_list.hpp: the segments of a log, in order. A list that readers share never changes: a writer that begins a
// segment makes a copy with one more. Copies share all but the last block of segments, so that this takes about as long
// for ten thousand segments as for ten.
#pragma once

#include "../../macros.hpp"

#include <compare>
#include <cstddef>
#include <iterator>
#include <memory>
#include <utility>
#include <vector>

namespace quipu::detail::inline QUIPU_MODE {

class segment;

/// A sequence of segments. Not thread-safe, but copies may be used by different threads.
class segment_list {
 public:
  using value_type = std::shared_ptr<segment>;
  class const_iterator;

  segment_list() = default;

  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] bool empty() const noexcept { return size_ == 0; }
  [[nodiscard]] const value_type& operator[](std::size_t position) const noexcept {
    return (*blocks_[position / block_size])[position % block_size];
  }
  [[nodiscard]] const value_type& front() const noexcept { return (*this)[0]; }
  [[nodiscard]] const value_type& back() const noexcept { return (*this)[size_ - 1]; }
  [[nodiscard]] const_iterator begin() const noexcept;
  [[nodiscard]] const_iterator end() const noexcept;

  /// Adds a segment at the end. As all members that change a list, leaves it as it was if it throws.
  void push_back(value_type added);
  /// Puts another segment in the place of the last one.
  void replace_back(value_type replacement);
  /// The list without its last segment.
  [[nodiscard]] segment_list without_back() const;

 private:
  /// A copy makes one pointer for each block, and adding a segment one for each in the last block.
  static constexpr std::size_t block_size = 128;
  /// Full, but for the last one. Shared by lists, so it never changes.
  using block = std::vector<value_type>;

  /// A copy of the last block without its last `left_out` segments.
  [[nodiscard]] block last_block(std::size_t left_out) const;
  void put_last_block(block changed);

  std::vector<std::shared_ptr<const block>> blocks_;
  std::size_t size_{};
};

/// Valid as long as the list does not change.
class segment_list::const_iterator {
 public:
  using iterator_category = std::random_access_iterator_tag;
  using value_type = segment_list::value_type;
  using difference_type = std::ptrdiff_t;
  using pointer = const value_type*;
  using reference = const value_type&;

  const_iterator() = default;
  const_iterator(const segment_list& of, std::size_t position) noexcept
      : of_{&of}, position_{static_cast<difference_type>(position)} {}

  [[nodiscard]] reference operator*() const noexcept { return (*of_)[static_cast<std::size_t>(position_)]; }
  [[nodiscard]] pointer operator->() const noexcept { return &**this; }
  [[nodiscard]] reference operator[](difference_type distance) const noexcept { return *(*this + distance); }

  const_iterator& operator+=(difference_type distance) noexcept {
    position_ += distance;
    return *this;
  }
  const_iterator& operator-=(difference_type distance) noexcept { return *this += -distance; }
  const_iterator& operator++() noexcept { return *this += 1; }
  const_iterator& operator--() noexcept { return *this -= 1; }
  const_iterator operator++(int) noexcept { return std::exchange(*this, *this + 1); }
  const_iterator operator--(int) noexcept { return std::exchange(*this, *this - 1); }
  [[nodiscard]] friend const_iterator operator+(const_iterator from, difference_type distance) noexcept {
    return from += distance;
  }
  [[nodiscard]] friend const_iterator operator+(difference_type distance, const_iterator from) noexcept {
    return from += distance;
  }
  [[nodiscard]] friend const_iterator operator-(const_iterator from, difference_type distance) noexcept {
    return from -= distance;
  }
  [[nodiscard]] friend difference_type operator-(const const_iterator& left, const const_iterator& right) noexcept {
    return left.position_ - right.position_;
  }
  /// For iterators of one list.
  [[nodiscard]] friend bool operator==(const const_iterator& left, const const_iterator& right) noexcept {
    return left.position_ == right.position_;
  }
  [[nodiscard]] friend auto operator<=>(const const_iterator& left, const const_iterator& right) noexcept {
    return left.position_ <=> right.position_;
  }

 private:
  const segment_list* of_{};
  difference_type position_{};
};

inline segment_list::const_iterator segment_list::begin() const noexcept { return {*this, 0}; }
inline segment_list::const_iterator segment_list::end() const noexcept { return {*this, size_}; }

}  // namespace quipu::detail::inline QUIPU_MODE
