// SPDX-License-Identifier: BSL-1.0
//
// follower.hpp: a reader of a log that another process, or another object in this one, may be writing. It takes no lock
// and needs nothing of the writer: before each answer it checks whether the file has grown, verifies the new frames,
// and continues with the next segment if there is one.
//
// It sees whole commits as they are in the files, also an event that the writer has written and not flushed yet. When a
// compaction replaces files, it keeps those that it has mapped. It reads the whole log again after a note that events
// were dropped or erased, and when the next segment to open was merged into another one. New frames are read into a
// buffer and checked there, so that a file that is cut off meanwhile is an error and not a memory fault.
//
// A failure changes nothing that is shown: what is shown is exchanged after everything new was taken. What must be done
// again after a failure is remembered until it succeeds.
#pragma once

#include "../../core/detail/process_mark.hpp"
#include "../../core/detail/process_mutex.hpp"
#include "../../core/detail/steady_time.hpp"
#include "../../environment/environment.hpp"
#include "../../macros.hpp"
#include "../config.hpp"
#include "../maintain/log_copy.hpp"
#include "../reports.hpp"
#include "../segment/index_files.hpp"
#include "../segment/log_files.hpp"
#include "../segment/segment.hpp"
#include "../segment/segment_list.hpp"
#include "../segment/segment_scan.hpp"
#include "../segment/unread_segments.hpp"
#include "../write/append_entry.hpp"
#include "../write/change_signal.hpp"
#include "../write/log_head.hpp"
#include "../write/placement.hpp"
#include "../write/schema_ledger.hpp"
#include "log_salvage.hpp"
#include "log_snapshot.hpp"
#include "log_source.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace quipu::detail::inline QUIPU_MODE {

/// All members are thread-safe, except construction and destruction. A member that needs damaged data throws
/// `errc::corrupt`. After any exception the next call looks again, and succeeds if the cause is gone.
class follower final : public log_source {
  // As in the journal.
 public:
  /// Throws `errc::not_found` if there is no store, `errc::corrupt`, `errc::unsupported_format`, `errc::io_failed`.
  explicit follower(const config& options);

  follower(const follower&) = delete;
  follower& operator=(const follower&) = delete;

  /// What is visible now.
  [[nodiscard]] QUIPU_DECL log_snapshot snapshot() override;

  /// Waits until the event with this sequence is visible, the follower is closed, or `stop` is set; the setter must
  /// call `changes().wake()`. The writer does not signal other processes, so this polls: soon at first, then every 20
  /// milliseconds.
  QUIPU_DECL void wait_for_event(std::uint64_t sequence, std::int64_t microseconds,
                                 const std::atomic<bool>& stop) override;
  void wake() noexcept override { changes_.wake(); }
  [[nodiscard]] environment_directory& directory() noexcept override { return files_.directory(); }

  [[nodiscard]] QUIPU_DECL entity_snapshot snapshot_of(std::string_view entity) override;
  [[nodiscard]] QUIPU_DECL std::uint64_t generation() override;

  /// Afterwards `check_usable` throws `errc::closed`, and snapshots show what was seen before.
  void close() noexcept;
  [[nodiscard]] bool is_closed() const noexcept override { return closed_.load(); }
  QUIPU_DECL void check_usable() const override;

  /// Whether this is a forked child's copy of the follower.
  [[nodiscard]] bool is_foreign() const noexcept { return !opened_by_.is_this_process(); }
  /// Throws `errc::locked` in a forked child.
  void check_process() const override { opened_by_.check(); }

  [[nodiscard]] QUIPU_DECL digest head() override;
  /// Throws `errc::corrupt` with the first damage that was left out, if any was.
  QUIPU_DECL void check_whole() const override;

  /// Copies what is visible into another directory: see `copy_log`.
  QUIPU_DECL void copy_to(const std::filesystem::path& target) override;

  QUIPU_DECL void check_schema(const event_shape& shape) override;
  [[nodiscard]] std::uint64_t schema_changes() const noexcept override { return schema_changes_.load(); }
  /// See `store_diagnostics::shared_kinds`.
  [[nodiscard]] std::vector<shared_kind> shared_kinds();

  [[nodiscard]] std::int64_t now_us() override { return options_.clock ? options_.clock() : files_.world()->now_us(); }
  [[nodiscard]] const store_identity& identity() const noexcept override { return files_.identity(); }
  [[nodiscard]] std::int64_t created_at_us() const noexcept override { return files_.created_at_us(); }
  /// The damage that was left out; see `config.open`.
  [[nodiscard]] const std::vector<damage_report>& damage() const noexcept { return damage_; }
  [[nodiscard]] std::uint64_t entity_count();
  /// How the log was when this was constructed.
  [[nodiscard]] const opening_report& opening() const noexcept { return opening_; }

 private:
  static constexpr std::size_t window_bytes = std::size_t{256} << 10;
  static constexpr std::size_t most_entities = std::size_t{1}
                                               << 16;  // entities kept in memory from one segment to the next
  static constexpr int most_attempts = 100;

