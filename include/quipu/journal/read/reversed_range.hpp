// SPDX-License-Identifier: BSL-1.0
//
// reversed_range.hpp: the events that a region selects, the last one first. Made by `event_range::reverse()`.
#pragma once

#include "../../macros.hpp"
#include "event_iterator.hpp"

#include <memory>
#include <utility>

namespace quipu::detail::inline QUIPU_MODE {

struct range_source;

}  // namespace quipu::detail::inline QUIPU_MODE

namespace quipu::inline QUIPU_MODE {

/// A forward range of `event_view` over the log as it was when the range was made, from the last event to the first. As
/// lazy as an `event_range`: it reads only what is asked for, beginning at the end. The range, its iterators and the
/// views may outlive the store. Several threads may read one range; an iterator is for one thread.
class reversed_range {
 public:
  using iterator = detail::event_iterator;
  using const_iterator = iterator;

  explicit reversed_range(std::shared_ptr<const detail::range_source> from) noexcept : from_{std::move(from)} {}

  [[nodiscard]] iterator begin() const;
  [[nodiscard]] iterator end() const noexcept { return {}; }
  [[nodiscard]] bool empty() const { return begin() == end(); }

 private:
  std::shared_ptr<const detail::range_source> from_;
};

}  // namespace quipu::inline QUIPU_MODE
