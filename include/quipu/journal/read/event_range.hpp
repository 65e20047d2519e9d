// SPDX-License-Identifier: BSL-1.0
//
// event_range.hpp: the events that a region selects, in the order of the log, read lazily.
#pragma once

#include "../../coordinate/region.hpp"
#include "../../event/event_view.hpp"
#include "../../event/frame.hpp"
#include "../../macros.hpp"
#include "log_snapshot.hpp"
#include "reversed_range.hpp"

#include <cstddef>
#include <memory>
#include <utility>
#include <vector>  // and with it the iterator tags, without the price of <iterator>

namespace quipu::detail::inline QUIPU_MODE {

class range_reader;

}  // namespace quipu::detail::inline QUIPU_MODE

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
    friend bool operator==(const iterator& left, std::default_sentinel_t) noexcept {
      return left.frame_.data() == nullptr;
    }

   private:
    friend class event_range;
    explicit iterator(std::shared_ptr<const source> from);

    /// Takes the event where the reader is.
    void take();

    std::shared_ptr<detail::range_reader> reader_;  // never shared; such a pointer needs no definition here
    std::shared_ptr<const detail::event_origin> origin_;
    detail::frame_view frame_{};
  };
  using const_iterator = iterator;

  event_range(log_snapshot seen, region wanted);

  [[nodiscard]] iterator begin() const { return iterator{from_}; }
  [[nodiscard]] iterator end() const noexcept { return {}; }
  [[nodiscard]] bool empty() const { return begin() == end(); }
  [[nodiscard]] const region& selects() const noexcept;

  /// The same events, the last one first.
  [[nodiscard]] reversed_range reverse() const { return reversed_range{from_}; }

 private:
  std::shared_ptr<const source> from_;
};

}  // namespace quipu::inline QUIPU_MODE
