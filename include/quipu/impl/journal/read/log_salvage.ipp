// SPDX-License-Identifier: BSL-1.0
//
// log_salvage.ipp: see journal/read/log_salvage.hpp.
#pragma once

#include "../../../environment/environment.hpp"
#include "../../../event/frame.hpp"
#include "../../../journal/config.hpp"
#include "../../../journal/format/hole.hpp"
#include "../../../journal/format/layout.hpp"
#include "../../../journal/read/log_salvage.hpp"
#include "../../../journal/reports.hpp"
#include "../../../journal/segment/end_file.hpp"
#include "../../../journal/segment/log_files.hpp"
#include "../../../journal/segment/segment.hpp"
#include "../../../journal/segment/segment_scan.hpp"
#include "../../../journal/write/append_entry.hpp"
#include "../../../journal/write/entity_table.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace quipu::detail::inline QUIPU_MODE {

QUIPU_DECL log_salvage::log_salvage(log_files& files) : files_{files} {
  if (const auto problem = files_.open_salvage()) damage.push_back(*problem);
  placed_list placed;
  try {
    placed = files_.segments_in_effect();
  } catch (const error& failure) {
    if (failure.code() != errc::corrupt && failure.code() != errc::unsupported_format) throw;
    damage.push_back({failure.path(), failure.offset().value_or(0), 0, 0, failure.what()});
    for (const std::uint64_t number : files_.segment_numbers()) placed.push_back({number, segment_name(number), false});
  }
  for (const found_segment& each : open_all(placed)) read(each);
  compare_with_recorded_end();
  if (placed.empty())
    throw error{errc::corrupt, "the store has no segments", {.path = std::string{files_.directory().path()}}};
}

QUIPU_DECL void log_salvage::compare_with_recorded_end() {
  try {
    const auto recorded = read_end_file(files_.directory(), files_.identity());
    if (recorded && recorded->next_sequence > end.next_sequence)
      tell(end_offset, 0, recorded->next_sequence - end.next_sequence, end_is_missing);
  } catch (const error& failure) {
    if (failure.code() != errc::corrupt && failure.code() != errc::unsupported_format) throw;
    damage.push_back({failure.path(), failure.offset().value_or(0), 0, 0, failure.what()});
  }
}

QUIPU_DECL std::vector<log_salvage::found_segment> log_salvage::open_all(const placed_list& placed) {
  std::vector<found_segment> all;
  for (const log_files::placed_segment& each : placed)
    if (auto opened = open_one(each)) all.push_back(std::move(*opened));
  // A copy under another name comes behind the segment itself, and gives nothing.
  std::sort(all.begin(), all.end(), [](const found_segment& left, const found_segment& right) {
    return std::tuple{left.first, left.first != left.named, left.named} <
           std::tuple{right.first, right.first != right.named, right.named};
  });
  return all;
}

QUIPU_DECL std::optional<log_salvage::found_segment> log_salvage::open_one(const log_files::placed_segment& placed) {
  try {
    const auto file = files_.directory().open_file(placed.name, open_mode::read);
    found_segment opened{.named = placed.first_sequence, .path = std::string{file->path()}};
    opened.size = static_cast<std::size_t>(file->size());
    opened.mapping = file->map_complete(opened.size);
    opened.first = number_of(opened);
    return opened;
  } catch (const error& failure) {
    if (failure.code() != errc::corrupt) throw;
    damage.push_back({failure.path(), 0, 0, 0, failure.what()});
    return std::nullopt;
  }
}

QUIPU_DECL std::uint64_t log_salvage::number_of(const found_segment& found) const noexcept {
  const std::byte* const head = found.mapping.data;
  if (!file_head::is_whole(bytes_view{head, found.size}, segment_head::size) ||
      file_head::layout::lineage.load(head) != files_.identity().lineage)
    return found.named;
  const std::uint64_t said = segment_head::layout::first_sequence.load(head);
  const std::byte* const first = head + segment_head::size;
  const bool chained = files_.identity().chained;
  const bool has_frame = check_frame(first, found.size - segment_head::size, files_.identity().checksum_seed, chained);
  return has_frame && frame_view::any(first, chained).sequence() != said ? found.named : said;
}

QUIPU_DECL void log_salvage::read(const found_segment& found) {
  path_ = found.path;
  const std::size_t size = found.size;
  if (found.first > end.next_sequence) miss(found.first, segment_head::size);
  if (size <= segment_head::size) {
    if (size < segment_head::size) tell(0, size, 0, "the segment is cut off within its head");
    return;
  }
  base_ = found.mapping.data;
  check_head(found);
  of_ = std::make_shared<segment>(path_, found.first, files_.identity(),
                                  segment_bytes{.base = base_, .storage = found.mapping.storage});
  slots_.clear();
  took_ = false;
  read_frames(size);
  count_segment(report, false, segment_head::size, size);
  of_->complete(size);
  if (!took_) return;
  segments.push_back(of_);
  end_offset = size;
}

QUIPU_DECL void log_salvage::check_head(const found_segment& found) {
  try {
    const segment_head head = segment_head::decode(bytes_view{base_, segment_head::size}, path_);
    if (head.common.identity.lineage != files_.identity().lineage || head.first_sequence != found.first)
      tell(0, segment_head::size, 0, "the segment's head is another segment's");
    else if (found.first != found.named)
      tell(segment_head::layout::first_sequence.offset, 0, 0, "the segment has another segment's name");
  } catch (const error& failure) {
    // The file of a newer program is not guessed at. A damaged version field has a wrong checksum.
    if (failure.code() != errc::corrupt &&
        file_head::is_whole(bytes_view{base_, segment_head::size}, segment_head::size))
      throw;
    tell(0, segment_head::size, 0, "the segment's head is damaged");
  }
}

