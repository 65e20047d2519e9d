// SPDX-License-Identifier: BSL-1.0
//
// log_opening.ipp: see journal/write/log_opening.hpp.
#pragma once

#include "../../../environment/environment.hpp"
#include "../../../journal/format/layout.hpp"
#include "../../../journal/reports.hpp"
#include "../../../journal/segment/index_files.hpp"
#include "../../../journal/segment/log_files.hpp"
#include "../../../journal/segment/segment.hpp"
#include "../../../journal/segment/segment_list.hpp"
#include "../../../journal/segment/segment_scan.hpp"
#include "../../../journal/segment/unread_segments.hpp"
#include "../../../journal/segment/whole_file.hpp"
#include "../../../journal/write/log_head.hpp"
#include "../../../journal/write/log_opening.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace quipu::detail::inline QUIPU_MODE {

/// Reads the last segment of a log that was not closed. What its writer had not flushed is written again (see
/// `segment_writer::open`) while the rest is read, so that the device is not idle meanwhile. `flushed` of the result is
/// the end of that: the caller writes what is behind it and flushes all. Throws as `segment_scan::run`, and as
/// `environment_file::write_at`.
[[nodiscard]] QUIPU_DECL scan_result read_unclosed(segment_scan& reading, const log_files::mapped_segment& in) {
  constexpr std::uint64_t piece = std::uint64_t{1} << 20;
  const std::byte* const base = in.bytes.base;
  const scan_result& so_far = reading.result();
  std::uint64_t written = so_far.end;
  for (std::uint64_t begin = so_far.end; begin < in.size && !so_far.sealed; begin = so_far.end) {
    reading.read({base + begin, static_cast<std::size_t>(std::min(piece, in.size - begin))});
    if (so_far.end == begin) break;  // a longer commit, or the end
    written = std::max(written, so_far.flushed);
    write_pieces(*in.file, {base + written, static_cast<std::size_t>(so_far.end - written)}, written);
    written = so_far.end;
  }
  scan_result all = reading.run(static_cast<std::size_t>(in.size), true);
  if (!all.closed) all.flushed = std::max(all.flushed, written);
  return all;
}

QUIPU_DECL void log_opening::run(const log_files::placed_list& placed, std::size_t capacity) {
  if (placed.empty())
    throw error{errc::corrupt, "the store has no segments", {.path = std::string{files_.directory().path()}}};
  if (!open_all(placed, unread_segments::of(files_, placed, false), capacity))
    static_cast<void>(open_all(placed, {}, capacity));
  restore_head();
  look_in(segments_);
}

QUIPU_DECL bool log_opening::open_all(const log_files::placed_list& placed, unread_segments unread,
                                      std::size_t capacity) {
  end_ = {};
  end_.next_sequence = unread.next_sequence;
  last_ = {};
  last_.seal = seal_content{unread.next_sequence, unread.head};
  generation_ = unread.generation;
  segments_ = std::move(unread.segments);
  unread_ = segments_.size();
  report_ = {.segments = unread_, .indexed = unread_};
  for (std::size_t position = unread_; position < placed.size(); ++position) {
    const log_files::placed_segment& next = placed[position];
    if (next.first_sequence != end_.next_sequence) files_.refuse(next, end_.next_sequence);
    const bool is_last = position + 1 == placed.size();
    try {
      if (!open_one(next.first_sequence, is_last, is_last ? capacity : 0)) return false;
    } catch (const error& failure) {
      // Where the next file isn't a segment of the log, this one may be the last, and sound.
      if (failure.code() == errc::corrupt && !is_last)
        for (const std::size_t each : {position, position + 1}) files_.require_own(placed[each]);
      throw;
    }
  }
  return true;
}

QUIPU_DECL bool log_opening::can_scan(bool was_closed) const {
  if (unread_ == 0) return true;
  if (segments_.size() == unread_) return false;
  if (was_closed) return true;
  for (std::size_t position = 0; position < unread_; ++position)
    if (segments_[position]->cover() == nullptr) return false;
  return true;
}

