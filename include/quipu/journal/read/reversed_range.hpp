// SPDX-License-Identifier: BSL-1.0
//
// reversed_range.hpp: the events that a region selects, the last one first. Made by `event_range::reverse()`.
#pragma once

#include "../../event/event_view.hpp"
#include "../../event/frame.hpp"
#include "../../macros.hpp"

#include <cstddef>
#include <memory>
#include <utility>
#include <vector>  // and with it the iterator tags, without the price of <iterator>

namespace quipu::detail::inline QUIPU_MODE {

struct range_source;
class backward_range_reader;

}  // namespace quipu::detail::inline QUIPU_MODE

namespace quipu::inline QUIPU_MODE {

/// An input range of `event_view` over the log as it was when the range was made, from the last event to the first. As
/// lazy as an `event_range`: it reads only what is asked for, beginning at the end. The range, its iterators and the
/// views may outlive the store. Several threads may read one range; an iterator is for one thread.
class reversed_range {
  using source = detail::range_source;

 public:
  class iterator {
   public:
    using value_type = event_view;
    using difference_type = std::ptrdiff_t;
    using reference = event_view;
    using pointer = event_pointer;
    using iterator_category = std::input_iterator_tag;

    iterator() = default;
    iterator(const iterator& other);
    iterator(iterator&&) noexcept = default;
    iterator& operator=(const iterator& other) { return *this = iterator{other}; }
    iterator& operator=(iterator&&) noexcept = default;
    ~iterator() = default;

    [[nodiscard]] event_view operator*() const { return {frame_, origin_}; }
    [[nodiscard]] event_pointer operator->() const { return event_pointer{**this}; }
    /// If it throws, the iterator is where it was, and the next call tries the same again.
    iterator& operator++();
    iterator operator++(int) {
      iterator before = *this;
      ++*this;
      return before;
    }
    friend bool operator==(const iterator& left, const iterator& right) noexcept {
      return left.frame_.data() == right.frame_.data();
    }

   private:
    friend class reversed_range;
    explicit iterator(std::shared_ptr<const source> from);

    /// Takes the event where the reader is.
    void take();

    std::shared_ptr<detail::backward_range_reader> reader_;  // never shared; such a pointer needs no definition here
    std::shared_ptr<const detail::event_origin> origin_;
    detail::frame_view frame_{};
  };
  using const_iterator = iterator;

  explicit reversed_range(std::shared_ptr<const source> from) noexcept : from_{std::move(from)} {}

  [[nodiscard]] iterator begin() const { return iterator{from_}; }
  [[nodiscard]] iterator end() const noexcept { return {}; }
  [[nodiscard]] bool empty() const { return begin() == end(); }

 private:
  std::shared_ptr<const source> from_;
};

}  // namespace quipu::inline QUIPU_MODE
