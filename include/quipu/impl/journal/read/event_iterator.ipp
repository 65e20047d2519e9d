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
      at_hand_{reader_ ? reader_->frames() : checked_frames{}},
      index_{other.index_},
      frame_{other.frame_},
      origin_{other.origin_} {}

QUIPU_DECL void event_iterator::read_on() {
  reader_->step();
  take();
}

QUIPU_DECL void event_iterator::take() {
  at_hand_ = reader_->frames();
  index_ = 0;
  frame_ = at_hand_.size() == 0 ? frame_view{} : at_hand_[0];
  if (at_hand_.size() != 0 && origin_.get() != &at_hand_.origin()) origin_ = at_hand_.share_origin();
}

}  // namespace quipu::detail::inline QUIPU_MODE
