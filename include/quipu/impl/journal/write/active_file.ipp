// SPDX-License-Identifier: BSL-1.0
//
// active_file.ipp: see journal/write/active_file.hpp.
#pragma once

#include "../../../core/detail/steady_time.hpp"
#include "../../../core/error.hpp"
#include "../../../environment/environment.hpp"
#include "../../../journal/format/layout.hpp"
#include "../../../journal/segment/log_files.hpp"
#include "../../../journal/segment/segment.hpp"
#include "../../../journal/write/active_file.hpp"
#include "../../../journal/write/tail_buffer.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace quipu::detail::inline QUIPU_MODE {

QUIPU_DECL void active_file::open(std::unique_ptr<environment_file> file, std::shared_ptr<segment> shared,
                                  const store_identity& identity, std::uint64_t end, std::uint64_t flushed_end) {
  reserved_ = file->size();
  file_ = std::move(file);
  segment_ = std::move(shared);
  identity_ = identity;
  end_ = zeroed_ = handed_over_ = end;
  flushed_end_ = flushed_end;
  unconfirmed_ = flushed_end != end;
}

QUIPU_DECL void active_file::reserve(std::uint64_t wanted, std::uint64_t step, std::uint64_t limit) {
  if (wanted <= reserved_) return;
  const std::uint64_t rounded = step == 0 ? wanted : (wanted + step - 1) / step * step;
  std::uint64_t size = std::min(std::max(wanted, limit), rounded);
  try {
    file_->reserve(size);
  } catch (const error& failure) {
    if (failure.code() != errc::storage_full || size == wanted) throw;
    file_->reserve(wanted);  // there may be room for this much, though not for a whole step
    size = wanted;
  }
  reserved_ = size;
}

QUIPU_DECL bool active_file::try_reserve(std::uint64_t wanted) {
  try {
    reserve(wanted, 0, wanted);
  } catch (const error& failure) {
    if (failure.code() != errc::storage_full) throw;
    return false;
  }
  return true;
}

QUIPU_DECL void active_file::write(tail_buffer& group, const position& at, bool with_sync) {
  if (with_sync) file_->require_whole(at.end);
  if (!group.empty()) {
    const bool confirmed = std::exchange(unconfirmed_, false);
    if (confirmed) confirm(at);
    if (confirmed || at.flushed_end == at.end) mark_flushed(group.data());
    finisher_.finish(group, identity_);
    file_->write_at(bytes_view{group.data(), group.size()}, at.end);
  }
  const std::uint64_t end = at.end + group.size();
  if (with_sync) {
    // Flushing into space that was written before is faster: no metadata changes. Not worth it behind a large group.
    if (end > zeroed_ && group.size() < zero_ahead / 4 && at.reserved > end)
      zero(end, std::min(zero_ahead, at.reserved - end));
    const std::int64_t began_us = steady_now_us();
    file_->sync();
    flush_time_us_ = steady_now_us() - began_us;
    handed_over_ = end;
  } else {
    start_write_back(end);
  }
  zeroed_ = std::max(zeroed_, end);
  segment_->change_index([&](segment_index& index) { add_to_index(index, group, at.end); });
}

QUIPU_DECL void active_file::start_write_back(std::uint64_t end) noexcept {
  constexpr std::uint64_t page = 4096;
  const std::uint64_t whole_pages = end / page * page;  // the rest is written again by the next group
  if (whole_pages < handed_over_ + write_back_step) return;
  file_->start_write_back(handed_over_, whole_pages - handed_over_);
  handed_over_ = whole_pages;
}

QUIPU_DECL void active_file::add_to_index(segment_index& index, const tail_buffer& group, std::uint64_t begin) const {
  constexpr std::size_t ahead = 16;  // a definition that is further on is waited for no more
  const std::vector<pending_frame>& frames = group.frames();
  for (std::size_t number = 0; number < frames.size(); ++number) {
    if (number + ahead < frames.size() && frames[number + ahead].where == nullptr)
      index.expect(frame_view{group.data() + frames[number + ahead].at, false});
    const pending_frame& each = frames[number];
    const std::byte* frame = group.data() + each.at;  // not from the mapping, whose pages are not in memory yet
    if (each.where != nullptr)
      index.add(frame_view{frame, identity_.chained}, place_of(begin + each.at));
    else
      static_cast<void>(index.add_internal(frame_view{frame, false}));
  }
}

QUIPU_DECL void active_file::advance(std::uint64_t bytes_written, bool flushed) noexcept {
  end_ += bytes_written;
  if (flushed) flushed_end_ = end_;
}

QUIPU_DECL void active_file::write_last(event_kind kind, std::uint64_t next_sequence, bytes_view payload) {
  const frame_content content{.kind = kind,
                              .flags = static_cast<std::uint16_t>(frame_flags::internal | frame_flags::flushed),
                              .sequence = next_sequence,
                              .payload = payload};
  bytes frame(frame_size(payload.size(), 0, false));
  write_frame(frame.data(), content, false);
  set_frame_checksum(frame.data(), identity_.checksum_seed);
  file_->require_whole(end_);
  // In this order, because a sealed segment must not have bytes behind its seal after a crash.
  file_->truncate(end_);
  file_->sync();
  file_->write_at(bytes_view{frame}, end_);
  file_->sync();
  end_ += frame.size();
  flushed_end_ = reserved_ = end_;
  zeroed_ = end_;
}

QUIPU_DECL void active_file::confirm(const position& at) {
  file_->write_at(bytes_view{segment_->base() + at.flushed_end, static_cast<std::size_t>(at.end - at.flushed_end)},
                  at.flushed_end);
  file_->sync();
}

QUIPU_DECL void active_file::mark_flushed(std::byte* frame) noexcept {
  const std::uint16_t flags = frame_layout::flags.load(frame);
  frame_layout::flags.store(frame, static_cast<std::uint16_t>(flags | frame_flags::flushed));
}

QUIPU_DECL void active_file::zero(std::uint64_t from, std::uint64_t count) {
  if (zeros_.empty()) zeros_.resize(zero_ahead);
  try {
    file_->write_at(bytes_view{zeros_.data(), static_cast<std::size_t>(count)}, from);
  } catch (const error& failure) {
    if (failure.code() == errc::storage_full) return;  // room that wasn't allocated; the next flush is slower
    throw;
  }
  zeroed_ = from + count;
}

}  // namespace quipu::detail::inline QUIPU_MODE
