// SPDX-License-Identifier: BSL-1.0
//
// event_iterator.hpp: what the iterators of ranges are. They take checked events from a reader, many with one call, so
// that a step needs no call and a program's files don't need to know how segments are read.
#pragma once

#include "../../event/event_view.hpp"
#include "../../event/frame.hpp"
#include "../../macros.hpp"
#include "checked_frames.hpp"

#include <cstddef>
#include <memory>
#include <vector>  // and with it the iterator tags, without the price of <iterator>

namespace quipu::detail::inline QUIPU_MODE {

/// Reads the events of a range in one direction.
class event_reader {
 public:
  virtual ~event_reader() = default;
  [[nodiscard]] virtual std::unique_ptr<event_reader> copy() const = 0;

  /// The events at hand; none behind the last one.
  [[nodiscard]] const checked_frames& frames() const noexcept { return at_hand_; }
  /// Passes over the events at hand. If it throws, they are still at hand, and the next call tries the same again.
  virtual void step() = 0;

 protected:
  checked_frames at_hand_;
};

/// A forward iterator over the events of a range. For one thread.
class event_iterator {
 public:
  using value_type = event_view;
  using difference_type = std::ptrdiff_t;
  using reference = event_view;
  using pointer = event_pointer;
  using iterator_concept = std::forward_iterator_tag;
  using iterator_category =
      std::input_iterator_tag;  // views are temporaries, which the older forward category does not allow

  event_iterator() noexcept = default;
  /// For the ranges.
  explicit event_iterator(std::unique_ptr<event_reader> reader);
  event_iterator(const event_iterator& other);
  event_iterator(event_iterator&&) noexcept = default;
  event_iterator& operator=(const event_iterator& other) { return *this = event_iterator{other}; }
  event_iterator& operator=(event_iterator&&) noexcept = default;
  ~event_iterator() = default;

  [[nodiscard]] event_view operator*() const { return {frame_, origin_}; }
  [[nodiscard]] event_pointer operator->() const { return event_pointer{**this}; }
  /// If it throws, the iterator is where it was, and the next call tries the same again.
  event_iterator& operator++() {
    const checked_frames& at_hand = reader_->frames();
    if (index_ + 1 < at_hand.size()) {
      frame_ = at_hand[++index_];
      at_hand.expect(index_ + checked_frames::steps_ahead);
    } else {
      read_on();
    }
    return *this;
  }
  event_iterator operator++(int) {
    event_iterator before = *this;
    ++*this;
    return before;
  }
  friend bool operator==(const event_iterator& left, const event_iterator& right) noexcept {
    return left.frame_.data() == right.frame_.data();
  }
  friend bool operator==(const event_iterator& left, std::default_sentinel_t) noexcept {
    return left.frame_.data() == nullptr;
  }

 private:
  void read_on();
  /// Goes to the first of the reader's events.
  void take();

  std::unique_ptr<event_reader> reader_;
  std::size_t index_{};                         // among the reader's events
  frame_view frame_{};                          // of the event; without data behind the last one
  std::shared_ptr<const event_origin> origin_;  // of the event
};

}  // namespace quipu::detail::inline QUIPU_MODE
