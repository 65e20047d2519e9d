// SPDX-License-Identifier: BSL-1.0
//
// journal.ipp: see journal/write/journal.hpp.
#pragma once

#include "../../../environment/environment.hpp"
#include "../../../event/event_id.hpp"
#include "../../../event/upcast.hpp"
#include "../../../hash/digest.hpp"
#include "../../../journal/append_options.hpp"
#include "../../../journal/config.hpp"
#include "../../../journal/format/layout.hpp"
#include "../../../journal/maintain/log_copy.hpp"
#include "../../../journal/read/log_snapshot.hpp"
#include "../../../journal/read/log_source.hpp"
#include "../../../journal/reports.hpp"
#include "../../../journal/segment/replica_file.hpp"
#include "../../../journal/write/append_entry.hpp"
#include "../../../journal/write/append_watch.hpp"
#include "../../../journal/write/commit_intake.hpp"
#include "../../../journal/write/compaction_access.hpp"
#include "../../../journal/write/flush_timer.hpp"
#include "../../../journal/write/journal.hpp"
#include "../../../journal/write/log_head.hpp"
#include "../../../journal/write/log_writer.hpp"
#include "../../../journal/write/notices.hpp"
#include "../../../journal/write/placement.hpp"
#include "../../../journal/write/replica_commit.hpp"
#include "../../../journal/write/single_append.hpp"
#include "../../../journal/write/staged_commit.hpp"

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

QUIPU_DECL journal::journal(const config& options, const std::optional<event_id>& replica_of)
    : options_{options},
      log_{options_, replica_of},
      intake_{log_, options_},
      timer_{mutex_, options_.sync.interval_ms,
             [this](std::unique_lock<std::mutex>& lock, std::uint64_t room) { flush_for_timer(lock, room); }} {
  finish_compaction();
  opening_ = log_.opening();
  opening_.duration = std::chrono::steady_clock::now() - began_;
}

QUIPU_DECL journal::~journal() {
  try {
    close();
  } catch (...) {  // errors are reported by close() only
  }
}

QUIPU_DECL journal_lock journal::lock_here() {
  log_.access().check_process();
  return {mutex_, log_.notices()};
}

QUIPU_DECL void journal::append(std::span<const append_entry> entries, std::span<receipt> receipts, at_fence rule) {
  if (entries.empty()) return;
  append_watch watch{options_.observer.get(), entries};
  placement placing{entries, options_, identity().chained};
  resolve_causes(placing);
  check_conditions(placing);
  journal_lock lock = lock_here();
  intake_.make_room(lock, placing.most_bytes(), rule);
  const placed_commit made = intake_.place(lock, placing, receipts, rule);
  keep_promise(lock, made, receipts);
  watch.record(made);
}

QUIPU_DECL receipt journal::append(const append_entry& entry) {
  receipt given;
  if (single_append::takes(entry, options_)) {
    single_append event{entry, identity().chained};
    journal_lock lock = lock_here();
    if (const auto made = log_.try_place(event, given)) {
      if (!log_.returns_at_once(*made) || !timer_.try_start_interval()) keep_promise(lock, *made, {&given, 1});
      return given;
    }
  }
  append({&entry, 1}, {&given, 1});
  return given;
}

QUIPU_DECL void journal::sync(std::uint64_t end) {
  journal_lock lock = lock_here();
  log_.access().check_open();
  log_.flush_until(lock, std::min(end, log_.progress().placed()), turn_wait::until_stopped);
}

QUIPU_DECL void journal::begin_closing() {
  if (is_foreign()) return;
  {
    const journal_lock lock = lock_here();
    if (log_.is_compacting_here())
      throw error{errc::invalid_argument,
                  "what a compaction calls must not close the store",
                  {.path = options_.directory.string()}};
  }
  stop_timer();
  journal_lock lock = lock_here();
  log_.access().begin_closing();  // ends a compaction soon, and no other can begin
  log_.fence().close();           // those that wait for it are refused
  log_.changes().ring();          // a compaction may call what waits for events
  log_.wait_for_compaction(lock);
}

