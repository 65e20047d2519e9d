// SPDX-License-Identifier: BSL-1.0
//
// event_range.hpp: the events that a region selects, in the order of the log, read lazily.
#pragma once

#include "../../coordinate/region.hpp"
#include "../../event/event_view.hpp"
#include "../../macros.hpp"
#include "log_snapshot.hpp"
#include "reversed_range.hpp"
#include "selection.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>  // and with it the iterator tags, without the price of <iterator>

namespace quipu::inline QUIPU_MODE {

/// A forward range of `event_view` over the log as it was when the range was made; later appends are not included, and
/// what a later compaction drops or erases is. The range, its iterators and the views may outlive the store. Several
/// threads may read one range; an iterator is for one thread.
class event_range {
  using log_snapshot = detail::log_snapshot;
  using source = detail::range_source;

 public:
  class iterator {
   public:
    using value_type = event_view;
    using difference_type = std::ptrdiff_t;
    using reference = event_view;
    using pointer = event_pointer;
    using iterator_concept = std::forward_iterator_tag;
    using iterator_category =
        std::input_iterator_tag;  // views are temporaries, which the older forward category does not allow

    iterator() = default;

    [[nodiscard]] event_view operator*() const { return {frame_, from_->seen.at(segment_)}; }
    [[nodiscard]] event_pointer operator->() const { return event_pointer{**this}; }
    /// If it throws, the iterator is where it was, and the next call tries the same again.
    iterator& operator++() {
      if (!step_at_hand()) step();
      return *this;
    }
    iterator operator++(int) {
      iterator before = *this;
      ++*this;
      return before;
    }
    friend bool operator==(const iterator& left, const iterator& right) noexcept {
      return left.frame_.data() == right.frame_.data();
    }
    friend bool operator==(const iterator& left, std::default_sentinel_t) noexcept {
      return left.frame_.data() == nullptr;
    }

   private:
    friend class event_range;
    explicit iterator(std::shared_ptr<const source> from);

    [[nodiscard]] const detail::segment& owner() const noexcept { return *from_->seen.at(segment_); }

    void enter(std::size_t position, std::uint64_t next = 0);

    void advance();
    /// As `advance`, but stays at the event where it throws.
    void step();
    /// Steps to the next event where its place is at hand; else returns false. Stays at the event where it throws.
    [[nodiscard]] bool step_at_hand() {
      if (must_enter_ || !selected_.takes_all()) return false;
      const std::uint32_t* const place = reader_.at_hand();
      if (place == nullptr) return false;
      frame_ = reader_.is_checked() ? owner().sound_frame_at(*place) : owner().frame_at(*place);
      reader_.drop_first();
      return true;
    }

    std::shared_ptr<const source> from_;
    std::size_t segment_{};
    detail::selection selected_;
    detail::place_reader reader_;
    detail::frame_view frame_{};
    bool must_enter_{};  // `reader_` is not behind `frame_`: the last step failed
  };
  using const_iterator = iterator;

  event_range(log_snapshot seen, region wanted);

  [[nodiscard]] iterator begin() const { return iterator{from_}; }
  [[nodiscard]] iterator end() const noexcept { return {}; }
  [[nodiscard]] bool empty() const { return begin() == end(); }
  [[nodiscard]] const region& selects() const noexcept { return from_->wanted; }

  /// The same events, the last one first.
  [[nodiscard]] reversed_range reverse() const { return reversed_range{from_}; }

 private:
  std::shared_ptr<const source> from_;
};

}  // namespace quipu::inline QUIPU_MODE