QUIPU_DECL void log_salvage::read_frames(std::size_t size) {
  std::vector<frame_view> commit;  // taken when the last frame of the commit is found
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
    if (next == size && !has_content(at, size)) break;  // reserved room
    if (next < size) take_all(commit);                  // the rest of the commit is damaged, and later frames follow
    tell(at, next - at, 0, next == size ? "nothing sound follows" : "the frames are damaged");
    gap_ = next < size;
    at = next;
  }
  if (!commit.empty()) tell(offset_of(commit.front()), 0, 0, "an unfinished commit");
}

QUIPU_DECL bool log_salvage::is_sound(std::size_t at, std::size_t size) const noexcept {
  if (!check_frame(base_ + at, size - at, files_.identity().checksum_seed, files_.identity().chained)) return false;
  const frame_view frame = frame_view::any(base_ + at, files_.identity().chained);
  return !hole::is_one(frame) || hole::read(frame, files_.identity().chained).has_value();
}

QUIPU_DECL bool log_salvage::has_content(std::size_t from, std::size_t to) const noexcept {
  while (from < to && base_[from] == std::byte{0}) ++from;
  return from < to;
}

QUIPU_DECL void log_salvage::take_all(std::vector<frame_view>& commit) {
  for (const frame_view& each : commit) take(each);
  commit.clear();
}

QUIPU_DECL void log_salvage::take(const frame_view& frame) {
  if (frame.sequence() < end.next_sequence || frame.sequence() < of_->first_sequence())
    return;  // a copy of an earlier event
  if (frame.sequence() > end.next_sequence) miss(frame.sequence(), offset_of(frame));
  gap_ = false;
  if (!frame.is_internal())
    take_event(frame);
  else if (frame.kind() == event_kind::data)
    define(frame);
  else if (frame.kind() == event_kind::system_schema)
    define_schema(frame);
  else if (hole::is_one(frame))
    take_hole(frame);
}

QUIPU_DECL void log_salvage::define(const frame_view& frame) {
  const auto definition = coordinate_definition::read(frame.payload());
  constexpr std::uint32_t most = std::uint32_t{1} << 24;
  if (!definition || frame.coordinate() < slots_.size() || frame.coordinate() > most) return;
  of_->change_index([&](segment_index& index) {
    while (slots_.size() < frame.coordinate()) {  // numbers whose definitions are lost
      static_cast<void>(index.define(static_cast<std::uint32_t>(slots_.size()), {}, {}));
      slots_.push_back(nullptr);
    }
    static_cast<void>(index.define(frame.coordinate(), definition->entity, definition->scope));
  });
  slots_.push_back(&end.entities.coordinate(definition->entity, definition->scope));
}

QUIPU_DECL void log_salvage::define_schema(const frame_view& frame) {
  if (const auto definition = schema_definition::read(frame))
    of_->change_index([&](segment_index& index) { index.define_schema(*definition); });
}

QUIPU_DECL std::uint32_t log_salvage::place_of(const frame_view& frame) const noexcept {
  return static_cast<std::uint32_t>(offset_of(frame) / frame_alignment);
}

QUIPU_DECL void log_salvage::take_event(const frame_view& frame) {
  end.next_sequence = frame.sequence() + 1;
  if (!is_known(frame.coordinate()) || frame.entity_sequence() < slots_[frame.coordinate()]->entity->next_sequence)
    return nameless(frame, 1);
  if (slots_[frame.coordinate()]->entity->next_sequence == 0) ++end.entity_count;
  slots_[frame.coordinate()]->entity->record_last(frame.entity_sequence(), frame.id());
  of_->change_index([&](segment_index& index) { index.add(frame, place_of(frame)); });
  took_ = true;
}

QUIPU_DECL void log_salvage::take_hole(const frame_view& frame) {
  const hole dropped{frame, files_.identity().chained};
  end.next_sequence += dropped.count();
  bool known = true;
  dropped.each([&](const dropped_event& each) { known = known && is_known(each.coordinate); });
  if (!known) return nameless(frame, 0);
  dropped.each(
      [&](const dropped_event& each) { slots_[each.coordinate]->entity->record_last(each.entity_sequence, {}); });
  of_->change_index([&](segment_index& index) { index.add_hole(dropped, place_of(frame)); });
  took_ = true;
}

QUIPU_DECL void log_salvage::tell(std::uint64_t offset, std::uint64_t bytes, std::uint64_t events, const char* reason) {
  damage.push_back({path_, offset, bytes, events, reason});
}

QUIPU_DECL void log_salvage::miss(std::uint64_t sequence, std::uint64_t offset) {
  const std::uint64_t events = sequence - end.next_sequence;
  if (!damage.empty() && (gap_ || of_ == nullptr || damage.back().path == of_->path()) && damage.back().bytes != 0 &&
      damage.back().events == 0)
    damage.back().events = events;
  else
    tell(offset, 0, events, "events before this are missing");
  end.next_sequence = sequence;
}

QUIPU_DECL void log_salvage::nameless(const frame_view& frame, std::uint64_t events) {
  constexpr const char* reason = "the coordinates of events are lost";
  if (damage.empty() || damage.back().path != path_ || damage.back().reason != reason)
    tell(offset_of(frame), 0, 0, reason);
  damage.back().bytes += frame.size();
  damage.back().events += events;
}

}  // namespace quipu::detail::inline QUIPU_MODE
