// SPDX-License-Identifier: BSL-1.0
//
// journal.hpp: the writer of a log. There is no writer thread: a caller encodes its event without the lock, gets the next place
// under it, and then either returns (buffered) or waits until the place is flushed. The first thread that waits flushes for
// all of them, so k threads that append durably at once share about one flush.
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
// Readers get a `log_snapshot` and share nothing else with writers. They write only what they must see: events whose append
// has returned and that are still in the buffer.
#pragma once

#include "../../environment/environment.hpp"
#include "../../event/event_id.hpp"
#include "../../event/upcast.hpp"
#include "../../hash/digest.hpp"
#include "../append_options.hpp"
#include "../config.hpp"
#include "../format/layout.hpp"
#include "../maintain/log_copy.hpp"
#include "../read/log_snapshot.hpp"
#include "../read/log_source.hpp"
#include "../reports.hpp"
#include "append_entry.hpp"
#include "commit_intake.hpp"
#include "compaction_access.hpp"
#include "flush_timer.hpp"
#include "log_writer.hpp"
#include "placement.hpp"
#include "staged_commit.hpp"

#include <algorithm>
#include <atomic>
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

namespace quipu::detail {

/// All members are thread-safe, except construction and destruction.
class journal final : public log_source {
 public:
  /// Opens the log for writing, and makes one if there is none. Throws `errc::locked`, `errc::corrupt`,
  /// `errc::unsupported_format`, `errc::io_failed`, `errc::storage_full`.
  explicit journal(const config& options)
      : options_{options},
        log_{options_},
        intake_{log_, options_},
        timer_{mutex_, options_.sync.interval_ms,
               [this](std::unique_lock<std::mutex>& lock, std::uint64_t room) { flush_for_timer(lock, room); }} {
    finish_compaction();
  }

  journal(const journal&) = delete;
  journal& operator=(const journal&) = delete;

  ~journal() {
    try {
      close();
    } catch (...) {  // close() reports what a destructor can only attempt
    }
  }

  // ---- appending ---------------------------------------------------------------------------------------------------------

  /// Appends entries as one commit: all of them become visible and durable together, or none. `receipts` has room for one
  /// receipt an entry. Throws `errc::conflict`, `errc::idempotency_mismatch`, `errc::schema_drift`,
  /// `errc::payload_too_large`, `errc::not_found` (a cause), `errc::closed`, `errc::writer_failed`, `errc::storage_full`,
  /// and `errc::io_failed` if the flush failed. All but the last leave the log as it was.
  void append(std::span<const append_entry> entries, std::span<receipt> receipts) {
    if (entries.empty()) return;
    placement placing{entries, options_, identity().chained};
    resolve_causes(placing);
    std::unique_lock<std::mutex> lock{mutex_};
    intake_.make_room(lock, placing.most_bytes());
    keep_promise(lock, intake_.place(lock, placing, receipts), receipts);
  }

  /// Returns when everything that was appended before is on stable storage, or all events before sequence `end` are. Throws as
  /// `append` does.
  void sync(std::uint64_t end = UINT64_MAX) {
    std::unique_lock<std::mutex> lock{mutex_};
    log_.access().check_open();
    log_.flush_until(lock, std::min(end, log_.progress().placed()));
  }

  /// Syncs and releases the directory. Later calls do nothing. Throws what failed; the log is closed nevertheless.
  void close() {
    if (is_foreign()) return;
    stop_timer();
    std::unique_lock<std::mutex> lock{mutex_};
    log_.access().begin_closing();  // ends a compaction soon
    log_.wait_for_compaction(lock);
    if (log_.access().is_closed()) return;
    log_.fence().close();
    std::exception_ptr problem;
    try {
      log_.access().check_sound();
      log_.flush_until(lock, log_.progress().placed());
      log_.turn().wait_until_free(lock);
      log_.write_mark();
    } catch (...) {
      problem = std::current_exception();
    }
    log_.turn().wait_until_free(lock);
    log_.access().record_closed();
    log_.segments().close();
    log_.access().release();
    log_.turn().wake_all();
    log_.changes().ring();
    lock.unlock();
    if (problem) std::rethrow_exception(problem);
  }

