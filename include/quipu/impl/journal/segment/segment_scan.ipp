// SPDX-License-Identifier: BSL-1.0
//
// segment_scan.ipp: see journal/segment/segment_scan.hpp.
#pragma once

#include "../../../event/frame.hpp"
#include "../../../journal/format/hole.hpp"
#include "../../../journal/format/layout.hpp"
#include "../../../journal/segment/segment.hpp"
#include "../../../journal/segment/segment_scan.hpp"
#include "../../../journal/write/entity_table.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace quipu::detail::inline QUIPU_MODE {

QUIPU_DECL segment_scan::segment_scan(segment& of, const store_identity& identity, log_end& end, readers others,
                                      bool in_the_middle)
    : of_{of},
      base_{of.base()},
      seed_{identity.checksum_seed},
      chained_{identity.chained},
      others_{others},
      in_the_middle_{in_the_middle},
      end_{end} {
  if (in_the_middle) end_.next_sequence = of.first_sequence();
  result_.end = result_.flushed = segment_head::size;
}

QUIPU_DECL void segment_scan::resume_at(std::uint64_t begin) {
  result_.end = result_.flushed = begin;
  slots_.resize(of_.coordinate_count());
}

QUIPU_DECL scan_result segment_scan::run(std::size_t size, bool is_last) {
  const bytes_view rest{base_ + result_.end, size - static_cast<std::size_t>(result_.end)};
  const std::uint64_t begin = result_.end;
  read(rest);
  if (result_.sealed) {
    if (result_.end != size) throw_corrupt(seal_content::bytes_behind, of_.path(), result_.end);
  } else {
    if (!is_last)
      throw_corrupt(size == stopped_ ? "the segment is cut off" : "a frame is damaged", of_.path(), stopped_);
    judge(rest.subview(static_cast<std::size_t>(result_.end - begin)));
  }
  return result_;
}

QUIPU_DECL void segment_scan::read(bytes_view window) {
  const std::uint64_t begin = result_.end;
  std::size_t at = 0;
  commit_.clear();
  while (!result_.sealed && check_frame(window.data() + at, window.size() - at, seed_, chained_)) {
    const frame_view frame = frame_view::any(base_ + begin + at, chained_);
    const frame_view checked = frame_view::any(window.data() + at, chained_);
    commit_.push_back(frame);
    at += checked.size();
    if (checked.has_more()) continue;
    result_.closed = false;
    is_taking_ = true;
    for (const frame_view& each : commit_) take(each, result_);
    is_taking_ = false;
    commit_.clear();
    result_.end = begin + at;
  }
  stopped_ = begin + at;
  unfinished_ = !commit_.empty();
  commit_.clear();
}

QUIPU_DECL void segment_scan::judge(bytes_view window) {
  std::size_t used = window.size();
  while (used != 0 && window[used - 1] == std::byte{0}) --used;
  result_.dropped_bytes = used;
  if (used == 0) return;
  for (std::size_t at = round_up(static_cast<std::size_t>(stopped_ - result_.end) + 1, frame_alignment); at < used;
       at += frame_alignment) {
    if (!check_frame(window.data() + at, window.size() - at, seed_, chained_)) continue;
    if ((frame_view{window.data() + at, false}.flags() & frame_flags::flushed) != 0)
      throw_corrupt("a frame is damaged, and later ones are whole", of_.path(), stopped_);
  }
  result_.reason = unfinished_ ? "an unfinished commit" : "an unfinished frame";
}

QUIPU_DECL void segment_scan::fail(const frame_view& frame, const std::string& message) const {
  throw_corrupt(message, of_.path(), static_cast<std::uint64_t>(frame.data() - base_));
}

QUIPU_DECL void segment_scan::take(const frame_view& frame, scan_result& result) {
  if ((frame.flags() & frame_flags::flushed) != 0) result.flushed = static_cast<std::uint64_t>(frame.data() - base_);
  if (frame.is_internal()) {
    take_internal(frame, result);
  } else {
    take_event(frame);
  }
}

