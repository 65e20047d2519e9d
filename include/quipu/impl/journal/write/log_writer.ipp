// SPDX-License-Identifier: BSL-1.0
//
// log_writer.ipp: see journal/write/log_writer.hpp.
#pragma once

#include "../../../core/bytes.hpp"
#include "../../../core/error.hpp"
#include "../../../event/event_id.hpp"
#include "../../../journal/config.hpp"
#include "../../../journal/format/compaction_manifest.hpp"
#include "../../../journal/format/layout.hpp"
#include "../../../journal/read/log_snapshot.hpp"
#include "../../../journal/reports.hpp"
#include "../../../journal/segment/log_files.hpp"
#include "../../../journal/segment/replica_file.hpp"
#include "../../../journal/segment/segment.hpp"
#include "../../../journal/write/active_file.hpp"
#include "../../../journal/write/append_entry.hpp"
#include "../../../journal/write/change_signal.hpp"
#include "../../../journal/write/commit_builder.hpp"
#include "../../../journal/write/commit_progress.hpp"
#include "../../../journal/write/commit_size.hpp"
#include "../../../journal/write/fence_gate.hpp"
#include "../../../journal/write/flush_turn.hpp"
#include "../../../journal/write/log_writer.hpp"
#include "../../../journal/write/pending_keys.hpp"
#include "../../../journal/write/placement.hpp"
#include "../../../journal/write/segment_writer.hpp"
#include "../../../journal/write/single_append.hpp"
#include "../../../journal/write/staged_commit.hpp"
#include "../../../journal/write/write_access.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <utility>

