// SPDX-License-Identifier: BSL-1.0
//
// log_snapshot.hpp: what a reader sees of a log: the segments, and how far they are visible.
#pragma once

#include "../segment/segment.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

namespace quipu::detail {

/// What a reader sees: all events before `end_sequence`, of which the last segment holds those before `end_place`. Costs two copies of
/// numbers and one of a pointer; keeps what it refers to alive.
struct log_snapshot {
  using segment_list = std::vector<std::shared_ptr<segment>>;

  std::shared_ptr<const segment_list> segments{};
  std::uint64_t end_sequence{};
  std::uint32_t end_place{};

  [[nodiscard]] std::size_t segment_count() const noexcept { return segments ? segments->size() : 0; }
  [[nodiscard]] const std::shared_ptr<segment>& at(std::size_t position) const noexcept { return (*segments)[position]; }
  /// The place in a segment up to which this snapshot reaches.
  [[nodiscard]] std::uint32_t end_of(std::size_t position) const noexcept {
    return position + 1 == segment_count() ? end_place : UINT32_MAX;
  }

  /// How many events an entity has by the end of a segment, dropped ones included; 0 where the segment knows nothing of it.
  [[nodiscard]] std::uint64_t entity_end_in(std::size_t position, std::string_view entity) const {
    const segment& owner = *at(position);
    const entity_run known = owner.entity(entity);
    if (!known || position + 1 != segment_count()) return known.next_sequence;
    const std::uint32_t end = end_place;
    const std::size_t count = owner.count_while(known.events, [end](std::uint32_t place) { return place < end; });
    if (count == 0) return 0;
    return owner.frame_at(*owner.place_at(known.events, count - 1)).entity_sequence() + 1;
  }
  /// How many events an entity has, dropped ones included.
  [[nodiscard]] std::uint64_t entity_end(std::string_view entity) const {
    for (std::size_t position = segment_count(); position-- != 0;)
      if (const std::uint64_t end = entity_end_in(position, entity); end != 0) return end;
    return 0;
  }

  /// An event, as a frame of the segment that is returned with it; or nothing.
  struct found_frame {
    std::shared_ptr<segment> owner{};
    frame_view frame{};
    [[nodiscard]] explicit operator bool() const noexcept { return owner != nullptr; }
    [[nodiscard]] event_view view() const {
      const auto names = owner->names_of(frame.coordinate());
      return {frame, names.entity, names.scope, owner};
    }
  };
  /// The position of the segment that holds, or held, the event with this sequence: the last that begins at it or before it; 0 where
  /// there is none.
  [[nodiscard]] std::size_t position_of_sequence(std::uint64_t sequence) const {
    if (segment_count() == 0) return 0;
    const auto begins_by = [sequence](const std::shared_ptr<segment>& each) { return each->first_sequence() <= sequence; };
    const auto after = std::partition_point(segments->begin(), segments->end(), begins_by);
    return after == segments->begin() ? 0 : static_cast<std::size_t>(after - segments->begin()) - 1;
  }
  /// The event with this sequence; nothing where there is none, or where it was dropped.
  [[nodiscard]] found_frame find_sequence(std::uint64_t sequence) const {
    if (sequence >= end_sequence || segment_count() == 0) return {};
    const std::shared_ptr<segment>& owner = at(position_of_sequence(sequence));
    const auto all = owner->all();
    return at_position(owner, all, owner->position_of_sequence(all, sequence),
                       [sequence](const frame_view& frame) { return frame.sequence() == sequence; });
  }

  /// The event with an idempotency key, or the hole that it was dropped into.
  [[nodiscard]] found_frame find_key(const event_id& key) const {
    for (std::size_t position = segment_count(); position-- != 0;)
      if (const auto place = at(position)->key(key)) return {at(position), at(position)->hole_or_event_at(*place)};
    return {};
  }

  /// The event of an entity with this entity sequence.
  [[nodiscard]] found_frame find_entity_sequence(std::string_view entity, std::uint64_t entity_sequence) const {
    for (std::size_t position = segment_count(); position-- != 0;) {
      const std::shared_ptr<segment>& owner = at(position);
      const entity_run known = owner->entity(entity);
      if (!known || entity_sequence < known.first_sequence) continue;
      const std::uint32_t end = end_of(position);
      const auto fits = [entity_sequence](const frame_view& frame) { return frame.entity_sequence() == entity_sequence; };
      const found_frame found = at_position(owner, known.events, owner->position_in(known, entity_sequence), fits);
      if (found && found.frame.data() >= owner->base() + std::size_t{end} * frame_alignment) return {};
      return found;
    }
    return {};
  }

  /// The last event of an entity that comes before entity sequence `end` and wasn't dropped.
  [[nodiscard]] found_frame find_last_before(std::string_view entity, std::uint64_t end) const {
    for (std::size_t position = segment_count(); position-- != 0;) {
      const std::shared_ptr<segment>& owner = at(position);
      const entity_run known = owner->entity(entity);
      if (!known) continue;
      std::size_t before = owner->position_in(known, end);
      const std::uint32_t end_place_here = end_of(position);
      while (before != 0 && *owner->place_at(known.events, before - 1) >= end_place_here) --before;
      if (before != 0) return {owner, owner->frame_at(*owner->place_at(known.events, before - 1))};
    }
    return {};
  }

  /// The event with this id. Ids ascend with the log, so it is found by halving, first among the segments.
  [[nodiscard]] found_frame find_id(const event_id& id) const {
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
    const auto [first, last] = owner->positions_of(id);
    const std::size_t position = owner->count_while(all, first, last, [&](std::uint32_t place) { return owner->frame_at(place).id() < id; });
    const found_frame found = at_position(owner, all, position, [&id](const frame_view& frame) { return frame.id() == id; });
    if (found && found.frame.data() >= owner->base() + std::size_t{end} * frame_alignment) return {};
    return found;
  }

  /// The schema that the log has for a kind and version: the newest segment's that has one. Null where none has.
  [[nodiscard]] const segment* find_schema(event_kind kind, std::uint16_t version) const {
    for (std::size_t position = segment_count(); position-- != 0;)
      if (at(position)->schema_fingerprint(kind, version) != 0) return at(position).get();
    return nullptr;
  }

 private:
  template <class Run, class Fits>
  [[nodiscard]] static found_frame at_position(const std::shared_ptr<segment>& owner, const Run& run, std::size_t position, Fits&& fits) {
    const auto place = owner->place_at(run, position);
    if (!place) return {};
    const frame_view frame = owner->frame_at(*place);
    return fits(frame) ? found_frame{owner, frame} : found_frame{};
  }
};

}  // namespace quipu::detail
