// SPDX-License-Identifier: BSL-1.0
//
// segment_writer.hpp: the files of a log, for its writer: the sealed segments, the one that grows, and what the writer
// knows of entities, coordinates, schemas and the log's head. It opens the log, writes frames to the active segment,
// seals it and begins the next.
//
// A segment that was opened by its index file is immutable; `thaw` replaces it by one that can grow before anything is
// added.
#pragma once

#include "../../core/bytes.hpp"
#include "../../environment/environment.hpp"
#include "../../event/event_id.hpp"
#include "../../hash/digest.hpp"
#include "../../macros.hpp"
#include "../format/compaction_manifest.hpp"
#include "../format/layout.hpp"
#include "../read/log_snapshot.hpp"
#include "../reports.hpp"
#include "../segment/index_files.hpp"
#include "../segment/log_files.hpp"
#include "../segment/segment.hpp"
#include "../segment/segment_list.hpp"
#include "../segment/segment_scan.hpp"
#include "active_file.hpp"
#include "entity_table.hpp"
#include "log_head.hpp"
#include "log_opening.hpp"
#include "placement.hpp"
#include "schema_ledger.hpp"
#include "tail_buffer.hpp"

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace quipu::detail::inline QUIPU_MODE {

/// Guarded by the journal's lock, except where a member says otherwise. `write` is called without the lock, by the
/// thread whose turn it is to write; members that change the active segment are called while no thread writes.
class segment_writer {
 public:
  /// Opens the directory. If it is missing, `create_if_missing` makes it; otherwise throws `errc::not_found`, also if
  /// there is no store in it. Throws `errc::not_found` for a directory with other files in any case.
  segment_writer(std::shared_ptr<environment> world, const std::filesystem::path& directory, bool create_if_missing);

  // ---- opening

  struct opened_log {
    std::uint64_t next_sequence{};
    event_id last_id{};
    bool is_sealed{};  ///< the last segment is, so that the next must be begun
    std::optional<recovery_report> recovered{};
    opening_report report{};
  };
  /// Opens the log's segments, the last one with `capacity` bytes, and cuts off what a crash left behind the last
  /// commit. Throws `errc::corrupt`, `errc::io_failed`.
  [[nodiscard]] opened_log open(const log_files::placed_list& placed, std::size_t capacity);

  // ---- what there is

  /// Needs no lock. A compaction may only change files that no segment has.
  [[nodiscard]] log_files& files() noexcept { return files_; }
  [[nodiscard]] const log_files& files() const noexcept { return files_; }
  /// No lock: does not change.
  [[nodiscard]] const store_identity& identity() const noexcept { return files_.identity(); }
  /// No lock: does not change.
  [[nodiscard]] std::int64_t created_at_us() const noexcept { return files_.created_at_us(); }

  /// The events before `visible`, which are all that were written.
  [[nodiscard]] log_snapshot snapshot(std::uint64_t visible) const {
    return {segments_, visible, visible_place_, generation()};
  }
  [[nodiscard]] std::size_t segment_count() const noexcept { return segments_->size(); }
  [[nodiscard]] segment_list sealed_segments() const { return segments_->without_back(); }
  /// No lock. Changes after the segments were exchanged.
  [[nodiscard]] std::uint64_t generation() const noexcept { return generation_.load(); }
  [[nodiscard]] std::uint64_t entity_count() const noexcept { return end_.entity_count; }
  /// How many index files could not be made.
  [[nodiscard]] std::uint64_t index_failures() const noexcept { return index_failures_; }
  /// Streams and coordinates, including events that are placed and not written.
  [[nodiscard]] entity_table& entities() noexcept { return end_.entities; }
  [[nodiscard]] const entity_table& entities() const noexcept { return end_.entities; }
  [[nodiscard]] schema_ledger& schemas() noexcept { return schemas_; }

  /// The log's head after a snapshot. Thread-safe without the lock. Throws `errc::corrupt`.
  [[nodiscard]] digest head_after(const log_snapshot& seen);
  /// Where the head is that was computed last. Thread-safe without the lock.
  [[nodiscard]] log_head copy_of_head() const { return head_; }

  // ---- the segment that grows

  /// Offset behind the last frame that is in the active segment's file.
  [[nodiscard]] std::uint64_t written_end() const noexcept { return active_.end(); }
  /// Whether the active segment has no event, when the next one gets this sequence.
  [[nodiscard]] bool is_empty(std::uint64_t next_sequence) const noexcept;
  /// How long the last flush took.
  [[nodiscard]] std::int64_t flush_time_us() const noexcept { return active_.flush_time_us(); }

  /// Whether the segment can grow: see `thaw`.
  [[nodiscard]] bool is_growing() const noexcept { return thawed_; }
  /// Identifies the active segment in the slots of coordinates and schemas.
  [[nodiscard]] std::uint64_t active_number() const noexcept { return active_.shared()->first_sequence() + 1; }
  /// Whether room is reserved up to offset `end`.
  [[nodiscard]] bool has_reserved(std::uint64_t end) const noexcept { return end <= active_.here().reserved; }

  /// Makes the active segment one that can grow, if it was opened by its index file and nothing was added yet.
  void thaw();

  /// Where frames for the active segment are laid out. Nothing may be laid out before `thaw`.
  [[nodiscard]] frame_writer frames_into(tail_buffer& buffer, bytes& definition, std::uint64_t& next_sequence) noexcept;

  /// Reserves room on the device up to offset `end`, and on to the next multiple of `step` unless that is beyond
  /// `limit` or there is no room for it. Throws `errc::storage_full`, and nothing has changed then.
  void reserve(std::uint64_t end, std::uint64_t step, std::uint64_t limit) { active_.reserve(end, step, limit); }
  /// As `reserve`, exactly up to `end`. Returns false if there is no room.
  [[nodiscard]] bool try_reserve(std::uint64_t end) { return active_.try_reserve(end); }

  /// Where the next group is written. Taken under the lock and passed to `write`.
  [[nodiscard]] active_file::position position() const noexcept { return active_.here(); }
  /// Hashes a group of frames, writes them, flushes if `with_sync` says so, and adds the events to the index. Throws
  /// `errc::io_failed`, `errc::storage_full`; then nothing more may be written. Called without the lock.
  void write(tail_buffer& group, const active_file::position& at, bool with_sync) {
    active_.write(group, at, with_sync);
  }
  /// Records that a group of this size was written.
  void record_written(std::uint64_t bytes_written, bool flushed) noexcept;

  // ---- the end of a segment; all that was placed is written

  /// Makes the file of the next segment. It becomes one by `seal_and_begin`. Throws, and then nothing has changed.
  [[nodiscard]] log_files::mapped_segment prepare_next(std::uint64_t next_sequence, std::size_t capacity,
                                                       std::int64_t now_us);
  /// Seals the active segment and begins the prepared one. If it throws, nothing more may be written.
  void seal_and_begin(log_files::mapped_segment prepared, std::uint64_t next_sequence);
  /// Begins the prepared segment. The one before it is sealed.
  void begin(log_files::mapped_segment prepared, std::uint64_t next_sequence);

  /// Writes the mark of an orderly close: damage that is found behind it later did not come from a crash. If it throws,
  /// nothing more may be written.
  void write_mark(std::uint64_t next_sequence);
  /// Records the end of the log, which is on stable storage, so that a later opening notices if events at the end are
  /// gone. After a failure the end that was recorded last stays, which is true as well.
  void write_end(std::uint64_t next_sequence) noexcept;
  /// Makes the index file of the active segment, which ends with a seal or with the mark of an orderly close. A failure
  /// is counted; the next opening makes the file.
  void write_index(bool sealed, std::uint64_t next_sequence) noexcept;
  /// Closes the active segment's file.
  void close() noexcept { active_.close(); }

  // ---- compaction

  /// Puts `made` in place of the sealed segments that a compaction replaces. Returns the list of before, which may be
  /// the last owner of those: to be released without the lock. Readers that have them keep them.
  [[nodiscard]] std::shared_ptr<const segment_list> replace_segments(const compaction_manifest& manifest,
                                                                     const std::vector<std::shared_ptr<segment>>& made);

 private:
  /// If a segment begins while the table has more entities, it is cleared; the segments' indexes know the streams'
  /// ends.
  static constexpr std::size_t most_entities = std::size_t{1} << 16;

  void thaw_active();
  /// Takes the coordinates of the active segment into the table, with their numbers.
  void add_coordinates(const segment& active);

  /// The log's head before the event with this sequence; the events before it are all written.
  [[nodiscard]] digest head_at(std::uint64_t sequence) { return head_after(snapshot(sequence)); }

  log_files files_;
  std::shared_ptr<const segment_list> segments_;
  active_file active_;
  log_end end_;
  schema_ledger schemas_;
  log_head head_;
  std::atomic<std::uint64_t> generation_{0};
  std::uint32_t visible_place_{};    // in the active segment, behind the last frame that is written
  std::uint32_t next_coordinate_{};  // in the active segment
  bool thawed_{};                    // the active segment's index grows, and its coordinates have their numbers
  std::uint64_t index_failures_{};
};

}  // namespace quipu::detail::inline QUIPU_MODE