namespace quipu::detail::inline QUIPU_MODE {

QUIPU_DECL log_writer::log_writer(const config& options, const std::optional<event_id>& replica_of)
    : options_{options},
      clock_guard_{guard_of(options)},
      segments_{environment_of(options), options.directory, options.create_if_missing},
      access_{segments_.files().lock(), options.directory.string()},
      builder_{random_seed(), options.sync.mode == sync_mode::durable ? durability::durable : durability::buffered},
      notices_{options.observer.get()} {
  if (options.error_if_exists) segments_.files().require_no_store();
  log_files::opened_store store = segments_.files().open_or_create(options.chain, options.chain_key, event_time_us(),
                                                                   replica_of.value_or(event_id::nil()));
  access_.hold(std::move(store.lock));
  if (!replica_of && !options.leave_replication)
    require_no_replica(segments_.files().directory(), segments_.identity());
  segment_writer::opened_log opened = segments_.open(store.segments, capacity());
  opening_ = opened.report;
  if (store.is_new) opening_.path = opening_path::created;
  if (segments_.files().unfinished_compaction()) opening_.path = opening_path::compacted;
  recovered_ = std::move(opened.recovered);
  progress_ = commit_progress{opened.next_sequence};
  builder_.continue_after(opened.last_id);
  if (opened.is_sealed) segments_.begin(prepare_next_segment(), progress_.placed());
}

QUIPU_DECL journal_counts log_writer::counts() const {
  journal_counts now = counts_;
  now.segments = segments_.segment_count();
  now.entities = segments_.entity_count();
  now.index_failures = segments_.index_failures();
  return now;
}

QUIPU_DECL std::int64_t log_writer::now_us() const {
  constexpr std::int64_t latest = (std::int64_t{1} << 48) * 1000 - 1'000'000;
  const std::int64_t now = options_.clock ? options_.clock() : segments_.files().world()->now_us();
  return std::max<std::int64_t>(std::min<std::int64_t>(now, latest), 0);
}

QUIPU_DECL clock_guard log_writer::guard_of(const config& options) noexcept {
  if (options.clock || options.max_clock_advance == std::chrono::milliseconds{0}) return {};
  return clock_guard{std::chrono::microseconds{options.max_clock_advance}.count()};
}

QUIPU_DECL bool log_writer::has_excluded_events(const placement& placing) const {
  if (!placing.has_conditions()) return false;
  const std::uint64_t first = placing.first_unexpected(segments_.entities());
  if (first >= progress_.placed()) return false;
  return builder_.any_of_waiting(
      first, segments_.identity().chained,
      [&placing](const coordinate_slot& where, const frame_view& frame) { return placing.excludes(where, frame); });
}

QUIPU_DECL bool log_writer::fits(std::uint64_t bytes) const noexcept {
  return placed_end() + bytes <= options_.segment_max_bytes || segments_.is_empty(progress_.placed());
}

QUIPU_DECL void log_writer::reserve(std::uint64_t bytes) {
  segments_.reserve(placed_end() + bytes, options_.writer.preallocate_bytes, options_.segment_max_bytes);
}

QUIPU_DECL placed_commit log_writer::place(placement& placing, std::span<receipt> receipts, std::int64_t now) {
  prepare(placing);
  return record_placed(placing, builder_.lay_out(placing, receipts, segments_, progress_.placed(), now));
}

// Flattened: each of these steps takes less than a call.
[[gnu::flatten]] QUIPU_DECL std::optional<placed_commit> log_writer::try_place(single_append& event, receipt& given) {
  access_.check_open();
  const std::uint64_t end = placed_end() + event.most_bytes();
  const bool has_room = end <= options_.segment_max_bytes && segments_.has_reserved(end) && !is_buffer_full();
  if (!has_room || fence_.is_open() || !segments_.is_growing() ||
      !event.find(segments_.entities(), segments_.schemas(), segments_.active_number()))
    return std::nullopt;
  builder_.reserve(event);
  const placed_commit made = builder_.lay_out(event, given, progress_.placed(), event_time_us());
  progress_.record_placed(made.end);
  is_marked_ = false;
  ++counts_.appends;
  return made;
}

QUIPU_DECL placed_commit log_writer::place_staged(placement& placing, std::span<receipt> receipts,
                                                  const staged_commit& staged) {
  prepare(placing);
  return record_placed(placing, builder_.lay_out_staged(placing, receipts, segments_, progress_.placed(), staged));
}

QUIPU_DECL void log_writer::complete_receipts(std::span<receipt> receipts) const noexcept {
  for (receipt& each : receipts) each.durable = each.sequence < progress_.durable();
  if (!segments_.identity().chained) return;
  try {
    log_snapshot seen;  // taken when it is needed: a buffered event often has no hash yet
    for (receipt& each : receipts) {
      if (each.sequence >= progress_.visible() || !each.hash.is_zero()) continue;
      if (!seen.segments) seen = visible();
      if (const auto found = seen.find_sequence(each.sequence)) each.hash = found.frame.hash();
    }
  } catch (...) {
    return;  // the events are in the log; reading them reports what is wrong
  }
}

QUIPU_DECL void log_writer::flush_until(std::unique_lock<std::mutex>& lock, std::uint64_t until, turn_wait how) {
  if (progress_.durable() >= until) return;
  const flush_turn::caller counted{turn_};
  turn_.join();
  while (progress_.durable() < until) {
    access_.check_writable();
    if (turn_.is_taken()) {
      turn_.wait(lock, how);
      continue;
    }
    turn_.gather(lock, segments_.flush_time_us());
    publish(lock, true);
  }
}

QUIPU_DECL void log_writer::wait_until_kept(std::unique_lock<std::mutex>& lock, const placed_commit& made,
                                            turn_wait how) {
  flush_until(lock, made.durable_until, how);
  if (progress_.must_flush()) write_until(lock, made.end, how);
  if (progress_.record_returned(made.end) && made.end > progress_.visible()) changes_.ring();
}

QUIPU_DECL void log_writer::write_returned(std::unique_lock<std::mutex>& lock) {
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

/// Returns the error of a write or flush as an append throws it. `errc::storage_full` says that the log is as it was;
/// but here a part of what was appended may be in the file, or all of it.
[[nodiscard]] QUIPU_DECL error in_doubt(const error& failure) {
  if (failure.code() != errc::storage_full) return failure;
  return {errc::io_failed,
          "there was no room for what was appended; it may be in the log",
          {.path = failure.path(), .offset = failure.offset(), .system_error = failure.system_error()}};
}

QUIPU_DECL void log_writer::publish(std::unique_lock<std::mutex>& lock, bool with_sync) {
  const std::size_t served = turn_.take();
  builder_.begin_group();
  const std::uint64_t end = progress_.placed();
  const active_file::position here = segments_.position();
  keys_.begin_writing();
  lock.unlock();
  const stopwatch time{notices_.to()};
  std::exception_ptr problem;
  try {
    segments_.write(builder_.group(), here, with_sync);
  } catch (const error& failure) {
    problem = std::make_exception_ptr(in_doubt(failure));
  } catch (...) {
    problem = std::current_exception();
  }
  lock.lock();
  turn_.give_back();
  last_flush_us_ = static_cast<std::uint64_t>(segments_.flush_time_us());
  if (problem) {
    record_failure(problem);
    fence_.wake_all();
  } else {
    if (with_sync) record_flush(end, served, time);
    segments_.record_written(builder_.group().size(), with_sync);
    progress_.record_written(end, with_sync);
    counts_.written_bytes += builder_.group().size();
  }
  builder_.drop_group();
  keys_.remove_written();
  turn_.wake_all();
  changes_.ring();
  if (problem) std::rethrow_exception(problem);
}

QUIPU_DECL void log_writer::record_failure(const std::exception_ptr& problem) noexcept {
  access_.record_failure(problem);
  notices_.add_failure(access_.failure());
}

QUIPU_DECL void log_writer::record_flush(std::uint64_t end, std::size_t served, const stopwatch& time) noexcept {
  turn_.record_company(served);
  ++counts_.flushes;
  if (notices_.to() == nullptr) return;
  notices_.add(observer::flushed{.events = end - progress_.durable(),
                                 .bytes = builder_.group().size(),
                                 .callers = served,
                                 .took = time.elapsed()});
}

QUIPU_DECL void log_writer::rotate() {
  const stopwatch time{notices_.to()};
  segments_.thaw();
  auto prepared = prepare_next_segment();
  const std::uint64_t sealed_bytes = segments_.written_end();
  try {
    segments_.seal_and_begin(std::move(prepared), progress_.placed());
  } catch (...) {
    record_failure(std::current_exception());
    throw;
  }
  if (notices_.to() == nullptr) return;
  notices_.add(observer::rotated{.first_sequence = progress_.placed(), .bytes = sealed_bytes, .took = time.elapsed()});
}

QUIPU_DECL void log_writer::write_mark() {
  if (is_marked_) return;
  try {
    segments_.write_mark(progress_.placed());
    is_marked_ = true;
  } catch (...) {
    record_failure(std::current_exception());
    throw;
  }
  segments_.write_index(false, progress_.placed());
  segments_.write_end(progress_.placed());
}

QUIPU_DECL void log_writer::write_compaction_note(std::unique_lock<std::mutex>& lock) {
  turn_.wait_until_free(lock);
  segments_.thaw();
  if (access_.has_failed() || !segments_.try_reserve(placed_end() + compaction_note::frame_bytes)) return;
  builder_.lay_out_note(compaction_note{segments_.generation()}, progress_.placed());
  is_marked_ = false;
  publish(lock, true);
}

QUIPU_DECL void log_writer::begin_compaction(std::unique_lock<std::mutex>& lock) {
  access_.check_open();
  if (compacting_)
    throw error{errc::busy, "the store is being compacted already", {.path = options_.directory.string()}};
  compacting_ = true;
  compactor_.set();
  try {
    seal_all(lock);
  } catch (...) {
    end_compaction();
    throw;
  }
}

QUIPU_DECL void log_writer::end_compaction() noexcept {
  compacting_ = false;
  turn_.wake_all();
}

QUIPU_DECL void log_writer::wait_for_compaction(std::unique_lock<std::mutex>& lock) {
  while (compacting_) turn_.wait(lock);
}

QUIPU_DECL std::uint64_t log_writer::random_seed() const {
  std::uint64_t seed{};
  segments_.files().world()->random(reinterpret_cast<std::byte*>(&seed), sizeof seed);
  return seed;
}

QUIPU_DECL std::size_t log_writer::capacity() const noexcept {
  return static_cast<std::size_t>(options_.segment_max_bytes + commit_size::frame_bytes_limit(options_));
}

QUIPU_DECL log_files::mapped_segment log_writer::prepare_next_segment() {
  return segments_.prepare_next(progress_.placed(), capacity(), now_us());
}

QUIPU_DECL void log_writer::seal_all(std::unique_lock<std::mutex>& lock) {
  for (;;) {
    access_.check_open();
    if (turn_.is_taken())
      turn_.wait(lock);
    else if (!is_buffer_empty() || progress_.not_durable() != 0)
      publish(lock, true);
    else
      break;
  }
  if (!segments_.is_empty(progress_.placed())) rotate();
}

QUIPU_DECL void log_writer::prepare(placement& placing) {
  segments_.thaw();
  placing.prepare(segments_.entities(), segments_.schemas());
  schema_changes_.store(segments_.schemas().changes());
  builder_.reserve(placing);
  if (placing.has_keys()) keys_.add_new(placing);
}

QUIPU_DECL placed_commit log_writer::record_placed(const placement& placing, const placed_commit& made) noexcept {
  progress_.record_placed(made.end);
  if (placing.new_count() != 0) is_marked_ = false;
  ++counts_.appends;
  return made;
}

QUIPU_DECL void log_writer::write_until(std::unique_lock<std::mutex>& lock, std::uint64_t until, turn_wait how) {
  const flush_turn::caller counted{turn_};
  while (progress_.visible() < until) {
    access_.check_writable();
    if (turn_.is_taken())
      turn_.wait(lock, how);
    else
      publish(lock);
  }
}

}  // namespace quipu::detail::inline QUIPU_MODE
