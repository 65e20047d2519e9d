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

#include "../coordinate/hybrid_clock.hpp"
#include "../core/blake3.hpp"
#include "../core/detail/atomic.hpp"
#include "../core/detail/monitor.hpp"
#include "../core/detail/ordering.hpp"
#include "../core/detail/owner.hpp"
#include "../environment/detail/worker_thread.hpp"
#include "../environment/environment.hpp"
#include "../event/event_id.hpp"
#include "detail/active_file.hpp"
#include "detail/entity_table.hpp"
#include "detail/log_copy.hpp"
#include "detail/log_files.hpp"
#include "detail/log_head.hpp"
#include "detail/placement.hpp"
#include "detail/schema_ledger.hpp"
#include "detail/segment.hpp"
#include "detail/segment_scan.hpp"
#include "detail/tail_buffer.hpp"
#include "journal_options.hpp"

#include <cstddef>
#include <cstdint>
#include <exception>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace quipu::detail {

/// All members are thread-safe but for construction and destruction.
template <environment Environment>
class journal {
  // The names of what waits until it is used, here so that they wait for the journal itself.
  using when = deferred<Environment, when_used>;
  using log_snapshot = basic_log_snapshot<when>;
  using segment = basic_segment<when>;
  using segment_head = basic_segment_head<when>;
  using segment_index = basic_segment_index<when>;
  using segment_list = std::vector<shared_owner<segment>>;
  using placement = basic_placement<when>;
  using entity_table = basic_entity_table<when>;
  using frame_writer = basic_frame_writer<when>;
  using scan_result = basic_scan_result<when>;
  using seal_content = basic_seal_content<when>;
  using tail_buffer = basic_tail_buffer<when>;
  using schema_ledger = basic_schema_ledger<when>;
  using key_set = flat_map<event_id, deferred<Environment, nothing>, event_id_hash>;
  using recovery_report = deferred<Environment, quipu::recovery_report>;

 public:
  /// Opens the log for writing and makes one where there is none. Throws `errc::locked`, `errc::corrupt`, `errc::unsupported_format`,
  /// `errc::io_failed`, `errc::storage_full`.
  journal(Environment world, journal_options options)
      : options_{std::move(options)}, files_{std::move(world), options_.directory, true}, lock_{files_.lock()}, random_{0} {
    std::uint64_t seed{};
    files_.world().random(reinterpret_cast<std::byte*>(&seed), sizeof seed);
    random_ = id_randomness{seed};
    files_.open_or_create(options_.chain, now_us());
    recover();
  }

  journal(const journal&) = delete;
  journal& operator=(const journal&) = delete;

