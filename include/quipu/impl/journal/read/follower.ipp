// SPDX-License-Identifier: BSL-1.0
//
// follower.ipp: see journal/read/follower.hpp.
#pragma once

#include "../../../core/detail/steady_time.hpp"
#include "../../../environment/environment.hpp"
#include "../../../journal/config.hpp"
#include "../../../journal/format/layout.hpp"
#include "../../../journal/maintain/log_copy.hpp"
#include "../../../journal/read/follower.hpp"
#include "../../../journal/read/log_salvage.hpp"
#include "../../../journal/read/log_snapshot.hpp"
#include "../../../journal/read/log_source.hpp"
#include "../../../journal/reports.hpp"
#include "../../../journal/segment/end_file.hpp"
#include "../../../journal/segment/index_files.hpp"
#include "../../../journal/segment/log_files.hpp"
#include "../../../journal/segment/segment.hpp"
#include "../../../journal/segment/segment_scan.hpp"
#include "../../../journal/segment/unread_segments.hpp"
#include "../../../journal/write/append_entry.hpp"
#include "../../../journal/write/change_signal.hpp"
#include "../../../journal/write/log_head.hpp"
#include "../../../journal/write/placement.hpp"
#include "../../../journal/write/schema_ledger.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
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

QUIPU_DECL follower::follower(const config& options)
    : options_{options}, files_{environment_of(options), options.directory, false} {
  const auto began = std::chrono::steady_clock::now();
  if (options_.open == open_policy::salvage) {
    salvage();
  } else {
    files_.open_existing(options_.chain_key);
    const auto recorded = read_end_file(files_.directory(), identity());  // before the log, which may be growing
    look();
    require_recorded_end(recorded, view_->end.next_sequence, view_->segments->back()->path());
  }
  opening_ = view_->opened;
  opening_.events = shown_.snapshot.end_sequence;
  opening_.duration = std::chrono::steady_clock::now() - began;
}

QUIPU_DECL log_snapshot follower::snapshot() {
  const std::lock_guard lock{mutex_};
  look();
  return shown_.snapshot;
}

