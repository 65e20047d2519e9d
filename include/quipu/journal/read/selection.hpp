// SPDX-License-Identifier: BSL-1.0
//
// selection.hpp: how a region is evaluated in a segment: which runs of the segment's index hold candidates, where to
// start and stop in them, and which candidates are selected. The narrowest kind of run is read: the entity's, else the
// scope's, else those of the kinds, else all events.
#pragma once

#include "../../coordinate/region.hpp"
#include "../../macros.hpp"
#include "../segment/segment.hpp"
#include "log_snapshot.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

namespace quipu::detail::inline QUIPU_MODE {

/// What a region selects in one segment of a snapshot. Refers to the region and to the segment.
class selection {
 public:
  selection() = default;
  /// Selects nothing before sequence `next`.
  selection(const log_snapshot& seen, std::size_t position, const region& wanted, std::uint64_t next = 0);

  /// The runs that hold the selected events and perhaps others; none where the segment has no selected event.
  [[nodiscard]] const std::vector<event_run>& runs() const noexcept { return runs_; }
  /// The position in a run of its first candidate.
  [[nodiscard]] std::size_t first_position(const segment& of, const event_run& run) const;
  /// The place at which the candidates end.
  [[nodiscard]] std::uint32_t end() const noexcept { return end_; }
  /// True where no later segment has a selected event, because the region's sequence range ends in this one.
  [[nodiscard]] bool is_last() const noexcept { return is_last_; }
  /// Every candidate is selected.
  [[nodiscard]] bool takes_all() const noexcept { return !check_names_ && !check_kind_ && !check_entity_sequence_; }

  /// Whether a candidate is selected.
  [[nodiscard]] bool takes(const segment& of, const region& wanted, const frame_view& frame);

 private:
  enum class memo : unsigned char { unknown, taken, refused };

  /// One more than the sequence of the segment's last event.
  [[nodiscard]] static std::uint64_t end_sequence_of(const log_snapshot& seen, std::size_t position);
  /// The place of a run's event at a position; behind every place where the run ends before it.
  [[nodiscard]] static std::uint32_t place_or_end(const segment& of, const event_run& run, std::size_t position);

  /// Leaves the places of the events with sequences from `first` to `last`. Reads frames only where a bound lies in the
  /// segment.
  void bound(const log_snapshot& seen, std::size_t position, std::uint64_t first, std::uint64_t last);
  /// Leaves the places of the entity's events with entity sequences from `first` to `last`.
  void bound_entity(const segment& of, const entity_run& entity, std::uint64_t first, std::uint64_t last);

  void choose(const segment& of, const region& wanted);
  void add(const event_run& run);

  /// A coordinate's names are compared once.
  [[nodiscard]] bool takes_coordinate(const segment& of, const region& wanted, std::uint32_t coordinate);

  std::vector<event_run> runs_;
  std::uint32_t begin_{};  // the candidates are the runs' places in [begin_, end_)
  std::uint32_t end_{};
  bool is_last_{};
  bool by_entity_{};
  bool by_kind_{};
  bool check_names_{};
  bool check_kind_{};
  bool check_entity_sequence_{};
  std::vector<memo> coordinates_;
};

/// Merges the runs of a selection in ascending order, a chunk of places at a time.
class place_reader {
 public:
  place_reader() = default;
  place_reader(const segment& of, const selection& selected);

  /// The next place before `end`, if it is at hand; else null, and `next` has to look for it.
  [[nodiscard]] const std::uint32_t* at_hand(std::uint32_t end) const noexcept {
    if (streams_.size() != 1) return nullptr;
    const stream& only = streams_.front();
    return only.used != only.filled && only.chunk[only.used] < end ? &only.chunk[only.used] : nullptr;
  }
  /// Whether the place that is at hand, and those that come with it, were checked before.
  [[nodiscard]] bool is_checked() const noexcept { return streams_.front().is_checked; }
  /// Passes over the place that is at hand.
  void drop_first() noexcept { ++streams_.front().used; }
  /// The next place before `end`; false when there is none, and then for good.
  [[nodiscard]] bool next(const segment& of, std::uint32_t end, std::uint32_t& place);

 private:
  static constexpr std::size_t chunk_size = 62;
  struct stream {
    event_run run{};
    std::size_t position{};
    std::uint32_t used{};
    std::uint32_t filled{};
    bool is_checked{};
    std::uint32_t chunk[chunk_size]{};

    [[nodiscard]] bool refill(const segment& of);
  };
  std::vector<stream> streams_;
};

/// Receives a non-empty, verified, ascending run of events of one segment. Refers to a callable; its own type is always
/// the same, so that the functions that take one are compiled once.
class places_visitor {
 public:
  template <class Visit>
  explicit places_visitor(const Visit& visit) noexcept
      : visit_{&visit},
        call_{[](const void* of, const std::shared_ptr<segment>& owner, const std::uint32_t* places,
                 std::size_t count) { (*static_cast<const Visit*>(of))(owner, places, count); }} {}

  void operator()(const std::shared_ptr<segment>& owner, const std::uint32_t* places, std::size_t count) const {
    if (count == 0) return;
    owner->require_sound(places, count);
    call_(visit_, owner, places, count);
  }
  /// As above, for places that were copied from this position of a run.
  void operator()(const std::shared_ptr<segment>& owner, const event_run& run, std::size_t position,
                  const std::uint32_t* places, std::size_t count) const {
    if (count == 0) return;
    owner->require_sound(run, position, places, count);
    call_(visit_, owner, places, count);
  }

 private:
  const void* visit_;
  void (*call_)(const void*, const std::shared_ptr<segment>&, const std::uint32_t*, std::size_t);
};

/// Calls `visit` with the selected events of a snapshot, in order. Allocates nothing for an event.
void visit_region(const log_snapshot& seen, const region& wanted, places_visitor visit);

/// How many events a region selects. Reads no events where the runs alone tell.
[[nodiscard]] std::uint64_t count_frames(const log_snapshot& seen, const region& wanted);

/// Calls `visit` with the events of an entity from entity sequence `first` on, in order.
void visit_entity(const log_snapshot& seen, std::string_view entity, std::uint64_t first, places_visitor visit);

}  // namespace quipu::detail::inline QUIPU_MODE
