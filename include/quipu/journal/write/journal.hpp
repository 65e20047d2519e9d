// SPDX-License-Identifier: BSL-1.0
//
// journal.hpp: the writer of a log. There is no writer thread: a caller encodes its event without the lock, gets the
// next place under it, and then either returns (buffered) or waits until the place is flushed. The first thread that
// waits flushes for all of them, so k threads that append durably at once share about one flush.
//
// The journal owns the lock and the parts that it guards, each of which knows one thing:
//
//   commit_intake     what a commit waits for before it has its place: fences, room, idempotency keys
//   log_writer        places, writes and flushes commits; owns
//     write_access      whether the log may be written: open, not failed, and this process holds the directory's lock
//     fence_gate        whether a visibility fence is open
//     commit_progress   how far the log has come: placed, visible, durable
//     flush_turn        which thread writes and flushes for those that wait
//     commit_builder    the buffers in which frames are laid out
//     pending_keys      idempotency keys that are in no index yet
//     segment_writer    the segments, and the active one's file
//   flush_timer       a thread that flushes what no thread waits for
//
// Readers get a `log_snapshot` and share nothing else with writers. They write only what they must see: events whose
// append has returned and that are still in the buffer.
#pragma once

#include "../../environment/environment.hpp"
#include "../../event/event_id.hpp"
#include "../../event/upcast.hpp"
#include "../../hash/digest.hpp"
#include "../../macros.hpp"
#include "../append_options.hpp"
#include "../config.hpp"
#include "../format/replica_mark.hpp"
#include "../format/layout.hpp"
#include "../maintain/log_copy.hpp"
#include "../read/log_snapshot.hpp"
#include "../read/log_source.hpp"
#include "../reports.hpp"
#include "append_entry.hpp"
#include "commit_intake.hpp"
#include "compaction_access.hpp"
#include "flush_timer.hpp"
#include "log_head.hpp"
#include "log_writer.hpp"
#include "notices.hpp"
#include "placement.hpp"
#include "replica_commit.hpp"
#include "single_append.hpp"
#include "staged_commit.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <filesystem>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace quipu::detail::inline QUIPU_MODE {

/// All members are thread-safe, except construction and destruction. In a forked child, those that take the lock throw
/// `errc::locked`, and those that cannot throw do nothing.
class journal final : public log_source {
 public:
  /// Opens the log for writing, and makes one if there is none. Throws `errc::locked`, `errc::corrupt`,
  /// `errc::unsupported_format`, `errc::io_failed`, `errc::storage_full`. For a replica, `replica_of` is the lineage
  /// of its log. Otherwise a replica's log is refused, unless `options.leave_replication`: see `require_no_replica` and
  /// `leave_replication`.
  explicit journal(const config& options, const std::optional<event_id>& replica_of = std::nullopt);

  journal(const journal&) = delete;
  journal& operator=(const journal&) = delete;

  ~journal();

  // ---- appending

  /// Appends entries as one commit: all of them become visible and durable together, or none. `receipts` has room for
  /// one receipt an entry. Throws `errc::conflict`, `errc::idempotency_mismatch`, `errc::schema_drift`,
  /// `errc::payload_too_large`, `errc::not_found` (a cause), `errc::closed`, `errc::writer_failed`,
  /// `errc::storage_full`, `errc::busy` as an open fence and `rule` say, `errc::cancelled` as `stop_request` says, and
  /// `errc::io_failed` if the flush failed. All but the last leave the log as it was.
  void append(std::span<const append_entry> entries, std::span<receipt> receipts, at_fence rule = at_fence::obey);

  /// As above, for one entry: by the straight way, if nothing is unusual.
  [[nodiscard]] receipt append(const append_entry& entry);

  /// Returns when everything that was appended before is on stable storage, or all events before sequence `end` are.
  /// Throws as `append` does.
  void sync(std::uint64_t end = UINT64_MAX);

