// SPDX-License-Identifier: BSL-1.0
//
// selection.hpp: which runs of a segment's index a region needs, and which of their events it takes. The narrowest run is
// read: an entity's, else a scope's, else those of the kinds; all events only where a region asks for nothing that has a run.
#pragma once

#include "../../coordinate/region.hpp"
#include "../segment/segment.hpp"
#include "log_snapshot.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

namespace quipu::detail {

/// What a region selects in one segment. Refers to the region and to the segment.
class selection {

 public:
  selection() = default;
  selection(const segment& of, const region& wanted) {
    if (wanted.selects_nothing()) return;
    choose(of, wanted);
    if (runs_.empty()) return;
    const bool by_names = wanted.entity_match() == region::match::prefix || (by_entity_ && wanted.scope_name()) ||
                          (!by_entity_ && wanted.entity_match() == region::match::exact);
    check_names_ = by_names;
    check_kind_ = !by_kind_ && (wanted.kinds() || wanted.category());
    check_sequence_ = wanted.first_sequence() != 0 || wanted.last_sequence() != UINT64_MAX;
  }

  /// The runs that hold the selected events and perhaps others; none where the segment has none of them.
  [[nodiscard]] const std::vector<event_run>& runs() const noexcept { return runs_; }
  /// Where to begin in the first run.
  [[nodiscard]] std::size_t first_position() const noexcept { return first_position_; }
  /// Every event of the runs is selected.
  [[nodiscard]] bool takes_all() const noexcept { return !check_names_ && !check_kind_ && !check_sequence_; }

  [[nodiscard]] bool takes(const segment& of, const region& wanted, const frame_view& frame) {
    if (check_kind_ && !wanted.matches_kind(frame.kind())) return false;
    if (check_sequence_ && !wanted.matches_sequence(frame.entity_sequence())) return false;
    return !check_names_ || takes_coordinate(of, wanted, frame.coordinate());
  }

 private:
  enum class memo : unsigned char { unknown, taken, refused };

  void choose(const segment& of, const region& wanted) {
    if (wanted.entity_match() == region::match::exact) {
      by_entity_ = true;
      if (const auto entity = of.entity(wanted.entity_text())) {
        add(entity.events);
        first_position_ = of.position_in(entity, wanted.first_sequence());
      }
    } else if (wanted.scope_name()) {
      add(of.scope(*wanted.scope_name()));
    } else if (wanted.kinds() || wanted.category()) {
      by_kind_ = true;
      if (wanted.kinds()) {
        for (const event_kind kind : *wanted.kinds())
          if (wanted.matches_kind(kind)) add(of.kind(kind));
      } else {
        for (const event_kind kind : of.kinds())
          if (wanted.matches_kind(kind)) add(of.kind(kind));
      }
    } else {
      add(of.all());
    }
  }
  void add(const event_run& run) {
    if (!run.is_nothing()) runs_.push_back(run);
  }

  /// A coordinate's names are compared once.
  [[nodiscard]] bool takes_coordinate(const segment& of, const region& wanted, std::uint32_t coordinate) {
    if (coordinate >= coordinates_.size()) coordinates_.resize(std::size_t{coordinate} + 1, memo::unknown);
    if (coordinates_[coordinate] == memo::unknown) {
      const auto names = of.names_of(coordinate);
      coordinates_[coordinate] = wanted.matches_names(names.entity, names.scope) ? memo::taken : memo::refused;
    }
    return coordinates_[coordinate] == memo::taken;
  }

  std::vector<event_run> runs_;
  std::size_t first_position_{};
  bool by_entity_{};
  bool by_kind_{};
  bool check_names_{};
  bool check_kind_{};
  bool check_sequence_{};
  std::vector<memo> coordinates_;
};

/// Reads runs of one segment as one ascending run, a handful of places at a time.
class place_reader {

 public:
  place_reader() = default;
  place_reader(const std::vector<event_run>& runs, std::size_t first_position) {
    streams_.resize(runs.size());
    for (std::size_t index = 0; index < runs.size(); ++index) {
      streams_[index].run = runs[index];
      streams_[index].position = runs.size() == 1 ? first_position : 0;
    }
  }

  /// Goes on at the first place that isn't before `begin`.
  void skip_to(const segment& of, std::uint32_t begin) {
    for (stream& each : streams_)
      each.position = std::max(each.position, of.count_while(each.run, [begin](std::uint32_t place) { return place < begin; }));
  }

  /// The next place before `end`; false when there is none, and then for good.
  [[nodiscard]] bool next(const segment& of, std::uint32_t end, std::uint32_t& place) {
    stream* least = nullptr;
    for (stream& each : streams_) {
      if (each.used == each.filled && !each.refill(of)) continue;
      if (least == nullptr || each.chunk[each.used] < least->chunk[least->used]) least = &each;
    }
    if (least == nullptr || least->chunk[least->used] >= end) return false;
    place = least->chunk[least->used++];
    return true;
  }

