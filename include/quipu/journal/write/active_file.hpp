// SPDX-License-Identifier: BSL-1.0
//
// active_file.hpp: the end of the log as its writer has it: the file that grows, how far it is written, flushed and set aside, and the
// index that grows with it.
//
// `end`, `reserve` and `advance` are called under the journal's lock; `write` by whoever publishes, without it; the rest under the lock
// while nobody publishes.
#pragma once

#include "../../core/detail/steady_time.hpp"
#include "../../environment/environment.hpp"
#include "../format/layout.hpp"
#include "../segment/log_files.hpp"
#include "../segment/segment.hpp"
#include "tail_buffer.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>

namespace quipu::detail {

class active_file {

 public:
  /// Goes on at `end` of a file, which is known to be on stable storage up to `flushed_end`.
  void open(std::unique_ptr<environment_file> file, std::shared_ptr<segment> shared, const store_identity& identity, std::uint64_t end, std::uint64_t flushed_end) {
    reserved_ = file->size();
    file_ = std::move(file);
    segment_ = std::move(shared);
    identity_ = identity;
    end_ = zeroed_ = end;
    flushed_end_ = flushed_end;
    unconfirmed_ = flushed_end != end;
  }
  /// Takes another view of the same file, whose index can grow.
  void grow_in(std::shared_ptr<segment> shared) noexcept { segment_ = std::move(shared); }
  void close() noexcept { file_.reset(); }

  [[nodiscard]] environment_file& file() noexcept { return *file_; }
  [[nodiscard]] const std::shared_ptr<segment>& shared() const noexcept { return segment_; }
  /// Offset behind the last frame that is in the file.
  [[nodiscard]] std::uint64_t end() const noexcept { return end_; }
  [[nodiscard]] static std::uint32_t place_of(std::uint64_t offset) noexcept { return static_cast<std::uint32_t>(offset / frame_alignment); }
  /// How long the last flush took.
  [[nodiscard]] std::int64_t flush_time_us() const noexcept { return flush_time_us_; }

  /// Sets room aside on the device up to `wanted`, and on to the next multiple of `step` unless that is beyond `limit`. Does nothing where
  /// there is room. Throws `errc::storage_full`, and nothing has changed then.
  void reserve(std::uint64_t wanted, std::uint64_t step, std::uint64_t limit) {
    if (wanted <= reserved_) return;
    const std::uint64_t rounded = step == 0 ? wanted : (wanted + step - 1) / step * step;
    const std::uint64_t size = std::min(std::max(wanted, limit), rounded);
    file_->reserve(size);
    reserved_ = size;
  }

  /// The same, without more than is wanted; false where there is no room.
  [[nodiscard]] bool try_reserve(std::uint64_t wanted) {
    try {
      reserve(wanted, 0, wanted);
    } catch (const error&) {
      return false;
    }
    return true;
  }

  /// What `write` has to know that the lock guards.
  struct position {
    std::uint64_t end{};
    std::uint64_t reserved{};
    std::uint64_t flushed_end{};
  };
  [[nodiscard]] position here() const noexcept { return {end_, reserved_, flushed_end_}; }

  /// Adds hashes and checksums to a group of frames, writes it behind what is there, flushes where `with_sync` says so, and adds its
  /// events to the index. What this leaves when it throws is for the next opening to judge.
  void write(tail_buffer& group, const position& at, bool with_sync) {
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
      if (end > zeroed_ && group.size() < zero_ahead / 4 && at.reserved > end) zero(end, std::min(zero_ahead, at.reserved - end));
      const std::int64_t began_us = steady_now_us();
      file_->sync();
      flush_time_us_ = steady_now_us() - began_us;
    }
    zeroed_ = std::max(zeroed_, end);
    segment_->change_index([&](segment_index& index) {
      for (const pending_frame& each : group.frames()) {
        const std::byte* frame = group.data() + each.at;  // not the mapping: its pages would have to be brought in first
        if (each.where != nullptr) index.add(frame_view{frame, identity_.chained}, place_of(at.end + each.at));
        else static_cast<void>(index.add_internal(frame_view{frame, false}));
      }
    });
  }

  /// Takes note of what `write` did.
  void advance(std::uint64_t bytes_written, bool flushed) noexcept {
    end_ += bytes_written;
    if (flushed) flushed_end_ = end_;
  }

  /// Writes one internal frame behind everything, cuts the file off behind it, and flushes. All before it must have been flushed.
  void write_last(event_kind kind, std::uint64_t next_sequence, bytes_view payload) {
    const frame_content content{.kind = kind,
                                .flags = static_cast<std::uint16_t>(frame_flags::internal | frame_flags::flushed),
                                .sequence = next_sequence,
                                .payload = payload};
    bytes frame(frame_size(payload.size(), 0, false));
    write_frame(frame.data(), content, false);
    set_frame_checksum(frame.data(), identity_.checksum_seed);
    // In this order: a crash in between leaves no bytes behind the frame, which a sealed segment mustn't have.
    file_->truncate(end_);
    file_->sync();
    file_->write_at(bytes_view{frame}, end_);
    file_->sync();
    end_ += frame.size();
    flushed_end_ = reserved_ = end_;
    zeroed_ = end_;
  }

 private:
  static constexpr std::uint64_t zero_ahead = std::uint64_t{256} << 10;

  /// Writes once more, and flushes, what the file had behind what is known to be on stable storage when it was opened: the flush of whoever wrote it may have
  /// failed, and then another one alone doesn't bring it to the disk.
  void confirm(const position& at) {
    file_->write_at(bytes_view{segment_->base() + at.flushed_end, static_cast<std::size_t>(at.end - at.flushed_end)}, at.flushed_end);
    file_->sync();
  }

  static void mark_flushed(std::byte* frame) noexcept {
    const std::uint16_t flags = frame_layout::flags.load(frame);
    frame_layout::flags.store(frame, static_cast<std::uint16_t>(flags | frame_flags::flushed));
  }

  void zero(std::uint64_t from, std::uint64_t count) {
    if (zeros_.empty()) zeros_.resize(zero_ahead);
    file_->write_at(bytes_view{zeros_.data(), static_cast<std::size_t>(count)}, from);
    zeroed_ = from + count;
  }

  std::unique_ptr<environment_file> file_;
  std::shared_ptr<segment> segment_;
  store_identity identity_{};
  std::uint64_t end_{};
  std::uint64_t flushed_end_{};  // offset behind what is on stable storage
  std::uint64_t reserved_{};     // size of the file
  bool unconfirmed_{};           // what the file had when it was opened is written, and perhaps not flushed

  frame_finisher finisher_;
  std::uint64_t zeroed_{};  // offset behind what was ever written
  bytes zeros_;
  std::int64_t flush_time_us_{};
};

}  // namespace quipu::detail
