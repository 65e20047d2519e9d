// SPDX-License-Identifier: BSL-1.0
//
// region_reader.hpp: the events that a region selects, from any number of the log on, one after the other.
#pragma once

#include "../../coordinate/region.hpp"
#include "../../event/event_view.hpp"
#include "../segment/segment.hpp"
#include "log_snapshot.hpp"
#include "selection.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>

namespace quipu::detail {

/// Reads one snapshot at a time. To begin takes time logarithmic in the size of the log; an event then takes as long as its lists say, at any
/// size. Not thread-safe.
class region_reader {

 public:
  explicit region_reader(region wanted) : wanted_{std::move(wanted)} {}

  [[nodiscard]] const region& wanted() const noexcept { return wanted_; }

  /// Reads from now on the events of `seen` from number `next` on.
  void begin(log_snapshot seen, std::uint64_t next) {
    seen_ = std::move(seen);
    segment_ = seen_.segment_count();
    if (next >= seen_.end_sequence || segment_ == 0) return;
    const auto after = std::partition_point(seen_.segments->begin(), seen_.segments->end(), [next](const auto& each) { return each->first_sequence() <= next; });
    const auto position = static_cast<std::size_t>(after - seen_.segments->begin());
    enter(position == 0 ? 0 : position - 1, next);
  }
  /// Lets go of the snapshot, of which nothing more is read.
  void end() noexcept {
    seen_ = {};
    segment_ = 0;
    reader_ = {};
    selected_ = {};
  }

  /// Goes on to the next event; false where the snapshot has no more.
  [[nodiscard]] bool advance() {
    for (; segment_ < seen_.segment_count(); enter(segment_ + 1, 0)) {
      std::uint32_t place = 0;
      while (reader_.next(owner(), seen_.end_of(segment_), place)) {
        frame_ = owner().frame_at(place);
        if (selected_.takes_all() || selected_.takes(owner(), wanted_, frame_)) return true;
      }
    }
    return false;
  }
  /// The event that `advance` went to.
  [[nodiscard]] std::uint64_t sequence() const noexcept { return frame_.sequence(); }
  [[nodiscard]] typename log_snapshot::found_frame found() const { return {seen_.at(segment_), frame_}; }
  [[nodiscard]] event_view view() const { return found().view(); }

 private:
  [[nodiscard]] const segment& owner() const noexcept { return *seen_.at(segment_); }

  void enter(std::size_t position, std::uint64_t next) {
    segment_ = position;
    if (position >= seen_.segment_count()) return;
    selected_ = selection{owner(), wanted_};
    reader_ = place_reader{selected_.runs(), selected_.first_position()};
    if (next > owner().first_sequence()) reader_.skip_to(owner(), place_of(owner(), next));
  }

  /// The place of the first event with that number or a greater one.
  [[nodiscard]] static std::uint32_t place_of(const segment& in, std::uint64_t next) {
    const auto all = in.all();
    return in.place_at(all, in.position_of_sequence(all, next)).value_or(UINT32_MAX);
  }

  region wanted_;
  log_snapshot seen_{};
  std::size_t segment_{};
  selection selected_;
  place_reader reader_;
  frame_view frame_{};
};

}  // namespace quipu::detail
