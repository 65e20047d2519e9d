// SPDX-License-Identifier: BSL-1.0
//
// segment_list.ipp: see journal/segment/segment_list.hpp.
#pragma once

#include "../../../journal/segment/segment_list.hpp"

#include <cstddef>
#include <memory>
#include <utility>

namespace quipu::detail::inline QUIPU_MODE {

QUIPU_DECL void segment_list::push_back(value_type added) {
  if (size_ % block_size == 0) {
    blocks_.push_back(std::make_shared<const block>(1, std::move(added)));
  } else {
    block longer = last_block(0);
    longer.push_back(std::move(added));
    put_last_block(std::move(longer));
  }
  ++size_;
}

QUIPU_DECL void segment_list::replace_back(value_type replacement) {
  block changed = last_block(1);
  changed.push_back(std::move(replacement));
  put_last_block(std::move(changed));
}

QUIPU_DECL segment_list segment_list::without_back() const {
  segment_list shorter{*this};
  if (--shorter.size_ % block_size == 0)
    shorter.blocks_.pop_back();
  else
    shorter.put_last_block(last_block(1));
  return shorter;
}

QUIPU_DECL segment_list::block segment_list::last_block(std::size_t left_out) const {
  const block& last = *blocks_.back();
  block copy;
  copy.reserve(last.size() + 1);
  copy.assign(last.begin(), last.end() - static_cast<std::ptrdiff_t>(left_out));
  return copy;
}

QUIPU_DECL void segment_list::put_last_block(block changed) {
  blocks_.back() = std::make_shared<const block>(std::move(changed));
}

}  // namespace quipu::detail::inline QUIPU_MODE
