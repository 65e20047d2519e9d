// SPDX-License-Identifier: BSL-1.0
//
// range_reader.ipp: see journal/read/range_reader.hpp.
#pragma once

#include "../../../coordinate/region.hpp"
#include "../../../event/frame.hpp"
#include "../../../journal/read/checked_frames.hpp"
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

QUIPU_DECL std::unique_ptr<event_reader> range_reader::copy() const {
  auto same = std::make_unique<range_reader>(*this);
  same->at_hand_ = at_hand_.others(same->places_, at_hand_.size());
  return same;
}

QUIPU_DECL void range_reader::step() {
  if (!must_enter_ && selected_.takes_all()) {
    if (const std::size_t taken = reader_.take_checked(places_); taken != 0) {
      at_hand_ = at_hand_.others(places_, taken);
      return;
    }
  }
  const std::size_t position = segment_;
  try {
    if (must_enter_) enter(position, at_hand_[at_hand_.size() - 1].sequence() + 1);
    must_enter_ = false;
    advance();
  } catch (...) {
    segment_ = position;
    must_enter_ = true;
    throw;
  }
}

QUIPU_DECL void range_reader::enter(std::size_t position, std::uint64_t next) {
  segment_ = position;
  if (position >= from_->seen.segment_count()) return;
  selected_ = selection{from_->seen, position, from_->wanted, next};
  reader_ = place_reader{owner(), selected_};
}

QUIPU_DECL void range_reader::advance() {
  for (; segment_ < from_->seen.segment_count(); enter(segment_ + 1)) {
    std::uint32_t place = 0;
    while (reader_.next(owner(), place)) {
      const frame_view frame = owner().frame_at(place);
      if (!selected_.takes_all() && !selected_.takes(owner(), from_->wanted, frame)) continue;
      at_hand_ = {from_->seen.at(segment_), places_, 1};
      places_[0] = place;
      return;
    }
    if (selected_.is_last()) break;
  }
  segment_ = from_->seen.segment_count();
  at_hand_ = {};
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

QUIPU_DECL std::unique_ptr<event_reader> backward_range_reader::copy() const {
  auto same = std::make_unique<backward_range_reader>(*this);
  same->at_hand_ = at_hand_.others(&same->place_, at_hand_.size());
  return same;
}

QUIPU_DECL void backward_range_reader::step() {
  const std::size_t position = segment_;
  try {
    if (must_begin_) {
      const std::uint64_t sequence = at_hand_[0].sequence();
      if (sequence == 0) {
        at_hand_ = {};
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
    segment_ = position;
    must_begin_ = true;
    throw;
  }
}

QUIPU_DECL void backward_range_reader::begin() {
  const log_snapshot& seen = from_->seen;
  if (seen.segment_count() == 0 || seen.end_sequence == 0) {
    at_hand_ = {};
    return;
  }
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
    const segment& in = *from_->seen.at(segment_);
    while (const auto place = reader_.next(in)) {
      const frame_view frame = in.frame_at(*place);
      if (!selected_.takes_all() && !selected_.takes(in, from_->wanted, frame)) continue;
      at_hand_ = {from_->seen.at(segment_), &place_, 1};
      place_ = *place;
      return;
    }
    if (segment_ == 0 || in.first_sequence() <= from_->wanted.first_sequence()) break;
    enter(segment_ - 1);
  }
  at_hand_ = {};
}

}  // namespace quipu::detail::inline QUIPU_MODE
