// SPDX-License-Identifier: BSL-1.0
//
// follower.hpp: a reader of a log that another process, or another object in this one, may be writing. It takes no lock and asks nothing of
// the writer: before each answer it looks whether the file has grown, checks what is new, and goes on to the next segment where there is one.
//
// It sees whole commits, as they are in the files: an event that the writer has just written, and is about to flush, may be seen.
// New frames are read into a buffer and checked there, so that a file that is cut off meanwhile is an error and not a fault of memory.
#pragma once

#include "../core/detail/atomic.hpp"
#include "../core/detail/monitor.hpp"
#include "../core/detail/ordering.hpp"
#include "../core/detail/owner.hpp"
#include "../environment/environment.hpp"
#include "detail/change_signal.hpp"
#include "detail/index_files.hpp"
#include "detail/log_copy.hpp"
#include "detail/log_files.hpp"
#include "detail/log_head.hpp"
#include "detail/log_snapshot.hpp"
#include "detail/placement.hpp"
#include "detail/schema_ledger.hpp"
#include "detail/segment.hpp"
#include "detail/segment_scan.hpp"
#include "journal_options.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace quipu::detail {

/// All members are thread-safe but for construction and destruction. Where an answer needs what is damaged, it is `errc::corrupt`.
template <environment Environment>
class follower {
  // As in the journal.
  using when = deferred<Environment, when_used>;
  using log_snapshot = basic_log_snapshot<when>;
  using segment = basic_segment<when>;
  using segment_index = basic_segment_index<when>;
  using segment_list = std::vector<shared_owner<segment>>;
  using segment_scan = basic_segment_scan<when>;
  using scan_result = basic_scan_result<when>;
  using placement = basic_placement<when>;

 public:
  /// Throws `errc::not_found` where there is no store, `errc::corrupt`, `errc::unsupported_format`, `errc::io_failed`.
  follower(Environment world, journal_options options) : options_{std::move(options)}, files_{std::move(world), options_.directory, false} {
    files_.open_existing();
    auto none = make_shared_owner<const segment_list>();
    segments_ = std::move(none);
    if (!open_next()) throw error{errc::corrupt, "the store has no segments", {.path = options_.directory.str()}};
    catch_up();
  }

  follower(const follower&) = delete;
  follower& operator=(const follower&) = delete;

  /// What can be seen now.
  [[nodiscard]] log_snapshot snapshot() {
    const lock_guard lock{mutex_};
    if (!is_closed()) catch_up();
    return seen();
  }