QUIPU_DECL void journal::close() {
  if (is_foreign()) return;
  begin_closing();
  journal_lock lock = lock_here();
  if (log_.access().is_closed()) return;
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

QUIPU_DECL placed_commit journal::submit(std::span<const append_entry> entries, std::span<receipt> receipts,
                                         const replica_commit* replica) {
  if (entries.empty()) return {};
  append_watch watch{options_.observer.get(), entries};
  log_.access().check_process();
  placement placing{entries, options_, identity().chained, replica};
  resolve_causes(placing);
  check_conditions(placing);
  journal_lock lock = lock_here();
  intake_.make_room(lock, placing.most_bytes());
  const placed_commit made = intake_.place(lock, placing, receipts);
  watch.record(made);
  try {
    static_cast<void>(intake_.record_promise(lock, made));
    // The caller may never wait for its ticket.
    if (!timer_.try_start_interval()) log_.flush_until(lock, made.end);
    if (log_.is_buffer_full() && !log_.turn().is_taken() && !log_.access().has_failed()) log_.publish(lock);
  } catch (...) {
    return made;  // recorded, and thrown by `wait`
  }
  return made;
}

QUIPU_DECL std::optional<placed_commit> journal::try_submit(std::span<const append_entry> entries,
                                                            std::span<receipt> receipts, const char*& why) {
  if (entries.empty()) return placed_commit{};
  append_watch watch{options_.observer.get(), entries};
  log_.access().check_process();
  placement placing{entries, options_, identity().chained};
  journal_lock lock = lock_here();
  log_.access().check_open();
  log_.fence().check_thread();
  if (options_.sync.interval_ms != 0 || options_.sync.every_n_events != 0) timer_.start();
  why = intake_.reason_to_wait(placing);
  if (why != nullptr) {
    if (!log_.fence().is_open()) ask_flush(placing.most_bytes());
    return std::nullopt;
  }
  if (log_.is_buffer_full()) ask_flush(0);
  placing.resolve_causes([this](const event_id& id) { return log_.visible().find_id(id); });
  log_.reserve(placing.most_bytes());
  const placed_commit made = intake_.place(lock, placing, receipts);
  watch.record(made);
  static_cast<void>(log_.record_promise(made));
  if (log_.is_sync_due()) timer_.ask(0);
  return made;
}

QUIPU_DECL void journal::wait(const placed_commit& made, std::span<receipt> receipts) {
  journal_lock lock = lock_here();
  complete(lock, made, receipts);
}

QUIPU_DECL bool journal::wait_for(const placed_commit& made, std::span<receipt> receipts, std::int64_t microseconds) {
  journal_lock lock = lock_here();
  if (!has_ended(made)) {
    if (microseconds <= 0) return false;
    if (!log_.access().is_owner()) log_.access().check_open();
    if (timer_.try_start()) {
      timer_.ask(0);
      const flush_turn::caller counted{log_.turn()};
      if (!log_.turn().wait_for(lock, microseconds, [this, &made] { return has_ended(made); })) return false;
    }
  }
  complete(lock, made, receipts);
  return true;
}

QUIPU_DECL bool journal::ready(const placed_commit& made) {
  if (is_foreign()) return true;
  const journal_lock lock = lock_here();
  return has_ended(made);
}

QUIPU_DECL writer_pressure journal::pressure() {
  const journal_lock lock = lock_here();
  return intake_.pressure();
}

QUIPU_DECL staged_commit journal::open_fence(fence_policy others) {
  journal_lock lock = lock_here();
  return intake_.open_fence(lock, others);
}

QUIPU_DECL void journal::check_fence_thread() {
  const journal_lock lock = lock_here();
  log_.fence().check_thread();
}

QUIPU_DECL void journal::stage(staged_commit& staged, std::span<const append_entry> entries,
                               std::span<receipt> receipts) {
  if (entries.empty()) return;
  log_.access().check_process();
  placement placing{staged.with_staged_metadata(entries), options_, identity().chained};
  placing.resolve_causes(
      [this, &staged](const event_id& id) {
        const auto found = snapshot().find_id(id);
        if (!found && !staged.has(id)) placement::throw_no_cause(id);
        return found;
      },
      missing_cause::keep);
  journal_lock lock = lock_here();
  intake_.stage(lock, staged, placing, receipts);
}

QUIPU_DECL void journal::commit(staged_commit& staged, std::span<receipt> receipts) {
  log_.access().check_process();
  append_watch watch{options_.observer.get(), staged.entries()};
  placement placing{staged.entries(), options_, identity().chained};
  placing.resolve_causes([](const event_id&) { return log_snapshot::found_frame{}; }, missing_cause::keep);
  std::vector<receipt> placed(placing.size());
  journal_lock lock = lock_here();
  const placed_commit made = intake_.place_staged(lock, staged, placing, placed);
  keep_promise(lock, made, receipts);
  if (placing.size() != 0) watch.record(made);
}

QUIPU_DECL void journal::cancel(const staged_commit& staged) noexcept {
  if (is_foreign()) return;
  const std::lock_guard lock{mutex_};
  intake_.cancel(staged);
}

QUIPU_DECL log_snapshot journal::snapshot() {
  journal_lock lock = lock_here();
  log_.write_returned(lock);
  return log_.visible();
}

QUIPU_DECL entity_snapshot journal::snapshot_of(std::string_view entity) {
  journal_lock lock = lock_here();
  log_.write_returned(lock);
  entity_snapshot found{log_.visible(), 0, log_.segments().generation()};
  if (log_.progress().visible() == log_.progress().placed()) {
    if (const entity_end* end = log_.segments().entities().find(entity)) {
      found.count = end->next_sequence;
      found.last = end->last_id;
    }
    return found;
  }
  lock.unlock();  // events are placed that are not visible: only the indexes know where the stream ends
  found.count = found.seen.entity_end(entity);
  return found;
}

QUIPU_DECL void journal::wait_for_event(std::uint64_t sequence, std::int64_t microseconds,
                                        const std::atomic<bool>& stop) {
  log_.access().check_process();
  bool holds_up_closing = false;
  log_.changes().wait_for(microseconds, [this, sequence, &stop, &holds_up_closing] {
    log_.access().check_process();
    const std::lock_guard lock{mutex_};  // nothing happens under it, and the observer must not be told in here
    const commit_progress& now = log_.progress();
    const write_access& access = log_.access();
    holds_up_closing = access.is_closing() && log_.is_compacting_here();
    return now.visible() > sequence || (now.returned() > sequence && !access.has_failed() && access.is_owner()) ||
           access.is_closed() || holds_up_closing || stop.load();
  });
  if (holds_up_closing)
    throw error{
        errc::closed, "closing waits for the compaction that waits here", {.path = options_.directory.string()}};
}

QUIPU_DECL digest journal::head() { return identity().chained ? log_.segments().head_after(snapshot()) : digest{}; }

QUIPU_DECL log_head journal::head_state() {
  static_cast<void>(head());
  return log_.segments().copy_of_head();
}

QUIPU_DECL void journal::mark_replica(replica_state state) {
  log_files& files = log_.segments().files();
  write_replica_file(files.directory(), files.head().common, state);
}

QUIPU_DECL void journal::leave_replication() {
  if (read_replica_file(log_.segments().files().directory(), identity())) mark_replica(replica_state::left);
}

QUIPU_DECL void journal::copy_to(const std::filesystem::path& target) {
  log_files& files = log_.segments().files();
  log_head its_head = head_state();  // a copy: another thread may ask for a later head
  const log_snapshot seen = snapshot();
  copy_log(*files.world(), files.directory(), seen, files.head(), identity().chained ? its_head.after(seen) : digest{},
           target);
}

QUIPU_DECL void journal::check_schema(const event_shape& shape) {
  const journal_lock lock = lock_here();
  log_.segments().schemas().check(shape.kind, shape.version, shape.hash, shape.text);
}

QUIPU_DECL std::vector<shared_kind> journal::shared_kinds() {
  const journal_lock lock = lock_here();
  return log_.segments().schemas().shared_kinds();
}

QUIPU_DECL clock_guard journal::guarded_clock() {
  const journal_lock lock = lock_here();
  return log_.guarded_clock();
}

QUIPU_DECL std::string journal::failure() {
  const journal_lock lock = lock_here();
  return log_.access().failure();
}

QUIPU_DECL journal_counts journal::counts() {
  const journal_lock lock = lock_here();
  return log_.counts();
}

QUIPU_DECL void journal::finish_compaction() {
  log_files& files = log_.segments().files();
  const auto& decided = files.unfinished_compaction();
  if (!decided) return;
  journal_lock lock = lock_here();
  if (decided->generation != 0) log_.write_compaction_note(lock);
  files.end_compaction();
}

QUIPU_DECL void journal::resolve_causes(placement& placing) {
  placing.resolve_causes([this](const event_id& id) { return snapshot().find_id(id); });
}

QUIPU_DECL void journal::check_conditions(placement& placing) {
  // An append that repeats a key has happened. Whether it does is known later.
  if (!placing.has_conditions() || placing.has_keys()) return;
  journal_lock lock = lock_here();
  const log_snapshot seen = log_.visible();
  lock.unlock();
  placing.check_conditions(seen);
}

QUIPU_DECL void journal::keep_promise(std::unique_lock<std::mutex>& lock, const placed_commit& made,
                                      std::span<receipt> receipts) {
  // Without the timer's thread, no thread would flush a buffered event later.
  if (intake_.record_promise(lock, made) && !timer_.try_start_interval()) log_.flush_until(lock, made.end);
  log_.wait_until_kept(lock, made);
  log_.complete_receipts(receipts);
}

QUIPU_DECL bool journal::has_ended(const placed_commit& made) const noexcept {
  return log_.progress().fulfils(made) || log_.access().is_closed() || log_.access().has_failed();
}

QUIPU_DECL void journal::complete(std::unique_lock<std::mutex>& lock, const placed_commit& made,
                                  std::span<receipt> receipts) {
  const write_access& access = log_.access();
  if (!log_.progress().fulfils(made) && !access.is_closed() && !access.is_owner()) access.check_open();
  // Also where nothing is left to wait for: readers must see the events from now on.
  log_.wait_until_kept(lock, made, turn_wait::until_stopped);
  log_.complete_receipts(receipts);
}

QUIPU_DECL void journal::ask_flush(std::uint64_t room) {
  timer_.start();
  timer_.ask(room);
}

QUIPU_DECL void journal::flush_for_timer(std::unique_lock<std::mutex>& lock, std::uint64_t room) noexcept {
  if (log_.access().has_failed() || log_.access().is_closed()) return;
  try {
    log_.flush_until(lock, log_.progress().placed());
    if (room != 0) intake_.make_room(lock, room, at_fence::pass);
  } catch (...) {
    // recorded; the next append throws
  }
  if (log_.notices().to() == nullptr) return;
  log_.notices().tell(lock);
  lock.lock();
}

QUIPU_DECL void journal::stop_timer() {
  {
    const journal_lock lock = lock_here();
    timer_.stop();
  }
  timer_.join();
}

}  // namespace quipu::detail::inline QUIPU_MODE
