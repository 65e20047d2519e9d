// SPDX-License-Identifier: BSL-1.0
//
// range_reader.ipp: see journal/read/range_reader.hpp.
#pragma once

#include "../../../coordinate/region.hpp"
#include "../../../event/event_view.hpp"
#include "../../../journal/read/log_snapshot.hpp"
#include "../../../journal/read/range_reader.hpp"
#include "../../../journal/read/selection.hpp"
#include "../../../journal/segment/segment.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>

namespace quipu::detail::inline QUIPU_MODE {

QUIPU_DECL range_reader::range_reader(std::shared_ptr<const range_source> from) : from_{std::move(from)} {
  enter(from_->seen.position_of_sequence(from_->wanted.first_sequence()));
  advance();
}

QUIPU_DECL void range_reader::enter(std::size_t position, std::uint64_t next) {
  segment_ = position;
  if (position >= from_->seen.segment_count()) return;
  selected_ = selection{from_->seen, position, from_->wanted, next};
  reader_ = place_reader{*owner(), selected_};
}

QUIPU_DECL void range_reader::advance() {
  for (; segment_ < from_->seen.segment_count(); enter(segment_ + 1)) {
    std::uint32_t place = 0;
    while (reader_.next(*owner(), place)) {
      frame_ = owner()->frame_at(place);
      if (selected_.takes_all() || selected_.takes(*owner(), from_->wanted, frame_)) return;
    }
    if (selected_.is_last()) break;
  }
  segment_ = from_->seen.segment_count();
  frame_ = {};
}

QUIPU_DECL void range_reader::step_on() {
  const frame_view before = frame_;
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

QUIPU_DECL backward_range_reader::backward_range_reader(std::shared_ptr<const range_source> from)
    : from_{std::move(from)} {
  begin();
}

QUIPU_DECL void backward_range_reader::step() {
  const frame_view before = frame_;
  const std::size_t position = segment_;
  try {
    if (must_begin_) {
      const std::uint64_t sequence = before.sequence();
      if (sequence == 0) {
        frame_ = {};
        return;
      }
      from_ = std::make_shared<const range_source>(
          range_source{from_->seen, from_->wanted.with_sequence_range(0, sequence - 1)});
      begin();
      must_begin_ = false;
    } else {
      advance();
    }
  } catch (...) {
    frame_ = before;
    segment_ = position;
    must_begin_ = true;
    throw;
  }
}

QUIPU_DECL void backward_range_reader::begin() {
  frame_ = {};
  const log_snapshot& seen = from_->seen;
  if (seen.segment_count() == 0 || seen.end_sequence == 0) return;
  enter(seen.position_of_sequence(std::min(from_->wanted.last_sequence(), seen.end_sequence - 1)));
  advance();
}

QUIPU_DECL void backward_range_reader::enter(std::size_t position) {
  segment_ = position;
  selected_ = selection{from_->seen, position, from_->wanted};
  reader_ = backward_place_reader{*from_->seen.at(position), selected_};
}

QUIPU_DECL void backward_range_reader::advance() {
  for (;;) {
    const segment& in = *owner();
    while (const auto place = reader_.next(in)) {
      const frame_view frame = in.frame_at(*place);
      if (!selected_.takes_all() && !selected_.takes(in, from_->wanted, frame)) continue;
      frame_ = frame;
      return;
    }
    if (segment_ == 0 || in.first_sequence() <= from_->wanted.first_sequence()) break;
    enter(segment_ - 1);
  }
  frame_ = {};
}

}  // namespace quipu::detail::inline QUIPU_MODE