 private:
  static constexpr std::size_t chunk_size = 62;
  struct stream {
    event_run run{};
    std::size_t position{};
    std::uint32_t used{};
    std::uint32_t filled{};
    std::uint32_t chunk[chunk_size]{};

    [[nodiscard]] bool refill(const segment& of) {
      filled = static_cast<std::uint32_t>(of.copy_places(run, position, chunk, chunk_size));
      position += filled;
      used = 0;
      return filled != 0;
    }
  };
  std::vector<stream> streams_;
};

/// What is told of events, some of one segment at a time, in order; never of none, and of none that wasn't checked. A reference to something callable, whose type is the same
/// for all of them, so that what finds events is compiled once.
class places_visitor {
 public:
  template <class Visit>
  explicit places_visitor(const Visit& visit) noexcept
      : visit_{&visit}, call_{[](const void* of, const std::shared_ptr<segment>& owner, const std::uint32_t* places, std::size_t count) {
          (*static_cast<const Visit*>(of))(owner, places, count);
        }} {}

  void operator()(const std::shared_ptr<segment>& owner, const std::uint32_t* places, std::size_t count) const {
    if (count == 0) return;
    owner->require_sound(places, count);
    call_(visit_, owner, places, count);
  }

 private:
  const void* visit_;
  void (*call_)(const void*, const std::shared_ptr<segment>&, const std::uint32_t*, std::size_t);
};

/// Tells of the selected events of a snapshot, in order. Nothing is allocated for an event.
inline void visit_region(const log_snapshot& seen, const region& wanted, places_visitor visit) {
  constexpr std::size_t chunk_size = 256;
  std::uint32_t chunk[chunk_size];
  for (std::size_t position = 0; position < seen.segment_count(); ++position) {
    const std::shared_ptr<segment>& owner = seen.at(position);
    const segment& each = *owner;
    const std::uint32_t end = seen.end_of(position);
    selection selected{each, wanted};
    if (selected.runs().empty()) continue;
    const auto takes = [&](std::uint32_t place) { return selected.takes_all() || selected.takes(each, wanted, each.frame_at(place)); };
    if (selected.runs().size() == 1) {
      const auto& run = selected.runs().front();
      std::size_t from = selected.first_position();
      for (;;) {
        const std::size_t copied = each.copy_places(run, from, chunk, chunk_size);
        std::size_t usable = copied;
        while (usable != 0 && chunk[usable - 1] >= end) --usable;
        std::size_t kept = usable;
        if (!selected.takes_all()) {
          kept = 0;
          for (std::size_t index = 0; index < usable; ++index)
            if (takes(chunk[index])) chunk[kept++] = chunk[index];
        }
        visit(owner, chunk, kept);
        if (usable < chunk_size) break;
        from += copied;
      }
    } else {
      place_reader reader{selected.runs(), 0};
      std::size_t kept = 0;
      std::uint32_t place = 0;
      while (reader.next(each, end, place)) {
        if (!takes(place)) continue;
        chunk[kept++] = place;
        if (kept < chunk_size) continue;
        visit(owner, chunk, kept);
        kept = 0;
      }
      visit(owner, chunk, kept);
    }
  }
}

/// How many events a region selects. Counts without reading events where a list alone says it.
[[nodiscard]] inline std::uint64_t count_frames(const log_snapshot& seen, const region& wanted) {
  std::uint64_t count = 0;
  for (std::size_t position = 0; position < seen.segment_count(); ++position) {
    const segment& each = *seen.at(position);
    const std::uint32_t end = seen.end_of(position);
    selection selected{each, wanted};
    if (selected.takes_all()) {
      for (const auto& run : selected.runs()) count += each.count_while(run, [end](std::uint32_t place) { return place < end; });
      continue;
    }
    place_reader reader{selected.runs(), selected.first_position()};
    std::uint32_t place = 0;
    while (reader.next(each, end, place))
      if (selected.takes(each, wanted, each.frame_at(place))) ++count;
  }
  return count;
}

/// Tells of the events of an entity from entity sequence `first` on, in order.
inline void visit_entity(const log_snapshot& seen, std::string_view entity, std::uint64_t first, places_visitor visit) {
  // Mostly all of it is in the last segments; find where to begin from the end.
  std::size_t begin = seen.segment_count();
  while (begin != 0) {
    --begin;
    const auto known = seen.at(begin)->entity(entity);
    if (known && known.first_sequence <= first) break;
  }
  constexpr std::size_t chunk_size = 256;
  std::uint32_t chunk[chunk_size];
  for (std::size_t position = begin; position < seen.segment_count(); ++position) {
    const std::shared_ptr<segment>& owner = seen.at(position);
    const std::uint32_t end = seen.end_of(position);
    const auto known = owner->entity(entity);
    if (!known) continue;
    for (std::size_t from = owner->position_in(known, first);;) {
      const std::size_t copied = owner->copy_places(known.events, from, chunk, chunk_size);
      std::size_t usable = copied;
      while (usable != 0 && chunk[usable - 1] >= end) --usable;
      visit(owner, chunk, usable);
      if (usable < chunk_size) break;
      from += copied;
    }
  }
}

}  // namespace quipu::detail
