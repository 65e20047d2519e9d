// SPDX-License-Identifier: BSL-1.0
//
// journal.hpp: the writer of a log. There is no writer thread: a caller encodes its event outside the lock, takes the next place
// under it, and then either returns (buffered) or sees to it that the place is flushed. Whoever finds no flush under way makes one, for
// everything that waits; so k callers that append durably at once share about one flush.
//
//   append     options are checked, frames are laid out in the tail buffer, numbers are given     under the lock
//   publish    the buffer is exchanged for an empty one; hashes and checksums are added,          by one thread at a time,
//              the bytes are written, and flushed where a durable receipt waits; then             without the lock
//              the events are in the index, and visible
//
// Events become visible when they are published: a durable event never before it is on stable storage. Readers never take part: they get a
// `log_snapshot`, and only where an append returned whose event isn't published yet do they publish it.
//
// A failure to write or flush is final: nothing is accepted until the log is opened again, and nothing that wasn't published is seen.
#pragma once

#include "../read/log_source.hpp"
#include "../../coordinate/hybrid_clock.hpp"
#include "../../environment/detail/posix_lock.hpp"
#include "../../environment/environment.hpp"
#include "../../event/event_id.hpp"
#include "../../hash/blake3.hpp"
#include "../config.hpp"
#include "../reports.hpp"
#include "append_entry.hpp"
#include "../maintain/log_copy.hpp"
#include "../read/log_snapshot.hpp"
#include "../segment/index_files.hpp"
#include "../segment/log_files.hpp"
#include "../segment/segment.hpp"
#include "../segment/segment_scan.hpp"
#include "active_file.hpp"
#include "change_signal.hpp"
#include "entity_table.hpp"
#include "fence_gate.hpp"
#include "flush_gate.hpp"
#include "flush_timer.hpp"
#include "log_fences.hpp"
#include "log_head.hpp"
#include "log_opening.hpp"
#include "log_tickets.hpp"
#include "placement.hpp"
#include "schema_ledger.hpp"
#include "tail_buffer.hpp"
#include "written_log.hpp"

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace quipu::detail {

/// All members are thread-safe but for construction and destruction.
class journal final : public log_source, written_log, flush_gate, public log_tickets<journal>, public log_fences<journal> {
  friend class flush_gate;
  friend class log_tickets<journal>;
  friend class log_fences<journal>;
  using log = written_log;
  using log::active_;
  using log::files_;
  using log::head_;
  using log::log_end_;
  using log::next_coordinate_;
  using log::schemas_;
  using log::segments_;
  using log::visible_place_;
  // The names of what waits until it is used, here so that they wait for the journal itself.
  using segment_list = std::vector<std::shared_ptr<segment>>;
  using key_set = flat_map<event_id, nothing, event_id_hash>;

 public:
  /// Opens the log for writing and makes one where there is none. Throws `errc::locked`, `errc::corrupt`, `errc::unsupported_format`,
  /// `errc::io_failed`, `errc::storage_full`.
  explicit journal(const config& options)
      : log{environment_of(options), options.directory}, options_{options}, lock_{files_.lock()}, random_{0} {
    std::uint64_t seed{};
    files_.world()->random(reinterpret_cast<std::byte*>(&seed), sizeof seed);
    random_ = id_randomness{seed};
    files_.open_or_create(options_.chain, options_.chain_key, now_us());
    recover();
  }

  journal(const journal&) = delete;
  journal& operator=(const journal&) = delete;

  ~journal() {
    try {
      close();
    } catch (...) {  // close() reports what a destructor can only attempt
    }
  }

  /// Appends entries as one commit: all of them are visible and durable together, or none. Throws `errc::conflict`,
  /// `errc::idempotency_mismatch`, `errc::schema_drift`, `errc::payload_too_large`, `errc::not_found` (a cause), `errc::closed`,
  /// `errc::writer_failed`, `errc::storage_full`, and `errc::io_failed` where the flush failed; all but the last leave the log as it was.
  /// `receipts` has room for one receipt an entry.
  void append(std::span<const append_entry> entries, std::span<receipt> receipts) {
    if (entries.empty()) return;
    placement placing{entries, options_, files_.identity().chained};
    placing.resolve_causes([this](const event_id& id) { return snapshot().find_id(id); });
    std::unique_lock<std::mutex> lock{mutex_};
    make_room(lock, placing.most_bytes());
    finish(lock, enter(lock, placing, receipts), receipts);
  }

  /// Returns when everything appended before is on stable storage, or all events before number `end` are. Throws as `append` does.
  void sync(std::uint64_t end = UINT64_MAX) {
    std::unique_lock<std::mutex> lock{mutex_};
    check_open();
    wait_durable(lock, std::min(end, next_sequence_));
  }

  /// Syncs and lets go of the directory. Again: nothing. Throws what failed; the log is closed all the same.
  void close() {
    if (!stop_timer()) return;
    std::unique_lock<std::mutex> lock{mutex_};
    closing_ = true;  // what has a place is still flushed; nothing more gets one, and a compaction ends soon
    while (compacting_) flushed_.wait(lock);
    if (closed_) return;
    fence_.close();
    std::exception_ptr problem;
    try {
      if (failed_) throw_failed();
      wait_durable(lock, next_sequence_);
      while (flushing_) flushed_.wait(lock);
      if (dirty_since_mark_) {
        write_mark();
        counts_.index_failures += !log::write_index(false, next_sequence_);
      }
    } catch (...) {
      problem = std::current_exception();
    }
    while (flushing_) flushed_.wait(lock);
    closed_ = true;
    was_closed_.store(true);
    active_.close();
    lock_.reset();
    flushed_.notify_all();
    changes_.ring();
    lock.unlock();
    if (problem) std::rethrow_exception(problem);
  }

  /// What is visible: every event whose append has returned, those included that were buffered.
  [[nodiscard]] log_snapshot snapshot() override {
    std::unique_lock<std::mutex> lock{mutex_};
    publish_returned(lock);
    return {segments_, visible_, visible_place_};
  }

  /// Waits until a snapshot would have this event, the log is closed, or `stop`, which whoever sets it tells to `changes()`.
  void wait_for_event(std::uint64_t sequence, std::int64_t microseconds, const std::atomic<bool>& stop) override {
    changes_.wait_for(microseconds, [&] {
      const std::lock_guard lock{mutex_};
      return visible_ > sequence || (returned_ > sequence && !failed_ && is_owner()) || closed_ || stop.load();
    });
  }
  void wake() noexcept override { changes_.wake(); }
  [[nodiscard]] environment_directory& directory() noexcept override { return files_.directory(); }

  [[nodiscard]] entity_snapshot snapshot_of(std::string_view entity) override {
    std::unique_lock<std::mutex> lock{mutex_};
    publish_returned(lock);
    entity_snapshot found{{segments_, visible_, visible_place_}, 0, generation_};
    if (visible_ == next_sequence_) {
      if (const entity_end* end = entities().find(entity)) found.count = end->next_sequence;
      return found;
    }
    lock.unlock();  // events are on their way that aren't visible: only the indexes know
    found.count = found.seen.entity_end(entity);
    return found;
  }

  /// The hash over the hashes of all visible events: BLAKE3 of one behind the other. Zero where there is no chain.
  [[nodiscard]] digest head() override { return files_.identity().chained ? head_.after(snapshot()) : digest{}; }

  /// Copies what is visible into another directory: see `copy_log`.
  void copy_to(const std::filesystem::path& target) override {
    copy_log(*files_.world(), files_.directory(), snapshot(), files_.head(), target);
  }

  void check_schema(const event_shape& shape) override {
    const std::lock_guard lock{mutex_};
    schemas_.check(shape.kind, shape.version, shape.hash, shape.text);
  }

  /// Rises when the log gets a schema.
  [[nodiscard]] std::uint64_t schema_changes() const noexcept override { return schema_changes_.load(); }

  /// Microseconds since the Unix epoch, held within what an event's id can tell: from 1970 to the year 10889.
  [[nodiscard]] std::int64_t now_us() override {
    constexpr std::int64_t latest = (std::int64_t{1} << 48) * 1000 - 1'000'000;
    return std::max<std::int64_t>(std::min<std::int64_t>(options_.clock ? options_.clock() : files_.world()->now_us(), latest), 0);
  }
  [[nodiscard]] const store_identity& identity() const noexcept override { return files_.identity(); }
  [[nodiscard]] const std::optional<recovery_report>& recovered() const noexcept { return recovered_; }
  [[nodiscard]] const config& options() const noexcept { return options_; }
  [[nodiscard]] std::int64_t created_at_us() const noexcept override { return files_.created_at_us(); }
  [[nodiscard]] bool is_closed() const noexcept override { return was_closed_.load(); }
  /// Throws `errc::closed` after `close()`, and `errc::locked` in a forked child.
  void check_usable() const override {
    check_fork();
    if (is_closed()) throw error{errc::closed, "the store was closed", {.path = options_.directory.string()}};
  }
  /// A journal never leaves out damage.
  void check_whole() const override {}
  /// Whether this is a forked child's copy of the log. Nothing that takes a lock may be called then, nor may it be destroyed: a thread of the parent's may
  /// have had that lock when the child was forked, and no thread of the child's will ever release it.
  [[nodiscard]] bool is_foreign() const noexcept { return forks_ != held_locks::of_this_process().forks(); }
  /// Why nothing is accepted any more; empty while all is well.
  [[nodiscard]] std::string failure() {
    const std::lock_guard lock{mutex_};
    return failure_;
  }
  [[nodiscard]] journal_counts counts() {
    const std::lock_guard lock{mutex_};
    journal_counts now = counts_;
    now.segments = segments_->size();
    now.entities = log_end_.entity_count;
    return now;
  }

 private:
  friend class journal_compaction;
  // ---- opening ---------------------------------------------------------------------------------------------------------------

  /// How much of a segment's file is mapped: all that it may hold, so that the mapping never moves.
  [[nodiscard]] std::size_t capacity() const noexcept {
    return static_cast<std::size_t>(options_.segment_max_bytes + commit_size::frame_bytes_limit(options_));
  }

  void recover() {
    log_opening opening{files_, log_end_, head_};
    opening.run(capacity());
    const scan_result& last = opening.last();
    generation_ = opening.generation();
    next_sequence_ = visible_ = durable_ = returned_ = log_end_.next_sequence;
    clock_ = log_end_.last_id.is_nil() ? hybrid_clock{} : hybrid_clock{log_end_.last_id.reading()};
    segments_ = std::make_shared<const segment_list>(std::move(opening.segments()));
    schemas_.look_in(segments_);
    const std::shared_ptr<segment>& newest = segments_->back();
    std::unique_ptr<environment_file> file = std::move(opening.file());
    if (last.dropped_bytes != 0) {
      file->truncate(last.end);
      recovered_ = recovery_report{newest->path(), last.end, last.dropped_bytes, last.reason};
    }
    if (!last.closed) {
      // Whoever wrote this may have died before flushing it, or after a flush had failed: then the system may believe that the bytes are on
      // the disk when they aren't. So they are written once more. And names may be new.
      if (last.flushed < last.end)
        file->write_at(bytes_view{newest->base() + last.flushed, static_cast<std::size_t>(last.end - last.flushed)}, last.flushed);
      file->sync();
      files_.directory().sync();
    }
    // Of a mark of an orderly close nothing says that it was flushed, but all before it was.
    active_.open(std::move(file), newest, files_.identity(), last.end, last.closed ? last.flushed : last.end);
    visible_place_ = active_.place_of(last.end);
    if (last.sealed) log::start_segment(prepare_segment(), next_sequence_);
    if (const auto& decided = files_.unfinished_compaction()) {
      std::unique_lock<std::mutex> lock{mutex_};
      if (decided->generation != 0) write_note(lock);
      files_.end_compaction();
    }
  }

  // ---- appending; all under the lock -----------------------------------------------------------------------------------------

  [[nodiscard]] entity_table& entities() noexcept { return log_end_.entities; }
  [[nodiscard]] bool wants_durable(const append_entry& entry) const noexcept {
    return entry.options.durability.value_or(options_.sync.mode == sync_mode::durable ? durability::durable : durability::buffered) == durability::durable;
  }
  [[nodiscard]] std::uint64_t tail_end() const noexcept { return active_.end() + (flushing_ ? flight_.size() : 0) + tail_.size(); }

  /// A forked child has a copy of the store and no right to it: it would write the parent's events a second time.
  [[nodiscard]] bool is_owner() const noexcept { return lock_ && lock_->held(); }
  void check_open() const {
    if (closing_ || closed_) throw error{errc::closed, "the store was closed", {.path = options_.directory.string()}};
    if (!is_owner()) throw_forked();
    if (failed_) throw_failed();
  }
  /// To be called before a lock is taken: in a forked child nobody may ever let go of it.
  void check_fork() const {
    if (is_foreign()) throw_forked();
  }
  [[noreturn]] void throw_forked() const {
    throw error{errc::locked, "the store was opened by the process that this one was forked from", {.path = options_.directory.string()}};
  }
  [[noreturn]] void throw_failed() const {
    throw error{errc::writer_failed, "an earlier write or flush failed, so nothing more is accepted until the store is reopened: " + failure_,
                {.path = options_.directory.string()}};
  }

  [[nodiscard]] bool fits(std::uint64_t bytes) {
    // A segment without events takes any commit: the next one couldn't have another number.
    return tail_end() + bytes <= options_.segment_max_bytes || next_sequence_ == active_.shared()->first_sequence();
  }

  /// Returns with room for `bytes` in the active segment and in the buffer, and no fence in the way.
  void make_room(std::unique_lock<std::mutex>& lock, std::uint64_t bytes, bool past_fence = false) {
    for (;;) {
      check_open();
      if (fence_.is_open() && !past_fence) {
        fence_.hold_up(lock);
        continue;
      }
      const bool fitting = fits(bytes);
      if (fitting && (tail_.size() < options_.writer.buffer_bytes || !flushing_)) break;
      if (flushing_) {
        const caller counted{*this};
        flushed_.wait(lock);
      } else if (!fitting && tail_.empty()) {
        rotate();
      } else {
        publish(lock, !fitting || durable_wanted_ > visible_);
      }
    }
    reserve_room(bytes);
  }
  /// Room on the device is set aside before anything has a place in it: a full disk is found out here, where it harms nothing.
  void reserve_room(std::uint64_t bytes) { active_.reserve(tail_end() + bytes, options_.writer.preallocate_bytes, options_.segment_max_bytes); }

  [[nodiscard]] log_snapshot seen_now() const { return {segments_, visible_, visible_place_}; }
  [[nodiscard]] bool is_pending(const event_id& key) const { return pending_keys_.contains(key) || flying_keys_.contains(key); }
  [[nodiscard]] bool has_pending_key(const placement& placing) const {
    for (std::size_t index = 0; index < placing.size(); ++index)
      if (const auto& key = placing.entry(index).options.idempotency_key; key && is_pending(*key)) return true;
    return false;
  }

  /// Looks up the idempotency keys of a commit; entries that were appended before get their first receipt.
  void find_keys(std::unique_lock<std::mutex>& lock, placement& placing, std::span<receipt> receipts, bool past_fence = false) {
    // An event that isn't published isn't in the index yet. Publishing releases the lock, so all keys are checked again.
    while (has_pending_key(placing)) {
      if (flushing_) flushed_.wait(lock);
      else publish(lock, durable_wanted_ > visible_);
      make_room(lock, placing.most_bytes(), past_fence);
    }
    placing.repeat_known({segments_, visible_, visible_place_}, receipts);
  }

  /// Gives each entry its place; there is room. Whatever can fail comes before anything is changed.
  placed_commit enter(std::unique_lock<std::mutex>& lock, placement& placing, std::span<receipt> receipts) {
    if (placing.has_keys()) find_keys(lock, placing, receipts);
    return place(placing, receipts, [this, now = now_us()] { return make_id(now); });
  }
  [[nodiscard]] event_id make_id(std::int64_t now) { return event_id::from_reading(clock_.next(now), random_.next()); }
  template <class MakeId>
  placed_commit place(placement& placing, std::span<receipt> receipts, MakeId&& make_ids) {
    this->thaw();
    placing.prepare(entities(), schemas_);
    schema_changes_.store(schemas_.changes());
    tail_.reserve(placing.most_bytes(), 3 * placing.size());
    if (placing.has_keys())
      for (std::size_t index = 0; index < placing.size(); ++index)
        if (const auto& key = placing.entry(index).options.idempotency_key; key && placing.is_new(index)) pending_keys_.insert(*key, {});
    if (placing.new_count() != 0) dirty_since_mark_ = true;
    const frame_writer writer{tail_, files_.identity().chained, active_.shared()->first_sequence() + 1, next_sequence_, next_coordinate_, log_end_.entity_count};
    placed_commit made{.begin = next_sequence_};
    placing.write(writer, receipts, make_ids);
    made.end = next_sequence_;
    ++counts_.appends;
    for (std::size_t index = 0; index < placing.size(); ++index)
      if (wants_durable(placing.entry(index))) made.durable_until = std::max(made.durable_until, receipts[index].sequence + 1);
    if (made.end != made.begin && made.durable_until > made.begin) made.durable_until = made.end;  // a commit is flushed as one
    return made;
  }

  /// Remembers what a commit's receipts promise: that it is durable before it is visible, or that whoever asks sees it. Whether it was the latter.
  bool promise(const placed_commit& made) {
    if (made.durable_until > durable_) {
      if (made.durable_until > made.begin) durable_wanted_ = std::max(durable_wanted_, made.end);
      return false;
    }
    // Where a durable event before this one isn't visible yet, neither may this one be.
    if (made.end == made.begin || durable_wanted_ > visible_) return false;
    returned_ = std::max(returned_, made.end);
    if (made.end > visible_) changes_.ring();
    return true;
  }

  [[nodiscard]] bool is_sync_due() const noexcept {
    return options_.sync.every_n_events != 0 && next_sequence_ - durable_ >= options_.sync.every_n_events;
  }
  /// What follows when a commit has its place; flushes and writes what is due.
  void note(std::unique_lock<std::mutex>& lock, const placed_commit& made) {
    if (!promise(made)) return;
    if (is_sync_due()) return wait_durable(lock, made.end);
    if (tail_.size() >= options_.writer.buffer_bytes && !flushing_) publish(lock, false);
    start_timer();
  }

  void await(std::unique_lock<std::mutex>& lock, const placed_commit& made) {
    wait_durable(lock, made.durable_until);
    if (durable_wanted_ > visible_) this->show_until(lock, made.end, *this);
    if (made.end <= returned_) return;
    returned_ = made.end;
    if (made.end > visible_) changes_.ring();
  }
  void finish(std::unique_lock<std::mutex>& lock, const placed_commit& made, std::span<receipt> receipts) {
    note(lock, made);
    await(lock, made);
    fill_receipts(receipts);
  }

  void fill_receipts(std::span<receipt> receipts) {
    const log_snapshot seen = seen_now();
    for (receipt& each : receipts) {
      each.durable = each.sequence < durable_;
      if (!files_.identity().chained || each.sequence >= visible_ || !each.hash.is_zero()) continue;
      if (const auto found = seen.find_sequence(each.sequence)) each.hash = found.frame.hash();
    }
  }

  /// Makes visible what callers believe is there.
  void publish_returned(std::unique_lock<std::mutex>& lock) { this->show_returned(lock, *this); }
  void wait_durable(std::unique_lock<std::mutex>& lock, std::uint64_t until) { this->flush_until(lock, until, *this); }
  [[nodiscard]] std::int64_t flush_time_us() const noexcept { return active_.flush_time_us(); }

  // ---- publishing; by one thread at a time ------------------------------------------------------------------------------------

  /// Writes out the tail buffer, and flushes where `with_sync` says so. Called under the lock while nobody else publishes, and returns
  /// so; in between the lock is open. A failure is remembered, and thrown.
  void publish(std::unique_lock<std::mutex>& lock, bool with_sync) {
    flushing_ = true;
    std::swap(tail_, flight_);
    const std::size_t served = std::exchange(waiting_, 0);
    const std::uint64_t end_sequence = next_sequence_;
    const auto here = active_.here();
    flying_keys_.swap(pending_keys_);
    lock.unlock();
    std::exception_ptr problem;
    try {
      active_.write(flight_, here, with_sync);
    } catch (...) {
      problem = std::current_exception();
    }
    lock.lock();
    flushing_ = false;
    last_flush_us_ = static_cast<std::uint64_t>(active_.flush_time_us());
    if (problem) {
      fail(problem);
      fence_.wake();
    } else {
      active_.advance(flight_.size(), with_sync);
      counts_.written_bytes += flight_.size();
      visible_ = end_sequence;
      visible_place_ = active_.place_of(active_.end());
      if (with_sync) {
        count_company(served);
        ++counts_.flushes;
        durable_ = end_sequence;
      }
    }
    flight_.clear();
    flying_keys_.clear();
    flushed_.notify_all();
    changes_.ring();
    if (problem) std::rethrow_exception(problem);
  }

  // ---- segments; under the lock, nothing pending --------------------------------------------------------------------------------

  /// Says that the log was closed in order, so that whatever is found damaged later is damage.
  void write_mark() {
    try {
      active_.write_last(event_kind::system_shutdown, next_sequence_, {});
      dirty_since_mark_ = false;
    } catch (...) {
      fail(std::current_exception());
      throw;
    }
  }

  /// Tells who follows the log that events were dropped or erased. Where there is no room for that, they find out later.
  void write_note(std::unique_lock<std::mutex>& lock) {
    while (flushing_) flushed_.wait(lock);
    this->thaw();
    if (failed_ || !active_.try_reserve(tail_end() + compaction_note::frame_bytes)) return;
    tail_.reserve(compaction_note::frame_bytes, 1);
    compaction_note{generation_}.write(tail_.add(compaction_note::frame_bytes, nullptr), next_sequence_);
    dirty_since_mark_ = true;
    publish(lock, true);
  }

  /// Seals the active segment and begins the next. What may well fail comes first: then all is as it was, and may be tried again.
  void rotate() {
    this->thaw();
    auto made = prepare_segment();
    try {
      const seal_content seal{next_sequence_, log::head_at(next_sequence_)};
      active_.write_last(event_kind::system_checkpoint, next_sequence_, bytes_view{seal.encode()});
      counts_.index_failures += !log::write_index(true, next_sequence_);
      log::start_segment(std::move(made), next_sequence_);
    } catch (...) {
      fail(std::current_exception());
      throw;
    }
  }

  [[nodiscard]] log_files::mapped_segment prepare_segment() { return log::prepare_segment(next_sequence_, capacity(), now_us()); }

  // ---- the timer, which runs only where something is buffered or submitted -------------------------------------------------------------

  void start_timer() {
    if (options_.sync.interval_ms != 0) start_flushing();
  }
  void start_flushing() {
    timer_.start(mutex_, options_.sync.interval_ms, [this](std::unique_lock<std::mutex>& lock, std::uint64_t room) noexcept { flush_due(lock, room); });
  }
  /// Has the timer's thread flush now, and then make room for a commit of so many bytes.
  void ask_flush(std::uint64_t room) {
    start_flushing();
    timer_.ask(room);
  }
  void flush_due(std::unique_lock<std::mutex>& lock, std::uint64_t room) noexcept {
    if (failed_ || closed_) return;
    try {
      wait_durable(lock, next_sequence_);
      if (room != 0) make_room(lock, room, true);
    } catch (...) {
      return;  // remembered; whoever appends next is told
    }
  }
  /// Returns when the timer has stopped. False in a forked child, which has no timer, and nothing to write.
  [[nodiscard]] bool stop_timer() {
    if (is_foreign()) return false;
    {
      const std::lock_guard lock{mutex_};
      timer_.stop();
    }
    timer_.join();
    return true;
  }

  config options_;
  std::unique_ptr<environment_lock> lock_;
  std::uint64_t forks_{held_locks::of_this_process().forks()};

  // All below, but what is said to belong to the publisher, is guarded by the gate's lock.
  change_signal changes_;
  fence_gate fence_;
  bool dirty_since_mark_{};
  std::atomic<std::uint64_t> schema_changes_{};
  hybrid_clock clock_;
  id_randomness random_;
  tail_buffer tail_;
  key_set pending_keys_;
  journal_counts counts_;
  std::optional<recovery_report> recovered_;
  std::uint64_t generation_{};
  bool compacting_{};

  // The publisher's, and with `active_.write` all that belongs to it.
  tail_buffer flight_;
  key_set flying_keys_;

  std::uint64_t last_flush_us_{};
  flush_timer timer_;
};

}  // namespace quipu::detail
