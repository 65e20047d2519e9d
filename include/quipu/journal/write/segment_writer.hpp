// SPDX-License-Identifier: BSL-1.0
//
// segment_writer.hpp: the files of a log, for its writer: the sealed segments, the one that grows, and what the writer knows
// of entities, coordinates, schemas and the log's head. It opens the log, writes frames to the active segment, seals it and
// begins the next.
//
// A segment that was opened by its index file is immutable; `thaw` replaces it by one that can grow before anything is added.
#pragma once

#include "../../core/bytes.hpp"
#include "../../environment/environment.hpp"
#include "../../event/event_id.hpp"
#include "../../hash/digest.hpp"
#include "../format/compaction_manifest.hpp"
#include "../format/layout.hpp"
#include "../read/log_snapshot.hpp"
#include "../reports.hpp"
#include "../segment/index_files.hpp"
#include "../segment/log_files.hpp"
#include "../segment/segment.hpp"
#include "../segment/segment_scan.hpp"
#include "active_file.hpp"
#include "entity_table.hpp"
#include "log_head.hpp"
#include "log_opening.hpp"
#include "placement.hpp"
#include "schema_ledger.hpp"
#include "tail_buffer.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace quipu::detail {

/// Guarded by the journal's lock. `write` is called without it, by the thread whose turn it is to write; whatever changes the
/// active segment otherwise is called while no thread writes. What no lock guards says so.
class segment_writer {
 public:
  /// Opens the directory, and makes it if it is missing.
  segment_writer(std::shared_ptr<environment> world, const std::filesystem::path& directory)
      : files_{std::move(world), directory, true} {}

  // ---- opening -----------------------------------------------------------------------------------------------------------

  struct opened_log {
    std::uint64_t next_sequence{};
    event_id last_id{};
    bool is_sealed{};  ///< the last segment is, so that the next must be begun
    std::optional<recovery_report> recovered{};
  };
  /// Opens the segments, the last one with `capacity` bytes, and cuts off what a crash left behind the last commit. Throws
  /// `errc::corrupt`, `errc::io_failed`.
  [[nodiscard]] opened_log open(std::size_t capacity) {
    log_opening opening{files_, end_, head_};
    opening.run(capacity);
    const scan_result& last = opening.last();
    generation_ = opening.generation();
    segments_ = std::make_shared<const segment_list>(std::move(opening.segments()));
    schemas_.look_in(segments_);
    opened_log opened{end_.next_sequence, end_.last_id, last.sealed, {}};
    const std::shared_ptr<segment>& newest = segments_->back();
    std::unique_ptr<environment_file> file = std::move(opening.file());
    if (last.dropped_bytes != 0) {
      file->truncate(last.end);
      opened.recovered = recovery_report{newest->path(), last.end, last.dropped_bytes, last.reason};
    }
    if (!last.closed) {
      // The process that wrote this may have died before a flush, or after one that failed: then the system may believe
      // that the bytes are on the disk when they are not. They are written again. Names may be new, too.
      if (last.flushed < last.end) {
        const auto count = static_cast<std::size_t>(last.end - last.flushed);
        file->write_at(bytes_view{newest->base() + last.flushed, count}, last.flushed);
      }
      file->sync();
      files_.directory().sync();
    }
    // The mark of an orderly close may not have been flushed; everything before it was.
    active_.open(std::move(file), newest, identity(), last.end, last.closed ? last.flushed : last.end);
    visible_place_ = active_file::place_of(last.end);
    return opened;
  }

  // ---- what there is -----------------------------------------------------------------------------------------------------

  /// No lock guards it, except that a compaction may only change files that no segment has.
  [[nodiscard]] log_files& files() noexcept { return files_; }
  [[nodiscard]] const log_files& files() const noexcept { return files_; }
  /// No lock: does not change.
  [[nodiscard]] const store_identity& identity() const noexcept { return files_.identity(); }
  /// No lock: does not change.
  [[nodiscard]] std::int64_t created_at_us() const noexcept { return files_.created_at_us(); }

