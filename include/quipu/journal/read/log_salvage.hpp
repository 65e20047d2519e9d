// SPDX-License-Identifier: BSL-1.0
//
// log_salvage.hpp: reads of a damaged log what is sound. Each frame is believed for itself: its checksum, which begins with the store's seed, must
// be right, and its number must come after the one before. What lies between is skipped, and told.
//
// Nothing is changed in the files, and nothing new is read later.
#pragma once

#include "../../environment/environment.hpp"
#include "../../event/frame.hpp"
#include "../format/hole.hpp"
#include "../format/layout.hpp"
#include "../config.hpp"
#include "../reports.hpp"
#include "../write/append_entry.hpp"
#include "../segment/log_files.hpp"
#include "../segment/segment.hpp"
#include "../segment/segment_scan.hpp"
#include "../write/entity_table.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace quipu::detail {

/// Not thread-safe. Used once.
class log_salvage {
  using segment_list = std::vector<std::shared_ptr<segment>>;

 public:
  segment_list segments{};             ///< those in which something is sound
  log_end end{};
  std::uint64_t end_offset{};          ///< in the last of them
  std::vector<damage_report> damage{};

  /// Throws `errc::corrupt` where not even what the store is can be told, `errc::not_found`, `errc::unsupported_format`, `errc::io_failed`.
  explicit log_salvage(log_files& files) : files_{files} {
    if (const auto problem = files_.open_salvage()) damage.push_back(*problem);
    placed_list placed;
    try {
      placed = files_.segments_in_effect();
    } catch (const error& failure) {
      if (failure.code() != errc::corrupt && failure.code() != errc::unsupported_format) throw;
      damage.push_back({failure.path(), failure.offset().value_or(0), 0, 0, failure.what()});
      for (const std::uint64_t number : files_.segment_numbers()) placed.push_back({number, segment_name(number)});
    }
    for (const auto& each : placed) read(each.first_sequence, each.name);
    if (placed.empty()) throw error{errc::corrupt, "the store has no segments", {.path = std::string{files_.directory().path()}}};
  }

 private:
  using placed_list = log_files::placed_list;

  void read(std::uint64_t first, const std::string& name) {
    const auto file = files_.directory().open_file(name, open_mode::read);
    const auto size = static_cast<std::size_t>(file->size());
    path_ = std::string{file->path()};
    if (first > end.next_sequence) miss(first);
    if (size <= segment_head::size) {
      if (size < segment_head::size) tell(0, size, 0, "the segment is cut off within its head");
      return;
    }
    file_mapping mapping = file->map(size);
    base_ = mapping.data;
    check_head(first);
    of_ = std::make_shared<segment>(path_, first, files_.identity(), segment_bytes{.base = base_, .storage = std::move(mapping.storage)});
    slots_.clear();
    took_ = false;
    read_frames(size);
    of_->complete(size);
    if (!took_) return;
    segments.push_back(of_);
    end_offset = size;
  }

  /// The head of a segment says nothing that its name and its frames don't; so it is told, and read over.
  void check_head(std::uint64_t first) {
    try {
      const segment_head head = segment_head::decode(bytes_view{base_, segment_head::size}, path_);
      if (head.common.identity.lineage == files_.identity().lineage && head.first_sequence == first) return;
      tell(0, segment_head::size, 0, "the segment's head is another segment's");
    } catch (const error& failure) {
      // What a newer program wrote isn't to be guessed at; a version that is damage has a wrong checksum.
      if (failure.code() != errc::corrupt && file_head::is_whole(bytes_view{base_, segment_head::size}, segment_head::size)) throw;
      tell(0, segment_head::size, 0, "the segment's head is damaged");
    }
  }

  void read_frames(std::size_t size) {
    std::vector<frame_view> commit;  // frames that count when its last one comes
    std::size_t at = segment_head::size;
    while (at < size) {
      if (is_sound(at, size)) {
        const frame_view frame = frame_view::any(base_ + at, files_.identity().chained);
        commit.push_back(frame);
        at += frame.size();
        if (!frame.has_more()) take_all(commit);
        continue;
      }
      std::size_t next = at + frame_alignment;
      while (next < size && !is_sound(next, size)) next += frame_alignment;
      next = std::min(next, size);
      if (next == size && !has_content(at, size)) break;  // room that was set aside
      if (next < size) take_all(commit);                  // the rest of the commit was damaged, and more came later
      tell(at, next - at, 0, next == size ? "nothing sound follows" : "the frames are damaged");
      gap_ = next < size;
      at = next;
    }
    if (!commit.empty()) tell(static_cast<std::uint64_t>(commit.front().data() - base_), 0, 0, "an unfinished commit");
  }

