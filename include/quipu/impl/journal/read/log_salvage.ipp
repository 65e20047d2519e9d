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
#include <unordered_set>
#include <utility>
#include <vector>

namespace quipu::detail::inline QUIPU_MODE {

QUIPU_DECL log_salvage::log_salvage(log_files& files, const std::optional<digest>& key) : files_{files} {
  if (const auto problem = files_.open_salvage(key)) damage.push_back(*problem);
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
  // A file is not the segment that its head says if that segment is in its place.
  std::unordered_set<std::uint64_t> in_place;
  for (const found_segment& each : all)
    if (each.first == each.named) in_place.insert(each.first);
  for (found_segment& each : all)
    if (in_place.contains(each.first)) each.first = each.named;
  // A copy under another name comes behind the segment itself, and gives nothing.
  std::sort(all.begin(), all.end(), [](const found_segment& left, const found_segment& right) {
    return std::tuple{left.first, left.first != left.named, left.named} <
           std::tuple{right.first, right.first != right.named, right.named};
  });
  std::uint64_t next = UINT64_MAX;  // the first segment behind those that were looked at that is what it seems
  for (std::size_t position = all.size(); position-- != 0;) {
    found_segment& each = all[position];
    each.end = position + 1 != all.size() && all[position + 1].first == each.first ? all[position + 1].end : next;
    const bool is_begin = position == 0 || all[position - 1].first != each.first;
    if (is_begin && begins_here(each)) next = each.first;
  }
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

QUIPU_DECL bool log_salvage::begins_here(const found_segment& found) const noexcept {
  const store_identity& identity = files_.identity();
  const std::byte* const head = found.mapping.data;
  if (found.size < segment_head::size) return false;
  if (file_head::is_whole(bytes_view{head, found.size}, segment_head::size) &&
      file_head::layout::lineage.load(head) == identity.lineage &&
      segment_head::layout::first_sequence.load(head) == found.first)
    return true;
  const std::byte* const first = head + segment_head::size;
  return check_frame(first, found.size - segment_head::size, identity.checksum_seed, identity.chained) &&
         frame_view::any(first, identity.chained).sequence() == found.first;
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
  range_end_ = found.end;
  std::vector<found_part> parts = find_parts(size);
  define(parts);
  leave_out_copies(parts);
  take_parts(parts, size);
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

QUIPU_DECL std::vector<log_salvage::found_part> log_salvage::find_parts(std::size_t size) const {
  std::vector<found_part> parts;
  std::size_t commit_end = 0;  // the parts behind it are of a commit whose last frame isn't found yet
  std::size_t at = segment_head::size;
  while (at < size) {
    if (is_own(at, size)) {
      const frame_view frame = frame_at(at);
      parts.push_back({at, frame.size()});
      at += frame.size();
      if (!frame.has_more()) commit_end = parts.size();
      continue;
    }
    std::size_t next = at + frame_alignment;
    while (next < size && !is_own(next, size)) next += frame_alignment;
    next = std::min(next, size);
    if (next == size && !has_content(at, size)) break;  // reserved room
    const found_part damaged{at, next - at,
                             is_sound(at, size) ? "the frames are of another segment"
                             : next == size     ? "nothing sound follows"
                                                : "the frames are damaged"};
    if (next < size) {  // the rest of the commit is damaged, and later frames follow
      parts.push_back(damaged);
      commit_end = parts.size();
    } else {
      parts.insert(parts.begin() + static_cast<std::ptrdiff_t>(commit_end++), damaged);
    }
    at = next;
  }
  if (commit_end == parts.size()) return parts;
  const found_part unfinished{parts[commit_end].at, 0, "an unfinished commit"};
  parts.resize(commit_end);
  parts.push_back(unfinished);
  return parts;
}

QUIPU_DECL bool log_salvage::is_own(std::size_t at, std::size_t size) const noexcept {
  if (!is_sound(at, size)) return false;
  const frame_view frame = frame_at(at);
  const bool is_mark = frame.is_internal() && frame.kind() != event_kind::data &&
                       frame.kind() != event_kind::system_schema && !hole::is_one(frame);
  return frame.sequence() >= of_->first_sequence() &&
         (frame.sequence() < range_end_ || (is_mark && frame.sequence() == range_end_));
}

QUIPU_DECL bool log_salvage::is_sound(std::size_t at, std::size_t size) const noexcept {
  if (!check_frame(base_ + at, size - at, files_.identity().checksum_seed, files_.identity().chained)) return false;
  const frame_view frame = frame_at(at);
  return !hole::is_one(frame) || hole::read(frame, files_.identity().chained).has_value();
}

QUIPU_DECL void log_salvage::leave_out_copies(std::vector<found_part>& parts) const {
  // Events and holes ascend; other internal frames with equal numbers may follow each other, before the event.
  const auto takes_numbers = [](const frame_view& frame) { return !frame.is_internal() || hole::is_one(frame); };
  const auto rank_of = [&](std::size_t part) {
    const frame_view frame = frame_at(parts[part].at);
    return frame.sequence() * 2 + (takes_numbers(frame) ? 1 : 0);
  };
  const auto is_before = [&](std::size_t left, std::size_t right) { return rank_of(left) < rank_of(right); };
  std::vector<std::size_t> last;                                // of an ascending row of each length
  std::vector<std::size_t> before(parts.size(), parts.size());  // in its row
  for (std::size_t part = 0; part < parts.size(); ++part) {
    if (parts[part].damage != nullptr) continue;
    auto place = last.end();
    if (!last.empty() && !is_before(last.back(), part))
      place = takes_numbers(frame_at(parts[part].at)) ? std::lower_bound(last.begin(), last.end(), part, is_before)
                                                      : std::upper_bound(last.begin(), last.end(), part, is_before);
    if (place != last.begin()) before[part] = *(place - 1);
    if (place == last.end())
      last.push_back(part);
    else
      *place = part;
  }
  std::size_t kept = last.empty() ? parts.size() : last.back();
  for (std::size_t part = parts.size(); part-- != 0;) {
    if (part == kept)
      kept = before[part];
    else if (parts[part].damage == nullptr)
      parts[part].damage = "the frames are copies of others in the segment";
  }
}

QUIPU_DECL void log_salvage::take_parts(const std::vector<found_part>& parts, std::size_t size) {
  for (std::size_t part = 0; part < parts.size(); ++part) {
    found_part each = parts[part];
    if (each.damage == nullptr) {
      take(frame_at(each.at));
      continue;
    }
    while (part + 1 < parts.size() && parts[part + 1].damage != nullptr && parts[part + 1].at == each.at + each.size)
      each.size += parts[++part].size;
    tell(each.at, each.size, 0, each.damage);
    if (each.size != 0) gap_ = each.at + each.size < size;
  }
}

QUIPU_DECL bool log_salvage::has_content(std::size_t from, std::size_t to) const noexcept {
  while (from < to && base_[from] == std::byte{0}) ++from;
  return from < to;
}

QUIPU_DECL void log_salvage::take(const frame_view& frame) {
  if (frame.sequence() < end.next_sequence || frame.sequence() < of_->first_sequence())
    return;  // a copy of an earlier event
  if (frame.sequence() > end.next_sequence) miss(frame.sequence(), offset_of(frame));
  gap_ = false;
  if (!frame.is_internal())
    take_event(frame);
  else if (hole::is_one(frame))
    take_hole(frame);
}

QUIPU_DECL void log_salvage::define(const std::vector<found_part>& parts) {
  // A segment numbers its coordinates from 0, so that as many definitions lie before one. A greater number is forged,
  // and would cost memory that no bytes of the file justify.
  const auto can_be = [this](const frame_view& frame) {
    return frame.coordinate() <= offset_of(frame) / frame_header_size;
  };
  std::vector<std::optional<coordinate_definition>> known;
  for (const found_part& each : parts) {
    if (each.damage != nullptr) continue;
    const frame_view frame = frame_at(each.at);
    if (!frame.is_internal()) continue;
    if (frame.kind() == event_kind::system_schema) {
      if (const auto schema = schema_definition::read(frame))
        of_->change_index([&](segment_index& index) { index.define_schema(*schema); });
    } else if (frame.kind() == event_kind::data && can_be(frame)) {
      if (frame.coordinate() >= known.size()) known.resize(frame.coordinate() + std::size_t{1});
      known[frame.coordinate()] = coordinate_definition::read(frame.payload());
    }
  }
  of_->change_index([&](segment_index& index) {
    for (const auto& each : known) {  // a number whose definition is lost has no names
      const coordinate_definition names = each.value_or(coordinate_definition{});
      static_cast<void>(index.define(static_cast<std::uint32_t>(slots_.size()), names.entity, names.scope));
      slots_.push_back(each ? &end.entities.coordinate(names.entity, names.scope) : nullptr);
    }
  });
}

QUIPU_DECL std::uint32_t log_salvage::place_of(const frame_view& frame) const noexcept {
  return static_cast<std::uint32_t>(offset_of(frame) / frame_alignment);
}

QUIPU_DECL void log_salvage::take_event(const frame_view& frame) {
  end.next_sequence = frame.sequence() + 1;
  if (!is_known(frame.coordinate()) || frame.entity_sequence() < slots_[frame.coordinate()]->entity->next_sequence)
    return leave_out(frame, 1, lost_coordinates);
  if (!has_right_hash(frame)) return leave_out(frame, 1, "the hashes aren't what the events and their entities give");
  if (slots_[frame.coordinate()]->entity->next_sequence == 0) ++end.entity_count;
  slots_[frame.coordinate()]->entity->record_last(frame.entity_sequence(), frame.id());
  slots_[frame.coordinate()]->entity->chain_end = frame.hash();
  of_->change_index([&](segment_index& index) { index.add(frame, place_of(frame)); });
  took_ = true;
}

QUIPU_DECL bool log_salvage::has_right_hash(const frame_view& frame) const {
  const store_identity& identity = files_.identity();
  coordinate_slot& slot = *slots_[frame.coordinate()];
  const bool can_tell = identity.chained && (!identity.keyed || identity.key_known) &&
                        frame.kind() != event_kind::tombstone && frame.entity_sequence() == slot.entity->next_sequence;
  return !can_tell || frame.computed_hash(slot.entity->chain_end, slot.digest(), identity.key) == frame.hash();
}

QUIPU_DECL void log_salvage::take_hole(const frame_view& frame) {
  const hole dropped{frame, files_.identity().chained};
  end.next_sequence += dropped.count();
  bool known = true;
  dropped.each([&](const dropped_event& each) { known = known && is_known(each.coordinate); });
  if (!known) return leave_out(frame, 0, lost_coordinates);
  dropped.each([&](const dropped_event& each) {
    slots_[each.coordinate]->entity->record_last(each.entity_sequence, {});
    slots_[each.coordinate]->entity->chain_end = each.hash;
  });
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

QUIPU_DECL void log_salvage::leave_out(const frame_view& frame, std::uint64_t events, const char* reason) {
  if (damage.empty() || damage.back().path != path_ || damage.back().reason != reason)
    tell(offset_of(frame), 0, 0, reason);
  damage.back().bytes += frame.size();
  damage.back().events += events;
}

}  // namespace quipu::detail::inline QUIPU_MODE
