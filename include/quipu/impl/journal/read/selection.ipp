// SPDX-License-Identifier: BSL-1.0
//
// selection.ipp: see journal/read/selection.hpp.
#pragma once

#include "../../../coordinate/region.hpp"
#include "../../../journal/read/log_snapshot.hpp"
#include "../../../journal/read/selection.hpp"
#include "../../../journal/segment/segment.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

namespace quipu::detail::inline QUIPU_MODE {

QUIPU_DECL selection::selection(const log_snapshot& seen, std::size_t position, const region& wanted,
                                std::uint64_t next) {
  const segment& of = *seen.at(position);
  is_last_ = wanted.last_sequence() < end_sequence_of(seen, position);
  if (wanted.selects_nothing()) return;
  bound(seen, position, std::max(next, wanted.first_sequence()), wanted.last_sequence());
  if (begin_ >= end_) return;
  choose(of, wanted);
  if (begin_ >= end_) runs_.clear();
  if (runs_.empty()) return;
  check_names_ = wanted.entity_match() == region::match::prefix || (by_entity_ && wanted.scope_name()) ||
                 (!by_entity_ && wanted.entity_match() == region::match::exact);
  check_kind_ = !by_kind_ && (wanted.kinds() || wanted.category());
  check_entity_sequence_ =
      !by_entity_ && (wanted.first_entity_sequence() != 0 || wanted.last_entity_sequence() != UINT64_MAX);
}

QUIPU_DECL std::size_t selection::first_position(const segment& of, const event_run& run) const {
  return begin_ == 0 ? 0 : of.count_while(run, [this](std::uint32_t place) { return place < begin_; });
}

QUIPU_DECL bool selection::takes(const segment& of, const region& wanted, const frame_view& frame) {
  if (check_kind_ && !wanted.matches_kind(frame.kind())) return false;
  if (check_entity_sequence_ && !wanted.matches_entity_sequence(frame.entity_sequence())) return false;
  return !check_names_ || takes_coordinate(of, wanted, frame.coordinate());
}

QUIPU_DECL std::uint64_t selection::end_sequence_of(const log_snapshot& seen, std::size_t position) {
  return position + 1 < seen.segment_count() ? seen.at(position + 1)->first_sequence() : seen.end_sequence;
}

QUIPU_DECL std::uint32_t selection::place_or_end(const segment& of, const event_run& run, std::size_t position) {
  return of.place_at(run, position).value_or(UINT32_MAX);
}

QUIPU_DECL void selection::bound(const log_snapshot& seen, std::size_t position, std::uint64_t first,
                                 std::uint64_t last) {
  const segment& of = *seen.at(position);
  const std::uint64_t end = end_sequence_of(seen, position);
  if (first >= end || last < of.first_sequence()) return;  // `end_` is 0
  end_ = seen.end_of(position);
  const auto place_of = [&of](std::uint64_t sequence) {
    const event_run all = of.all();
    return place_or_end(of, all, of.position_of_sequence(all, sequence));
  };
  if (first > of.first_sequence()) begin_ = place_of(first);
  if (last < end - 1) end_ = std::min(end_, place_of(last + 1));
}

QUIPU_DECL void selection::bound_entity(const segment& of, const entity_run& entity, std::uint64_t first,
                                        std::uint64_t last) {
  if (first > entity.first_sequence)
    begin_ = std::max(begin_, place_or_end(of, entity.events, of.position_in(entity, first)));
  if (last < entity.next_sequence - 1)
    end_ = std::min(end_, place_or_end(of, entity.events, of.position_in(entity, last + 1)));
}

QUIPU_DECL void selection::choose(const segment& of, const region& wanted) {
  if (wanted.entity_match() == region::match::exact) {
    by_entity_ = true;
    if (const auto entity = of.entity(wanted.entity_text())) {
      add(entity.events);
      bound_entity(of, entity, wanted.first_entity_sequence(), wanted.last_entity_sequence());
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

QUIPU_DECL void selection::add(const event_run& run) {
  if (!run.is_nothing()) runs_.push_back(run);
}

QUIPU_DECL bool selection::takes_coordinate(const segment& of, const region& wanted, std::uint32_t coordinate) {
  if (coordinate >= coordinates_.size()) coordinates_.resize(std::size_t{coordinate} + 1, memo::unknown);
  if (coordinates_[coordinate] == memo::unknown) {
    const auto names = of.names_of(coordinate);
    coordinates_[coordinate] = wanted.matches_names(names.entity, names.scope) ? memo::taken : memo::refused;
  }
  return coordinates_[coordinate] == memo::taken;
}

QUIPU_DECL place_reader::place_reader(const segment& of, const selection& selected) : streams_(selected.runs().size()) {
  for (std::size_t index = 0; index < streams_.size(); ++index) {
    streams_[index].run = selected.runs()[index];
    streams_[index].position = selected.first_position(of, streams_[index].run);
  }
}

QUIPU_DECL bool place_reader::next(const segment& of, std::uint32_t end, std::uint32_t& place) {
  stream* least = nullptr;
  for (stream& each : streams_) {
    if (each.used == each.filled && !each.refill(of)) continue;
    if (least == nullptr || each.chunk[each.used] < least->chunk[least->used]) least = &each;
  }
  if (least == nullptr || least->chunk[least->used] >= end) return false;
  place = least->chunk[least->used++];
  return true;
}

QUIPU_DECL bool place_reader::stream::refill(const segment& of) {
  filled = static_cast<std::uint32_t>(of.copy_places(run, position, chunk, chunk_size));
  is_checked = of.is_checked(run, position, chunk, filled);
  position += filled;
  used = 0;
  return filled != 0;
}

QUIPU_DECL void visit_region(const log_snapshot& seen, const region& wanted, places_visitor visit) {
  constexpr std::size_t chunk_size = 256;
  std::uint32_t chunk[chunk_size];
  for (std::size_t position = seen.position_of_sequence(wanted.first_sequence()); position < seen.segment_count();
       ++position) {
    const std::shared_ptr<segment>& owner = seen.at(position);
    const segment& each = *owner;
    selection selected{seen, position, wanted};
    const std::uint32_t end = selected.end();
    const auto takes = [&](std::uint32_t place) {
      return selected.takes_all() || selected.takes(each, wanted, each.frame_at(place));
    };
    if (selected.runs().size() == 1) {
      const auto& run = selected.runs().front();
      std::size_t from = selected.first_position(each, run);
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
        if (selected.takes_all())
          visit(owner, run, from, chunk, kept);
        else
          visit(owner, chunk, kept);
        if (usable < chunk_size) break;
        from += copied;
      }
    } else if (!selected.runs().empty()) {
      place_reader reader{each, selected};
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
    if (selected.is_last()) break;
  }
}

QUIPU_DECL std::uint64_t count_frames(const log_snapshot& seen, const region& wanted) {
  std::uint64_t count = 0;
  for (std::size_t position = seen.position_of_sequence(wanted.first_sequence()); position < seen.segment_count();
       ++position) {
    const segment& each = *seen.at(position);
    selection selected{seen, position, wanted};
    const std::uint32_t end = selected.end();
    if (selected.takes_all()) {
      for (const auto& run : selected.runs())
        count += each.count_while(run, [end](std::uint32_t place) { return place < end; }) -
                 selected.first_position(each, run);
    } else {
      place_reader reader{each, selected};
      std::uint32_t place = 0;
      while (reader.next(each, end, place))
        if (selected.takes(each, wanted, each.frame_at(place))) ++count;
    }
    if (selected.is_last()) break;
  }
  return count;
}

QUIPU_DECL void visit_entity(const log_snapshot& seen, std::string_view entity, std::uint64_t first,
                             places_visitor visit) {
  // Usually all of them are in the last segments: search from the end.
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
      visit(owner, known.events, from, chunk, usable);
      if (usable < chunk_size) break;
      from += copied;
    }
  }
}

}  // namespace quipu::detail::inline QUIPU_MODE
