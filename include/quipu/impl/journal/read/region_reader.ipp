// SPDX-License-Identifier: BSL-1.0
//
// region_reader.ipp: see journal/read/region_reader.hpp.
#pragma once

#include "../../../coordinate/region.hpp"
#include "../../../event/event_view.hpp"
#include "../../../journal/read/log_snapshot.hpp"
#include "../../../journal/read/region_reader.hpp"
#include "../../../journal/read/selection.hpp"
#include "../../../journal/segment/segment.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>

namespace quipu::detail::inline QUIPU_MODE {

QUIPU_DECL std::optional<event_view> find_selected(const log_snapshot& seen, const region& wanted,
                                                   std::uint64_t sequence, const event_id& id) {
  std::optional<event_view> event;
  const auto found = seen.find_sequence(sequence);
  if (!found || found.frame.id() != id) return event;
  event.emplace(found.view());
  if (!event->is_in(wanted)) event.reset();
  return event;
}

QUIPU_DECL void region_reader::begin(log_snapshot seen, std::uint64_t next) {
  seen_ = std::move(seen);
  segment_ = seen_.segment_count();
  next = std::max(next, wanted_.first_sequence());
  if (next >= seen_.end_sequence || next > wanted_.last_sequence() || segment_ == 0) return;
  enter(seen_.position_of_sequence(next), next);
}

QUIPU_DECL void region_reader::end() noexcept {
  seen_ = {};
  segment_ = 0;
  reader_ = {};
  selected_ = {};
}

QUIPU_DECL bool region_reader::advance() {
  for (; segment_ < seen_.segment_count(); enter(segment_ + 1, 0)) {
    std::uint32_t place = 0;
    while (reader_.next(owner(), place)) {
      frame_ = owner().frame_at(place);
      if (selected_.takes_all() || selected_.takes(owner(), wanted_, frame_)) return true;
    }
    if (selected_.is_last()) break;
  }
  segment_ = seen_.segment_count();
  return false;
}

QUIPU_DECL void region_reader::enter(std::size_t position, std::uint64_t next) {
  segment_ = position;
  if (position >= seen_.segment_count()) return;
  selected_ = selection{seen_, position, wanted_, next};
  reader_ = place_reader{owner(), selected_};
}

}  // namespace quipu::detail::inline QUIPU_MODE
