// SPDX-License-Identifier: BSL-1.0
//
// log_snapshot.ipp: see journal/read/log_snapshot.hpp.
#pragma once

#include "../../../journal/read/log_snapshot.hpp"
#include "../../../journal/segment/segment.hpp"
#include "../../../journal/segment/segment_list.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

namespace quipu::detail::inline QUIPU_MODE {

/// The frame at a position of a run, if there is one and it `fits`.
template <class Run, class Fits>
[[nodiscard]] log_snapshot::found_frame frame_at_position(const std::shared_ptr<segment>& owner, const Run& run,
                                                          std::size_t position, Fits&& fits) {
  const auto place = owner->place_at(run, position);
  if (!place) return {};
  const frame_view frame = owner->frame_at(*place);
  return fits(frame) ? log_snapshot::found_frame{owner, frame} : log_snapshot::found_frame{};
}

QUIPU_DECL std::size_t log_snapshot::segment_count() const noexcept { return segments ? segments->size() : 0; }

QUIPU_DECL const std::shared_ptr<segment>& log_snapshot::at(std::size_t position) const noexcept {
  return (*segments)[position];
}

QUIPU_DECL std::uint32_t log_snapshot::end_of(std::size_t position) const noexcept {
  return position + 1 == segment_count() ? end_place : UINT32_MAX;
}

QUIPU_DECL std::uint64_t log_snapshot::entity_end_in(std::size_t position, const hashed_name& entity) const {
  const segment& owner = *at(position);
  const entity_run known = owner.entity(entity);
  if (!known || position + 1 != segment_count()) return known.next_sequence;
  const std::uint32_t end = end_place;
  const std::size_t count = owner.count_while(known.events, [end](std::uint32_t place) { return place < end; });
  if (count == 0) return 0;
  return owner.frame_at(*owner.place_at(known.events, count - 1)).entity_sequence() + 1;
}

QUIPU_DECL std::uint64_t log_snapshot::entity_end(std::string_view entity) const {
  const hashed_name name{entity};
  for (std::size_t position = segment_count(); position-- != 0;)
    if (const std::uint64_t end = entity_end_in(position, name); end != 0) return end;
  return 0;
}

QUIPU_DECL event_view log_snapshot::found_frame::view() const { return {frame, owner}; }

QUIPU_DECL std::size_t log_snapshot::position_of_sequence(std::uint64_t sequence) const {
  if (segment_count() == 0) return 0;
  const auto begins_by = [sequence](const std::shared_ptr<segment>& each) {
    return each->first_sequence() <= sequence;
  };
  const auto after = std::partition_point(segments->begin(), segments->end(), begins_by);
  return after == segments->begin() ? 0 : static_cast<std::size_t>(after - segments->begin()) - 1;
}

QUIPU_DECL log_snapshot::found_frame log_snapshot::find_sequence(std::uint64_t sequence) const {
  if (sequence >= end_sequence || segment_count() == 0) return {};
  const std::shared_ptr<segment>& owner = at(position_of_sequence(sequence));
  const auto all = owner->all();
  return frame_at_position(owner, all, owner->position_of_sequence(all, sequence),
                           [sequence](const frame_view& frame) { return frame.sequence() == sequence; });
}

QUIPU_DECL log_snapshot::found_frame log_snapshot::find_key(const event_id& key) const {
  for (std::size_t position = segment_count(); position-- != 0;)
    if (const auto place = at(position)->key(key)) return {at(position), at(position)->hole_or_event_at(*place)};
  return {};
}

QUIPU_DECL log_snapshot::found_frame log_snapshot::find_entity_sequence(std::string_view entity,
                                                                        std::uint64_t entity_sequence) const {
  const hashed_name name{entity};
  for (std::size_t position = segment_count(); position-- != 0;) {
    const std::shared_ptr<segment>& owner = at(position);
    const entity_run known = owner->entity(name);
    if (!known || entity_sequence < known.first_sequence) continue;
    const std::uint32_t end = end_of(position);
    const auto fits = [entity_sequence](const frame_view& frame) { return frame.entity_sequence() == entity_sequence; };
    const found_frame found = frame_at_position(owner, known.events, owner->position_in(known, entity_sequence), fits);
    if (found && found.frame.data() >= owner->base() + std::size_t{end} * frame_alignment) return {};
    return found;
  }
  return {};
}

QUIPU_DECL log_snapshot::found_frame log_snapshot::find_last_before(std::string_view entity, std::uint64_t end) const {
  const hashed_name name{entity};
  for (std::size_t position = segment_count(); position-- != 0;) {
    const std::shared_ptr<segment>& owner = at(position);
    const entity_run known = owner->entity(name);
    if (!known) continue;
    std::size_t before = owner->position_in(known, end);
    const std::uint32_t end_place_here = end_of(position);
    while (before != 0 && *owner->place_at(known.events, before - 1) >= end_place_here) --before;
    if (before != 0) return {owner, owner->frame_at(*owner->place_at(known.events, before - 1))};
  }
  return {};
}

QUIPU_DECL log_snapshot::found_frame log_snapshot::find_id(const event_id& id) const {
  if (segment_count() == 0) return {};
  const auto begins_by = [&id](const std::shared_ptr<segment>& each) {
    const event_id first = each->first_id();
    return !first.is_nil() && !(id < first);
  };
  auto after = std::partition_point(segments->begin(), segments->end(), begins_by);
  if (after == segments->begin()) return {};
  const std::shared_ptr<segment>& owner = *(after - 1);
  const std::uint32_t end = end_of(static_cast<std::size_t>(after - 1 - segments->begin()));
  const auto all = owner->all();
  const found_frame found = frame_at_position(owner, all, owner->position_of_id(all, id),
                                              [&id](const frame_view& frame) { return frame.id() == id; });
  if (found && found.frame.data() >= owner->base() + std::size_t{end} * frame_alignment) return {};
  return found;
}

QUIPU_DECL const segment* log_snapshot::find_schema(event_kind kind, std::uint16_t version) const {
  for (std::size_t position = segment_count(); position-- != 0;)
    if (at(position)->schema_fingerprint(kind, version) != 0) return at(position).get();
  return nullptr;
}

}  // namespace quipu::detail::inline QUIPU_MODE