QUIPU_DECL bool log_opening::open_one(std::uint64_t number, bool is_last, std::size_t capacity) {
  mapped_segment mapped = files_.map_segment(number, capacity, is_last ? open_mode::write : open_mode::read,
                                             !is_last && segments_.size() < most_open_files());
  if (!segments_.empty() && last_.seal->head != mapped.head_before)
    throw_corrupt("the segment doesn't go on where the one before it ends: it is of another copy of the store",
                  mapped.path, 64);
  if (auto covered = segment_by_index(files_, number, mapped); covered && (is_last || covered->cover()->sealed)) {
    take_cover(*covered->cover(), files_.identity(), end_, last_);
    segments_.push_back(std::move(covered));
    const std::uint64_t begin = last_.end;
    if (!last_.sealed && goes_on(mapped)) {
      if (!can_scan(false)) return false;
      read_on(mapped);
    }
    count_segment(report_, true, begin, last_.end + last_.dropped_bytes);
  } else {
    const bool was_closed = is_last && mapped.ends_with_mark(files_.identity());
    if (!can_scan(was_closed)) return false;
    restore_head();
    look_in(segments_);
    auto opened = std::make_shared<segment>(mapped.path, number, files_.identity(), mapped.bytes);
    segment_scan reading{*opened, files_.identity(), end_, segment_scan::readers::none_yet};
    last_ = is_last && !was_closed ? read_unclosed(reading, mapped)
                                   : reading.run(static_cast<std::size_t>(mapped.size), is_last);
    count_segment(report_, false, segment_head::size, last_.end + last_.dropped_bytes);
    segments_.push_back(std::move(opened));
    if (last_.sealed) make_index(mapped);
  }
  generation_ = std::max(generation_, segments_.back()->generation());
  if (is_last) file_ = std::move(mapped.file);
  return true;
}

QUIPU_DECL bool log_opening::goes_on(const mapped_segment& mapped) const noexcept {
  for (std::uint64_t at = last_.end; at < mapped.size; ++at)
    if (mapped.bytes.base[at] != std::byte{0}) return true;
  return false;
}

QUIPU_DECL void log_opening::read_on(const mapped_segment& mapped) {
  restore_head();
  look_in(segments_);
  auto opened = growing_copy(*segments_.back());
  const scan_result covered = last_;
  segment_scan reading{*opened, files_.identity(), end_, segment_scan::readers::none_yet};
  reading.resume_at(covered.end);
  last_ = reading.run(static_cast<std::size_t>(mapped.size), true);
  if (last_.flushed == covered.end) last_.flushed = covered.flushed;
  if (last_.end == covered.end) last_.closed = true;
  segments_.replace_back(std::move(opened));
  if (last_.sealed) make_index(mapped);
}

QUIPU_DECL void log_opening::make_index(const mapped_segment& mapped) {
  const std::shared_ptr<segment> read = segments_.back();
  read->complete(mapped.size);
  try {
    if (files_.identity().chained)
      static_cast<void>(head_.after({std::make_shared<const segment_list>(segments_), end_.next_sequence,
                                     static_cast<std::uint32_t>(mapped.size / frame_alignment)}));
    write_index_file(files_, *read, mapped.size, cover_of(end_, head_, files_.identity().chained, true));
  } catch (const error&) {
    return;  // no room, or damage: the segment works without an index file
  }
  if (auto covered = segment_by_index(files_, read->first_sequence(), mapped))
    segments_.replace_back(std::move(covered));
}

QUIPU_DECL void log_opening::restore_head() {
  if (segments_.empty() || segments_.back()->cover() == nullptr) return;
  const index_cover& cover = *segments_.back()->cover();
  head_.restore(cover.head, bytes_view{segments_.back()->head_state()}, cover.next_sequence);
}

}  // namespace quipu::detail::inline QUIPU_MODE
