// SPDX-License-Identifier: BSL-1.0
//
// log_snapshot.hpp: what a reader sees of a log: the segments, and where the visible log ends.
#pragma once

#include "../../core/event_kind.hpp"
#include "../../event/event_id.hpp"
#include "../../event/event_view.hpp"
#include "../../event/frame.hpp"
#include "../../macros.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

namespace quipu::detail::inline QUIPU_MODE {

class segment;
class segment_list;
struct hashed_name;

/// All events before `end_sequence`; those of the last segment lie before `end_place`. Cheap to copy: three numbers and
/// a shared pointer. Keeps the segments alive, with what a later compaction drops or erases.
struct log_snapshot {
  std::shared_ptr<const segment_list> segments{};
  std::uint64_t end_sequence{};
  std::uint32_t end_place{};
  std::uint64_t generation{};  ///< of the log; see `log_source::generation`

  [[nodiscard]] std::size_t segment_count() const noexcept;
  [[nodiscard]] const std::shared_ptr<segment>& at(std::size_t position) const noexcept;
  /// The place in a segment up to which this snapshot reaches.
  [[nodiscard]] std::uint32_t end_of(std::size_t position) const noexcept;

  /// The number of an entity's events up to the end of a segment, dropped ones included; 0 if the segment has none of
  /// the entity.
  [[nodiscard]] std::uint64_t entity_end_in(std::size_t position, const hashed_name& entity) const;
  /// The number of an entity's events, dropped ones included.
  [[nodiscard]] std::uint64_t entity_end(std::string_view entity) const;

  /// The frame of an event and its segment; or nothing.
  struct found_frame {
    std::shared_ptr<segment> owner{};
    frame_view frame{};
    [[nodiscard]] explicit operator bool() const noexcept { return owner != nullptr; }
    [[nodiscard]] event_view view() const;
  };
  /// The position of the segment that has, or had, the event with this sequence; 0 if there is none.
  [[nodiscard]] std::size_t position_of_sequence(std::uint64_t sequence) const;
  /// The event with this sequence; nothing if there is none or it was dropped.
  [[nodiscard]] found_frame find_sequence(std::uint64_t sequence) const;

  /// The event with an idempotency key, or its hole if it was dropped.
  [[nodiscard]] found_frame find_key(const event_id& key) const;

  /// The event of an entity with this entity sequence.
  [[nodiscard]] found_frame find_entity_sequence(std::string_view entity, std::uint64_t entity_sequence) const;

  /// The last event of an entity before entity sequence `end` that was not dropped.
  [[nodiscard]] found_frame find_last_before(std::string_view entity, std::uint64_t end) const;

  /// The event with this id. Ids ascend with the log, so this is a binary search over segments, then events.
  [[nodiscard]] found_frame find_id(const event_id& id) const;

  /// The newest segment that has a schema for a kind and version; null if none has.
  [[nodiscard]] const segment* find_schema(event_kind kind, std::uint16_t version) const;
};

}  // namespace quipu::detail::inline QUIPU_MODE
