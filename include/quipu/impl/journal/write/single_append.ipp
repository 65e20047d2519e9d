// SPDX-License-Identifier: BSL-1.0
//
// single_append.ipp: see journal/write/single_append.hpp.
#pragma once

#include "../../../event/event_id.hpp"
#include "../../../event/frame.hpp"
#include "../../../journal/append_options.hpp"
#include "../../../journal/config.hpp"
#include "../../../journal/write/append_entry.hpp"
#include "../../../journal/write/entity_table.hpp"
#include "../../../journal/write/schema_ledger.hpp"
#include "../../../journal/write/single_append.hpp"
#include "../../../journal/write/tail_buffer.hpp"

#include <cstddef>
#include <cstdint>

namespace quipu::detail::inline QUIPU_MODE {

QUIPU_DECL bool single_append::takes(const append_entry& entry, const config& options) noexcept {
  const append_options& wanted = *entry.options;
  const bool is_linked =
      wanted.causation_id || wanted.correlation_id || entry.cause_item || wanted.copy_metadata || wanted.position;
  const bool is_conditional = wanted.idempotency_key || wanted.expected != expected_version::any() || wanted.condition;
  const bool is_annotated =
      !wanted.bypass_reason.empty() || !wanted.metadata.empty() || wanted.timestamp_us || !wanted.tags.empty();
  const bool is_valid = entry.payload.size() <= options.payload_max_bytes &&
                        wanted.durability.value_or(durability::buffered) <= durability::buffered;
  return is_valid && !entry.entity.empty() && options.observer == nullptr && !is_linked && !is_conditional &&
         !is_annotated;
}

QUIPU_DECL bool single_append::find(entity_table& entities, schema_ledger& schemas, std::uint64_t segment) noexcept {
  slot_ = entities.find_coordinate(entry_.entity, entry_.scope);
  if (slot_ == nullptr || slot_->segment != segment) return false;
  if (entry_.version == 0) return true;
  const schema_slot* const schema = schemas.find(entry_.kind, entry_.version);
  return schema != nullptr && schema->was_last(segment, entry_);
}

QUIPU_DECL void single_append::write(tail_buffer& to, std::uint64_t sequence, const event_id& id,
                                     receipt& given) const noexcept {
  entity_end& entity = *slot_->entity;
  const std::uint64_t entity_sequence = entity.next_sequence;
  entity.record_last(entity_sequence, id);
  entity.placed_end = sequence + 1;
  const auto flags =
      static_cast<std::uint16_t>(static_cast<std::uint16_t>(entry_.options->flags) & frame_flags::user_mask);
  write_frame(to.add(size_, slot_),
              {.kind = entry_.kind,
               .flags = flags,
               .schema_version = entry_.version,
               .coordinate = slot_->number,
               .sequence = sequence,
               .entity_sequence = entity_sequence,
               .id = id,
               .payload = entry_.payload},
              chained_);
  given.id = id;
  given.sequence = sequence;
  given.entity_sequence = entity_sequence;
}

}  // namespace quipu::detail::inline QUIPU_MODE
