// SPDX-License-Identifier: BSL-1.0
//
// segment_writer.ipp: see journal/write/segment_writer.hpp.
#pragma once

#include "../../../core/bytes.hpp"
#include "../../../environment/environment.hpp"
#include "../../../event/event_id.hpp"
#include "../../../hash/digest.hpp"
#include "../../../journal/format/compaction_manifest.hpp"
#include "../../../journal/format/layout.hpp"
#include "../../../journal/format/recorded_end.hpp"
#include "../../../journal/read/log_snapshot.hpp"
#include "../../../journal/reports.hpp"
#include "../../../journal/segment/end_file.hpp"
#include "../../../journal/segment/index_files.hpp"
#include "../../../journal/segment/log_files.hpp"
#include "../../../journal/segment/segment.hpp"
#include "../../../journal/segment/segment_list.hpp"
#include "../../../journal/segment/segment_scan.hpp"
#include "../../../journal/segment/whole_file.hpp"
#include "../../../journal/write/active_file.hpp"
#include "../../../journal/write/entity_table.hpp"
#include "../../../journal/write/log_head.hpp"
#include "../../../journal/write/log_opening.hpp"
#include "../../../journal/write/placement.hpp"
#include "../../../journal/write/schema_ledger.hpp"
#include "../../../journal/write/segment_writer.hpp"
#include "../../../journal/write/tail_buffer.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace quipu::detail::inline QUIPU_MODE {

QUIPU_DECL segment_writer::segment_writer(std::shared_ptr<environment> world, const std::filesystem::path& directory,
                                          bool create_if_missing)
    : files_{std::move(world), directory, create_if_missing} {
  if (create_if_missing)
    files_.require_store_or_room();
  else
    files_.require_store();
}

/// Throws as `environment_file::write_at`.
QUIPU_DECL void write_zeros(environment_file& to, std::uint64_t begin, std::uint64_t count) {
  const bytes zeros(static_cast<std::size_t>(std::min(count, std::uint64_t{1} << 20)));
  for (std::uint64_t at = 0; at < count; at += zeros.size()) {
    const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(count - at, zeros.size()));
    to.write_at(bytes_view{zeros.data(), size}, begin + at);
  }
}

QUIPU_DECL segment_writer::opened_log segment_writer::open(const log_files::placed_list& placed, std::size_t capacity) {
  log_opening opening{files_, end_, head_};
  opening.run(placed, capacity);
  const scan_result& last = opening.last();
  generation_.store(opening.generation());
  segments_ = std::make_shared<const segment_list>(std::move(opening.segments()));
  schemas_.look_in(segments_);
  opened_log opened{end_.next_sequence, end_.last_id, last.sealed, {}, opening.report()};
  opened.report.path = last.was_closed() ? opening_path::clean : opening_path::unclosed;
  opened.report.events = end_.next_sequence;
  opened.report.cut_bytes = last.dropped_bytes;
  const std::shared_ptr<segment>& newest = segments_->back();
  require_recorded_end(read_end_file(files_.directory(), identity()), opened.next_sequence, newest->path());
  std::unique_ptr<environment_file> file = std::move(opening.file());
  const bool is_as_closed = last.closed && file->size() == last.end;  // closing gives back what was reserved
  if (last.dropped_bytes != 0) {
    // A file that is cut and grows again could show, after a power cut, what was cut off, and whole. Zeros can't.
    write_zeros(*file, last.end, last.dropped_bytes);
    opened.recovered = recovery_report{newest->path(), last.end, last.dropped_bytes, last.reason};
  }
  if (!is_as_closed) {
    // The process that wrote this may have died before a flush, or after one that failed; then the system may treat the
    // bytes as flushed although they are not on the disk. So they are written again. Names may be new, too.
    if (last.flushed < last.end) {
      const auto count = static_cast<std::size_t>(last.end - last.flushed);
      write_pieces(*file, bytes_view{newest->base() + last.flushed, count}, last.flushed);
    }
    file->sync();
    files_.directory().sync();
  }
  if (last.dropped_bytes != 0) file->truncate(last.end);
  // The mark of an orderly close may not have been flushed; everything before it was.
  active_.open(std::move(file), newest, identity(), last.end, is_as_closed ? last.flushed : last.end);
  visible_place_ = active_file::place_of(last.end);
  return opened;
}

QUIPU_DECL digest segment_writer::head_after(const log_snapshot& seen) {
  return identity().chained ? head_.after(seen) : digest{};
}

QUIPU_DECL bool segment_writer::is_empty(std::uint64_t next_sequence) const noexcept {
  return next_sequence == active_.shared()->first_sequence();
}

QUIPU_DECL void segment_writer::thaw() {
  if (!thawed_) thaw_active();
}

