// SPDX-License-Identifier: BSL-1.0
//
// follower.hpp: a reader of a log that another process, or another object in this one, may be writing. It takes no lock
// and asks nothing of the writer: before each answer it looks whether the file has grown, checks what is new, and goes
// on to the next segment where there is one.
//
// It sees whole commits, as they are in the files: an event that the writer has just written, and is about to flush,
// may be seen. A compaction changes files that it has: it keeps those that it has mapped, and reads all of the log anew
// where it is told that events were dropped or erased, or where the segment that it would open next has become a part
// of another one. New frames are read into a buffer and checked there, so that a file that is cut off meanwhile is an
// error and not a fault of memory.
#pragma once

#include "../../core/detail/steady_time.hpp"
#include "../../environment/environment.hpp"
#include "../../macros.hpp"
#include "../config.hpp"
#include "../maintain/log_copy.hpp"
#include "../reports.hpp"
#include "../segment/index_files.hpp"
#include "../segment/log_files.hpp"
#include "../segment/segment.hpp"
#include "../segment/segment_scan.hpp"
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

/// All members are thread-safe but for construction and destruction. Where an answer needs what is damaged, it is
/// `errc::corrupt`.
class follower final : public log_source {
  // As in the journal.
  using segment_list = std::vector<std::shared_ptr<segment>>;

 public:
  /// Throws `errc::not_found` where there is no store, `errc::corrupt`, `errc::unsupported_format`, `errc::io_failed`.
  explicit follower(const config& options);

  follower(const follower&) = delete;
  follower& operator=(const follower&) = delete;

  /// What can be seen now.
  [[nodiscard]] log_snapshot snapshot() override;

  /// Waits until the event with this number is there, this is closed, or `stop`, which whoever sets it tells to
  /// `changes()`. The writer tells nobody of what it writes, so this looks again and again: soon at first, then every
  /// 20 milliseconds.
  void wait_for_event(std::uint64_t sequence, std::int64_t microseconds, const std::atomic<bool>& stop) override;
  void wake() noexcept override { changes_.wake(); }
  [[nodiscard]] environment_directory& directory() noexcept override { return files_.directory(); }

  [[nodiscard]] entity_snapshot snapshot_of(std::string_view entity) override;

  /// From now on `check_usable` throws `errc::closed`, and a snapshot is of what was seen until now.
  void close() noexcept;
  [[nodiscard]] bool is_closed() const noexcept override { return closed_.load(); }
  void check_usable() const override;

  [[nodiscard]] digest head() override;
  /// Throws `errc::corrupt` with the first of what was left out, if anything was.
  void check_whole() const override;

  /// Copies what is visible into another directory: see `copy_log`.
  void copy_to(const std::filesystem::path& target) override;

  void check_schema(const event_shape& shape) override;
  [[nodiscard]] std::uint64_t schema_changes() const noexcept override { return schema_changes_.load(); }

  [[nodiscard]] std::int64_t now_us() override { return options_.clock ? options_.clock() : files_.world()->now_us(); }
  [[nodiscard]] const store_identity& identity() const noexcept override { return files_.identity(); }
  [[nodiscard]] std::int64_t created_at_us() const noexcept override { return files_.created_at_us(); }
  /// What was left out; see `config.open`.
  [[nodiscard]] const std::vector<damage_report>& damage() const noexcept { return damage_; }
  [[nodiscard]] std::uint64_t entity_count();

 private:
  static constexpr std::size_t window_bytes = std::size_t{256} << 10;
  static constexpr std::size_t most_entities = std::size_t{1}
                                               << 16;  // that are kept in memory from one segment to the next
  static constexpr int most_attempts = 100;

  /// The log as it is read so far.
  struct view {
    std::shared_ptr<const segment_list> segments = std::make_shared<const segment_list>();
    log_end end{};
    std::uint64_t generation{};            ///< the highest of the segments'
    std::unique_ptr<segment_scan> scan{};  ///< of the last segment; null while that is read through its index file
    scan_result covered{};                 ///< and then this is what the index covers
    environment_file* file{};              ///< of the last segment; null where that is sealed and covered
    std::unique_ptr<environment_file> own_file{};  ///< where the segment doesn't keep it
    std::uint64_t mapped_bytes{};
    std::uint64_t judged_size{};  ///< of the last segment's file, when what is behind its frames was looked at

    /// What was read, or is covered, of the last segment.
    [[nodiscard]] const scan_result& last() const noexcept { return scan ? scan->result() : covered; }
  };

  [[nodiscard]] log_snapshot seen() const noexcept;

  /// Reads the log from its beginning. Files may be replaced meanwhile: then it begins again. Where it fails, the next
  /// look does it.
  void load();

  /// False where a segment was replaced, after it was opened, while another was opened as it is since then: an answer
  /// would be neither of the log before events were dropped nor of that after.
  [[nodiscard]] bool is_consistent(const view& of, const log_files::placed_list& placed);

  /// Reads what is sound, once. What is folded from that is nothing for a cache that others have: so it is of a
  /// generation of its own.
  void salvage();

  /// Takes all whole commits that are there.
  void catch_up();

  /// The highest of the segments' that are the log now.
  [[nodiscard]] std::uint64_t generation_now();

  /// Whether the file of the last segment's name is still the one that was opened. Asked at every look while the next
  /// one isn't there, so without listing the directory.
  [[nodiscard]] bool is_last_in_place();
  /// Opens the segment that begins where the last one ends; false where there is none yet.
  [[nodiscard]] bool open_next();

  /// False where the file is gone.
  [[nodiscard]] bool try_open_segment(view& to, std::uint64_t first, const std::string& name);
  /// `keeps_file`: the segment keeps its file open, as `most_open_files` may and the last one, which is waited for,
  /// does.
  void open_segment(view& to, std::uint64_t first, const std::string& name, bool keeps_file);

  /// Makes the last segment one that can grow, where it was opened by its index file.
  void thaw(view& of);

  /// Takes what is new in the last segment; false where there is nothing.
  [[nodiscard]] bool read_on(view& of);

  /// Zeros where the next frame would begin: room that the writer set aside, or a frame that was overwritten with them.
  /// Looked at once for each size that the file has. True where frames have come meanwhile.
  [[nodiscard]] bool judge_room(view& of, std::uint64_t begin, std::uint64_t size);

  [[nodiscard]] bytes_view read_window(view& of, std::uint64_t begin, std::uint64_t count);

  /// Something is there that isn't a whole commit. A writer finishes what it began before it writes what comes after;
  /// so damage is only what doesn't change although later frames are whole.
  [[nodiscard]] bool judge(view& of, std::uint64_t begin, std::uint64_t size);

  void learn_schemas(const view& of);

  config options_;
  log_files files_;
  std::mutex mutex_;
  std::unique_ptr<view> view_;
  std::vector<damage_report> damage_;
  bool must_load_{};       // the view isn't what the log is
  std::uint64_t noted_{};  // the highest generation that a note in the log told of
  bytes window_;
  schema_ledger schemas_;
  std::size_t learned_{};
  const segment* learned_from_{};
  std::atomic<std::uint64_t> schema_changes_{};
  std::atomic<bool> closed_{};
  change_signal changes_;
  log_head head_;
};

}  // namespace quipu::detail::inline QUIPU_MODE
