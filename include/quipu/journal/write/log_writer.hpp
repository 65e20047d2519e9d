// SPDX-License-Identifier: BSL-1.0
//
// log_writer.hpp: places commits in a log, writes them, and makes them visible and durable. It owns the parts that know the
// state of the log and says in which order they change:
//
//   place      numbers are given, frames are laid out in a buffer                     under the lock
//   publish    the buffer becomes a group; hashes and checksums are added, it is      by one thread at a time,
//              written, and flushed where a durable receipt waits;                    without the lock
//              then its events are in the index, and visible                          under the lock
//
// A durable event becomes visible only when it is on stable storage. A failure to write or flush is final.
#pragma once

#include "../../core/bytes.hpp"
#include "../../core/error.hpp"
#include "../../event/event_id.hpp"
#include "../config.hpp"
#include "../format/compaction_manifest.hpp"
#include "../format/layout.hpp"
#include "../read/log_snapshot.hpp"
#include "../reports.hpp"
#include "../segment/log_files.hpp"
#include "../segment/segment.hpp"
#include "active_file.hpp"
#include "append_entry.hpp"
#include "change_signal.hpp"
#include "commit_builder.hpp"
#include "commit_progress.hpp"
#include "commit_size.hpp"
#include "fence_gate.hpp"
#include "flush_turn.hpp"
#include "pending_keys.hpp"
#include "placement.hpp"
#include "segment_writer.hpp"
#include "staged_commit.hpp"
#include "write_access.hpp"

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <utility>

namespace quipu::detail {

/// Guarded by the journal's lock, which is passed to members that open it for a while: what was true before such a call
/// may not be afterwards.
class log_writer {
 public:
  /// Opens the log in `options.directory`, and makes one if there is none. `options` must outlive this. Throws
  /// `errc::locked`, `errc::corrupt`, `errc::unsupported_format`, `errc::io_failed`, `errc::storage_full`.
  explicit log_writer(const config& options)
      : options_{options},
        segments_{environment_of(options), options.directory},
        access_{segments_.files().lock(), options.directory.string()},
        builder_{random_seed(), options.sync.mode == sync_mode::durable ? durability::durable : durability::buffered} {
    segments_.files().open_or_create(options.chain, options.chain_key, now_us());
    segment_writer::opened_log opened = segments_.open(capacity());
    recovered_ = std::move(opened.recovered);
    progress_ = commit_progress{opened.next_sequence};
    builder_.continue_after(opened.last_id);
    if (opened.is_sealed) segments_.begin(prepare_next_segment(), progress_.placed());
  }
  log_writer(const log_writer&) = delete;
  log_writer& operator=(const log_writer&) = delete;

  // ---- parts and state ---------------------------------------------------------------------------------------------------

  [[nodiscard]] write_access& access() noexcept { return access_; }
  [[nodiscard]] const write_access& access() const noexcept { return access_; }
  [[nodiscard]] const commit_progress& progress() const noexcept { return progress_; }
  [[nodiscard]] segment_writer& segments() noexcept { return segments_; }
  [[nodiscard]] const segment_writer& segments() const noexcept { return segments_; }
  [[nodiscard]] fence_gate& fence() noexcept { return fence_; }
  [[nodiscard]] flush_turn& turn() noexcept { return turn_; }
  [[nodiscard]] change_signal& changes() noexcept { return changes_; }
  /// What opening cut off.
  [[nodiscard]] const std::optional<recovery_report>& recovered() const noexcept { return recovered_; }

  /// What is visible.
  [[nodiscard]] log_snapshot visible() const { return segments_.snapshot(progress_.visible()); }
  /// Rises when the log gets a schema. Needs no lock.
  [[nodiscard]] std::uint64_t schema_changes() const noexcept { return schema_changes_.load(); }
  [[nodiscard]] journal_counts counts() const {
    journal_counts now = counts_;
    now.segments = segments_.segment_count();
    now.entities = segments_.entity_count();
    now.index_failures = segments_.index_failures();
    return now;
  }
  /// How long the last flush took.
  [[nodiscard]] std::uint64_t last_flush_us() const noexcept { return last_flush_us_; }

