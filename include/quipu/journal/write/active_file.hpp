// SPDX-License-Identifier: BSL-1.0
//
// active_file.hpp: the end of the log, for its writer: the file that grows, how far it is written, flushed and
// reserved, and the index that grows with it.
//
// `end`, `reserve` and `advance` are called under the journal's lock; `write` without it, by the thread that publishes;
// the other members under the lock while no thread publishes.
#pragma once

#include "../../core/detail/steady_time.hpp"
#include "../../environment/environment.hpp"
#include "../../macros.hpp"
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

namespace quipu::detail::inline QUIPU_MODE {

class active_file {
 public:
  /// Continues at `end` of a file, which is known to be on stable storage up to `flushed_end`.
  void open(std::unique_ptr<environment_file> file, std::shared_ptr<segment> shared, const store_identity& identity,
            std::uint64_t end, std::uint64_t flushed_end);
  /// Replaces the segment by another view of the same file, whose index can grow.
  void grow_in(std::shared_ptr<segment> shared) noexcept { segment_ = std::move(shared); }
  void close() noexcept { file_.reset(); }

  [[nodiscard]] environment_file& file() noexcept { return *file_; }
  [[nodiscard]] const std::shared_ptr<segment>& shared() const noexcept { return segment_; }
  /// Offset behind the last frame that is in the file.
  [[nodiscard]] std::uint64_t end() const noexcept { return end_; }
  [[nodiscard]] static std::uint32_t place_of(std::uint64_t offset) noexcept {
    return static_cast<std::uint32_t>(offset / frame_alignment);
  }
  /// Duration of the last flush.
  [[nodiscard]] std::int64_t flush_time_us() const noexcept { return flush_time_us_; }

  /// Reserves room on the device up to `wanted`, and on to the next multiple of `step` unless that is beyond `limit` or
  /// there is no room for it. Throws `errc::storage_full` if there is none up to `wanted`, and nothing has changed
  /// then.
  void reserve(std::uint64_t wanted, std::uint64_t step, std::uint64_t limit);

  /// As `reserve`, exactly up to `wanted`; returns false if there is no room.
  [[nodiscard]] bool try_reserve(std::uint64_t wanted);

  /// The state that `write` needs, copied under the lock.
  struct position {
    std::uint64_t end{};
    std::uint64_t reserved{};
    std::uint64_t flushed_end{};
  };
  [[nodiscard]] position here() const noexcept { return {end_, reserved_, flushed_end_}; }

  /// Adds hashes and checksums to a group of frames, writes it at the end of the file, flushes if `with_sync` says so,
  /// and adds its events to the index. After an exception, only the next opening decides what is in the log. Throws
  /// `errc::io_failed` and writes nothing if somebody else has removed the file or cut it off.
  void write(tail_buffer& group, const position& at, bool with_sync);

  /// Records what `write` did.
  void advance(std::uint64_t bytes_written, bool flushed) noexcept;

  /// Writes one internal frame at the end, truncates the file behind it, and flushes. Everything before it must have
  /// been flushed.
  void write_last(event_kind kind, std::uint64_t next_sequence, bytes_view payload);

 private:
  static constexpr std::uint64_t zero_ahead = std::uint64_t{256} << 10;
  static constexpr std::uint64_t write_back_step = std::uint64_t{1} << 20;

  /// Writes again, and flushes, what the file had behind `flushed_end` when it was opened. An earlier process may have
  /// failed to flush it, and then another flush alone does not bring it to the disk.
  void confirm(const position& at);

  /// Lets the device write what comes before `end`, if that is enough by now. Otherwise sealing a segment that nobody
  /// flushed would wait for all of it at once.
  void start_write_back(std::uint64_t end) noexcept;

  /// Adds what a group has, which begins at an offset.
  void add_to_index(segment_index& index, const tail_buffer& group, std::uint64_t begin) const;

  static void mark_flushed(std::byte* frame) noexcept;

  /// Writes zeros behind the end. A full device is ignored: they only make the next flush faster.
  void zero(std::uint64_t from, std::uint64_t count);

  std::unique_ptr<environment_file> file_;
  std::shared_ptr<segment> segment_;
  store_identity identity_{};
  std::uint64_t end_{};
  std::uint64_t flushed_end_{};  // everything before this offset is on stable storage
  std::uint64_t reserved_{};     // size of the file
  bool unconfirmed_{};           // what the file had when it was opened may not be flushed

  frame_finisher finisher_;
  std::uint64_t handed_over_{};  // everything before this offset is flushed, or the device was told to write it
  std::uint64_t zeroed_{};  // nothing was ever written behind this offset
  bytes zeros_;
  std::int64_t flush_time_us_{};
};

}  // namespace quipu::detail::inline QUIPU_MODE