  /// The log as it is read so far.
  struct view {
    std::shared_ptr<const segment_list> segments = std::make_shared<const segment_list>();
    log_end end{};
    std::uint64_t generation{};            ///< the highest generation of the segments
    std::unique_ptr<segment_scan> scan{};  ///< scan of the last segment; null while it is read through its index file
    scan_result covered{};                 ///< what that index file covers
    environment_file* file{};              ///< file of the last segment; null if it is sealed and covered
    std::unique_ptr<environment_file> own_file{};  ///< its owner, if the segment does not keep it
    std::uint64_t mapped_bytes{};
    std::uint64_t judged_size{};  ///< size of the last segment's file when `judge_room` last examined it
    schema_ledger schemas{};
    std::size_t learned{};          ///< changes to the last segment's schemas that `schemas` has
    const segment* learned_from{};  ///< that segment
    opening_report opened{};        ///< the segments that the log had when it was loaded

    /// What was scanned, or is covered, of the last segment.
    [[nodiscard]] const scan_result& last() const noexcept { return scan ? scan->result() : covered; }
    /// Whether a scan failed midway. Such a view can't be read on.
    [[nodiscard]] bool is_torn() const noexcept { return scan && scan->is_torn(); }
  };

  /// What callers see.
  struct shown_log {
    log_snapshot snapshot{};
    std::uint64_t entity_count{};
  };

  /// Takes everything new, and shows it.
  void look();
  void show() noexcept;

  /// Takes everything new.
  void catch_up();
  /// Takes whole commits, or opens the next segment; false if there is nothing new. May find that the view is out of
  /// date, and set `must_load_`.
  [[nodiscard]] bool advance();

  /// Reads the log from its beginning, and starts again if files are replaced meanwhile.
  void load();
  /// Null if the files are replaced meanwhile.
  [[nodiscard]] std::unique_ptr<view> load_once(const log_files::placed_list& placed);
  /// Opens the segments behind `unread`. Null if it needs what only reading those tells.
  [[nodiscard]] std::unique_ptr<view> load_behind(unread_segments unread, const log_files::placed_list& placed);

  /// False if a segment was replaced after it was opened and another was opened in its new state: such a view would mix
  /// the log before and after events were dropped. `last_size`: the size of the last segment's file before the first
  /// was opened.
  [[nodiscard]] bool is_consistent(const view& of, const log_files::placed_list& placed, std::uint64_t last_size);

  /// Reads what is sound, once. The view gets a generation of its own, so that states folded from it do not match
  /// caches of others.
  void salvage();

  /// The highest generation of the segments that make up the log now.
  [[nodiscard]] std::uint64_t generation_now();

  /// Whether the last segment's name still belongs to the file that was opened. Checked at every look while the next
  /// segment is missing; does not list the directory.
  [[nodiscard]] bool is_last_in_place();
  /// Opens the segment that begins where the last one ends; false if there is none yet.
  [[nodiscard]] bool open_next();

  /// False if the file is gone.
  [[nodiscard]] bool try_open_segment(view& to, std::uint64_t first, const std::string& name);
  /// `keeps_file`: the segment keeps its file open. The last segment always does; of the others, `most_open_files` do.
  void open_segment(view& to, std::uint64_t first, const std::string& name, bool keeps_file);

  /// Throws `errc::corrupt` if the last segment was read up to its seal and its file doesn't end there: a writer makes
  /// the file as short as that before it writes the seal.
  static void require_sealed_end(const view& of);

  /// Makes the last segment one that can grow, if it was opened by its index file.
  void thaw(view& of);

  /// Takes new frames of the last segment; false if there are none.
  [[nodiscard]] bool read_on(view& of);

  /// Whether the writer has begun to write at an offset: room that it reserved begins with zeros.
  [[nodiscard]] bool is_written(const view& of, std::uint64_t begin);

  /// Decides what zeros at the next frame's offset mean: room that the writer reserved, or a frame that was
  /// overwritten. Examined once for each size of the file. Returns true if frames have appeared meanwhile.
  [[nodiscard]] bool judge_room(view& of, std::uint64_t begin, std::uint64_t size);

  [[nodiscard]] bytes_view read_window(const view& of, std::uint64_t begin, std::uint64_t count);

  /// Decides what bytes that are no whole commit mean. The writer finishes a commit before it writes the next one, so
  /// they are damage only if they do not change although later frames are whole.
  [[nodiscard]] bool judge(view& of, std::uint64_t begin, std::uint64_t size);

  void learn_schemas(view& of);

  config options_;
  log_files files_;
  process_mark opened_by_;
  process_mutex mutex_;
  std::unique_ptr<view> view_;
  shown_log shown_;
  std::vector<damage_report> damage_;
  opening_report opening_;
  bool must_load_{true};   // the view is missing, torn or out of date and must be loaded again
  bool must_compare_{};    // segments were opened by their index files, which don't tell of notes in them
  std::uint64_t noted_{};  // the highest generation named by a note in the log
  bytes window_;
  std::atomic<std::uint64_t> schema_changes_{};
  std::atomic<bool> closed_{};
  change_signal changes_;
  log_head head_;
};

}  // namespace quipu::detail::inline QUIPU_MODE
