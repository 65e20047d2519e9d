// SPDX-License-Identifier: BSL-1.0
//
// log_verifier.ipp: see journal/maintain/log_verifier.hpp.
#pragma once

#include "../../../journal/format/hole.hpp"
#include "../../../journal/format/layout.hpp"
#include "../../../journal/maintain/chain_checker.hpp"
#include "../../../journal/maintain/frame_checker.hpp"
#include "../../../journal/maintain/log_verifier.hpp"
#include "../../../journal/read/log_snapshot.hpp"
#include "../../../journal/write/entity_table.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace quipu::detail::inline QUIPU_MODE {

QUIPU_DECL digest log_verifier::head() { return identity_.chained ? chain_.head() : digest{}; }

QUIPU_DECL void log_verifier::fail(std::size_t offset, const std::string& message) {
  check_hashes();
  throw_corrupt(message, segment_->path(), offset);
}

QUIPU_DECL void log_verifier::begin_segment(std::size_t position) {
  segment_ = seen_.at(position).get();
  base_ = segment_->base();
  is_last_ = position + 1 == seen_.segment_count();
  end_ = is_last_ ? std::size_t{seen_.end_place} * frame_alignment : static_cast<std::size_t>(segment_->size());
  slots_.clear();
  schemas_.clear();
  schema_of_last_ = 0;
  const bytes_view raw{base_, segment_head::size};
  const segment_head opening = segment_head::decode(raw, segment_->path());
  using layout = segment_head::layout;
  if (opening.first_sequence != sequence_)
    fail(layout::first_sequence.offset, "the segment begins with another number than the last one ends");
  if (identity_.chained && opening.head_before != head())
    fail(layout::head_before.offset, "the log's head before this segment isn't what its events give");
  compacted_ = opening.common.compacted;
  offset_ = segment_head::size;
  sealed_ = false;
  frames_.begin(base_ + offset_, base_ + end_);
}

QUIPU_DECL bool log_verifier::next_frame() {
  if (offset_ == end_) {
    if (!is_last_ && !sealed_) fail(offset_, "the segment is cut off");
    if (sealed_ && segment_->file_size() > offset_) fail(offset_, seal_content::bytes_behind);
    return false;
  }
  if (sealed_) fail(offset_, seal_content::bytes_behind);
  const std::byte* at = base_ + offset_;
  if (!frames_.is_sound(at)) fail(offset_, "a frame is damaged");
  const frame_view frame = frame_view::any(at, identity_.chained);
  if (frame.sequence() != sequence_) fail(offset_, "a frame is missing or out of order");
  if (frame.is_internal())
    check_internal(frame);
  else
    check_event(frame);
  offset_ += frame.size();
  return true;
}

QUIPU_DECL void log_verifier::check_internal(const frame_view& frame) {
  if (frame.kind() == event_kind::data) {
    const auto definition = coordinate_definition::read(frame.payload());
    if (!definition || frame.coordinate() != slots_.size()) fail(offset_, "a coordinate's definition is out of place");
    slots_.push_back(&entities_.coordinate(definition->entity, definition->scope));
  } else if (frame.kind() == event_kind::system_checkpoint) {
    const auto seal = seal_content::read(frame.payload());
    if (!seal || seal->next_sequence != sequence_) fail(offset_, "a segment's seal doesn't fit the segment");
    if (identity_.chained && seal->head != head())
      fail(offset_, "the log's head at the seal isn't what its events give");
    sealed_ = true;
  } else if (frame.kind() == event_kind::system_schema) {
    const auto definition = schema_definition::read(frame);
    if (!definition) fail(offset_, "a schema's definition can't be read");
    schemas_.insert(segment_index::schema_key(definition->kind, definition->version));
  } else if (frame.kind() == event_kind::tombstone) {
    check_hole(frame);
  }
}

QUIPU_DECL void log_verifier::check_hole(const frame_view& frame) {
  const auto found = hole::read(frame, identity_.chained);
  if (!found) fail(offset_, "what is left of dropped events can't be read");
  if (!compacted_) fail(offset_, "events were dropped from a segment that doesn't say so");
  if (!(last_id_ < found->last_id())) fail(offset_, "a dropped event's id isn't later than the one before it");
  last_id_ = found->last_id();
  found->each([&](const dropped_event& each) {
    if (each.coordinate >= slots_.size()) fail(offset_, "a dropped event's coordinate isn't defined");
    entity_end& entity = *slots_[each.coordinate]->entity;
    if (each.entity_sequence != entity.next_sequence)
      fail(offset_, "an event of the entity is missing or out of order");
    ++entity.next_sequence;
    ++sequence_;
    ++dropped_;
    if (!identity_.chained) return;
    chain_.add_unchecked(each.hash);
    entity.chain_end = each.hash;
    check_recorded_end();
  });
}

QUIPU_DECL void log_verifier::check_event(const frame_view& frame) {
  if (frame.coordinate() >= slots_.size()) fail(offset_, "an event's coordinate isn't defined");
  check_schema(frame);
  coordinate_slot& slot = *slots_[frame.coordinate()];
  entity_end& entity = *slot.entity;
  if (frame.entity_sequence() != entity.next_sequence)
    fail(offset_, "an event of the entity is missing or out of order");
  if (!(last_id_ < frame.id())) fail(offset_, "an event's id isn't later than the one before it");
  last_id_ = frame.id();
  ++sequence_;
  ++entity.next_sequence;
  const bool erased = frame.kind() == event_kind::tombstone;
  if (erased) {
    if (!erased_content::of(frame)) fail(offset_, "what is left of an erased event can't be read");
    if (!compacted_) fail(offset_, "an event was erased from a segment that doesn't say so");
    ++erased_;
  }
  if (!identity_.chained) return;
  const digest stored = frame.hash();
  if (erased)
    chain_.add_unchecked(stored);
  else
    chain_.add(frame, entity.chain_end, slot.digest());
  entity.chain_end = stored;
  check_recorded_end();
}

QUIPU_DECL void log_verifier::check_schema(const frame_view& frame) {
  const std::uint32_t key = segment_index::schema_key(frame.kind(), frame.schema_version());
  if (frame.schema_version() == 0 || key == schema_of_last_) return;
  if (!schemas_.contains(key)) fail(offset_, "an event's schema isn't defined");
  schema_of_last_ = key;
}

QUIPU_DECL void log_verifier::compare_recorded_head() {
  if (recorded_->head != head())
    fail(offset_, "the log's head here isn't the one that was recorded when the log was closed");
}

QUIPU_DECL void log_verifier::check_hashes() {
  if (const std::byte* const wrong = chain_.first_wrong())
    throw_corrupt(broken_chain, segment_->path(), static_cast<std::uint64_t>(wrong - base_));
}

}  // namespace quipu::detail::inline QUIPU_MODE
