// SPDX-License-Identifier: BSL-1.0
//
// event_range.hpp: the events that a region selects, in the order of the log, read as they are asked for.
#pragma once

#include "../../coordinate/region.hpp"
#include "../../event/event_view.hpp"
#include "log_snapshot.hpp"
#include "selection.hpp"

#include <cstddef>
#include <memory>
#include <utility>
#include <vector>  // and with it the iterator tags, without the price of <iterator>

namespace quipu {

/// A forward range of `event_view`. It shows the log as it was when the range was made: what is appended later isn't in it. It, its
/// iterators and the views outlive the store. One range may be read by several threads, an iterator by one.
class event_range {
  using log_snapshot = detail::log_snapshot;

  struct source {
    log_snapshot seen;
    region wanted;
  };

 public:
  class iterator {
   public:
    using value_type = event_view;
    using difference_type = std::ptrdiff_t;
    using reference = event_view;
    using pointer = void;
    using iterator_concept = std::forward_iterator_tag;
    using iterator_category = std::input_iterator_tag;  // a view is made when it is asked for, so the older forward doesn't fit

    iterator() = default;

    [[nodiscard]] event_view operator*() const {
      const auto names = owner().names_of(frame_.coordinate());
      return {frame_, names.entity, names.scope, from_->seen.at(segment_)};
    }
    iterator& operator++() {
      advance();
      return *this;
    }
    iterator operator++(int) {
      iterator before = *this;
      advance();
      return before;
    }
    friend bool operator==(const iterator& left, const iterator& right) noexcept { return left.frame_.data() == right.frame_.data(); }
    friend bool operator==(const iterator& left, std::default_sentinel_t) noexcept { return left.frame_.data() == nullptr; }

   private:
    friend class event_range;
    explicit iterator(std::shared_ptr<const source> from) : from_{std::move(from)} {
      enter(from_->seen.position_of_sequence(from_->wanted.first_sequence()));
      advance();
    }

    [[nodiscard]] const detail::segment& owner() const noexcept { return *from_->seen.at(segment_); }

    void enter(std::size_t position) {
      segment_ = position;
      if (position >= from_->seen.segment_count()) return;
      selected_ = detail::selection{from_->seen, position, from_->wanted};
      reader_ = detail::place_reader{owner(), selected_};
    }

    void advance() {
      for (; segment_ < from_->seen.segment_count(); enter(segment_ + 1)) {
        std::uint32_t place = 0;
        while (reader_.next(owner(), selected_.end(), place)) {
          frame_ = owner().frame_at(place);
          if (selected_.takes_all() || selected_.takes(owner(), from_->wanted, frame_)) return;
        }
        if (selected_.is_last()) break;
      }
      segment_ = from_->seen.segment_count();
      frame_ = {};
    }

    std::shared_ptr<const source> from_;
    std::size_t segment_{};
    detail::selection selected_;
    detail::place_reader reader_;
    detail::frame_view frame_{};
  };
  using const_iterator = iterator;

  event_range(log_snapshot seen, region wanted) : from_{std::make_shared<const source>(source{std::move(seen), std::move(wanted)})} {}

  [[nodiscard]] iterator begin() const { return iterator{from_}; }
  [[nodiscard]] iterator end() const noexcept { return {}; }
  [[nodiscard]] bool empty() const { return begin() == end(); }

 private:
  std::shared_ptr<const source> from_;
};


}  // namespace quipu
