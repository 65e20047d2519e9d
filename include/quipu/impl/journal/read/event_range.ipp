// SPDX-License-Identifier: BSL-1.0
//
// event_range.ipp: see journal/read/event_range.hpp.
#pragma once

#include "../../../coordinate/region.hpp"
#include "../../../event/event_view.hpp"
#include "../../../journal/read/event_range.hpp"
#include "../../../journal/read/log_snapshot.hpp"
#include "../../../journal/read/selection.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>  // and with it the iterator tags, without the price of <iterator>

namespace quipu::inline QUIPU_MODE {

QUIPU_DECL event_range::event_range(log_snapshot seen, region wanted)
    : from_{std::make_shared<const source>(source{std::move(seen), std::move(wanted)})} {}

QUIPU_DECL event_range::iterator::iterator(std::shared_ptr<const source> from) : from_{std::move(from)} {
  enter(from_->seen.position_of_sequence(from_->wanted.first_sequence()));
  advance();
}

QUIPU_DECL void event_range::iterator::enter(std::size_t position, std::uint64_t next) {
  segment_ = position;
  if (position >= from_->seen.segment_count()) return;
  selected_ = detail::selection{from_->seen, position, from_->wanted, next};
  reader_ = detail::place_reader{owner(), selected_};
}

QUIPU_DECL void event_range::iterator::advance() {
  for (; segment_ < from_->seen.segment_count(); enter(segment_ + 1)) {
    std::uint32_t place = 0;
    while (reader_.next(owner(), place)) {
      frame_ = owner().frame_at(place);
      if (selected_.takes_all() || selected_.takes(owner(), from_->wanted, frame_)) return;
    }
    if (selected_.is_last()) break;
  }
  segment_ = from_->seen.segment_count();
  frame_ = {};
}

QUIPU_DECL void event_range::iterator::step() {
  const detail::frame_view before = frame_;
  try {
    if (must_enter_) enter(segment_, before.sequence() + 1);
    must_enter_ = false;
    advance();
  } catch (...) {
    frame_ = before;
    segment_ = from_->seen.position_of_sequence(before.sequence());
    must_enter_ = true;
    throw;
  }
}

}  // namespace quipu::inline QUIPU_MODE