  /// Microseconds since the Unix epoch, within the range of an event's id: from 1970 to the year 10889. Needs no lock.
  [[nodiscard]] std::int64_t now_us() const {
    constexpr std::int64_t latest = (std::int64_t{1} << 48) * 1000 - 1'000'000;
    const std::int64_t now = options_.clock ? options_.clock() : segments_.files().world()->now_us();
    return std::max<std::int64_t>(std::min<std::int64_t>(now, latest), 0);
  }

  // ---- placing -----------------------------------------------------------------------------------------------------------

  [[nodiscard]] bool is_pending(const event_id& key) const noexcept { return keys_.contains(key); }
  [[nodiscard]] bool has_pending_keys(const placement& placing) const noexcept { return keys_.has_any_of(placing); }
  [[nodiscard]] bool is_buffer_empty() const noexcept { return builder_.buffered_bytes() == 0; }
  [[nodiscard]] bool is_buffer_full() const noexcept {
    return builder_.buffered_bytes() >= options_.writer.buffer_bytes;
  }
  /// Bytes that are laid out and not written.
  [[nodiscard]] std::uint64_t waiting_bytes() const noexcept { return builder_.waiting_bytes(); }
  /// Whether the active segment takes a commit of so many bytes. One without events takes any: the next segment could not
  /// have another number.
  [[nodiscard]] bool fits(std::uint64_t bytes) const noexcept {
    return placed_end() + bytes <= options_.segment_max_bytes || segments_.is_empty(progress_.placed());
  }
  /// Reserves room on the device before anything is placed in it: a full disk is found here, where nothing is lost.
  /// Throws `errc::storage_full`.
  void reserve(std::uint64_t bytes) {
    segments_.reserve(placed_end() + bytes, options_.writer.preallocate_bytes, options_.segment_max_bytes);
  }

  [[nodiscard]] event_id make_id(std::int64_t now_us) noexcept { return builder_.make_id(now_us); }

  /// Places a commit, for which there is room, and fills in the receipts. Throws `errc::conflict`, `errc::schema_drift`,
  /// `errc::idempotency_mismatch`, and nothing is placed then.
  placed_commit place(placement& placing, std::span<receipt> receipts, std::int64_t now) {
    prepare(placing);
    return record_placed(placing, builder_.lay_out(placing, receipts, segments_, progress_.placed(), now));
  }
  /// As `place`, for the events of a visibility fence, which have their ids.
  placed_commit place_staged(placement& placing, std::span<receipt> receipts, const staged_commit& staged) {
    prepare(placing);
    return record_placed(placing,
                         builder_.lay_out_staged(placing, receipts, segments_, progress_.placed(), staged));
  }

  /// See `commit_progress::record_promise`. Wakes those who wait for the events that readers see from now on.
  bool record_promise(const placed_commit& made) noexcept {
    if (!progress_.record_promise(made)) return false;
    if (made.end > progress_.visible()) changes_.ring();
    return true;
  }
  /// Whether so many events are not durable that they must be flushed now.
  [[nodiscard]] bool is_sync_due() const noexcept {
    return options_.sync.every_n_events != 0 && progress_.not_durable() >= options_.sync.every_n_events;
  }

  /// Fills in the hashes of receipts, and whether they are durable, as far as that is known by now. Throws `errc::corrupt`.
  void complete_receipts(std::span<receipt> receipts) const {
    log_snapshot seen;  // taken when it is needed: a buffered event has no hash yet
    for (receipt& each : receipts) {
      each.durable = each.sequence < progress_.durable();
      if (!segments_.identity().chained || each.sequence >= progress_.visible() || !each.hash.is_zero()) continue;
      if (!seen.segments) seen = visible();
      if (const auto found = seen.find_sequence(each.sequence)) each.hash = found.frame.hash();
    }
  }

