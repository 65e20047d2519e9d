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

QUIPU_DECL void log_opening::run(std::size_t capacity) {
  const auto numbers = files_.segment_numbers();
  if (numbers.empty())
    throw error{errc::corrupt, "the store has no segments", {.path = std::string{files_.directory().path()}}};
  for (std::size_t position = 0; position < numbers.size(); ++position) {
    if (numbers[position] != end_.next_sequence)
      files_.refuse({numbers[position], segment_name(numbers[position])}, end_.next_sequence);
    const bool is_last = position + 1 == numbers.size();
    try {
      open_one(numbers[position], is_last, is_last ? capacity : 0);
    } catch (const error& failure) {
      // Where the next file isn't a segment of the log, this one may be the last, and sound.
      if (failure.code() == errc::corrupt && !is_last)
        for (const std::uint64_t number : {numbers[position], numbers[position + 1]})
          files_.require_own({number, segment_name(number)});
      throw;
    }
  }
  restore_head();
  look_in(segments_);
}

QUIPU_DECL void log_opening::open_one(std::uint64_t number, bool is_last, std::size_t capacity) {
  mapped_segment mapped = files_.map_segment(number, capacity, is_last ? open_mode::write : open_mode::read,
                                             !is_last && segments_.size() < most_open_files());
  if (!segments_.empty() && last_.seal->head != mapped.head_before)
    throw_corrupt("the segment doesn't go on where the one before it ends: it is of another copy of the store",
                  mapped.path, 64);
  if (auto covered = segment_by_index(files_, number, mapped); covered && (is_last || covered->cover()->sealed)) {
    take_cover(*covered->cover(), files_.identity(), end_, last_);
    segments_.push_back(std::move(covered));
    const std::uint64_t begin = last_.end;
    if (!last_.sealed && goes_on(mapped)) read_on(mapped);
    count_segment(report_, true, begin, last_.end + last_.dropped_bytes);
  } else {
    restore_head();
    look_in(segments_);
    auto opened = std::make_shared<segment>(mapped.path, number, files_.identity(), mapped.bytes);
    segment_scan reading{*opened, files_.identity(), end_};
    last_ = reading.run(static_cast<std::size_t>(mapped.size), is_last);
    count_segment(report_, false, segment_head::size, last_.end + last_.dropped_bytes);
    segments_.push_back(std::move(opened));
    if (last_.sealed) make_index(mapped);
  }
  generation_ = std::max(generation_, segments_.back()->generation());
  if (is_last) file_ = std::move(mapped.file);
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
  segment_scan reading{*opened, files_.identity(), end_};
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