  // ---- appending in two halves -------------------------------------------------------------------------------------------
  //
  // A commit that no thread waits for is flushed with the next one, by the timer, by a sync or when the log is closed.

  /// Places a commit and returns. If the buffer is full, writes it, or waits for the thread that does. Throws what `append`
  /// throws before an entry has its place; what fails later, `wait` throws.
  placed_commit submit(std::span<const append_entry> entries, std::span<receipt> receipts) {
    if (entries.empty()) return {};
    log_.access().check_process();
    placement placing{entries, options_, identity().chained};
    resolve_causes(placing);
    std::unique_lock<std::mutex> lock{mutex_};
    intake_.make_room(lock, placing.most_bytes());
    timer_.start_interval();  // the caller may never wait
    const placed_commit made = intake_.place(lock, placing, receipts);
    try {
      if (intake_.record_promise(lock, made)) timer_.start_interval();
      if (log_.is_buffer_full() && !log_.turn().is_taken() && !log_.access().has_failed()) log_.publish(lock);
    } catch (...) {
      return made;  // recorded, and thrown by `wait`
    }
    return made;
  }

  /// As `submit`, but never waits for a write, a flush or a fence: instead returns nothing, sets `why`, and has the timer's
  /// thread write and flush. Throws as `submit` does, `errc::busy` if the calling thread has a fence open, and
  /// `errc::io_failed` if the system refuses a thread.
  std::optional<placed_commit> try_submit(std::span<const append_entry> entries, std::span<receipt> receipts,
                                          const char*& why) {
    if (entries.empty()) return placed_commit{};
    log_.access().check_process();
    placement placing{entries, options_, identity().chained};
    std::unique_lock<std::mutex> lock{mutex_};
    log_.access().check_open();
    log_.fence().check_thread();
    timer_.start_interval();
    why = intake_.reason_to_wait(placing);
    if (why != nullptr) {
      if (!log_.fence().is_open()) ask_flush(placing.most_bytes());
      return std::nullopt;
    }
    if (log_.is_buffer_full()) ask_flush(0);
    placing.resolve_causes([this](const event_id& id) { return log_.visible().find_id(id); });
    log_.reserve(placing.most_bytes());
    const placed_commit made = intake_.place(lock, placing, receipts);
    if (log_.record_promise(made) && log_.is_sync_due()) timer_.ask(0);
    return made;
  }

  /// Returns when a commit is what its receipts promise, and completes them; flushes if no other thread does. Throws
  /// `errc::io_failed`, `errc::writer_failed`, `errc::closed`, and `errc::locked` in a forked child.
  void wait(const placed_commit& made, std::span<receipt> receipts) {
    log_.access().check_process();
    std::unique_lock<std::mutex> lock{mutex_};
    complete(lock, made, receipts);
  }
  /// As `wait`, but not for longer: then returns false. Leaves the flush to the timer's thread.
  bool wait_for(const placed_commit& made, std::span<receipt> receipts, std::int64_t microseconds) {
    log_.access().check_process();
    std::unique_lock<std::mutex> lock{mutex_};
    if (!has_ended(made)) {
      if (microseconds <= 0) return false;
      if (!log_.access().is_owner()) log_.access().check_open();
      ask_flush(0);
      const flush_turn::caller counted{log_.turn()};
      if (!log_.turn().wait_for(lock, microseconds, [this, &made] { return has_ended(made); })) return false;
    }
    complete(lock, made, receipts);
    return true;
  }
  /// Whether `wait` would return or throw at once.
  [[nodiscard]] bool ready(const placed_commit& made) {
    if (is_foreign()) return true;
    const std::lock_guard lock{mutex_};
    return has_ended(made);
  }

  /// What waits to be written or flushed.
  [[nodiscard]] writer_pressure pressure() {
    log_.access().check_process();
    const std::lock_guard lock{mutex_};
    return intake_.pressure();
  }

  // ---- visibility fences; a `staged_commit` is for one thread at a time ------------------------------------------------------

