// SPDX-License-Identifier: BSL-1.0
//
// written_log.hpp: the segments of a log as their writer has them: those that are sealed, the one that grows, and what is known of the streams,
// the schemas and the log's head. Nothing in it is thread-safe: the journal calls it under its lock while nothing is pending.
#pragma once

#include "../../environment/environment.hpp"
#include "../read/log_snapshot.hpp"
#include "../segment/index_files.hpp"
#include "../segment/log_files.hpp"
#include "../segment/segment.hpp"
#include "../segment/segment_scan.hpp"
#include "active_file.hpp"
#include "entity_table.hpp"
#include "log_head.hpp"
#include "schema_ledger.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <utility>
#include <vector>

namespace quipu::detail {

class written_log {
 protected:
  using segment_list = std::vector<std::shared_ptr<segment>>;

  written_log(std::shared_ptr<environment> world, const std::filesystem::path& directory) : files_{std::move(world), directory, true} {}
  ~written_log() = default;

  /// Makes the active segment one that can grow, where it was opened by its index file and nothing was appended yet.
  void thaw() {
    if (thawed_) return;
    const std::shared_ptr<segment> covered = segments_->back();
    if (covered->cover() != nullptr) {
      auto growing = std::make_shared<segment>(covered->path(), covered->first_sequence(), files_.identity(), covered->bytes());
      growing->grow_from(*covered);
      auto changed = std::make_shared<segment_list>(*segments_);
      changed->back() = growing;
      active_.grow_in(std::move(growing));
      segments_ = std::move(changed);
    }
    // Coordinates that are defined in the segment aren't defined again.
    const segment& active = *segments_->back();
    next_coordinate_ = static_cast<std::uint32_t>(active.coordinate_count());
    for (std::uint32_t number = 0; number < next_coordinate_; ++number) {
      const auto names = active.names_of(number);
      coordinate_slot& slot = log_end_.entities.coordinate(names.entity, names.scope);
      slot.segment = active.first_sequence() + 1;
      slot.number = number;
    }
    thawed_ = true;
  }

  /// Makes the index file of the active segment, which ends with a seal or with the mark of an orderly close. Where it can't it says so, and all
  /// goes on without.
  [[nodiscard]] bool write_index(bool sealed, std::uint64_t next_sequence) noexcept {
    constexpr std::uint64_t worth_a_file = std::uint64_t{32} << 10;  // a smaller one is read as fast
    if (!sealed && active_.end() < worth_a_file) return true;
    try {
      const segment& active = *active_.shared();
      if (const std::size_t count = active.size_of(active.all()); count != 0) log_end_.last_id = active.frame_at(*active.place_at(active.all(), count - 1)).id();
      log_end_.next_sequence = next_sequence;
      static_cast<void>(head_at(next_sequence));
      write_index_file(files_, active, active_.end(), cover_of(log_end_, head_, files_.identity().chained, sealed));
      return true;
    } catch (...) {
      return false;
    }
  }

  /// Makes the file of the next segment, which isn't one before `start_segment`.
  [[nodiscard]] log_files::mapped_segment prepare_segment(std::uint64_t next_sequence, std::size_t capacity, std::int64_t now_us) {
    try {
      files_.prepare_segment(next_sequence, head_at(next_sequence), now_us);
      return files_.map_prepared(next_sequence, capacity);
    } catch (...) {
      files_.discard_segment(next_sequence);
      throw;
    }
  }

  /// Begins the segment that was prepared; the one before it is sealed.
  void start_segment(log_files::mapped_segment made, std::uint64_t next_sequence) {
    files_.finish_segment(next_sequence);
    auto longer = std::make_shared<segment_list>(*segments_);
    std::shared_ptr<segment>& sealed = longer->back();
    if (sealed->cover() == nullptr) {
      sealed->complete(active_.end());
      read_by_index(files_, sealed, longer->size() <= most_open_files(), false);
    }
    log_end_.entities.look_in(std::make_shared<const segment_list>(*longer));
    if (log_end_.entities.size() > most_entities) log_end_.entities.clear();
    longer->push_back(std::make_shared<segment>(std::move(made.path), next_sequence, files_.identity(), std::move(made.bytes)));
    active_.open(std::move(made.file), longer->back(), files_.identity(), segment_head::size, segment_head::size);
    segments_ = std::move(longer);
    schemas_.look_in(segments_);
    visible_place_ = active_.place_of(segment_head::size);
    next_coordinate_ = 0;
    thawed_ = true;
  }

  /// The log's head after the events before this number, which are all visible.
  [[nodiscard]] digest head_at(std::uint64_t end_sequence) {
    return files_.identity().chained ? head_.after({segments_, end_sequence, visible_place_}) : digest{};
  }

  /// More than this and the ends of the entities' streams are forgotten when a segment begins, and found in the segments' indexes again.
  static constexpr std::size_t most_entities = std::size_t{1} << 16;

  log_files files_;
  std::shared_ptr<const segment_list> segments_;
  active_file active_;
  log_end log_end_;
  schema_ledger schemas_;
  log_head head_;
  std::uint32_t visible_place_{};    // in the active segment: what is before it can be read
  std::uint32_t next_coordinate_{};  // in the active segment
  bool thawed_{};                    // the active segment's index grows, and its coordinates have their numbers
};

}  // namespace quipu::detail
