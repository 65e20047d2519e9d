// SPDX-License-Identifier: BSL-1.0
//
// segment_scan.hpp: reads a segment from its first frame on, checks each, and makes the index. Decides where the log ends and
// whether what follows is an unfinished commit or damage.
//
// Frames are written in groups, and the first frame of a group carries `flushed` when all before it was on stable storage. So a bad
// frame with a good `flushed` one behind it is damage: what a crash leaves unfinished has nothing flushed behind it.
#pragma once

#include "../../event/frame.hpp"
#include "entity_table.hpp"
#include "layout.hpp"
#include "segment.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace quipu::detail {

/// What is carried from one segment to the next.
struct log_end {
  std::uint64_t next_sequence{};
  event_id last_id{};
  entity_table entities{};
};

struct scan_result {
  std::uint64_t end{};             ///< offset behind the last complete commit
  std::uint64_t flushed{};         ///< offset of the last frame that says that all before it was on stable storage
  bool sealed{};                   ///< ends with a seal, behind which the file ends
  bool closed{};                   ///< the last frame says that the store was closed
  std::optional<seal_content> seal{};
  std::uint64_t dropped_bytes{};   ///< behind `end` and not zero: what a crash left unfinished
  std::string reason{};            ///< why, where `dropped_bytes` isn't 0
};

template <class When>
class basic_segment_scan {
 public:
  /// `size` bytes of the file can be read at `base`. `is_last`: an unfinished end is cut off there, and is damage elsewhere.
  basic_segment_scan(segment& of, const store_identity& identity, std::size_t size, bool is_last, log_end& end)
      : of_{of}, base_{of.base()}, size_{size}, seed_{identity.checksum_seed}, chained_{identity.chained}, is_last_{is_last}, end_{end} {}

  /// Throws `errc::corrupt` with the path and the offset of the first damage.
  [[nodiscard]] scan_result run() {
    std::size_t at = segment_head::size;
    scan_result result;
    result.end = result.flushed = at;
    while (!result.sealed) {
      if (!check_frame(base_ + at, size_ - at, seed_, chained_)) break;
      const frame_view frame = frame_view::any(base_ + at, chained_);
      commit_.push_back(frame);
      at += frame.size();
      if (frame.has_more()) continue;
      result.closed = false;
      for (const frame_view& each : commit_) take(each, result);
      commit_.clear();
      result.end = at;
    }
    if (result.sealed) {
      if (result.end != size_) throw_corrupt("there are bytes behind the end of a sealed segment", of_.path(), result.end);
      return result;
    }
    if (!is_last_) throw_corrupt(size_ == at ? "the segment is cut off" : "a frame is damaged", of_.path(), at);
    judge_tail(at, result);
    return result;
  }

 private:
  [[noreturn]] void fail(const frame_view& frame, const std::string& message) const {
    throw_corrupt(message, of_.path(), static_cast<std::uint64_t>(frame.data() - base_));
  }

  void take(const frame_view& frame, scan_result& result) {
    if ((frame.flags() & frame_flags::flushed) != 0) result.flushed = static_cast<std::uint64_t>(frame.data() - base_);
    if (frame.is_internal()) {
      take_internal(frame, result);
    } else {
      take_event(frame);
    }
  }

  void take_internal(const frame_view& frame, scan_result& result) {
    if (frame.sequence() != end_.next_sequence) fail(frame, "an internal frame has the wrong number");
    if (frame.kind() == event_kind::data) {
      const auto definition = coordinate_definition::read(frame.payload());
      if (!definition) fail(frame, "a coordinate's definition can't be read");
      coordinate_slot& slot = end_.entities.coordinate(definition->entity, definition->scope);
      if (!of_.change_index([&](segment_index& index) { return index.define(frame.coordinate(), definition->entity, definition->scope); }))
        fail(frame, "a coordinate's definition has the wrong number");
      slot.segment = of_.first_sequence() + 1;
      slot.number = frame.coordinate();
      slots_.push_back(&slot);
    } else if (frame.kind() == event_kind::system_schema) {
      const auto definition = schema_definition::read(frame.payload());
      if (!definition) fail(frame, "a schema's definition can't be read");
      of_.change_index([&](segment_index& index) { index.define_schema(definition->kind, definition->version, definition->text); });
    } else if (frame.kind() == event_kind::system_checkpoint) {
      result.seal = seal_content::read(frame.payload());
      if (!result.seal || result.seal->next_sequence != end_.next_sequence) fail(frame, "a segment's seal doesn't fit the segment");
      result.sealed = true;
    } else if (frame.kind() == event_kind::system_shutdown) {
      result.closed = true;
    }  // others are of a later version that kept this format: they don't concern us
  }

  void take_event(const frame_view& frame) {
    if (frame.sequence() != end_.next_sequence) fail(frame, "an event is missing or out of order");
    if (frame.coordinate() >= slots_.size()) fail(frame, "an event's coordinate isn't defined");
    entity_end& entity = *slots_[frame.coordinate()]->entity;
    if (frame.entity_sequence() != entity.next_sequence) fail(frame, "an event of the entity is missing or out of order");
    if (!(end_.last_id < frame.id())) fail(frame, "an event's id isn't later than the one before it");
    of_.change_index([&](segment_index& index) {
      index.add(frame, static_cast<std::uint32_t>(static_cast<std::size_t>(frame.data() - base_) / frame_alignment));
    });
    ++end_.next_sequence;
    ++entity.next_sequence;
    entity.chain_end = frame.hash();
    end_.last_id = frame.id();
  }

  /// What lies behind the last complete commit: nothing, something unfinished, or damage to what was finished.
  void judge_tail(std::size_t bad, scan_result& result) const {
    std::size_t used = size_;
    while (used > result.end && base_[used - 1] == std::byte{0}) --used;
    if (used == result.end && commit_.empty()) return;
    for (std::size_t at = round_up(bad + 1, frame_alignment); at < used; at += frame_alignment) {
      if (!check_frame(base_ + at, size_ - at, seed_, chained_)) continue;
      const frame_view frame = frame_view::any(base_ + at, chained_);
      if ((frame.flags() & frame_flags::flushed) != 0) throw_corrupt("a frame is damaged, and later ones are whole", of_.path(), bad);
    }
    result.dropped_bytes = used - result.end;
    result.reason = commit_.empty() ? "an unfinished frame" : "an unfinished commit";
  }

  segment& of_;
  const std::byte* base_;
  std::size_t size_;
  std::uint32_t seed_;
  bool chained_;
  bool is_last_;
  log_end& end_;
  std::vector<frame_view> commit_;
  std::vector<coordinate_slot*> slots_;
};
using segment_scan = basic_segment_scan<when_used>;

}  // namespace quipu::detail