  /// The events before `visible`, which are all that were written.
  [[nodiscard]] log_snapshot snapshot(std::uint64_t visible) const { return {segments_, visible, visible_place_}; }
  [[nodiscard]] std::size_t segment_count() const noexcept { return segments_->size(); }
  [[nodiscard]] segment_list sealed_segments() const { return {segments_->begin(), segments_->end() - 1}; }
  [[nodiscard]] std::uint64_t generation() const noexcept { return generation_; }
  [[nodiscard]] std::uint64_t entity_count() const noexcept { return end_.entity_count; }
  /// How many index files could not be made.
  [[nodiscard]] std::uint64_t index_failures() const noexcept { return index_failures_; }
  /// Streams and coordinates, including events that are placed and not written.
  [[nodiscard]] entity_table& entities() noexcept { return end_.entities; }
  [[nodiscard]] schema_ledger& schemas() noexcept { return schemas_; }

  /// The log's head after a snapshot. Thread-safe without the lock. Throws `errc::corrupt`.
  [[nodiscard]] digest head_after(const log_snapshot& seen) {
    return identity().chained ? head_.after(seen) : digest{};
  }

  // ---- the segment that grows --------------------------------------------------------------------------------------------

  /// Offset behind the last frame that is in the active segment's file.
  [[nodiscard]] std::uint64_t written_end() const noexcept { return active_.end(); }
  /// Whether the active segment has no event, when the next one gets this sequence.
  [[nodiscard]] bool is_empty(std::uint64_t next_sequence) const noexcept {
    return next_sequence == active_.shared()->first_sequence();
  }
  /// How long the last flush took.
  [[nodiscard]] std::int64_t flush_time_us() const noexcept { return active_.flush_time_us(); }

  /// Makes the active segment one that can grow, if it was opened by its index file and nothing was added yet.
  void thaw() {
    if (!thawed_) thaw_active();
  }

  /// Where frames for the active segment are laid out. Nothing may be laid out before `thaw`.
  [[nodiscard]] frame_writer frames_into(tail_buffer& buffer, std::uint64_t& next_sequence) noexcept {
    return {buffer, identity().chained, active_.shared()->first_sequence() + 1, next_sequence, next_coordinate_,
            end_.entity_count};
  }

  /// Reserves room on the device up to offset `end`, and on to the next multiple of `step` unless that is beyond `limit`.
  /// Throws `errc::storage_full`, and nothing has changed then.
  void reserve(std::uint64_t end, std::uint64_t step, std::uint64_t limit) { active_.reserve(end, step, limit); }
  /// As `reserve`, exactly up to `end`. Returns false if there is no room.
  [[nodiscard]] bool try_reserve(std::uint64_t end) { return active_.try_reserve(end); }

  /// Where the next group is written. Taken under the lock and passed to `write`.
  [[nodiscard]] active_file::position position() const noexcept { return active_.here(); }
  /// Hashes a group of frames, writes them, flushes if `with_sync` says so, and adds the events to the index. Throws
  /// `errc::io_failed`, `errc::storage_full`; then nothing more may be written. Called without the lock.
  void write(tail_buffer& group, const active_file::position& at, bool with_sync) { active_.write(group, at, with_sync); }
  /// A group of so many bytes was written.
  void record_written(std::uint64_t bytes_written, bool flushed) noexcept {
    active_.advance(bytes_written, flushed);
    visible_place_ = active_file::place_of(active_.end());
  }

  // ---- the end of a segment; all that was placed is written ----------------------------------------------------------------

  /// Makes the file of the next segment. It becomes one by `seal_and_begin`. Throws, and then nothing has changed.
  [[nodiscard]] log_files::mapped_segment prepare_next(std::uint64_t next_sequence, std::size_t capacity,
                                                       std::int64_t now_us) {
    try {
      files_.prepare_segment(next_sequence, head_at(next_sequence), now_us);
      return files_.map_prepared(next_sequence, capacity);
    } catch (...) {
      files_.discard_segment(next_sequence);
      throw;
    }
  }
  /// Seals the active segment and begins the prepared one. If it throws, nothing more may be written.
  void seal_and_begin(log_files::mapped_segment prepared, std::uint64_t next_sequence) {
    const seal_content seal{next_sequence, head_at(next_sequence)};
    active_.write_last(event_kind::system_checkpoint, next_sequence, bytes_view{seal.encode()});
    write_index(true, next_sequence);
    begin(std::move(prepared), next_sequence);
  }
  /// Begins the prepared segment. The one before it is sealed.
  void begin(log_files::mapped_segment prepared, std::uint64_t next_sequence) {
    files_.finish_segment(next_sequence);
    auto longer = std::make_shared<segment_list>(*segments_);
    std::shared_ptr<segment>& sealed = longer->back();
    if (sealed->cover() == nullptr) {
      sealed->complete(active_.end());
      read_by_index(files_, sealed, longer->size() <= most_open_files(), false);
    }
    end_.entities.look_in(std::make_shared<const segment_list>(*longer));
    if (end_.entities.size() > most_entities) end_.entities.clear();
    longer->push_back(
        std::make_shared<segment>(std::move(prepared.path), next_sequence, identity(), std::move(prepared.bytes)));
    active_.open(std::move(prepared.file), longer->back(), identity(), segment_head::size, segment_head::size);
    segments_ = std::move(longer);
    schemas_.look_in(segments_);
    visible_place_ = active_file::place_of(segment_head::size);
    next_coordinate_ = 0;
    thawed_ = true;
  }

