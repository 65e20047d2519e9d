// SPDX-License-Identifier: BSL-1.0
//
// checked_frames.ipp: see journal/read/checked_frames.hpp.
#pragma once

#include "../../../coordinate/region.hpp"
#include "../../../event/event_view.hpp"
#include "../../../event/upcast.hpp"
#include "../../../journal/read/checked_frames.hpp"
#include "../../../journal/read/log_snapshot.hpp"
#include "../../../journal/read/selection.hpp"
#include "../../../journal/segment/segment.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

namespace quipu::detail::inline QUIPU_MODE {

QUIPU_DECL checked_frames::checked_frames(const std::shared_ptr<segment>& owner, const std::uint32_t* places,
                                          std::size_t count)
    : owner_{&owner},
      origin_{owner.get()},
      base_{owner->base()},
      is_chained_{owner->chained()},
      places_{places},
      count_{count} {}

QUIPU_DECL std::shared_ptr<const event_origin> checked_frames::share_origin() const noexcept { return *owner_; }

/// Gives some events to `visit`. If it throws because an event's version can't be read, the error gets the shape that
/// the log has.
QUIPU_DECL void give_frames(const frames_visitor& visit, const checked_frames& frames) {
  try {
    visit(frames);
  } catch (const version_drift& drift) {
    drift.throw_with_logged(frames.origin().schema_text(drift.kind(), drift.stored()));
  }
}

/// Checks the events at some places, and gives them to `visit` if there are any.
QUIPU_DECL void check_and_give(const frames_visitor& visit, const std::shared_ptr<segment>& owner,
                               const std::uint32_t* places, std::size_t count) {
  if (count == 0) return;
  owner->require_sound(places, count);
  give_frames(visit, {owner, places, count});
}

/// As above, for places that were copied from this position of a run.
QUIPU_DECL void check_and_give(const frames_visitor& visit, const std::shared_ptr<segment>& owner, const event_run& run,
                               std::size_t position, const std::uint32_t* places, std::size_t count) {
  if (count == 0) return;
  owner->require_sound(run, position, places, count);
  give_frames(visit, {owner, places, count});
}

/// How many of these ascending places lie before `end`.
QUIPU_DECL std::size_t count_before(std::uint32_t end, const std::uint32_t* places, std::size_t count) {
  return static_cast<std::size_t>(std::lower_bound(places, places + count, end) - places);
}

QUIPU_DECL void visit_region(const log_snapshot& seen, const region& wanted, frames_visitor visit) {
  constexpr std::size_t chunk_size = 256;
  std::uint32_t chunk[chunk_size];
  for (std::size_t position = seen.position_of_sequence(wanted.first_sequence()); position < seen.segment_count();
       ++position) {
    const std::shared_ptr<segment>& owner = seen.at(position);
    const segment& each = *owner;
    selection selected{seen, position, wanted};
    const auto takes = [&](std::uint32_t place) {
      return selected.takes_all() || selected.takes(each, wanted, each.frame_at(place));
    };
    if (selected.runs().size() == 1) {
      const bounded_run& only = selected.runs().front();
      std::size_t from = only.first_position(each);
      for (;;) {
        const std::size_t copied = each.copy_places(only.run, from, chunk, chunk_size);
        const std::size_t usable = count_before(only.end, chunk, copied);
        std::size_t kept = usable;
        if (!selected.takes_all()) {
          kept = 0;
          for (std::size_t index = 0; index < usable; ++index)
            if (takes(chunk[index])) chunk[kept++] = chunk[index];
        }
        if (selected.takes_all())
          check_and_give(visit, owner, only.run, from, chunk, kept);
        else
          check_and_give(visit, owner, chunk, kept);
        if (usable < chunk_size) break;
        from += copied;
      }
    } else if (!selected.runs().empty()) {
      place_reader reader{each, selected};
      std::size_t kept = 0;
      std::uint32_t place = 0;
      while (reader.next(each, place)) {
        if (!takes(place)) continue;
        chunk[kept++] = place;
        if (kept < chunk_size) continue;
        check_and_give(visit, owner, chunk, kept);
        kept = 0;
      }
      check_and_give(visit, owner, chunk, kept);
    }
    if (selected.is_last()) break;
  }
}

QUIPU_DECL void visit_entity(const log_snapshot& seen, std::string_view entity, std::uint64_t first,
                             frames_visitor visit) {
  const hashed_name name{entity};
  // Usually all of them are in the last segments: search from the end.
  std::size_t begin = seen.segment_count();
  while (begin != 0) {
    --begin;
    const auto known = seen.at(begin)->entity(name);
    if (known && known.first_sequence <= first) break;
  }
  constexpr std::size_t chunk_size = 256;
  std::uint32_t chunk[chunk_size];
  for (std::size_t position = begin; position < seen.segment_count(); ++position) {
    const std::shared_ptr<segment>& owner = seen.at(position);
    const std::uint32_t end = seen.end_of(position);
    const auto known = owner->entity(name);
    if (!known) continue;
    for (std::size_t from = owner->position_in(known, first);;) {
      const std::size_t copied = owner->copy_places(known.events, from, chunk, chunk_size);
      const std::size_t usable = count_before(end, chunk, copied);
      check_and_give(visit, owner, known.events, from, chunk, usable);
      if (usable < chunk_size) break;
      from += copied;
    }
  }
}

}  // namespace quipu::detail::inline QUIPU_MODE