  ~journal() {
    try {
      close();
    } catch (...) {
      static_cast<void>(0);  // close() reports what a destructor can only attempt
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

    unique_lock lock{mutex_};
    make_room(lock, placing.most_bytes());
    if (placing.has_keys()) find_keys(lock, placing, receipts);
    const std::uint64_t begin = next_sequence_;
    place(placing, receipts);
    const std::uint64_t end = next_sequence_;
    ++counts_.appends;

    std::uint64_t durable_until = 0;
    for (std::size_t index = 0; index < entries.size(); ++index)
      if (wants_durable(entries[index])) durable_until = larger(durable_until, receipts[index].sequence + 1);
    if (end != begin && durable_until > begin) durable_until = end;  // a commit is flushed as one
    finish_append(lock, begin, end, durable_until);
    fill_receipts(placing, receipts);
  }

  /// Returns when everything appended before is on stable storage. Throws as `append` does.
  void sync() {
    unique_lock lock{mutex_};
    check_open();
    wait_durable(lock, next_sequence_);
  }

  /// Syncs and lets go of the directory. Again: nothing. Throws what failed; the log is closed all the same.
  void close() {
    if (!stop_timer()) return;
    unique_lock lock{mutex_};
    closing_ = true;  // what has a place is still flushed; nothing more gets one, and a compaction ends soon
    while (compacting_) flushed_.wait(lock);
    if (closed_) return;
    std::exception_ptr problem;
    try {
      if (failed_) throw_failed();
      wait_durable(lock, next_sequence_);
      while (flushing_) flushed_.wait(lock);
      if (dirty_since_mark_) write_mark();
    } catch (...) {
      problem = std::current_exception();
    }
    while (flushing_) flushed_.wait(lock);
    closed_ = true;
    was_closed_.store(true);
    active_.close();
    lock_.reset();
    flushed_.notify_all();
    lock.unlock();
    if (problem) std::rethrow_exception(problem);
  }

  /// What is visible: every event whose append has returned, those included that were buffered.
  [[nodiscard]] log_snapshot snapshot() {
    unique_lock lock{mutex_};
    publish_returned(lock);
    return {segments_, visible_, visible_place_};
  }

  /// A snapshot, how many events of an entity are in it, dropped ones included, and the log's generation.
  struct entity_snapshot {
    log_snapshot seen;
    std::uint64_t count{};
    std::uint64_t generation{};
  };
  [[nodiscard]] entity_snapshot snapshot_of(std::string_view entity) {
    unique_lock lock{mutex_};
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
  [[nodiscard]] digest head() {
    return files_.identity().chained ? head_.after(snapshot()) : digest{};
  }

  /// Copies what is visible into another directory: see `copy_log`.
  void copy_to(const path& target) { copy_log(files_.world(), snapshot(), files_.head(), target); }

  void check_schema(event_kind kind, std::uint16_t version, std::uint64_t hash, std::string_view text) {
    const lock_guard lock{mutex_};
    schemas_.check(kind, version, hash, text);
  }

  /// Rises when the log gets a schema.
  [[nodiscard]] std::uint64_t schema_changes() const noexcept { return schema_changes_.load(); }

  /// Microseconds since the Unix epoch, held within what an event's id can tell: from 1970 to the year 10889.
  [[nodiscard]] std::int64_t now_us() {
    constexpr std::int64_t latest = (std::int64_t{1} << 48) * 1000 - 1'000'000;
    return larger<std::int64_t>(smaller<std::int64_t>(options_.clock ? options_.clock() : files_.world().now_us(), latest), 0);
  }
  [[nodiscard]] const store_identity& identity() const noexcept { return files_.identity(); }
  [[nodiscard]] const std::optional<recovery_report>& recovered() const noexcept { return recovered_; }
  [[nodiscard]] const journal_options& options() const noexcept { return options_; }
  [[nodiscard]] std::int64_t created_at_us() const noexcept { return files_.created_at_us(); }
  /// Throws `errc::closed` after `close()`.
  void check_usable() const {
    if (was_closed_.load()) throw error{errc::closed, "the store was closed", {.path = options_.directory.str()}};
  }
  /// Whether this is a forked child's copy of an open log. It mustn't be destroyed: the parent's threads are in its locks.
  [[nodiscard]] bool is_foreign() {
    const lock_guard lock{mutex_};
    return !closed_ && !is_owner();
  }
  /// Why nothing is accepted any more; empty while all is well.
  [[nodiscard]] std::string failure() {
    const lock_guard lock{mutex_};
    return failed_ ? failure_ : std::string{};
  }
  [[nodiscard]] journal_counts counts() {
    const lock_guard lock{mutex_};
    journal_counts now = counts_;
    now.segments = segments_->size();
    now.entities = entities().entity_count();
    return now;
  }

 private:
  template <environment World>
  friend class journal_compaction;
  using files_type = log_files<Environment>;

  // ---- opening ---------------------------------------------------------------------------------------------------------------

  /// How much of a segment's file is mapped: all that it may hold, so that the mapping never moves.
  [[nodiscard]] std::size_t capacity() const noexcept {
    return static_cast<std::size_t>(options_.segment_max_bytes + placement::most_commit_bytes(options_));
  }

  void recover() {
    typename files_type::opened log = files_.scan(capacity());
    log_end_ = std::move(log.end);
    generation_ = log.generation;
    const scan_result& last = log.results.back();
    next_sequence_ = visible_ = durable_ = returned_ = log_end_.next_sequence;
    clock_ = log_end_.last_id.is_nil() ? hybrid_clock{} : hybrid_clock{log_end_.last_id.reading()};
    for (const auto& each : log.segments)
      each->with_index([&](const segment_index& index) { schemas_.learn(index, each->first_sequence() + 1); });
    segments_ = make_shared_owner<const segment_list>(std::move(log.segments));
    const shared_owner<segment>& newest = segments_->back();
    auto file = files_.directory().open_file(segment_name<when>(newest->first_sequence()), open_mode::write);
    if (last.dropped_bytes != 0) {
      file.truncate(last.end);
      recovered_ = recovery_report{newest->path(), last.end, last.dropped_bytes, last.reason};
    }
    // Whoever wrote this may have died before flushing it, or after a flush had failed: then the system may believe that the bytes are on
    // the disk when they aren't. So they are written once more. And names may be new.
    if (last.flushed < last.end)
      file.write_at(bytes_view{newest->base() + last.flushed, static_cast<std::size_t>(last.end - last.flushed)}, last.flushed);
    file.sync();
    files_.directory().sync();
    active_.open(std::move(file), newest, files_.identity(), last.end);
    visible_place_ = active_.place_of(last.end);
    next_coordinate_ = newest->with_index([](const segment_index& index) { return static_cast<std::uint32_t>(index.coordinate_count()); });
    if (last.sealed) start_segment();
    if (const auto& decided = files_.unfinished_compaction()) {
      unique_lock lock{mutex_};
      if (decided->generation != 0) write_note(lock);
      files_.end_compaction();
    }
  }

  // ---- appending; all under the lock -----------------------------------------------------------------------------------------

  [[nodiscard]] entity_table& entities() noexcept { return log_end_.entities; }
  [[nodiscard]] bool wants_durable(const append_entry& entry) const noexcept {
    return entry.options.durability.value_or(options_.default_durability) == durability::durable;
  }
  [[nodiscard]] std::uint64_t tail_end() const noexcept { return active_.end() + (flushing_ ? flight_.size() : 0) + tail_.size(); }

  /// A forked child has a copy of the store and no right to it: it would write the parent's events a second time.
  [[nodiscard]] bool is_owner() const noexcept { return lock_ && lock_->held(); }
  void check_open() const {
    if (closing_ || closed_) throw error{errc::closed, "the store was closed", {.path = options_.directory.str()}};
    if (!is_owner())
      throw error{errc::locked, "the store was opened by the process that this one was forked from", {.path = options_.directory.str()}};
    if (failed_) throw_failed();
  }
  [[noreturn]] void throw_failed() const {
    throw error{errc::writer_failed, "an earlier write or flush failed, so nothing more is accepted until the store is reopened: " + failure_,
                {.path = options_.directory.str()}};
  }

  /// Returns with room for `bytes` in the active segment and in the buffer.
  void make_room(unique_lock& lock, std::uint64_t bytes) {
    for (;;) {
      check_open();
      // A segment without events takes any commit: the next one couldn't have another number.
      const bool fits = tail_end() + bytes <= options_.segment_max_bytes || next_sequence_ == active_.shared()->first_sequence();
      if (fits && (tail_.size() < options_.write_buffer_bytes || !flushing_)) break;
      if (flushing_) {
        flushed_.wait(lock);
      } else if (!fits && tail_.empty()) {
        rotate();
      } else {
        publish(lock, !fits || durable_wanted_ > visible_);
      }
    }
    // Room on the device is set aside before anything has a place in it: a full disk is found out here, where it harms nothing.
    active_.reserve(tail_end() + bytes, options_.preallocate_bytes, options_.segment_max_bytes);
  }

  [[nodiscard]] bool is_pending(const event_id& key) const { return pending_keys_.contains(key) || flying_keys_.contains(key); }

  /// Looks up the idempotency keys of a commit; entries that were appended before get their first receipt.
  void find_keys(unique_lock& lock, placement& placing, std::span<receipt> receipts) {
    for (std::size_t index = 0; index < placing.size(); ++index) {
      const std::optional<event_id>& key = placing.entry(index).options.idempotency_key;
      // What isn't published isn't in the index yet.
      if (key && is_pending(*key)) {
        if (flushing_) flushed_.wait(lock);
        else publish(lock, durable_wanted_ > visible_);
        make_room(lock, placing.most_bytes());
        index = static_cast<std::size_t>(-1);  // from the start: the lock was open
      }
    }
    placing.repeat_known({segments_, visible_, visible_place_}, receipts);
  }

  /// Gives each entry its place. Whatever can fail comes before anything is changed.
  void place(placement& placing, std::span<receipt> receipts) {
    const std::int64_t now = now_us();
    placing.prepare(entities(), schemas_);
    schema_changes_.store(schemas_.changes());
    tail_.reserve(placing.most_bytes(), 3 * placing.size());
    if (placing.has_keys())
      for (std::size_t index = 0; index < placing.size(); ++index)
        if (const auto& key = placing.entry(index).options.idempotency_key; key && placing.is_new(index)) pending_keys_.insert(*key, {});
    if (placing.new_count() != 0) dirty_since_mark_ = true;
    const frame_writer writer{tail_, files_.identity().chained, active_.shared()->first_sequence() + 1, next_sequence_, next_coordinate_};
    placing.write(writer, receipts, [&] { return event_id::from_reading(clock_.next(now), random_.next()); });
  }

  /// After placing: waits as long as the receipts that are promised ask for.
  void finish_append(unique_lock& lock, std::uint64_t begin, std::uint64_t end, std::uint64_t durable_until) {
    if (durable_until > durable_) {
      if (durable_until > begin) durable_wanted_ = larger(durable_wanted_, end);
      wait_durable(lock, durable_until);
    } else if (end > begin) {
      if (durable_wanted_ > visible_) {
        // A durable event before this one isn't visible yet, and neither may this one be.
        wait_visible(lock, end);
      } else {
        returned_ = larger(returned_, end);
        if (options_.sync_every_n_events != 0 && next_sequence_ - durable_ >= options_.sync_every_n_events) {
          wait_durable(lock, end);
        } else {
          if (tail_.size() >= options_.write_buffer_bytes && !flushing_) publish(lock, false);
          start_timer();
        }
      }
    }
    returned_ = larger(returned_, end);
  }

  void fill_receipts(const placement& placing, std::span<receipt> receipts) {
    for (receipt& each : receipts) each.durable = each.sequence < durable_;
    if (!files_.identity().chained || receipts.back().sequence >= visible_) return;
    const log_snapshot seen{segments_, visible_, visible_place_};
    for (std::size_t index = 0; index < placing.size(); ++index)
      if (const auto found = seen.find_sequence(receipts[index].sequence)) receipts[index].hash = found.frame.hash();
  }

  /// Makes visible what callers believe is there.
  void publish_returned(unique_lock& lock) {
    if (returned_ > visible_ && !is_owner()) return;
    while (returned_ > visible_ && !failed_ && !closed_) {
      if (flushing_) {
        flushed_.wait(lock);
        continue;
      }
      try {
        publish(lock, durable_wanted_ > visible_);
      } catch (...) {
        return;  // remembered; whoever appends, syncs or closes next is told
      }
    }
  }

  void wait_durable(unique_lock& lock, std::uint64_t until) {
    if (durable_ >= until) return;
    if (++waiting_ >= company_) gathered_.notify_one();
    while (durable_ < until) {
      if (failed_) throw_failed();
      if (closed_) throw error{errc::closed, "the store was closed"};
      if (flushing_) {
        flushed_.wait(lock);
        continue;
      }
      gather(lock);
      publish(lock, true);
    }
  }

  /// Before a flush, waits a moment for callers that shared the last one and are on their way with their next event: without that, two
  /// callers would flush in turns, each for itself. Never waits for a caller that is alone.
  void gather(unique_lock& lock) {
    if (waiting_ >= company_) return;
    flushing_ = true;
    gathered_.wait_for_us(lock, smaller<std::int64_t>(active_.flush_time_us() / 4, 200), [this] { return waiting_ >= company_ || closed_; });
    flushing_ = false;
  }
  void wait_visible(unique_lock& lock, std::uint64_t until) {
    while (visible_ < until) {
      if (failed_) throw_failed();
      if (flushing_) flushed_.wait(lock);
      else publish(lock, durable_wanted_ > visible_);
    }
  }

  // ---- publishing; by one thread at a time ------------------------------------------------------------------------------------

  /// Writes out the tail buffer, and flushes where `with_sync` says so. Called under the lock while nobody else publishes, and returns
  /// so; in between the lock is open. A failure is remembered, and thrown.
  void publish(unique_lock& lock, bool with_sync) {
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
    if (problem) {
      fail(problem);
    } else {
      active_.advance(flight_.size(), with_sync);
      counts_.written_bytes += flight_.size();
      visible_ = end_sequence;
      visible_place_ = active_.place_of(active_.end());
      if (with_sync) {
        company_ = larger(served + waiting_, company_ == 0 ? 0 : company_ - 1);
        ++counts_.flushes;
        durable_ = end_sequence;
      }
    }
    flight_.clear();
    flying_keys_.clear();
    flushed_.notify_all();
    if (problem) std::rethrow_exception(problem);
  }

  void fail(const std::exception_ptr& problem) noexcept {
    failed_ = true;
    try {
      try {
        std::rethrow_exception(problem);
      } catch (const std::exception& known) {
        failure_ = known.what();
      }
    } catch (...) {
      failure_.clear();
    }
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
  void write_note(unique_lock& lock) {
    while (flushing_) flushed_.wait(lock);
    if (failed_ || !active_.try_reserve(tail_end() + compaction_note::frame_bytes)) return;
    tail_.reserve(compaction_note::frame_bytes, 1);
    compaction_note{generation_}.write(tail_.add(compaction_note::frame_bytes, nullptr), next_sequence_);
    dirty_since_mark_ = true;
    publish(lock, true);
  }

  /// Seals the active segment and begins the next.
  void rotate() {
    try {
      const seal_content seal{next_sequence_, head_now()};
      active_.write_last(event_kind::system_checkpoint, next_sequence_, bytes_view{seal.encode()});
      start_segment();
    } catch (...) {
      fail(std::current_exception());
      throw;
    }
  }

  void start_segment() {
    files_.create_segment(next_sequence_, head_now(), now_us());
    typename files_type::mapped_segment made = files_.map_segment(next_sequence_, capacity(), open_mode::write);
    auto longer = make_shared_owner<segment_list>(*segments_);
    longer->push_back(made.shared);
    segments_->back()->complete(active_.end());
    active_.open(std::move(made.file), std::move(made.shared), files_.identity(), segment_head::size);
    segments_ = std::move(longer);
    visible_place_ = active_.place_of(segment_head::size);
    next_coordinate_ = 0;
  }

  [[nodiscard]] digest head_now() { return files_.identity().chained ? head_.after({segments_, visible_, visible_place_}) : digest{}; }

  // ---- the timer, which runs only where something is buffered and an interval is configured --------------------------------------

  void start_timer() {
    if (options_.sync_interval_ms == 0 || timer_running_ || timer_stop_) return;
    timer_running_ = true;
    timer_.start([this]() noexcept { run_timer(); });
  }
  void run_timer() {
    unique_lock lock{mutex_};
    while (!timer_stop_) {
      timer_wake_.wait_for_us(lock, static_cast<std::int64_t>(options_.sync_interval_ms) * 1000, [this] { return timer_stop_; });
      if (timer_stop_ || failed_ || closed_ || durable_ >= next_sequence_) continue;
      try {
        wait_durable(lock, next_sequence_);
      } catch (...) {
        continue;  // remembered; whoever appends next is told
      }
    }
  }
  /// Returns when the timer has stopped. False in a forked child, which has no timer, and nothing to write.
  [[nodiscard]] bool stop_timer() {
    {
      const lock_guard lock{mutex_};
      if (!closed_ && !is_owner()) return false;
      timer_stop_ = true;
      timer_wake_.notify_all();
    }
    const lock_guard joining{join_mutex_};
    timer_.join();
    return true;
  }

  journal_options options_;
  files_type files_;
  std::optional<typename files_type::lock_type> lock_;

  mutex mutex_;  // guards all below but what is said to belong to the publisher
  condition flushed_;
  bool flushing_{};
  bool failed_{};
  bool closing_{};
  bool closed_{};
  atomic<bool> was_closed_{};  // as closed_, to be read without the lock
  bool dirty_since_mark_{};
  std::string failure_;
  basic_log_end<when> log_end_;
  schema_ledger schemas_;
  atomic<std::uint64_t> schema_changes_{};
  hybrid_clock clock_;
  id_randomness random_;
  std::uint64_t next_sequence_{};   // of the next event
  std::uint64_t returned_{};        // appends that returned: events before this
  std::uint64_t durable_wanted_{};  // durable appends that wait: up to this
  std::uint64_t durable_{};         // on stable storage: events before this
  std::uint64_t visible_{};         // published: events before this
  std::uint32_t visible_place_{};
  std::uint32_t next_coordinate_{};
  condition gathered_;
  std::size_t waiting_{};  // durable callers whose events aren't in a flush yet
  std::size_t company_{};  // as many as lately came together
  tail_buffer tail_;
  key_set pending_keys_;
  shared_owner<const segment_list> segments_;
  active_file<Environment> active_;
  journal_counts counts_;
  std::optional<recovery_report> recovered_;
  std::uint64_t generation_{};
  bool compacting_{};

  // The publisher's, and with `active_.write` all that belongs to it.
  tail_buffer flight_;
  key_set flying_keys_;
  basic_log_head<when> head_;

  worker_thread timer_;
  mutex join_mutex_;
  condition timer_wake_;
  bool timer_running_{};
  bool timer_stop_{};
};

}  // namespace quipu::detail
