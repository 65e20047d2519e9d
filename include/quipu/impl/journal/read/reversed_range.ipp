// SPDX-License-Identifier: BSL-1.0
//
// reversed_range.ipp: see journal/read/reversed_range.hpp.
#pragma once

#include "../../../journal/read/range_reader.hpp"
#include "../../../journal/read/reversed_range.hpp"

#include <memory>
#include <utility>

namespace quipu::inline QUIPU_MODE {

QUIPU_DECL reversed_range::iterator::iterator(std::shared_ptr<const source> from)
    : reader_{std::make_shared<detail::backward_range_reader>(std::move(from))} {
  take();
}

QUIPU_DECL reversed_range::iterator::iterator(const iterator& other)
    : reader_{other.reader_ ? std::make_shared<detail::backward_range_reader>(*other.reader_) : nullptr},
      origin_{other.origin_},
      frame_{other.frame_} {}

QUIPU_DECL reversed_range::iterator& reversed_range::iterator::operator++() {
  reader_->step();
  take();
  return *this;
}

QUIPU_DECL void reversed_range::iterator::take() {
  frame_ = reader_->frame();
  if (frame_.data() != nullptr && origin_ != reader_->owner()) origin_ = reader_->owner();
}

}  // namespace quipu::inline QUIPU_MODE