  /// The first half of `close`: refuses what comes from now on, and waits for a compaction, which ends soon. What it
  /// calls meanwhile may ask the store, so a caller holds no lock that answers need.
  void begin_closing();
  /// Syncs and releases the directory. Later calls do nothing. Throws what failed; the log is closed nevertheless.
  void close();

  // ---- appending in two halves
  //
  // A commit that no thread waits for is flushed with the next one, by the timer, by a sync or when the log is closed.

  /// Places a commit and returns. If the buffer is full, writes it, or waits for the thread that does. Throws what
  /// `append` throws before an entry has its place; what fails later, `wait` throws. `replica` is null for a commit
  /// that comes from no shared log.
  placed_commit submit(std::span<const append_entry> entries, std::span<receipt> receipts,
                       const replica_commit* replica = nullptr);

  /// As `submit`, but never waits for a write, a flush or a fence: instead returns nothing, sets `why`, and has the
  /// timer's thread write and flush. Throws as `submit` does, `errc::busy` if the calling thread has a fence open, and
  /// `errc::io_failed` if the system refuses a thread.
  std::optional<placed_commit> try_submit(std::span<const append_entry> entries, std::span<receipt> receipts,
                                          const char*& why);

  /// Returns when a commit is what its receipts promise, and completes them; flushes if no other thread does. Throws
  /// `errc::io_failed`, `errc::writer_failed`, `errc::closed`, and `errc::locked` in a forked child.
  void wait(const placed_commit& made, std::span<receipt> receipts);
  /// As `wait`, but not for longer: then returns false. Leaves the flush to the timer's thread. If the system refuses
  /// that thread, flushes in the calling thread, and may take longer.
  bool wait_for(const placed_commit& made, std::span<receipt> receipts, std::int64_t microseconds);
  /// Whether `wait` would return or throw at once.
  [[nodiscard]] bool ready(const placed_commit& made);

  /// What waits to be written or flushed.
  [[nodiscard]] writer_pressure pressure();

  // ---- visibility fences; a `staged_commit` is for one thread at a time

  /// Opens a fence: all other writers wait or are refused until it is committed or cancelled, or the log is closed. If
  /// one is open, waits or throws `errc::busy`, as that one says. Throws `errc::closed`, `errc::writer_failed`,
  /// `errc::locked`.
  [[nodiscard]] staged_commit open_fence(fence_policy others);

  /// Throws `errc::busy` if the calling thread uses the open fence, so that it must not wait for another writer.
  void check_fence_thread();

  /// Adds to what a fence will commit: all entries or none. Throws as `append` does, and `errc::cancelled` if the fence
  /// is not open any more.
  void stage(staged_commit& staged, std::span<const append_entry> entries, std::span<receipt> receipts);

  /// Appends what was staged as one commit, and ends the fence. `receipts` are those of the staged entries, and are
  /// completed. Throws as `append` does; then the fence is as it was, unless the flush failed.
  void commit(staged_commit& staged, std::span<receipt> receipts);

  /// Drops what was staged. Does nothing if the fence is not open any more.
  void cancel(const staged_commit& staged) noexcept;

  // ---- reading

  /// What is visible: every event whose append has returned, including buffered ones.
  [[nodiscard]] QUIPU_DECL log_snapshot snapshot() override;
  [[nodiscard]] QUIPU_DECL entity_snapshot snapshot_of(std::string_view entity) override;
  [[nodiscard]] std::uint64_t generation() noexcept override { return log_.segments().generation(); }
  /// See `log_source`; `stop` must be followed by `wake()`.
  QUIPU_DECL void wait_for_event(std::uint64_t sequence, std::int64_t microseconds,
                                 const std::atomic<bool>& stop) override;
  void wake() noexcept override { log_.changes().wake(); }

  /// BLAKE3 of the hashes of all visible events, in order; zero if the log has no chain.
  [[nodiscard]] QUIPU_DECL digest head() override;
  /// A copy of the head's state, after the events that are visible, with which `log_head::after` goes on.
  [[nodiscard]] log_head head_state();
  /// Records whether the log is a replica's.
  void mark_replica(replica_state state);
  /// Records that the log has left replication, if it was a replica's.
  void leave_replication();