  /// Writes the mark of an orderly close: damage that is found behind it later did not come from a crash. If it throws,
  /// nothing more may be written.
  void write_mark(std::uint64_t next_sequence) {
    active_.write_last(event_kind::system_shutdown, next_sequence, {});
  }
  /// Makes the index file of the active segment, which ends with a seal or with the mark of an orderly close. A failure is
  /// counted; the next opening makes the file.
  void write_index(bool sealed, std::uint64_t next_sequence) noexcept {
    constexpr std::uint64_t worth_a_file = std::uint64_t{32} << 10;  // a smaller segment is read as fast without one
    if (!sealed && active_.end() < worth_a_file) return;
    try {
      const segment& active = *active_.shared();
      if (const std::size_t count = active.size_of(active.all()); count != 0)
        end_.last_id = active.frame_at(*active.place_at(active.all(), count - 1)).id();
      end_.next_sequence = next_sequence;
      static_cast<void>(head_at(next_sequence));
      write_index_file(files_, active, active_.end(), cover_of(end_, head_, identity().chained, sealed));
    } catch (...) {
      ++index_failures_;
    }
  }
  /// Closes the active segment's file.
  void close() noexcept { active_.close(); }

  // ---- compaction --------------------------------------------------------------------------------------------------------

  /// Puts `made` in place of the sealed segments that a compaction replaces. Returns the list of before, which may be the
  /// last owner of those: to be released without the lock. Readers that have them keep them.
  [[nodiscard]] std::shared_ptr<const segment_list> replace_segments(const compaction_manifest& manifest,
                                                                     const segment_list& made) {
    auto list = std::make_shared<segment_list>();
    std::size_t taken = 0;
    for (const std::shared_ptr<segment>& each : *segments_) {
      if (!manifest.replaces(each->first_sequence())) list->push_back(each);
      else if (manifest.makes(each->first_sequence())) list->push_back(made[taken++]);
    }
    end_.entities.look_in(std::make_shared<const segment_list>(list->begin(), list->end() - 1));
    auto before = std::exchange(segments_, std::shared_ptr<const segment_list>{std::move(list)});
    schemas_.look_in(segments_);
    if (manifest.generation != 0) generation_ = manifest.generation;
    return before;
  }

 private:
  /// If a segment begins while the table has more entities, it is cleared; the segments' indexes know the streams' ends.
  static constexpr std::size_t most_entities = std::size_t{1} << 16;

  void thaw_active() {
    if (segments_->back()->cover() != nullptr) {
      auto changed = std::make_shared<segment_list>(*segments_);
      changed->back() = growing_copy(*segments_->back());
      active_.grow_in(changed->back());
      segments_ = std::move(changed);
    }
    // Coordinates that are defined in the segment are not defined again.
    const segment& active = *segments_->back();
    next_coordinate_ = static_cast<std::uint32_t>(active.coordinate_count());
    for (std::uint32_t number = 0; number < next_coordinate_; ++number) {
      const auto names = active.names_of(number);
      coordinate_slot& slot = end_.entities.coordinate(names.entity, names.scope);
      slot.segment = active.first_sequence() + 1;
      slot.number = number;
    }
    thawed_ = true;
  }

  /// The log's head before the event with this sequence; the events before it are all written.
  [[nodiscard]] digest head_at(std::uint64_t sequence) { return head_after(snapshot(sequence)); }

  log_files files_;
  std::shared_ptr<const segment_list> segments_;
  active_file active_;
  log_end end_;
  schema_ledger schemas_;
  log_head head_;
  std::uint64_t generation_{};
  std::uint32_t visible_place_{};    // in the active segment, behind the last frame that is written
  std::uint32_t next_coordinate_{};  // in the active segment
  bool thawed_{};                    // the active segment's index grows, and its coordinates have their numbers
  std::uint64_t index_failures_{};
};

}  // namespace quipu::detail
