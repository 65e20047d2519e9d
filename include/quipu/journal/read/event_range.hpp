// SPDX-License-Identifier: BSL-1.0
//
// event_range.hpp: the events that a region selects, in the order of the log, read lazily.
#pragma once

#include "../../coordinate/region.hpp"
#include "../../macros.hpp"
#include "event_iterator.hpp"
#include "log_snapshot.hpp"
#include "reversed_range.hpp"

#include <memory>

namespace quipu::inline QUIPU_MODE {

/// A forward range of `event_view` over the log as it was when the range was made; later appends are not included, and
/// what a later compaction drops or erases is. The range, its iterators and the views may outlive the store. Several
/// threads may read one range; an iterator is for one thread.
class event_range {
 public:
  using iterator = detail::event_iterator;
  using const_iterator = iterator;

  event_range(detail::log_snapshot seen, region wanted);

  [[nodiscard]] iterator begin() const;
  [[nodiscard]] iterator end() const noexcept { return {}; }
  [[nodiscard]] bool empty() const { return begin() == end(); }
  [[nodiscard]] const region& selects() const noexcept;

  /// The same events, the last one first.
  [[nodiscard]] reversed_range reverse() const { return reversed_range{from_}; }

 private:
  std::shared_ptr<const detail::range_source> from_;
};

}  // namespace quipu::inline QUIPU_MODE