  /// Copies what is visible into another directory: see `copy_log`.
  QUIPU_DECL void copy_to(const std::filesystem::path& target) override;
  QUIPU_DECL void check_schema(const event_shape& shape) override;
  [[nodiscard]] std::uint64_t schema_changes() const noexcept override { return log_.schema_changes(); }
  /// See `store_diagnostics::shared_kinds`.
  [[nodiscard]] std::vector<shared_kind> shared_kinds();

  // ---- state

  /// Microseconds since the Unix epoch, within the range of an event's id: from 1970 to the year 10889.
  [[nodiscard]] std::int64_t now_us() override { return log_.now_us(); }
  [[nodiscard]] environment_directory& directory() noexcept override { return log_.segments().files().directory(); }
  [[nodiscard]] const store_identity& identity() const noexcept override { return log_.segments().identity(); }
  [[nodiscard]] std::int64_t created_at_us() const noexcept override { return log_.segments().created_at_us(); }
  [[nodiscard]] const opening_report& opening() const noexcept { return opening_; }
  [[nodiscard]] const std::optional<recovery_report>& recovered() const noexcept { return log_.recovered(); }
  [[nodiscard]] const config& options() const noexcept { return options_; }
  [[nodiscard]] bool is_closed() const noexcept override { return log_.access().was_closed(); }
  [[nodiscard]] bool is_closing() const noexcept override { return log_.access().is_closing(); }
  /// Throws `errc::closed` after `close()`, and `errc::locked` in a forked child.
  void check_usable() const override { log_.access().check_usable(); }
  void check_process() const override { log_.access().check_process(); }
  /// A journal never leaves out damage.
  void check_whole() const override {}
  /// Whether this is a forked child's copy of the log; see `write_access::is_foreign`.
  [[nodiscard]] bool is_foreign() const noexcept { return log_.access().is_foreign(); }
  /// Why nothing more is accepted; empty while no write has failed.
  [[nodiscard]] std::string failure();
  /// What the guard of the clock has refused.
  [[nodiscard]] clock_guard guarded_clock();
  [[nodiscard]] journal_counts counts();

  /// Begins a compaction; see `compaction_access`, which throws.
  [[nodiscard]] compaction_access begin_compaction() { return {log_, options_, mutex_}; }

 private:
  /// Takes the lock. Throws `errc::locked` in a forked child, where a thread of the parent may have held it at the
  /// fork.
  [[nodiscard]] journal_lock lock_here();

  /// Finishes a compaction that was decided before the log was opened.
  void finish_compaction();

  void resolve_causes(placement& placing);
  /// Looks through what is visible without the lock, so that less is left to do under it. Throws `errc::conflict`.
  void check_conditions(placement& placing);

  /// Writes and flushes what the receipts of a commit promise, and completes them.
  void keep_promise(std::unique_lock<std::mutex>& lock, const placed_commit& made, std::span<receipt> receipts);
  /// Whether a submitted commit is what its receipts promise, or never will be.
  [[nodiscard]] bool has_ended(const placed_commit& made) const noexcept;
  /// Waits until a submitted commit is what its receipts promise, and completes them.
  void complete(std::unique_lock<std::mutex>& lock, const placed_commit& made, std::span<receipt> receipts);

  /// Makes the timer's thread flush now, and then make room for a commit of `room` bytes.
  void ask_flush(std::uint64_t room);
  void flush_for_timer(std::unique_lock<std::mutex>& lock, std::uint64_t room) noexcept;
  void stop_timer();

  const std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
  config options_;
  std::mutex mutex_;
  log_writer log_;
  commit_intake intake_;
  flush_timer timer_;
  opening_report opening_;
};

}  // namespace quipu::detail::inline QUIPU_MODE
