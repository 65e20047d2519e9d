// SPDX-License-Identifier: BSL-1.0
//
// reversed_range.ipp: see journal/read/reversed_range.hpp.
#pragma once

#include "../../../coordinate/region.hpp"
#include "../../../journal/read/log_snapshot.hpp"
#include "../../../journal/read/reversed_range.hpp"
#include "../../../journal/read/selection.hpp"
#include "../../../journal/segment/segment.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>

namespace quipu::detail::inline QUIPU_MODE {

QUIPU_DECL backward_place_reader::backward_place_reader(const segment& of, const selection& selected) {
  streams_.resize(selected.runs().size());
  for (std::size_t index = 0; index < streams_.size(); ++index) {
    stream& each = streams_[index];
    const bounded_run& run = selected.runs()[index];
    each.run = run.run;
    each.first = run.first_position(of);
    each.end = run.end_position(of);
  }
}

QUIPU_DECL std::optional<std::uint32_t> backward_place_reader::next(const segment& of) {
  for (;;) {
    stream* last = nullptr;
    for (stream& each : streams_) {
      if (each.left == 0 && !each.refill(of)) continue;
      if (last == nullptr || each.chunk[each.left - 1] > last->chunk[last->left - 1]) last = &each;
    }
    if (last == nullptr) return std::nullopt;
    if (const std::uint32_t place = last->chunk[--last->left]; place != std::exchange(last_, place)) return place;
  }
}

QUIPU_DECL bool backward_place_reader::stream::refill(const segment& of) {
  if (first >= end) return false;
  const std::size_t count = std::min(chunk_size, end - first);
  left = static_cast<std::uint32_t>(of.copy_places(run, end - count, chunk, count));
  end -= count;
  return left != 0;
}

}  // namespace quipu::detail::inline QUIPU_MODE

namespace quipu::inline QUIPU_MODE {

QUIPU_DECL reversed_range::iterator::iterator(std::shared_ptr<const source> from) : from_{std::move(from)} { begin(); }

QUIPU_DECL reversed_range::iterator& reversed_range::iterator::operator++() {
  const detail::frame_view before = frame_;
  const std::size_t segment = segment_;
  try {
    if (must_begin_) {
      const std::uint64_t sequence = before.sequence();
      if (sequence == 0) {
        frame_ = {};
        return *this;
      }
      from_ = std::make_shared<const source>(source{from_->seen, from_->wanted.with_sequence_range(0, sequence - 1)});
      begin();
      must_begin_ = false;
    } else {
      advance();
    }
  } catch (...) {
    frame_ = before;
    segment_ = segment;
    must_begin_ = true;
    throw;
  }
  return *this;
}

QUIPU_DECL void reversed_range::iterator::begin() {
  frame_ = {};
  const detail::log_snapshot& seen = from_->seen;
  if (seen.segment_count() == 0 || seen.end_sequence == 0) return;
  enter(seen.position_of_sequence(std::min(from_->wanted.last_sequence(), seen.end_sequence - 1)));
  advance();
}

QUIPU_DECL void reversed_range::iterator::enter(std::size_t position) {
  segment_ = position;
  selected_ = detail::selection{from_->seen, position, from_->wanted};
  reader_ = detail::backward_place_reader{*from_->seen.at(position), selected_};
}

QUIPU_DECL void reversed_range::iterator::advance() {
  for (;;) {
    const detail::segment& owner = *from_->seen.at(segment_);
    while (const auto place = reader_.next(owner)) {
      const detail::frame_view frame = owner.frame_at(*place);
      if (!selected_.takes_all() && !selected_.takes(owner, from_->wanted, frame)) continue;
      frame_ = frame;
      return;
    }
    if (segment_ == 0 || owner.first_sequence() <= from_->wanted.first_sequence()) break;
    enter(segment_ - 1);
  }
  frame_ = {};
}

}  // namespace quipu::inline QUIPU_MODE