  /// Opens a fence: all other writers wait or are refused until it is committed or cancelled, or the log is closed. If one is
  /// open, waits or throws `errc::busy`, as that one says. Throws `errc::closed`, `errc::writer_failed`, `errc::locked`.
  [[nodiscard]] staged_commit open_fence(fence_policy others) {
    log_.access().check_process();
    std::unique_lock<std::mutex> lock{mutex_};
    return intake_.open_fence(lock, others);
  }

  /// Adds to what a fence will commit: all entries or none. Throws as `append` does, and `errc::cancelled` if the fence is not
  /// open any more.
  void stage(staged_commit& staged, std::span<const append_entry> entries, std::span<receipt> receipts) {
    if (entries.empty()) return;
    log_.access().check_process();
    placement placing{entries, options_, identity().chained};
    for (const append_entry& each : entries)
      if (const auto& cause = each.options.causation_id; cause && !staged.has(*cause) && !snapshot().find_id(*cause))
        placement::throw_no_cause(*cause);
    std::unique_lock<std::mutex> lock{mutex_};
    intake_.stage(lock, staged, placing, receipts);
  }

  /// Appends what was staged as one commit, and ends the fence. `receipts` are those of the staged entries, and are completed.
  /// Throws as `append` does; then the fence is as it was, unless the flush failed.
  void commit(staged_commit& staged, std::span<receipt> receipts) {
    log_.access().check_process();
    placement placing{staged.entries(), options_, identity().chained};
    resolve_causes(placing);
    std::vector<receipt> placed(placing.size());
    std::unique_lock<std::mutex> lock{mutex_};
    keep_promise(lock, intake_.place_staged(lock, staged, placing, placed), receipts);
  }

  /// Drops what was staged. Does nothing if the fence is not open any more.
  void cancel(const staged_commit& staged) noexcept {
    if (is_foreign()) return;
    const std::lock_guard lock{mutex_};
    intake_.cancel(staged);
  }

  // ---- reading -----------------------------------------------------------------------------------------------------------

  /// What is visible: every event whose append has returned, including buffered ones.
  [[nodiscard]] log_snapshot snapshot() override {
    std::unique_lock<std::mutex> lock{mutex_};
    log_.write_returned(lock);
    return log_.visible();
  }
  [[nodiscard]] entity_snapshot snapshot_of(std::string_view entity) override {
    std::unique_lock<std::mutex> lock{mutex_};
    log_.write_returned(lock);
    entity_snapshot found{log_.visible(), 0, log_.segments().generation()};
    if (log_.progress().visible() == log_.progress().placed()) {
      if (const entity_end* end = log_.segments().entities().find(entity)) found.count = end->next_sequence;
      return found;
    }
    lock.unlock();  // events are placed that are not visible: only the indexes know where the stream ends
    found.count = found.seen.entity_end(entity);
    return found;
  }
  /// See `log_source`; `stop` must be followed by `wake()`.
  void wait_for_event(std::uint64_t sequence, std::int64_t microseconds, const std::atomic<bool>& stop) override {
    log_.changes().wait_for(microseconds, [this, sequence, &stop] {
      const std::lock_guard lock{mutex_};
      const commit_progress& now = log_.progress();
      const write_access& access = log_.access();
      return now.visible() > sequence || (now.returned() > sequence && !access.has_failed() && access.is_owner()) ||
             access.is_closed() || stop.load();
    });
  }
  void wake() noexcept override { log_.changes().wake(); }

  /// BLAKE3 of the hashes of all visible events, in order; zero if the log has no chain.
  [[nodiscard]] digest head() override { return identity().chained ? log_.segments().head_after(snapshot()) : digest{}; }
  /// Copies what is visible into another directory: see `copy_log`.
  void copy_to(const std::filesystem::path& target) override {
    log_files& files = log_.segments().files();
    copy_log(*files.world(), files.directory(), snapshot(), files.head(), target);
  }
  void check_schema(const event_shape& shape) override {
    const std::lock_guard lock{mutex_};
    log_.segments().schemas().check(shape.kind, shape.version, shape.hash, shape.text);
  }
  [[nodiscard]] std::uint64_t schema_changes() const noexcept override { return log_.schema_changes(); }