  /// Waits until the event with this number is there, this is closed, or `stop`, which whoever sets it tells to `changes()`. The writer tells
  /// nobody of what it writes, so this looks again and again: soon at first, then every 20 milliseconds.
  void wait_for_event(std::uint64_t sequence, std::int64_t microseconds, const atomic<bool>& stop) {
    const std::int64_t end_us = steady_now_us() + smaller(microseconds, longest_wait_us);
    for (std::int64_t pause_us = 1000;; pause_us = smaller<std::int64_t>(2 * pause_us, 20'000)) {
      const auto is_over = [&] { return is_closed() || stop.load(); };
      if (is_over() || snapshot().end_sequence > sequence) return;
      const std::int64_t left_us = end_us - steady_now_us();
      if (left_us <= 0 || changes_.wait(smaller(left_us, pause_us), is_over)) return;
    }
  }
  [[nodiscard]] change_signal& changes() noexcept { return changes_; }
  [[nodiscard]] auto& directory() noexcept { return files_.directory(); }

  struct entity_snapshot {
    log_snapshot seen;
    std::uint64_t count{};
  };
  /// What can be seen now, and how many events of an entity.
  [[nodiscard]] entity_snapshot snapshot_of(std::string_view entity) {
    const lock_guard lock{mutex_};
    catch_up();
    const entity_end* end = end_.entities.find(entity);
    return {seen(), end == nullptr ? 0 : end->next_sequence};
  }

  /// From now on `check_usable` throws `errc::closed`, and a snapshot is of what was seen until now.
  void close() noexcept {
    closed_.store(true);
    changes_.wake();
  }
  [[nodiscard]] bool is_closed() const noexcept { return closed_.load(); }
  void check_usable() const {
    if (is_closed()) throw error{errc::closed, "the store was closed", {.path = options_.directory.str()}};
  }

  [[nodiscard]] digest head() { return identity().chained ? head_.after(snapshot()) : digest{}; }

  /// Copies what is visible into another directory: see `copy_log`.
  void copy_to(const path& target) { copy_log(files_.world(), snapshot(), files_.head(), target); }

  void check_schema(event_kind kind, std::uint16_t version, std::uint64_t hash, std::string_view text) {
    const lock_guard lock{mutex_};
    schemas_.check(kind, version, hash, text);
  }
  [[nodiscard]] std::uint64_t schema_changes() const noexcept { return schema_changes_.load(); }

  [[nodiscard]] std::int64_t now_us() { return options_.clock ? options_.clock() : files_.world().now_us(); }
  [[nodiscard]] const store_identity& identity() const noexcept { return files_.identity(); }
  [[nodiscard]] std::int64_t created_at_us() const noexcept { return files_.created_at_us(); }
  [[nodiscard]] std::uint64_t entity_count() {
    const lock_guard lock{mutex_};
    return end_.entity_count;
  }

 private:
  using files_type = log_files<Environment>;
  static constexpr std::size_t window_bytes = std::size_t{256} << 10;
  static constexpr std::size_t most_entities = std::size_t{1} << 16;  // that are kept in memory from one segment to the next

  /// Offset in the last segment up to which it was read, or is covered by its index.
  [[nodiscard]] std::uint64_t read_end() const noexcept { return scan_ ? scan_->result().end : covered_.end; }
  [[nodiscard]] const scan_result& last() const noexcept { return scan_ ? scan_->result() : covered_; }

  [[nodiscard]] log_snapshot seen() const noexcept {
    return {segments_, end_.next_sequence, static_cast<std::uint32_t>(read_end() / frame_alignment)};
  }

  /// Takes all whole commits that are there.
  void catch_up() {
    for (;;) {
      if (last().sealed) {
        if (!open_next()) return;
      } else if (!read_on()) {
        return;
      }
    }
  }

  /// Opens the segment that begins where the last one ends; false where there is none yet.
  [[nodiscard]] bool open_next() {
    const std::uint64_t number = end_.next_sequence;
    if (!files_.directory().exists(segment_name<when>(number))) return false;
    // The writer may let a segment grow to any size that it is told to; a reader's mapping is at least as large as a segment mostly is.
    const auto capacity = static_cast<std::size_t>(options_.segment_max_bytes + placement::most_commit_bytes(options_));
    auto mapped = files_.map_segment(number, capacity, open_mode::read, true);
    mapped.bytes.is_shared = true;
    if (!segments_->empty() && last().seal->head != mapped.head_before)
      throw_corrupt("the segment doesn't go on where the one before it ends: it is of another copy of the store", mapped.path, 64);
    auto longer = make_shared_owner<segment_list>(*segments_);
    if (scan_) {
      longer->back()->complete(scan_->result().end);
      read_by_index(files_, longer->back(), longer->size() <= most_open_files, true);
    }
    scan_.reset();
    if (end_.entities.size() > most_entities) end_.entities.clear();
    end_.entities.look_in(make_shared_owner<const segment_list>(*longer));
    mapped_bytes_ = larger<std::uint64_t>(capacity, mapped.size);
    if (auto covered = segment_by_index(files_, number, mapped)) {
      take_cover(*covered->cover(), identity(), end_, covered_);
      if (covered_.sealed && segments_->size() >= most_open_files) read_by_index(files_, covered, false, true);
      head_.restore(covered->cover()->head, bytes_view{covered->head_state()}, end_.next_sequence);
      longer->push_back(std::move(covered));
      end_.entities.look_in(make_shared_owner<const segment_list>(*longer));
    } else {
      longer->push_back(make_shared_owner<segment>(mapped.path, number, identity(), mapped.bytes));
      scan_ = make_sole_owner<segment_scan>(*longer->back(), identity(), end_);
    }
    file_ = mapped.kept;
    segments_ = std::move(longer);
    schemas_ = {};
    schemas_.look_in(segments_);
    ++schema_changes_;
    return true;
  }

  /// Makes the last segment one that can grow, where it was opened by its index file.
  void thaw() {
    auto changed = make_shared_owner<segment_list>(*segments_);
    shared_owner<segment>& covered = changed->back();
    auto growing = make_shared_owner<segment>(covered->path(), covered->first_sequence(), identity(), covered->bytes());
    growing->grow_from(*covered);
    end_.entities.look_in(segments_);
    scan_ = make_sole_owner<segment_scan>(*growing, identity(), end_);
    scan_->resume_at(covered_.end);
    covered = std::move(growing);
    segments_ = std::move(changed);
  }

  /// Takes what is new in the last segment; false where there is nothing.
  [[nodiscard]] bool read_on() {
    const std::uint64_t begin = read_end();
    std::uint64_t size = file_->size();
    if (size < begin) throw_corrupt("the segment was cut off while it was read", std::string{file_->path()}, size);
    for (std::uint64_t wanted = window_bytes;; wanted *= 4) {
      if (size - begin < sizeof(std::uint32_t)) return false;
      const bytes_view window = read_window(begin, smaller(wanted, size - begin));
      if (window.size() < sizeof(std::uint32_t) || load_little_endian<std::uint32_t>(window.data()) == 0) return false;
      if (!scan_) thaw();
      scan_->read(window);
      if (scan_->result().end != begin) break;
      // No whole commit: a large one, one that is being written just now, or damage.
      size = file_->size();
      if (window.size() >= size - begin) return judge(begin, size);
    }
    learn_schemas();
    return true;
  }

  [[nodiscard]] bytes_view read_window(std::uint64_t begin, std::uint64_t count) {
    if (begin + count > mapped_bytes_)
      throw error{errc::configuration, "the writer's segments are larger than config.segment_max_bytes says",
                  {.path = std::string{file_->path()}, .expected = mapped_bytes_, .actual = begin + count}};
    if (window_.size() < count) window_.resize(static_cast<std::size_t>(count));
    return {window_.data(), file_->read_at(window_.data(), static_cast<std::size_t>(count), begin)};
  }

  /// Something is there that isn't a whole commit. A writer finishes what it began before it writes what comes after; so damage is only
  /// what doesn't change although later frames are whole.
  [[nodiscard]] bool judge(std::uint64_t begin, std::uint64_t size) {
    try {
      scan_->judge(read_window(begin, size - begin));
    } catch (const error&) {
      const std::uint64_t size_now = file_->size();
      const bytes_view again = read_window(begin, size_now - begin);
      scan_->read(again);
      if (scan_->result().end != begin) return true;
      scan_->judge(again);
    }
    return false;
  }

  void learn_schemas() {
    const shared_owner<segment>& last = segments_->back();
    const std::size_t known = last->with_index([](const segment_index& index) { return index.schemas().size(); });
    if (known == learned_ && last.get() == learned_from_) return;
    last->with_index([&](const segment_index& index) { schemas_.learn(index, last->first_sequence() + 1); });
    learned_ = known;
    learned_from_ = last.get();
    ++schema_changes_;
  }

  journal_options options_;
  files_type files_;
  mutex mutex_;
  shared_owner<const segment_list> segments_;
  basic_log_end<when> end_;
  sole_owner<segment_scan> scan_;  // of the last segment; null while that is read through its index file
  scan_result covered_;            // and then this is what the index covers
  typename files_type::file_type* file_{};  // of the last segment, which keeps it
  std::uint64_t mapped_bytes_{};
  deferred<Environment, bytes> window_;
  basic_schema_ledger<when> schemas_;
  std::size_t learned_{};
  const segment* learned_from_{};
  atomic<std::uint64_t> schema_changes_{};
  atomic<bool> closed_{};
  change_signal changes_;
  basic_log_head<when> head_;
};

}  // namespace quipu::detail
