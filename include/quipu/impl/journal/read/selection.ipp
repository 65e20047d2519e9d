// SPDX-License-Identifier: BSL-1.0
//
// selection.ipp: see journal/read/selection.hpp.
#pragma once

#include "../../../coordinate/region.hpp"
#include "../../../event/event_tags.hpp"
#include "../../../journal/read/log_snapshot.hpp"
#include "../../../journal/read/selection.hpp"
#include "../../../journal/segment/segment.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace quipu::detail::inline QUIPU_MODE {

QUIPU_DECL simple_selection::simple_selection(const segment& of, const region& wanted, std::size_t alternative,
                                              std::uint32_t begin, std::uint32_t end, std::vector<bounded_run>& runs)
    : alternative_{alternative}, begin_{begin}, end_{end} {
  const by chosen = choose(of, wanted, runs);
  check_names_ = wanted.entity_match() == region::match::prefix ||
                 (wanted.entity_match() == region::match::exact && chosen != by::entity) ||
                 (wanted.scope_name() && chosen != by::scope);
  check_kind_ = chosen != by::kind && (wanted.kinds() || wanted.category());
  check_tags_ = wanted.tags().size() > (chosen == by::tag ? 1 : 0);
  check_entity_sequence_ =
      chosen != by::entity && (wanted.first_entity_sequence() != 0 || wanted.last_entity_sequence() != UINT64_MAX);
}

QUIPU_DECL void simple_selection::check_everything() noexcept {
  check_place_ = check_names_ = check_kind_ = check_tags_ = check_entity_sequence_ = true;
}

QUIPU_DECL bool simple_selection::takes(const segment& of, const region& wanted, const frame_view& frame,
                                        std::uint32_t place) {
  if (check_place_ && (place < begin_ || place >= end_)) return false;
  if (check_kind_ && !wanted.matches_kind(frame.kind())) return false;
  if (check_entity_sequence_ && !wanted.matches_entity_sequence(frame.entity_sequence())) return false;
  if (check_tags_ && !wanted.matches_tags(event_tags{frame})) return false;
  return !check_names_ || takes_coordinate(of, wanted, frame.coordinate());
}

QUIPU_DECL simple_selection::by simple_selection::choose(const segment& of, const region& wanted, run_list& runs) {
  if (wanted.entity_match() == region::match::exact || !wanted.tags().empty())
    return choose_entity_or_tag(of, wanted, runs);
  if (wanted.scope_name()) {
    add(of.scope(*wanted.scope_name()), runs);
    return by::scope;
  }
  if (wanted.kinds() || wanted.category()) return choose_kinds(of, wanted, runs);
  add(of.all(), runs);
  return by::all;
}

QUIPU_DECL simple_selection::by simple_selection::choose_entity_or_tag(const segment& of, const region& wanted,
                                                                       run_list& runs) {
  event_run shortest;
  std::size_t size = SIZE_MAX;
  for (const std::string& tag : wanted.tags()) {
    const event_run run = of.tag(tag);
    const std::size_t events = of.size_of(run);
    if (events >= size) continue;
    shortest = run;
    size = events;
  }
  if (wanted.entity_match() == region::match::exact) {
    const entity_run entity = of.entity({wanted.entity_text()});
    if (!entity) return by::entity;
    if (wanted.tags().empty() || of.size_of(entity.events) <= size) {
      bound_entity(of, wanted, entity);
      add(entity.events, runs);
      return by::entity;
    }
  }
  add(shortest, runs);
  return by::tag;
}

QUIPU_DECL simple_selection::by simple_selection::choose_kinds(const segment& of, const region& wanted,
                                                               run_list& runs) {
  for (const event_kind kind : wanted.kinds() ? *wanted.kinds() : of.kinds())
    if (wanted.matches_kind(kind)) add(of.kind(kind), runs);
  return by::kind;
}

QUIPU_DECL void simple_selection::add(const event_run& run, run_list& runs) const {
  if (begin_ < end_ && !run.is_nothing()) runs.push_back({run, begin_, end_});
}

QUIPU_DECL void simple_selection::bound_entity(const segment& of, const region& wanted, const entity_run& entity) {
  const auto place_of = [&](std::uint64_t sequence) {
    return of.place_at(entity.events, of.position_in(entity, sequence)).value_or(UINT32_MAX);
  };
  if (wanted.first_entity_sequence() > entity.first_sequence)
    begin_ = std::max(begin_, place_of(wanted.first_entity_sequence()));
  if (wanted.last_entity_sequence() < entity.next_sequence - 1)
    end_ = std::min(end_, place_of(wanted.last_entity_sequence() + 1));
}

QUIPU_DECL bool simple_selection::takes_coordinate(const segment& of, const region& wanted, std::uint32_t coordinate) {
  if (coordinate >= coordinates_.size()) coordinates_.resize(std::size_t{coordinate} + 1, memo::unknown);
  if (coordinates_[coordinate] == memo::unknown) {
    const auto names = of.names_of(coordinate);
    coordinates_[coordinate] = wanted.matches_names(names.entity, names.scope) ? memo::taken : memo::refused;
  }
  return coordinates_[coordinate] == memo::taken;
}

