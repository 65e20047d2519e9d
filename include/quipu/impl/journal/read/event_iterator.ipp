// SPDX-License-Identifier: BSL-1.0
//
// event_iterator.ipp: see journal/read/event_iterator.hpp.
#pragma once

#include "../../../journal/read/event_iterator.hpp"

#include <memory>
#include <utility>

namespace quipu::detail::inline QUIPU_MODE {

QUIPU_DECL event_iterator::event_iterator(std::unique_ptr<event_reader> reader) : reader_{std::move(reader)} { take(); }

QUIPU_DECL event_iterator::event_iterator(const event_iterator& other)
    : reader_{other.reader_ ? other.reader_->copy() : nullptr},
      index_{other.index_},
      frame_{other.frame_},
      origin_{other.origin_} {}

QUIPU_DECL void event_iterator::read_on() {
  reader_->step();
  take();
}

QUIPU_DECL void event_iterator::take() {
  const checked_frames& at_hand = reader_->frames();
  index_ = 0;
  if (at_hand.size() == 0) {
    frame_ = {};
    return;
  }
  frame_ = at_hand[0];
  if (origin_.get() != &at_hand.origin()) origin_ = at_hand.share_origin();
}

}  // namespace quipu::detail::inline QUIPU_MODE