  // ---- state -------------------------------------------------------------------------------------------------------------

  /// Microseconds since the Unix epoch, within the range of an event's id: from 1970 to the year 10889.
  [[nodiscard]] std::int64_t now_us() override { return log_.now_us(); }
  [[nodiscard]] environment_directory& directory() noexcept override { return log_.segments().files().directory(); }
  [[nodiscard]] const store_identity& identity() const noexcept override { return log_.segments().identity(); }
  [[nodiscard]] std::int64_t created_at_us() const noexcept override { return log_.segments().created_at_us(); }
  [[nodiscard]] const std::optional<recovery_report>& recovered() const noexcept { return log_.recovered(); }
  [[nodiscard]] const config& options() const noexcept { return options_; }
  [[nodiscard]] bool is_closed() const noexcept override { return log_.access().was_closed(); }
  /// Throws `errc::closed` after `close()`, and `errc::locked` in a forked child.
  void check_usable() const override { log_.access().check_usable(); }
  /// A journal never leaves out damage.
  void check_whole() const override {}
  /// Whether this is a forked child's copy of the log; see `write_access::is_foreign`.
  [[nodiscard]] bool is_foreign() const noexcept { return log_.access().is_foreign(); }
  /// Why nothing more is accepted; empty while no write has failed.
  [[nodiscard]] std::string failure() {
    const std::lock_guard lock{mutex_};
    return log_.access().failure();
  }
  [[nodiscard]] journal_counts counts() {
    const std::lock_guard lock{mutex_};
    return log_.counts();
  }

  /// Begins a compaction; see `compaction_access`, which throws.
  [[nodiscard]] compaction_access begin_compaction() { return {log_, options_, mutex_}; }

 private:
  /// Finishes a compaction that was decided before the log was opened.
  void finish_compaction() {
    log_files& files = log_.segments().files();
    const auto& decided = files.unfinished_compaction();
    if (!decided) return;
    std::unique_lock<std::mutex> lock{mutex_};
    if (decided->generation != 0) log_.write_compaction_note(lock);
    files.end_compaction();
  }

  void resolve_causes(placement& placing) {
    placing.resolve_causes([this](const event_id& id) { return snapshot().find_id(id); });
  }

  /// Writes and flushes what the receipts of a commit promise, and completes them.
  void keep_promise(std::unique_lock<std::mutex>& lock, const placed_commit& made, std::span<receipt> receipts) {
    if (intake_.record_promise(lock, made)) timer_.start_interval();
    log_.wait_until_kept(lock, made);
    log_.complete_receipts(receipts);
  }
  /// Whether a submitted commit is what its receipts promise, or never will be.
  [[nodiscard]] bool has_ended(const placed_commit& made) const noexcept {
    return log_.progress().fulfils(made) || log_.access().is_closed() || log_.access().has_failed();
  }
  /// Waits until a submitted commit is what its receipts promise, and completes them.
  void complete(std::unique_lock<std::mutex>& lock, const placed_commit& made, std::span<receipt> receipts) {
    if (!log_.progress().fulfils(made)) {
      if (!log_.access().is_closed() && !log_.access().is_owner()) log_.access().check_open();
      log_.wait_until_kept(lock, made);
    }
    log_.complete_receipts(receipts);
  }

  /// Has the timer's thread flush now, and then make room for a commit of so many bytes.
  void ask_flush(std::uint64_t room) {
    timer_.start();
    timer_.ask(room);
  }
  void flush_for_timer(std::unique_lock<std::mutex>& lock, std::uint64_t room) noexcept {
    if (log_.access().has_failed() || log_.access().is_closed()) return;
    try {
      log_.flush_until(lock, log_.progress().placed());
      if (room != 0) intake_.make_room(lock, room, true);
    } catch (...) {
      return;  // recorded; the next append throws
    }
  }
  void stop_timer() {
    {
      const std::lock_guard lock{mutex_};
      timer_.stop();
    }
    timer_.join();
  }

  config options_;
  std::mutex mutex_;
  log_writer log_;
  commit_intake intake_;
  flush_timer timer_;
};

}  // namespace quipu::detail
