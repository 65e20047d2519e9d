// SPDX-License-Identifier: BSL-1.0
//
// region_reader.hpp: the events that a region selects, one after the other, beginning at any sequence.
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

/// Reads one snapshot at a time. `begin` takes time logarithmic in the size of the log. `advance` takes time in proportion to the
/// candidates of the region's runs that it passes over. Not thread-safe.
class region_reader {
 public:
  explicit region_reader(region wanted) : wanted_{std::move(wanted)} {}

  [[nodiscard]] const region& wanted() const noexcept { return wanted_; }

  /// Starts reading `seen` at the first event whose sequence is `next` or greater.
  void begin(log_snapshot seen, std::uint64_t next) {
    seen_ = std::move(seen);
    segment_ = seen_.segment_count();
    next = std::max(next, wanted_.first_sequence());
    if (next >= seen_.end_sequence || next > wanted_.last_sequence() || segment_ == 0) return;
    enter(seen_.position_of_sequence(next), next);
  }
  /// Releases the snapshot.
  void end() noexcept {
    seen_ = {};
    segment_ = 0;
    reader_ = {};
    selected_ = {};
  }

  /// Moves to the next event; false where the snapshot has no more.
  [[nodiscard]] bool advance() {
    for (; segment_ < seen_.segment_count(); enter(segment_ + 1, 0)) {
      std::uint32_t place = 0;
      while (reader_.next(owner(), selected_.end(), place)) {
        frame_ = owner().frame_at(place);
        if (selected_.takes_all() || selected_.takes(owner(), wanted_, frame_)) return true;
      }
      if (selected_.is_last()) break;
    }
    segment_ = seen_.segment_count();
    return false;
  }
  /// The event that `advance` moved to.
  [[nodiscard]] std::uint64_t sequence() const noexcept { return frame_.sequence(); }
  [[nodiscard]] typename log_snapshot::found_frame found() const { return {seen_.at(segment_), frame_}; }
  [[nodiscard]] event_view view() const { return found().view(); }

 private:
  [[nodiscard]] const segment& owner() const noexcept { return *seen_.at(segment_); }

  void enter(std::size_t position, std::uint64_t next) {
    segment_ = position;
    if (position >= seen_.segment_count()) return;
    selected_ = selection{seen_, position, wanted_, next};
    reader_ = place_reader{owner(), selected_};
  }

  region wanted_;
  log_snapshot seen_{};
  std::size_t segment_{};
  selection selected_;
  place_reader reader_;
  frame_view frame_{};
};

}  // namespace quipu::detail
