// SPDX-License-Identifier: BSL-1.0
//
// log_snapshot.hpp: what a reader sees of a log: the segments, and how far they are visible.
#pragma once

#include "../../macros.hpp"
#include "../segment/segment.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

namespace quipu::detail::inline QUIPU_MODE {

/// What a reader sees: all events before `end_sequence`, of which the last segment holds those before `end_place`.
/// Costs two copies of numbers and one of a pointer; keeps what it refers to alive.
struct log_snapshot {
  using segment_list = std::vector<std::shared_ptr<segment>>;

  std::shared_ptr<const segment_list> segments{};
  std::uint64_t end_sequence{};
  std::uint32_t end_place{};

  [[nodiscard]] std::size_t segment_count() const noexcept { return segments ? segments->size() : 0; }
  [[nodiscard]] const std::shared_ptr<segment>& at(std::size_t position) const noexcept {
    return (*segments)[position];
  }
  /// The place in a segment up to which this snapshot reaches.
  [[nodiscard]] std::uint32_t end_of(std::size_t position) const noexcept;

  /// How many events an entity has by the end of a segment, dropped ones included; 0 where the segment knows nothing of
  /// it.
  [[nodiscard]] std::uint64_t entity_end_in(std::size_t position, std::string_view entity) const;
  /// How many events an entity has, dropped ones included.
  [[nodiscard]] std::uint64_t entity_end(std::string_view entity) const;

  /// An event, as a frame of the segment that is returned with it; or nothing.
  struct found_frame {
    std::shared_ptr<segment> owner{};
    frame_view frame{};
    [[nodiscard]] explicit operator bool() const noexcept { return owner != nullptr; }
    [[nodiscard]] event_view view() const;
  };
  /// The position of the segment that holds, or held, the event with this sequence: the last that begins at it or
  /// before it; 0 where there is none.
  [[nodiscard]] std::size_t position_of_sequence(std::uint64_t sequence) const;
  /// The event with this sequence; nothing where there is none, or where it was dropped.
  [[nodiscard]] found_frame find_sequence(std::uint64_t sequence) const;

  /// The event with an idempotency key, or the hole that it was dropped into.
  [[nodiscard]] found_frame find_key(const event_id& key) const;

  /// The event of an entity with this entity sequence.
  [[nodiscard]] found_frame find_entity_sequence(std::string_view entity, std::uint64_t entity_sequence) const;

  /// The last event of an entity that comes before entity sequence `end` and wasn't dropped.
  [[nodiscard]] found_frame find_last_before(std::string_view entity, std::uint64_t end) const;

  /// The event with this id. Ids ascend with the log, so it is found by halving, first among the segments.
  [[nodiscard]] found_frame find_id(const event_id& id) const;

  /// The schema that the log has for a kind and version: the newest segment's that has one. Null where none has.
  [[nodiscard]] const segment* find_schema(event_kind kind, std::uint16_t version) const;

 private:
  template <class Run, class Fits>
  [[nodiscard]] static found_frame at_position(const std::shared_ptr<segment>& owner, const Run& run,
                                               std::size_t position, Fits&& fits) {
    const auto place = owner->place_at(run, position);
    if (!place) return {};
    const frame_view frame = owner->frame_at(*place);
    return fits(frame) ? found_frame{owner, frame} : found_frame{};
  }
};

}  // namespace quipu::detail::inline QUIPU_MODE