QUIPU_DECL void segment_scan::take_internal(const frame_view& frame, scan_result& result) {
  if (frame.sequence() != end_.next_sequence) fail(frame, "an internal frame has the wrong number");
  if (frame.kind() == event_kind::data) {
    const auto definition = coordinate_definition::read(frame.payload());
    if (!definition) fail(frame, "a coordinate's definition can't be read");
    coordinate_slot& slot = end_.entities.coordinate(definition->entity, definition->scope);
    if (!change_index([&](segment_index& index) {
          return index.define(frame.coordinate(), definition->entity, definition->scope);
        }))
      fail(frame, "a coordinate's definition has the wrong number");
    slot.segment = of_.first_sequence() + 1;
    slot.number = frame.coordinate();
    slots_.push_back(&slot);
  } else if (frame.kind() == event_kind::system_schema) {
    const auto definition = schema_definition::read(frame);
    if (!definition) fail(frame, "a schema's definition can't be read");
    change_index([&](segment_index& index) { index.define_schema(*definition); });
  } else if (frame.kind() == event_kind::system_checkpoint) {
    result.seal = seal_content::read(frame.payload());
    if (!result.seal || result.seal->next_sequence != end_.next_sequence)
      fail(frame, "a segment's seal doesn't fit the segment");
    result.sealed = true;
  } else if (frame.kind() == event_kind::tombstone) {
    take_hole(frame);
  } else if (frame.kind() == event_kind::system_config_change) {
    if (const auto note = compaction_note::read(frame.payload()))
      result.generation = std::max(result.generation, note->generation);
  } else if (frame.kind() == event_kind::system_shutdown) {
    result.closed = true;
  }  // other kinds belong to later versions of this format and are ignored
}

QUIPU_DECL void segment_scan::take_event(const frame_view& frame) {
  if (frame.sequence() != end_.next_sequence) fail(frame, "an event is missing or out of order");
  if (frame.coordinate() >= slots_.size()) fail(frame, "an event's coordinate isn't defined");
  entity_end& entity = *slot_of(frame.coordinate()).entity;
  check_entity(frame, entity, frame.entity_sequence());
  if (!(end_.last_id < frame.id())) fail(frame, "an event's id isn't later than the one before it");
  change_index([&](segment_index& index) {
    if (!index.knows_schema_of(frame)) fail(frame, "an event's schema isn't defined");
    index.add(frame, static_cast<std::uint32_t>(static_cast<std::size_t>(frame.data() - base_) / frame_alignment));
  });
  ++end_.next_sequence;
  if (entity.next_sequence == 0) ++end_.entity_count;
  entity.record_last(frame.entity_sequence(), frame.id());
  entity.chain_end = frame.hash();
  end_.last_id = frame.id();
}

QUIPU_DECL void segment_scan::take_hole(const frame_view& frame) {
  const auto dropped = hole::read(frame, chained_);
  if (!dropped) fail(frame, "what is left of dropped events can't be read");
  if (!(end_.last_id < dropped->last_id())) fail(frame, "a dropped event's id isn't later than the one before it");
  dropped->each([&](const dropped_event& each) {
    if (each.coordinate >= slots_.size()) fail(frame, "a dropped event's coordinate isn't defined");
    entity_end& entity = *slot_of(each.coordinate).entity;
    check_entity(frame, entity, each.entity_sequence);
    if (entity.next_sequence == 0) ++end_.entity_count;
    entity.record_last(each.entity_sequence, {});
    entity.chain_end = each.hash;
  });
  change_index([&](segment_index& index) {
    index.add_hole(*dropped,
                   static_cast<std::uint32_t>(static_cast<std::size_t>(frame.data() - base_) / frame_alignment));
  });
  end_.next_sequence += dropped->count();
  end_.last_id = dropped->last_id();
}

QUIPU_DECL void segment_scan::check_entity(const frame_view& frame, const entity_end& entity,
                                           std::uint64_t sequence) const {
  if (sequence == entity.next_sequence || (in_the_middle_ && entity.next_sequence == 0)) return;
  fail(frame, "an event of the entity is missing or out of order");
}

QUIPU_DECL coordinate_slot& segment_scan::slot_of(std::uint32_t number) {
  if (slots_[number] == nullptr) {
    const auto names = of_.names_of(number);
    slots_[number] = &end_.entities.coordinate(names.entity, names.scope);
  }
  return *slots_[number];
}

}  // namespace quipu::detail::inline QUIPU_MODE
