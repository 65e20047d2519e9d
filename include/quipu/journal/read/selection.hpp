// SPDX-License-Identifier: BSL-1.0
//
// selection.hpp: how a region is evaluated in a segment: which runs of the segment's index hold candidates, where to
// start and stop in them, and which candidates are selected. The narrowest kind of run is read: the entity's or a
// tag's, whichever is shorter, else the scope's, else those of the kinds, else all events. Of alternatives, the runs of
// each are read.
#pragma once

#include "../../coordinate/region.hpp"
#include "../../macros.hpp"
#include "../segment/segment.hpp"
#include "log_snapshot.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace quipu::detail::inline QUIPU_MODE {

/// A run, and the candidates in it: the places in [begin, end).
struct bounded_run {
  event_run run{};
  std::uint32_t begin{};
  std::uint32_t end{};

  /// The position of the first candidate.
  [[nodiscard]] std::size_t first_position(const segment& of) const {
    return begin == 0 ? 0 : of.count_while(run, [this](std::uint32_t place) { return place < begin; });
  }
  /// The position behind the last one.
  [[nodiscard]] std::size_t end_position(const segment& of) const {
    return of.count_while(run, [this](std::uint32_t place) { return place < end; });
  }
};

/// What a region without alternatives selects in one segment of a snapshot.
class simple_selection {
 public:
  /// Adds the runs that hold the selected events and perhaps others, between two places; none where the segment has no
  /// selected event. `alternative`: the region's number among alternatives.
  simple_selection(const segment& of, const region& wanted, std::size_t alternative, std::uint32_t begin,
                   std::uint32_t end, std::vector<bounded_run>& runs);

  [[nodiscard]] std::size_t alternative() const noexcept { return alternative_; }
  /// Every candidate of the runs is selected.
  [[nodiscard]] bool takes_all() const noexcept {
    return !check_names_ && !check_kind_ && !check_tags_ && !check_entity_sequence_;
  }
  /// From now on `takes` can be asked about any event, and not just about candidates of the runs.
  void check_everything() noexcept;
  /// `wanted` is the region that this was made for.
  [[nodiscard]] bool takes(const segment& of, const region& wanted, const frame_view& frame, std::uint32_t place);

 private:
  enum class by : unsigned char { all, entity, tag, scope, kind };
  enum class memo : unsigned char { unknown, taken, refused };

  using run_list = std::vector<bounded_run>;
  [[nodiscard]] by choose(const segment& of, const region& wanted, run_list& runs);
  [[nodiscard]] by choose_entity_or_tag(const segment& of, const region& wanted, run_list& runs);
  [[nodiscard]] by choose_kinds(const segment& of, const region& wanted, run_list& runs);
  void add(const event_run& run, run_list& runs) const;
  /// Leaves the places of the entity's events with the region's entity sequences.
  void bound_entity(const segment& of, const region& wanted, const entity_run& entity);

  /// A coordinate's names are compared once.
  [[nodiscard]] bool takes_coordinate(const segment& of, const region& wanted, std::uint32_t coordinate);

  std::size_t alternative_;
  std::uint32_t begin_;
  std::uint32_t end_;
  bool check_place_{};
  bool check_names_{};
  bool check_kind_{};
  bool check_tags_{};
  bool check_entity_sequence_{};
  std::vector<memo> coordinates_;
};

/// What a region selects in one segment of a snapshot.
class selection {
 public:
  selection() = default;
  /// Selects nothing before sequence `next`.
  selection(const log_snapshot& seen, std::size_t position, const region& wanted, std::uint64_t next = 0);

  /// The runs that hold the selected events and perhaps others; none where the segment has no selected event. Those of
  /// alternatives may have events in common.
  [[nodiscard]] const std::vector<bounded_run>& runs() const noexcept { return runs_; }
  /// True where no later segment has a selected event, because the region's sequence range ends in this one.
  [[nodiscard]] bool is_last() const noexcept { return is_last_; }
  /// Every candidate is selected.
  [[nodiscard]] bool takes_all() const noexcept { return takes_all_; }
  /// An event is in one run at most.
  [[nodiscard]] bool has_distinct_runs() const noexcept { return parts_.size() <= 1; }

  /// Whether a candidate is selected. `wanted` is the region that this was made for.
  [[nodiscard]] bool takes(const segment& of, const region& wanted, const frame_view& frame);

 private:
  /// One more than the sequence of the segment's last event.
  [[nodiscard]] static std::uint64_t end_sequence_of(const log_snapshot& seen, std::size_t position);
  /// Adds what a region without alternatives selects. Reads frames only where a bound of its sequences lies in the
  /// segment.
  void add_part(const log_snapshot& seen, std::size_t position, const region& wanted, std::size_t alternative,
                std::uint64_t next);

  std::vector<simple_selection> parts_;  // one for each alternative that has a run
  std::vector<bounded_run> runs_;
  bool is_last_{};
  bool takes_all_{true};
};

/// Merges the runs of a selection in ascending order, a chunk of places at a time. A place that several runs have comes
/// once.
class place_reader {
 public:
  place_reader() = default;
  place_reader(const segment& of, const selection& selected);

  static constexpr std::size_t chunk_size = 62;

  /// Takes the next places that are at hand and were checked before, at most `chunk_size`; returns how many. None where
  /// `next` has to look for them, and where several runs are merged.
  [[nodiscard]] std::size_t take_checked(std::uint32_t* to) noexcept;
  /// The next place; false when there is none, and then for good.
  [[nodiscard]] bool next(const segment& of, std::uint32_t& place);

 private:
  struct stream {
    event_run run{};
    std::size_t position{};
    std::uint32_t end{};  // a place
    std::uint32_t used{};
    std::uint32_t filled{};
    bool is_checked{};
    std::uint32_t chunk[chunk_size]{};

    [[nodiscard]] bool refill(const segment& of);
  };
  std::vector<stream> streams_;
  std::uint32_t last_{};  // no event has place 0
};

/// How many events a region selects. Reads no events where the runs alone tell.
[[nodiscard]] std::uint64_t count_frames(const log_snapshot& seen, const region& wanted);

}  // namespace quipu::detail::inline QUIPU_MODE