QUIPU_DECL void follower::wait_for_event(std::uint64_t sequence, std::int64_t microseconds,
                                         const std::atomic<bool>& stop) {
  const std::int64_t end_us = steady_now_us() + std::min(microseconds, longest_wait_us);
  for (std::int64_t pause_us = 1000;; pause_us = std::min<std::int64_t>(2 * pause_us, 20'000)) {
    const auto is_over = [&] { return is_closed() || stop.load(); };
    if (is_over() || snapshot().end_sequence > sequence) return;
    const std::int64_t left_us = end_us - steady_now_us();
    if (left_us <= 0 || changes_.wait_for(std::min(left_us, pause_us), is_over)) return;
  }
}

QUIPU_DECL entity_snapshot follower::snapshot_of(std::string_view entity) {
  const std::lock_guard lock{mutex_};
  look();
  const log_snapshot& seen = shown_.snapshot;
  if (is_closed()) return {seen, seen.entity_end(entity), seen.generation};
  const entity_end* end = view_->end.entities.find(entity);
  if (end == nullptr) return {seen, 0, seen.generation};
  return {seen, end->next_sequence, seen.generation, end->last_id};
}

QUIPU_DECL std::uint64_t follower::generation() { return snapshot().generation; }

QUIPU_DECL void follower::close() noexcept {
  closed_.store(true);
  changes_.wake();
}

QUIPU_DECL void follower::check_usable() const {
  opened_by_.check();
  if (is_closed()) throw error{errc::closed, "the store was closed", {.path = options_.directory.string()}};
}

QUIPU_DECL digest follower::head() {
  check_whole();
  return identity().chained ? head_.after(snapshot()) : digest{};
}

QUIPU_DECL void follower::check_whole() const {
  if (!damage_.empty()) throw_corrupt(damage_.front().reason, damage_.front().path, damage_.front().offset);
}

QUIPU_DECL void follower::copy_to(const std::filesystem::path& target) {
  static_cast<void>(head());
  log_head its_head{head_};  // a copy: another thread may ask for a later head
  const log_snapshot seen = snapshot();
  copy_log(*files_.world(), files_.directory(), seen, files_.head(),
           identity().chained ? its_head.after(seen) : digest{}, target);
}

QUIPU_DECL void follower::check_schema(const event_shape& shape) {
  const std::lock_guard lock{mutex_};
  view_->schemas.check(shape.kind, shape.version, shape.hash, shape.text);
}

QUIPU_DECL std::vector<shared_kind> follower::shared_kinds() {
  const std::lock_guard lock{mutex_};
  return view_->schemas.shared_kinds();
}

QUIPU_DECL std::uint64_t follower::entity_count() {
  const std::lock_guard lock{mutex_};
  return shown_.entity_count;
}

QUIPU_DECL void follower::look() {
  if (is_closed() || options_.open == open_policy::salvage) return;
  try {
    catch_up();
    learn_schemas(*view_);
  } catch (...) {
    if (view_ && view_->is_torn()) must_load_ = true;
    throw;
  }
  show();
}

QUIPU_DECL void follower::show() noexcept {
  shown_.snapshot = {view_->segments, view_->end.next_sequence,
                     static_cast<std::uint32_t>(view_->last().end / frame_alignment), view_->generation};
  shown_.entity_count = view_->end.entity_count;
}

QUIPU_DECL void follower::catch_up() {
  do {
    if (must_load_) load();
    while (!must_load_ && advance()) continue;
    if (!must_load_ && must_compare_) {
      must_load_ = generation_now() > view_->generation;
      must_compare_ = false;
    }
  } while (must_load_);
}

QUIPU_DECL bool follower::advance() {
  if (view_->last().generation > noted_) {
    noted_ = view_->last().generation;
    must_load_ = noted_ > view_->generation;
    if (must_load_) return false;
  }
  return view_->last().sealed ? open_next() : read_on(*view_);
}

QUIPU_DECL void follower::load() {
  must_load_ = true;
  for (int attempt = 1;; ++attempt) {
    const auto placed = files_.segments_in_effect();
    try {
      if (auto fresh = load_once(placed)) {
        view_ = std::move(fresh);
        must_load_ = must_compare_ = false;
        ++schema_changes_;
        return;
      }
    } catch (const error&) {
      if (attempt == most_attempts || files_.segments_in_effect() == placed) throw;
    }
    if (attempt == most_attempts)
      throw error{errc::busy, "the log is being compacted again and again", {.path = options_.directory.string()}};
  }
}

QUIPU_DECL std::unique_ptr<follower::view> follower::load_once(const log_files::placed_list& placed) {
  if (placed.empty()) throw error{errc::corrupt, "the store has no segments", {.path = options_.directory.string()}};
  const std::uint64_t last_size = files_.directory().open_file(placed.back().name, open_mode::read)->size();
  auto fresh = load_behind(unread_segments::of(files_, placed, true), placed);
  if (!fresh) fresh = load_behind({}, placed);
  if (!is_consistent(*fresh, placed, last_size)) fresh.reset();
  return fresh;
}

QUIPU_DECL std::unique_ptr<follower::view> follower::load_behind(unread_segments unread,
                                                                 const log_files::placed_list& placed) {
  auto fresh = std::make_unique<view>();
  const std::size_t unread_count = unread.segments.size();
  if (unread_count != 0) {
    fresh->end.next_sequence = unread.next_sequence;
    fresh->covered.sealed = true;
    fresh->covered.seal = seal_content{unread.next_sequence, unread.head};
    fresh->generation = unread.generation;
    fresh->opened.segments = fresh->opened.indexed = unread_count;
    fresh->segments = std::make_shared<const segment_list>(std::move(unread.segments));
  }
  for (std::size_t position = unread_count; position < placed.size(); ++position) {
    const log_files::placed_segment& each = placed[position];
    if (!fresh->segments->empty() && !fresh->last().sealed) {
      files_.require_own(each);
      throw_corrupt("the segment is cut off", fresh->segments->back()->path(), fresh->last().end);
    }
    if (each.first_sequence != fresh->end.next_sequence) files_.refuse(each, fresh->end.next_sequence);
    open_segment(*fresh, each.first_sequence, each.name,
                 &each == &placed.back() || fresh->segments->size() < most_open_files());
    if (fresh->scan && unread_count != 0 && position == unread_count) return {};
    const bool by_index = !fresh->scan;
    const std::uint64_t begin = fresh->last().end;
    while (!fresh->last().sealed && read_on(*fresh)) continue;
    count_segment(fresh->opened, by_index, begin, fresh->last().end);
  }
  fresh->opened.path = fresh->last().was_closed() ? opening_path::clean : opening_path::unclosed;
  return fresh;
}

QUIPU_DECL bool follower::is_consistent(const view& of, const log_files::placed_list& placed, std::uint64_t last_size) {
  // A note of a compaction that a scan finds is acted upon later. One that came while the segments were opened, and
  // that an index file covers, is not found.
  const bool may_have_missed_note = !of.scan && of.covered.end > last_size;
  if (of.generation == 0 && !may_have_missed_note) return true;
  for (std::size_t position = 0; position < placed.size(); ++position) {
    if (files_.generation_of(placed[position]) != (*of.segments)[position]->generation()) return false;
  }
  return true;
}

QUIPU_DECL void follower::salvage() {
  log_salvage found{files_, options_.chain_key};
  auto fresh = std::make_unique<view>();
  fresh->segments = std::make_shared<const segment_list>(std::move(found.segments));
  fresh->schemas.look_in(fresh->segments);
  fresh->end = std::move(found.end);
  fresh->covered.end = round_up(static_cast<std::size_t>(found.end_offset), frame_alignment);
  std::uint64_t random{};
  files_.world()->random(reinterpret_cast<std::byte*>(&random), sizeof random);
  fresh->generation = generation_count_limit << 40 | random >> 24;
  fresh->opened = found.report;
  damage_ = std::move(found.damage);
  view_ = std::move(fresh);
  show();
}

QUIPU_DECL std::uint64_t follower::generation_now() {
  try {
    std::uint64_t highest = 0;
    for (const auto& each : files_.segments_in_effect()) highest = std::max(highest, files_.generation_of(each));
    return highest;
  } catch (const error& failure) {
    if (failure.code() != errc::not_found) throw;
    return UINT64_MAX;  // a compaction is replacing a file
  }
}

QUIPU_DECL bool follower::is_last_in_place() {
  const segment& last = *view_->segments->back();
  try {
    const auto file = files_.directory().open_file(segment_name(last.first_sequence()), open_mode::read);
    std::array<std::byte, segment_head::size> head{};
    return file->size() == view_->last().end && file->read_at(head.data(), head.size(), 0) == head.size() &&
           std::memcmp(head.data(), last.base(), head.size()) == 0;
  } catch (const error& failure) {
    if (failure.code() != errc::not_found) throw;
    return false;
  }
}

QUIPU_DECL bool follower::open_next() {
  const std::uint64_t next = view_->end.next_sequence;
  const std::string name = segment_name(next);
  const std::uint64_t generation = view_->generation;
  if (files_.directory().exists(name) && try_open_segment(*view_, next, name)) {
    must_load_ = view_->generation != generation;  // events before it may have been dropped, too
    must_compare_ = must_compare_ || !view_->scan;
    return true;
  }
  // The writer has not begun the next segment, or a compaction has merged it and the last one into another.
  require_sealed_end(*view_);
  if (is_last_in_place()) return false;
  for (const auto& each : files_.segments_in_effect()) must_load_ = must_load_ || each.first_sequence > next;
  return false;
}

QUIPU_DECL bool follower::try_open_segment(view& to, std::uint64_t first, const std::string& name) {
  try {
    open_segment(to, first, name, true);
    return true;
  } catch (const error& failure) {
    if (failure.code() != errc::not_found) throw;
    return false;
  }
}

QUIPU_DECL void follower::open_segment(view& to, std::uint64_t first, const std::string& name, bool keeps_file) {
  require_sealed_end(to);
  // The writer may have a larger limit for segments. A mapping of this size suffices for most.
  const auto capacity = static_cast<std::size_t>(options_.segment_max_bytes + commit_size::frame_bytes_limit(options_));
  auto mapped = files_.map_segment(first, name, capacity, open_mode::read, keeps_file);
  mapped.bytes.is_shared = true;
  if (!to.segments->empty() && to.last().seal->head != mapped.head_before)
    throw_corrupt("the segment doesn't go on where the one before it ends: it is of another copy of the store",
                  mapped.path, 64);
  auto longer = std::make_shared<segment_list>(*to.segments);
  auto covered = segment_by_index(files_, first, mapped);
  if (to.scan) {
    std::shared_ptr<segment> read = longer->back();
    read->complete(to.scan->result().end);
    read_by_index(files_, read, longer->size() <= most_open_files(), true);
    longer->replace_back(std::move(read));
  }
  auto before = std::make_shared<const segment_list>(*longer);
  std::unique_ptr<segment_scan> scan;
  if (covered) {
    if (covered->cover()->sealed && longer->size() >= most_open_files()) read_by_index(files_, covered, false, true);
    head_.restore(covered->cover()->head, covered->head_state(), covered->cover()->next_sequence);
    longer->push_back(covered);
    before = std::make_shared<const segment_list>(*longer);
  } else {
    longer->push_back(std::make_shared<segment>(mapped.path, first, identity(), mapped.bytes));
    scan = std::make_unique<segment_scan>(*longer->back(), identity(), to.end, segment_scan::readers::there);
  }
  // Nothing below can fail, so a failure leaves the view as it was.
  if (covered)
    take_cover(*covered->cover(), identity(), to.end, to.covered);
  else if (to.end.entities.size() > most_entities)
    to.end.entities.clear();
  to.end.entities.look_in(std::move(before));
  to.mapped_bytes = std::max<std::uint64_t>(capacity, mapped.size);
  to.judged_size = 0;
  to.scan = std::move(scan);
  to.file = mapped.kept;
  to.own_file.reset();
  if (covered && to.covered.sealed)
    to.file = nullptr;
  else if (mapped.file) {
    to.own_file = std::move(mapped.file);
    to.file = to.own_file.get();
  }
  to.segments = std::move(longer);
  to.generation = std::max(to.generation, mapped.bytes.generation);
  to.schemas = {};
  to.schemas.look_in(to.segments);
  to.learned_from = nullptr;
  ++schema_changes_;
}

QUIPU_DECL void follower::require_sealed_end(const view& of) {
  if (of.scan && of.last().sealed && of.file->size() > of.last().end)
    throw_corrupt(seal_content::bytes_behind, of.segments->back()->path(), of.last().end);
}

QUIPU_DECL void follower::thaw(view& of) {
  auto changed = std::make_shared<segment_list>(*of.segments);
  auto growing = growing_copy(*changed->back());
  auto scan = std::make_unique<segment_scan>(*growing, identity(), of.end, segment_scan::readers::there);
  scan->resume_at(of.covered.end);
  of.end.entities.look_in(of.segments);
  of.scan = std::move(scan);
  changed->replace_back(std::move(growing));
  of.segments = std::move(changed);
}

QUIPU_DECL bool follower::read_on(view& of) {
  const std::uint64_t begin = of.last().end;
  std::uint64_t size = of.file->size();
  if (size < begin) throw_corrupt("the segment was cut off while it was read", std::string{of.file->path()}, size);
  if (size - begin < sizeof(std::uint32_t)) return false;
  if (!is_written(of, begin)) return judge_room(of, begin, size);
  for (std::uint64_t wanted = window_bytes;; wanted *= 4) {
    const bytes_view window = read_window(of, begin, std::min(wanted, size - begin));
    if (!of.scan) thaw(of);
    of.scan->read(window);
    if (of.scan->result().end != begin) return true;
    // No whole commit: a large one, one that is being written, or damage.
    size = of.file->size();
    if (window.size() >= size - begin) return judge(of, begin, size);
  }
}

QUIPU_DECL bool follower::is_written(const view& of, std::uint64_t begin) {
  std::array<std::byte, sizeof(std::uint32_t)> next{};
  return of.file->read_at(next.data(), next.size(), begin) == next.size() && frame_layout::size.load(next.data()) != 0;
}

QUIPU_DECL bool follower::judge_room(view& of, std::uint64_t begin, std::uint64_t size) {
  if (of.judged_size == size) return false;
  const bytes_view room = read_window(of, begin, size - begin);
  std::size_t at = 0;
  while (at < room.size() && room[at] == std::byte{0}) ++at;
  if (at != room.size()) {
    if (!of.scan) thaw(of);
    of.scan->read(room);
    if (of.scan->result().end != begin || judge(of, begin, size)) return true;
  }
  of.judged_size = size;
  return false;
}

QUIPU_DECL bytes_view follower::read_window(const view& of, std::uint64_t begin, std::uint64_t count) {
  if (begin + count > of.mapped_bytes)
    throw error{errc::configuration,
                "the writer's segments are larger than config.segment_max_bytes says",
                {.path = std::string{of.file->path()}, .expected = of.mapped_bytes, .actual = begin + count}};
  if (window_.size() < count) window_.resize(static_cast<std::size_t>(count));
  return {window_.data(), of.file->read_at(window_.data(), static_cast<std::size_t>(count), begin)};
}

QUIPU_DECL bool follower::judge(view& of, std::uint64_t begin, std::uint64_t size) {
  try {
    of.scan->judge(read_window(of, begin, size - begin));
  } catch (const error&) {
    const std::uint64_t size_now = of.file->size();
    const bytes_view again = read_window(of, begin, size_now - begin);
    of.scan->read(again);
    if (of.scan->result().end != begin) return true;
    of.scan->judge(again);
  }
  return false;
}

QUIPU_DECL void follower::learn_schemas(view& of) {
  if (!of.scan) return;
  const std::shared_ptr<segment>& last = of.segments->back();
  const std::size_t known = last->with_index([](const segment_index& index) { return index.schema_changes(); });
  if (known == of.learned && last.get() == of.learned_from) return;
  last->with_index([&](const segment_index& index) { of.schemas.learn(index, last->first_sequence() + 1); });
  of.learned = known;
  of.learned_from = last.get();
  ++schema_changes_;
}

}  // namespace quipu::detail::inline QUIPU_MODE