QUIPU_DECL frame_writer segment_writer::frames_into(tail_buffer& buffer, bytes& definition,
                                                    std::uint64_t& next_sequence) noexcept {
  return {buffer, definition, identity().chained, active_number(), next_sequence, next_coordinate_, end_.entity_count};
}

QUIPU_DECL void segment_writer::record_written(std::uint64_t bytes_written, bool flushed) noexcept {
  active_.advance(bytes_written, flushed);
  visible_place_ = active_file::place_of(active_.end());
}

QUIPU_DECL log_files::mapped_segment segment_writer::prepare_next(std::uint64_t next_sequence, std::size_t capacity,
                                                                  std::int64_t now_us) {
  try {
    files_.prepare_segment(next_sequence, head_at(next_sequence), now_us);
    return files_.map_prepared(next_sequence, capacity);
  } catch (...) {
    files_.discard_segment(next_sequence);
    throw;
  }
}

QUIPU_DECL void segment_writer::seal_and_begin(log_files::mapped_segment prepared, std::uint64_t next_sequence) {
  const seal_content seal{next_sequence, head_at(next_sequence)};
  active_.write_last(event_kind::system_checkpoint, next_sequence, bytes_view{seal.encode()});
  write_index(true, next_sequence);
  begin(std::move(prepared), next_sequence);
}

QUIPU_DECL void segment_writer::begin(log_files::mapped_segment prepared, std::uint64_t next_sequence) {
  files_.finish_segment(next_sequence);
  auto longer = std::make_shared<segment_list>(*segments_);
  if (std::shared_ptr<segment> sealed = longer->back(); sealed->cover() == nullptr) {
    sealed->complete(active_.end());
    read_by_index(files_, sealed, longer->size() <= most_open_files(), false);
    longer->replace_back(std::move(sealed));
  }
  end_.entities.look_in(std::make_shared<const segment_list>(*longer));
  end_.entities.continue_in(nullptr);
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

QUIPU_DECL void segment_writer::write_mark(std::uint64_t next_sequence) {
  active_.write_last(event_kind::system_shutdown, next_sequence, {});
}

QUIPU_DECL void segment_writer::write_end(std::uint64_t next_sequence) noexcept {
  try {
    write_end_file(files_.directory(),
                   {.common = files_.head().common, .next_sequence = next_sequence, .head = head_at(next_sequence)});
  } catch (...) {
    return;  // the end that was recorded before is still true
  }
}

QUIPU_DECL void segment_writer::write_index(bool sealed, std::uint64_t next_sequence) noexcept {
  constexpr std::uint64_t worth_a_file = std::uint64_t{32} << 10;  // a smaller segment is scanned as fast
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

QUIPU_DECL std::shared_ptr<const segment_list> segment_writer::replace_segments(
    const compaction_manifest& manifest, const std::vector<std::shared_ptr<segment>>& made) {
  auto list = std::make_shared<segment_list>();
  std::size_t taken = 0;
  for (const std::shared_ptr<segment>& each : *segments_) {
    if (!manifest.replaces(each->first_sequence()))
      list->push_back(each);
    else if (manifest.makes(each->first_sequence()))
      list->push_back(made[taken++]);
  }
  end_.entities.look_in(std::make_shared<const segment_list>(list->without_back()));
  auto before = std::exchange(segments_, std::shared_ptr<const segment_list>{std::move(list)});
  schemas_.look_in(segments_);
  if (manifest.generation != 0) generation_.store(manifest.generation);
  return before;
}

QUIPU_DECL void segment_writer::add_coordinates(const segment& active) {
  for (std::uint32_t number = 0; number < next_coordinate_; ++number) {
    const auto names = active.names_of(number);
    coordinate_slot& slot = end_.entities.coordinate(names.entity, names.scope);
    slot.segment = active_number();
    slot.number = number;
  }
}

QUIPU_DECL void segment_writer::thaw_active() {
  if (segments_->back()->cover() != nullptr) {
    auto changed = std::make_shared<segment_list>(*segments_);
    changed->replace_back(growing_copy(*segments_->back()));
    active_.grow_in(changed->back());
    segments_ = std::move(changed);
  }
  // Coordinates that are defined in the segment are not defined again.
  const std::shared_ptr<segment>& active = segments_->back();
  next_coordinate_ = static_cast<std::uint32_t>(active->coordinate_count());
  if (next_coordinate_ == 0)  // nothing to look up there
    end_.entities.look_in(std::make_shared<const segment_list>(segments_->without_back()));
  else if (active->with_index([](const segment_index& index) { return index.has_single_coordinates(); }))
    end_.entities.continue_in(active);
  else
    add_coordinates(*active);
  thawed_ = true;
}

}  // namespace quipu::detail::inline QUIPU_MODE