  // ---- writing and waiting -----------------------------------------------------------------------------------------------

  /// Returns when all events before `until` are on stable storage; flushes if no other thread does. Throws what the flush
  /// throws, `errc::writer_failed`, `errc::closed`.
  void flush_until(std::unique_lock<std::mutex>& lock, std::uint64_t until) {
    if (progress_.durable() >= until) return;
    const flush_turn::caller counted{turn_};
    turn_.join();
    while (progress_.durable() < until) {
      access_.check_writable();
      if (turn_.is_taken()) {
        turn_.wait(lock);
        continue;
      }
      turn_.gather(lock, segments_.flush_time_us());
      publish(lock, true);
    }
  }

  /// Returns when a commit is what its receipts promise. Throws as `flush_until`.
  void wait_until_kept(std::unique_lock<std::mutex>& lock, const placed_commit& made) {
    flush_until(lock, made.durable_until);
    if (progress_.must_flush()) write_until(lock, made.end);
    if (progress_.record_returned(made.end) && made.end > progress_.visible()) changes_.ring();
  }

  /// Makes visible what readers must see. If that fails, the next append, sync or close throws.
  void write_returned(std::unique_lock<std::mutex>& lock) {
    if (progress_.must_write() && !access_.is_owner()) return;
    while (progress_.must_write() && !access_.has_failed() && !access_.is_closed()) {
      if (turn_.is_taken()) {
        turn_.wait(lock);
        continue;
      }
      try {
        publish(lock);
      } catch (...) {
        return;
      }
    }
  }

  /// Writes what is in the buffer, and flushes it if that was promised. Called while the turn is free, and returns so; the
  /// lock is open in between. A failure is recorded, and thrown.
  void publish(std::unique_lock<std::mutex>& lock) { publish(lock, progress_.must_flush()); }
  /// As above, and flushes if `with_sync` says so.
  void publish(std::unique_lock<std::mutex>& lock, bool with_sync) {
    const std::size_t served = turn_.take();
    builder_.begin_group();
    const std::uint64_t end = progress_.placed();
    const active_file::position here = segments_.position();
    keys_.begin_writing();
    lock.unlock();
    std::exception_ptr problem;
    try {
      segments_.write(builder_.group(), here, with_sync);
    } catch (...) {
      problem = std::current_exception();
    }
    lock.lock();
    turn_.give_back();
    last_flush_us_ = static_cast<std::uint64_t>(segments_.flush_time_us());
    if (problem) {
      access_.record_failure(problem);
      fence_.wake_all();
    } else {
      segments_.record_written(builder_.group().size(), with_sync);
      progress_.record_written(end, with_sync);
      counts_.written_bytes += builder_.group().size();
      if (with_sync) {
        turn_.record_company(served);
        ++counts_.flushes;
      }
    }
    builder_.drop_group();
    keys_.remove_written();
    turn_.wake_all();
    changes_.ring();
    if (problem) std::rethrow_exception(problem);
  }

  // ---- segments; the turn is free and the buffer empty ---------------------------------------------------------------------

  /// Seals the active segment and begins the next. What is likely to fail comes first: then nothing has changed, and it may be
  /// tried again. A later failure is recorded, and thrown.
  void rotate() {
    segments_.thaw();
    auto prepared = prepare_next_segment();
    try {
      segments_.seal_and_begin(std::move(prepared), progress_.placed());
    } catch (...) {
      access_.record_failure(std::current_exception());
      throw;
    }
  }

  /// Writes the mark of an orderly close and the index file, if anything was placed since the last mark.
  void write_mark() {
    if (is_marked_) return;
    try {
      segments_.write_mark(progress_.placed());
      is_marked_ = true;
    } catch (...) {
      access_.record_failure(std::current_exception());
      throw;
    }
    segments_.write_index(false, progress_.placed());
  }

