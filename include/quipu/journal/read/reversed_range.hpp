// SPDX-License-Identifier: BSL-1.0
//
// reversed_range.hpp: the events that a region selects, the last one first. Made by `event_range::reverse()`.
#pragma once

#include "../../coordinate/region.hpp"
#include "../../event/event_view.hpp"
#include "../../event/frame.hpp"
#include "../../macros.hpp"
#include "../segment/segment.hpp"
#include "log_snapshot.hpp"
#include "selection.hpp"

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace quipu::detail::inline QUIPU_MODE {

/// What a range shows: the events of a snapshot that a region selects.
struct range_source {
  log_snapshot seen;
  region wanted;
};

/// Merges the runs of a selection in descending order, a chunk of places at a time. A place that several runs have
/// comes once.
class backward_place_reader {
 public:
  backward_place_reader() = default;
  backward_place_reader(const segment& of, const selection& selected);

  /// The candidate before the last one that was returned; nothing when there is none, and then for good.
  [[nodiscard]] std::optional<std::uint32_t> next(const segment& of);

 private:
  static constexpr std::size_t chunk_size = 62;
  struct stream {
    event_run run{};
    std::size_t first{};  ///< the candidates that aren't in the chunk yet are those at [first, end) in the run
    std::size_t end{};
    std::uint32_t left{};  ///< of the chunk
    std::uint32_t chunk[chunk_size]{};

    [[nodiscard]] bool refill(const segment& of);
  };
  std::vector<stream> streams_;
  std::uint32_t last_{};  // no event has place 0
};

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

    [[nodiscard]] event_view operator*() const { return {frame_, from_->seen.at(segment_)}; }
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

    /// Begins with the last event that is selected.
    void begin();
    void enter(std::size_t position);
    void advance();

    std::shared_ptr<const source> from_;
    std::size_t segment_{};
    detail::selection selected_;
    detail::backward_place_reader reader_;
    detail::frame_view frame_{};
    bool must_begin_{};  // `reader_` is not before `frame_`: the last step failed
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
