// SPDX-License-Identifier: BSL-1.0
//
// log_writer.hpp: places commits in a log, writes them, and makes them visible and durable. It owns the parts that know
// the state of the log and says in which order they change:
//
//   place      numbers are given, frames are laid out in a buffer                     under the lock
//   publish    the buffer becomes a group; hashes and checksums are added, it is      by one thread at a time,
//              written, and flushed where a durable receipt waits;                    without the lock
//              then its events are in the index, and visible                          under the lock
//
// A durable event becomes visible only when it is on stable storage. A failure to write or flush is final.
#pragma once

#include "../../coordinate/clock_guard.hpp"
#include "../../core/bytes.hpp"
#include "../../core/detail/thread_mark.hpp"
#include "../../core/error.hpp"
#include "../../event/event_id.hpp"
#include "../../macros.hpp"
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
#include "notices.hpp"
#include "pending_keys.hpp"
#include "placement.hpp"
#include "segment_writer.hpp"
#include "single_append.hpp"
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

namespace quipu::detail::inline QUIPU_MODE {

/// Guarded by the journal's lock, which is passed to members that open it for a while: what was true before such a call
/// may not be afterwards.
class log_writer {
 public:
  /// Opens the log in `options.directory`, and makes one if there is none. `options` must outlive this. Throws
  /// `errc::locked`, `errc::corrupt`, `errc::unsupported_format`, `errc::io_failed`, `errc::storage_full`. `replica_of`
  /// as for `journal`.
  log_writer(const config& options, const std::optional<event_id>& replica_of);
  log_writer(const log_writer&) = delete;
  log_writer& operator=(const log_writer&) = delete;

  // ---- parts and state

  [[nodiscard]] write_access& access() noexcept { return access_; }
  [[nodiscard]] const write_access& access() const noexcept { return access_; }
  [[nodiscard]] const commit_progress& progress() const noexcept { return progress_; }
  [[nodiscard]] segment_writer& segments() noexcept { return segments_; }
  [[nodiscard]] const segment_writer& segments() const noexcept { return segments_; }
  [[nodiscard]] fence_gate& fence() noexcept { return fence_; }
  [[nodiscard]] flush_turn& turn() noexcept { return turn_; }
  [[nodiscard]] change_signal& changes() noexcept { return changes_; }
  /// What the observer is told when the lock is released: see `journal_lock`.
  [[nodiscard]] detail::notices& notices() noexcept { return notices_; }
  /// What opening found. Its duration is for the caller to fill in.
  [[nodiscard]] const opening_report& opening() const noexcept { return opening_; }
  /// What opening cut off.
  [[nodiscard]] const std::optional<recovery_report>& recovered() const noexcept { return recovered_; }

  /// What is visible.
  [[nodiscard]] log_snapshot visible() const { return segments_.snapshot(progress_.visible()); }
  /// Rises when the log gets a schema. Needs no lock.
  [[nodiscard]] std::uint64_t schema_changes() const noexcept { return schema_changes_.load(); }
  [[nodiscard]] journal_counts counts() const;
  /// How long the last flush took.
  [[nodiscard]] std::uint64_t last_flush_us() const noexcept { return last_flush_us_; }

  /// Microseconds since the Unix epoch, within the range of an event's id: from 1970 to the year 10889. Needs no lock.
  [[nodiscard]] std::int64_t now_us() const;
  /// As `now_us`, for events: a reading that `config.max_clock_advance` refuses is replaced. Needs the lock.
  [[nodiscard]] std::int64_t event_time_us() {
    return clock_guard_.time_of(now_us(), [this] { return segments_.files().world()->steady_us(); });
  }
  [[nodiscard]] const clock_guard& guarded_clock() const noexcept { return clock_guard_; }

  // ---- placing

  [[nodiscard]] bool is_pending(const event_id& key) const noexcept { return keys_.contains(key); }
  [[nodiscard]] bool has_pending_keys(const placement& placing) const noexcept { return keys_.has_any_of(placing); }
  /// Whether a condition of a commit excludes an event that is not visible yet.
  [[nodiscard]] bool has_excluded_events(const placement& placing) const;
  [[nodiscard]] bool is_buffer_empty() const noexcept { return builder_.buffered_bytes() == 0; }
  [[nodiscard]] bool is_buffer_full() const noexcept {
    return builder_.buffered_bytes() >= options_.writer.buffer_bytes;
  }
  /// Bytes that are laid out and not written.
  [[nodiscard]] std::uint64_t waiting_bytes() const noexcept { return builder_.waiting_bytes(); }
  /// Whether a commit of this size fits into the active segment. An empty segment takes any: the next segment would
  /// have the same first sequence.
  [[nodiscard]] bool fits(std::uint64_t bytes) const noexcept;
  /// Reserves room on the device before anything is placed in it: a full disk is found here, where nothing is lost.
  /// Throws `errc::storage_full`.
  void reserve(std::uint64_t bytes);

  [[nodiscard]] event_id make_id(std::int64_t now_us) noexcept { return builder_.make_id(now_us); }

  /// Places a commit, for which there is room, and fills in the receipts. Throws `errc::conflict`,
  /// `errc::schema_drift`, `errc::idempotency_mismatch`, and nothing is placed then.
  placed_commit place(placement& placing, std::span<receipt> receipts, std::int64_t now);
  /// Places an event by the straight way, if nothing is in its way: no fence is open, there is room, and the active
  /// segment has its coordinate and schema. Otherwise returns nothing, and nothing is placed. Throws as
  /// `write_access::check_open`.
  [[nodiscard]] std::optional<placed_commit> try_place(single_append& event, receipt& given);
  /// As `place`, for the events of a visibility fence, which have their ids.
  placed_commit place_staged(placement& placing, std::span<receipt> receipts, const staged_commit& staged);

