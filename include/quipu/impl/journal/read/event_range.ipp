// SPDX-License-Identifier: BSL-1.0
//
// event_range.ipp: see journal/read/event_range.hpp.
#pragma once

#include "../../../coordinate/region.hpp"
#include "../../../journal/read/event_range.hpp"
#include "../../../journal/read/log_snapshot.hpp"
#include "../../../journal/read/range_reader.hpp"

#include <memory>
#include <utility>

namespace quipu::inline QUIPU_MODE {

QUIPU_DECL event_range::event_range(log_snapshot seen, region wanted)
    : from_{std::make_shared<const source>(source{std::move(seen), std::move(wanted)})} {}

QUIPU_DECL const region& event_range::selects() const noexcept { return from_->wanted; }

QUIPU_DECL event_range::iterator::iterator(std::shared_ptr<const source> from)
    : reader_{std::make_shared<detail::range_reader>(std::move(from))} {
  take();
}

QUIPU_DECL event_range::iterator::iterator(const iterator& other)
    : reader_{other.reader_ ? std::make_shared<detail::range_reader>(*other.reader_) : nullptr},
      origin_{other.origin_},
      frame_{other.frame_} {}

QUIPU_DECL event_range::iterator& event_range::iterator::operator++() {
  reader_->step();
  take();
  return *this;
}

QUIPU_DECL void event_range::iterator::take() {
  frame_ = reader_->frame();
  if (frame_.data() != nullptr && origin_ != reader_->owner()) origin_ = reader_->owner();
}

}  // namespace quipu::inline QUIPU_MODE