QUIPU_DECL selection::selection(const log_snapshot& seen, std::size_t position, const region& wanted,
                                std::uint64_t next) {
  is_last_ = wanted.last_sequence() < end_sequence_of(seen, position);
  if (wanted.alternatives().empty()) {
    add_part(seen, position, wanted, 0, next);
  } else {
    for (std::size_t number = 0; number < wanted.alternatives().size(); ++number)
      add_part(seen, position, wanted.alternatives()[number], number, next);
  }
  takes_all_ = std::all_of(parts_.begin(), parts_.end(), [](const auto& each) { return each.takes_all(); });
  if (parts_.size() > 1 && !takes_all_)
    for (simple_selection& each : parts_) each.check_everything();
}

QUIPU_DECL bool selection::takes(const segment& of, const region& wanted, const frame_view& frame) {
  const auto place = static_cast<std::uint32_t>(static_cast<std::size_t>(frame.data() - of.base()) / frame_alignment);
  return std::any_of(parts_.begin(), parts_.end(), [&](simple_selection& each) {
    const region& part = wanted.alternatives().empty() ? wanted : wanted.alternatives()[each.alternative()];
    return each.takes(of, part, frame, place);
  });
}

QUIPU_DECL std::uint64_t selection::end_sequence_of(const log_snapshot& seen, std::size_t position) {
  return position + 1 < seen.segment_count() ? seen.at(position + 1)->first_sequence() : seen.end_sequence;
}

QUIPU_DECL void selection::add_part(const log_snapshot& seen, std::size_t position, const region& wanted,
                                    std::size_t alternative, std::uint64_t next) {
  if (wanted.selects_nothing()) return;
  const segment& of = *seen.at(position);
  const std::uint64_t first = std::max(next, wanted.first_sequence());
  const std::uint64_t last = wanted.last_sequence();
  const std::uint64_t end_sequence = end_sequence_of(seen, position);
  if (first >= end_sequence || last < of.first_sequence()) return;
  const auto place_of = [&of](std::uint64_t sequence) {
    const event_run all = of.all();
    return of.place_at(all, of.position_of_sequence(all, sequence)).value_or(UINT32_MAX);
  };
  const std::uint32_t begin = first > of.first_sequence() ? place_of(first) : 0;
  std::uint32_t end = seen.end_of(position);
  if (last < end_sequence - 1) end = std::min(end, place_of(last + 1));
  const std::size_t runs_before = runs_.size();
  simple_selection part{of, wanted, alternative, begin, end, runs_};
  if (runs_.size() != runs_before) parts_.push_back(std::move(part));
}

QUIPU_DECL place_reader::place_reader(const segment& of, const selection& selected) : streams_(selected.runs().size()) {
  for (std::size_t index = 0; index < streams_.size(); ++index) {
    const bounded_run& each = selected.runs()[index];
    streams_[index].run = each.run;
    streams_[index].position = each.first_position(of);
    streams_[index].end = each.end;
  }
}

QUIPU_DECL std::size_t place_reader::take_checked(std::uint32_t* to) noexcept {
  if (streams_.size() != 1 || !streams_.front().is_checked) return 0;
  stream& only = streams_.front();
  std::copy(only.chunk + only.used, only.chunk + only.filled, to);
  return only.filled - std::exchange(only.used, only.filled);
}

QUIPU_DECL bool place_reader::next(const segment& of, std::uint32_t& place) {
  do {
    stream* least = nullptr;
    for (stream& each : streams_) {
      if (each.used == each.filled && !each.refill(of)) continue;
      if (least == nullptr || each.chunk[each.used] < least->chunk[least->used]) least = &each;
    }
    if (least == nullptr) return false;
    place = least->chunk[least->used++];
  } while (place == last_);
  last_ = place;
  return true;
}

QUIPU_DECL bool place_reader::stream::refill(const segment& of) {
  const std::size_t copied = of.copy_places(run, position, chunk, chunk_size);
  filled = static_cast<std::uint32_t>(std::lower_bound(chunk, chunk + copied, end) - chunk);
  is_checked = of.is_checked(run, position, chunk, filled);
  position += filled;
  used = 0;
  return filled != 0;
}

QUIPU_DECL std::uint64_t count_frames(const log_snapshot& seen, const region& wanted) {
  std::uint64_t count = 0;
  for (std::size_t position = seen.position_of_sequence(wanted.first_sequence()); position < seen.segment_count();
       ++position) {
    const segment& each = *seen.at(position);
    selection selected{seen, position, wanted};
    if (selected.takes_all() && selected.has_distinct_runs()) {
      for (const bounded_run& run : selected.runs()) count += run.end_position(each) - run.first_position(each);
    } else {
      place_reader reader{each, selected};
      std::uint32_t place = 0;
      while (reader.next(each, place))
        if (selected.takes_all() || selected.takes(each, wanted, each.frame_at(place))) ++count;
    }
    if (selected.is_last()) break;
  }
  return count;
}

}  // namespace quipu::detail::inline QUIPU_MODE