  /// Whether the append of a placed commit can return at once: its receipts promise nothing, and no write or flush is
  /// due. If so, records that it returns.
  [[nodiscard]] bool returns_at_once(const placed_commit& made) noexcept {
    return !is_sync_due() && !is_buffer_full() && record_promise(made);
  }
  /// See `commit_progress::record_promise`. Wakes threads that wait for events that readers must see from now on.
  bool record_promise(const placed_commit& made) noexcept {
    if (!progress_.record_promise(made)) return false;
    if (made.end > progress_.visible()) changes_.ring();
    return true;
  }
  /// Whether `config.sync.every_n_events` is reached, so that a flush is due.
  [[nodiscard]] bool is_sync_due() const noexcept {
    return options_.sync.every_n_events != 0 && progress_.not_durable() >= options_.sync.every_n_events;
  }

  /// Fills in the hashes of receipts, and whether they are durable, as far as that is known by now. The events have
  /// their places, so this must not fail: where an event cannot be read, its receipt stays without a hash.
  void complete_receipts(std::span<receipt> receipts) const noexcept;

  // ---- writing and waiting

  /// Returns when all events before `until` are on stable storage; flushes if no other thread does. Throws what the
  /// flush throws, `errc::writer_failed`, `errc::closed`, and what `how` says.
  void flush_until(std::unique_lock<std::mutex>& lock, std::uint64_t until, turn_wait how = turn_wait::to_the_end);

  /// Returns when a commit is what its receipts promise. Throws as `flush_until`.
  void wait_until_kept(std::unique_lock<std::mutex>& lock, const placed_commit& made,
                       turn_wait how = turn_wait::to_the_end);

  /// Makes visible what readers must see. If that fails, the next append, sync or close throws.
  void write_returned(std::unique_lock<std::mutex>& lock);

  /// Writes what is in the buffer, and flushes it if that was promised. Called while the turn is free, and returns so;
  /// the lock is open in between. A failure is recorded, and thrown.
  void publish(std::unique_lock<std::mutex>& lock) { publish(lock, progress_.must_flush()); }
  /// As above, and flushes if `with_sync` says so.
  void publish(std::unique_lock<std::mutex>& lock, bool with_sync);

  // ---- segments; the turn is free and the buffer empty

  /// Seals the active segment and begins the next. What is likely to fail comes first: then nothing has changed, and it
  /// may be tried again. A later failure is recorded, and thrown.
  void rotate();

  /// Records that writing to the log failed: nothing more is accepted.
  void record_failure(const std::exception_ptr& problem) noexcept;

  /// Writes the mark of an orderly close and the index file, if anything was placed since the last mark.
  void write_mark();

  /// Writes a frame that tells followers of the log that events were dropped or erased, and flushes. If there is no
  /// room for it, they find out later.
  void write_compaction_note(std::unique_lock<std::mutex>& lock);

  // ---- compaction; see compaction_access.hpp

  /// Flushes everything, and seals the active segment if it has events. Until `end_compaction`, the log isn't closed
  /// and no other compaction begins. Throws `errc::busy` if one is under way, and as `flush_until` and `rotate`.
  void begin_compaction(std::unique_lock<std::mutex>& lock);
  void end_compaction() noexcept;
  void wait_for_compaction(std::unique_lock<std::mutex>& lock);
  /// Whether the calling thread compacts: closing waits for it, so it must not wait for closing.
  [[nodiscard]] bool is_compacting_here() const noexcept { return compacting_ && compactor_.is_this_thread(); }

 private:
  [[nodiscard]] std::uint64_t random_seed() const;

  /// How much of a segment's file is mapped: as much as it may ever have, so that the mapping never moves.
  [[nodiscard]] std::size_t capacity() const noexcept;
  [[nodiscard]] log_files::mapped_segment prepare_next_segment();

  void seal_all(std::unique_lock<std::mutex>& lock);

  /// Counts a flush that made the events before `end` durable, for so many threads. Called before that is recorded.
  void record_flush(std::uint64_t end, std::size_t served, const stopwatch& time) noexcept;

  /// Offset behind the last frame that has its place.
  [[nodiscard]] std::uint64_t placed_end() const noexcept { return segments_.written_end() + builder_.waiting_bytes(); }

  [[nodiscard]] static quipu::clock_guard guard_of(const config& options) noexcept;

  /// All of placing that can fail.
  void prepare(placement& placing);
  placed_commit record_placed(const placement& placing, const placed_commit& made) noexcept;

  /// Returns when all events before `until` are visible. Throws as `flush_until`.
  void write_until(std::unique_lock<std::mutex>& lock, std::uint64_t until, turn_wait how);

  const config& options_;
  quipu::clock_guard clock_guard_;
  segment_writer segments_;
  write_access access_;
  commit_builder builder_;
  commit_progress progress_;
  pending_keys keys_;
  flush_turn turn_;
  fence_gate fence_;
  change_signal changes_;
  detail::notices notices_;
  journal_counts counts_;
  opening_report opening_;
  std::optional<recovery_report> recovered_;
  std::atomic<std::uint64_t> schema_changes_{};
  std::uint64_t last_flush_us_{};
  bool compacting_{};
  thread_mark compactor_;
  bool is_marked_{true};  // nothing was placed since the mark of an orderly close
};

}  // namespace quipu::detail::inline QUIPU_MODE