  [[nodiscard]] bool is_sound(std::size_t at, std::size_t size) const noexcept {
    if (!check_frame(base_ + at, size - at, files_.identity().checksum_seed, files_.identity().chained)) return false;
    const frame_view frame = frame_view::any(base_ + at, files_.identity().chained);
    return !hole::is_one(frame) || hole::read(frame, files_.identity().chained).has_value();
  }
  [[nodiscard]] bool has_content(std::size_t from, std::size_t to) const noexcept {
    while (from < to && base_[from] == std::byte{0}) ++from;
    return from < to;
  }

  void take_all(std::vector<frame_view>& commit) {
    for (const frame_view& each : commit) take(each);
    commit.clear();
  }

  void take(const frame_view& frame) {
    if (frame.sequence() < end.next_sequence || frame.sequence() < of_->first_sequence()) return;  // a copy of what was there before
    if (frame.sequence() > end.next_sequence) miss(frame.sequence());
    gap_ = false;
    if (!frame.is_internal()) take_event(frame);
    else if (frame.kind() == event_kind::data) define(frame);
    else if (frame.kind() == event_kind::system_schema) define_schema(frame);
    else if (hole::is_one(frame)) take_hole(frame);
  }

  void define(const frame_view& frame) {
    const auto definition = coordinate_definition::read(frame.payload());
    constexpr std::uint32_t most = std::uint32_t{1} << 24;
    if (!definition || frame.coordinate() < slots_.size() || frame.coordinate() > most) return;
    of_->change_index([&](segment_index& index) {
      while (slots_.size() < frame.coordinate()) {  // those whose definitions are lost
        static_cast<void>(index.define(static_cast<std::uint32_t>(slots_.size()), {}, {}));
        slots_.push_back(nullptr);
      }
      static_cast<void>(index.define(frame.coordinate(), definition->entity, definition->scope));
    });
    slots_.push_back(&end.entities.coordinate(definition->entity, definition->scope));
  }

  void define_schema(const frame_view& frame) {
    if (const auto definition = schema_definition::read(frame.payload()))
      of_->change_index([&](segment_index& index) { index.define_schema(definition->kind, definition->version, definition->text); });
  }

  [[nodiscard]] bool is_known(std::uint32_t coordinate) const noexcept { return coordinate < slots_.size() && slots_[coordinate] != nullptr; }
  [[nodiscard]] std::uint32_t place_of(const frame_view& frame) const noexcept {
    return static_cast<std::uint32_t>(static_cast<std::size_t>(frame.data() - base_) / frame_alignment);
  }

  void take_event(const frame_view& frame) {
    end.next_sequence = frame.sequence() + 1;
    if (!is_known(frame.coordinate()) || frame.entity_sequence() < slots_[frame.coordinate()]->entity->next_sequence) return nameless(frame, 1);
    if (slots_[frame.coordinate()]->entity->next_sequence == 0) ++end.entity_count;
    slots_[frame.coordinate()]->entity->next_sequence = frame.entity_sequence() + 1;
    of_->change_index([&](segment_index& index) { index.add(frame, place_of(frame)); });
    end.last_id = frame.id();
    took_ = true;
  }

  void take_hole(const frame_view& frame) {
    const hole dropped{frame, files_.identity().chained};
    end.next_sequence += dropped.count();
    bool known = true;
    dropped.each([&](const dropped_event& each) { known = known && is_known(each.coordinate); });
    if (!known) return nameless(frame, 0);
    dropped.each([&](const dropped_event& each) { slots_[each.coordinate]->entity->next_sequence = each.entity_sequence + 1; });
    of_->change_index([&](segment_index& index) { index.add_hole(dropped, place_of(frame)); });
    end.last_id = dropped.last_id();
    took_ = true;
  }

  // ---- telling

  void tell(std::uint64_t offset, std::uint64_t bytes, std::uint64_t events, const char* reason) {
    damage.push_back({path_, offset, bytes, events, reason});
  }

  /// Events up to `sequence` are missing: they were in what was just skipped, or nobody knows where.
  void miss(std::uint64_t sequence) {
    const std::uint64_t events = sequence - end.next_sequence;
    if (!damage.empty() && (gap_ || of_ == nullptr || damage.back().path == of_->path()) && damage.back().bytes != 0 && damage.back().events == 0)
      damage.back().events = events;
    else
      tell(0, 0, events, "events before this are missing");
    end.next_sequence = sequence;
  }

  /// A sound event of which nobody knows what it is an event of. Told once for a segment.
  void nameless(const frame_view& frame, std::uint64_t events) {
    constexpr const char* reason = "the coordinates of events are lost";
    if (damage.empty() || damage.back().path != path_ || damage.back().reason != reason)
      tell(static_cast<std::uint64_t>(frame.data() - base_), 0, 0, reason);
    damage.back().bytes += frame.size();
    damage.back().events += events;
  }

  log_files& files_;
  std::string path_;
  const std::byte* base_{};
  std::shared_ptr<segment> of_;
  std::vector<coordinate_slot*> slots_;
  bool took_{};
  bool gap_{};
};

}  // namespace quipu::detail