  /// Writes a frame that tells followers of the log that events were dropped or erased, and flushes. If there is no room for it,
  /// they find out later.
  void write_compaction_note(std::unique_lock<std::mutex>& lock) {
    turn_.wait_until_free(lock);
    segments_.thaw();
    if (access_.has_failed() || !segments_.try_reserve(placed_end() + compaction_note::frame_bytes)) return;
    builder_.lay_out_note(compaction_note{segments_.generation()}, progress_.placed());
    is_marked_ = false;
    publish(lock, true);
  }

  // ---- compaction; see compaction_access.hpp -------------------------------------------------------------------------------

  /// Flushes everything, and seals the active segment if it has events. Until `end_compaction`, the log isn't closed and no
  /// other compaction begins. Throws `errc::busy` if one is under way, and as `flush_until` and `rotate`.
  void begin_compaction(std::unique_lock<std::mutex>& lock) {
    access_.check_open();
    if (compacting_)
      throw error{errc::busy, "the store is being compacted already", {.path = options_.directory.string()}};
    compacting_ = true;
    try {
      seal_all(lock);
    } catch (...) {
      end_compaction();
      throw;
    }
  }
  void end_compaction() noexcept {
    compacting_ = false;
    turn_.wake_all();
  }
  void wait_for_compaction(std::unique_lock<std::mutex>& lock) {
    while (compacting_) turn_.wait(lock);
  }

 private:
  [[nodiscard]] std::uint64_t random_seed() const {
    std::uint64_t seed{};
    segments_.files().world()->random(reinterpret_cast<std::byte*>(&seed), sizeof seed);
    return seed;
  }

  /// How much of a segment's file is mapped: as much as it may ever have, so that the mapping never moves.
  [[nodiscard]] std::size_t capacity() const noexcept {
    return static_cast<std::size_t>(options_.segment_max_bytes + commit_size::frame_bytes_limit(options_));
  }
  [[nodiscard]] log_files::mapped_segment prepare_next_segment() {
    return segments_.prepare_next(progress_.placed(), capacity(), now_us());
  }

  void seal_all(std::unique_lock<std::mutex>& lock) {
    for (;;) {
      access_.check_open();
      if (turn_.is_taken()) turn_.wait(lock);
      else if (!is_buffer_empty() || progress_.not_durable() != 0) publish(lock, true);
      else break;
    }
    if (!segments_.is_empty(progress_.placed())) rotate();
  }

  /// Offset behind the last frame that has its place.
  [[nodiscard]] std::uint64_t placed_end() const noexcept { return segments_.written_end() + builder_.waiting_bytes(); }

  /// All of placing that can fail.
  void prepare(placement& placing) {
    segments_.thaw();
    placing.prepare(segments_.entities(), segments_.schemas());
    schema_changes_.store(segments_.schemas().changes());
    builder_.reserve(placing);
    if (placing.has_keys()) keys_.add_new(placing);
  }
  placed_commit record_placed(const placement& placing, const placed_commit& made) noexcept {
    progress_.record_placed(made.end);
    if (placing.new_count() != 0) is_marked_ = false;
    ++counts_.appends;
    return made;
  }

  /// Returns when all events before `until` are visible. Throws as `flush_until`.
  void write_until(std::unique_lock<std::mutex>& lock, std::uint64_t until) {
    const flush_turn::caller counted{turn_};
    while (progress_.visible() < until) {
      access_.check_writable();
      if (turn_.is_taken()) turn_.wait(lock);
      else publish(lock);
    }
  }

  const config& options_;
  segment_writer segments_;
  write_access access_;
  commit_builder builder_;
  commit_progress progress_;
  pending_keys keys_;
  flush_turn turn_;
  fence_gate fence_;
  change_signal changes_;
  journal_counts counts_;
  std::optional<recovery_report> recovered_;
  std::atomic<std::uint64_t> schema_changes_{};
  std::uint64_t last_flush_us_{};
  bool compacting_{};
  bool is_marked_{true};  // nothing was placed since the mark of an orderly close
};

}  // namespace quipu::detail
