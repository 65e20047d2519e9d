// SPDX-License-Identifier: BSL-1.0
//
// segment.ipp: see journal/segment/segment.hpp.
#pragma once

#include "../../../core/detail/prefetch.hpp"
#include "../../../event/event_view.hpp"
#include "../../../journal/format/hole.hpp"
#include "../../../journal/segment/mapped_index.hpp"
#include "../../../journal/segment/segment.hpp"
#include "../../../journal/segment/segment_index.hpp"

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace quipu::detail::inline QUIPU_MODE {

QUIPU_DECL segment::segment(std::string path, std::uint64_t first_sequence, const store_identity& identity,
                            segment_bytes bytes, mapped_index index, std::shared_ptr<const void> index_storage)
    : segment{std::move(path), first_sequence, identity, std::move(bytes)} {
  size_.store(index.cover().log_bytes);
  take_part(std::make_shared<mapped_part>(std::move(index), std::move(index_storage)));
  state_.store(state::mapped_unread);
}

QUIPU_DECL segment::segment(std::string path, std::uint64_t first_sequence, const store_identity& identity,
                            segment_bytes bytes, std::uint64_t size, segment_opener opener)
    : segment{std::move(path), first_sequence, identity, std::move(bytes)} {
  size_.store(size);
  opener_ = std::move(opener);
  state_.store(state::unopened);
}

QUIPU_DECL segment::mapped_part::mapped_part(mapped_index of, std::shared_ptr<const void> owner)
    : index{std::move(of)},
      storage{std::move(owner)},
      checked{static_cast<std::size_t>(index.cover().log_bytes / frame_alignment)},
      checked_blocks{index.bytes_of_lists() / packed_places::block_head_size + 1} {}

QUIPU_DECL void segment::take_part(std::shared_ptr<mapped_part> part) const {
  mapped_ = std::move(part);
  unchecked_end_.store(static_cast<std::uint32_t>(mapped_->index.cover().log_bytes / frame_alignment));
}

QUIPU_DECL void segment::map_files_now() const {
  const std::lock_guard lock{mutex_};
  map_files_in_lock();
}

QUIPU_DECL void segment::map_files_in_lock() const {
  if (state_.load() != state::unopened) return;
  require_whole();
  mapped_files found = opener_();
  if (found.index) take_part(std::make_shared<mapped_part>(std::move(*found.index), std::move(found.index_storage)));
  bytes_.base = found.base;
  opener_ = nullptr;
  state_.store(state::mapped_unread);
}

QUIPU_DECL void segment::require_whole() const {
  const std::uint64_t whole = std::max(size(), std::uint64_t{unchecked_end()} * frame_alignment);
  if (bytes_.file_size == nullptr || whole == 0) return;
  const std::uint64_t now = bytes_.file_size(bytes_.storage.get());
  if (now < whole) throw_corrupt("the segment was cut off while it was read", path_, now);
}

QUIPU_DECL event_run segment::all() const {
  if (bytes_.is_shared) require_whole();
  return look_for_run([](const mapped_index& index) { return event_run{index.order()}; },
                      [](const segment_index& index) { return event_run{&index.order()}; });
}

QUIPU_DECL entity_run segment::entity(const hashed_name& name) const {
  if (bytes_.is_shared) require_whole();
  return look_for_run(
      [&name](const mapped_index& index) {
        const auto found = index.find_entity(name);
        return found ? entity_run{event_run{found->events}, found->first_sequence, found->next_sequence} : entity_run{};
      },
      [&name](const segment_index& index) {
        const auto* found = index.find_entity(name.text);
        return found != nullptr ? entity_run{event_run{&found->events}, found->first_sequence, found->next_sequence}
                                : entity_run{};
      });
}

QUIPU_DECL event_run segment::scope(std::string_view name) const {
  if (bytes_.is_shared) require_whole();
  return look_for_run(
      [name](const mapped_index& index) {
        const auto found = index.find_scope(name);
        return found ? event_run{found->events} : event_run{};
      },
      [name](const segment_index& index) {
        const auto* found = index.find_scope(name);
        return found != nullptr ? event_run{&found->events} : event_run{};
      });
}

QUIPU_DECL event_run segment::kind(event_kind wanted) const {
  if (bytes_.is_shared) require_whole();
  return look_for_run(
      [wanted](const mapped_index& index) {
        const auto found = index.find_kind(wanted);
        return found ? event_run{*found} : event_run{};
      },
      [wanted](const segment_index& index) { return event_run{index.find_kind(wanted)}; });
}

QUIPU_DECL event_run segment::tag(std::string_view text) const {
  if (bytes_.is_shared) require_whole();
  return look_for_run([text](const mapped_index& index) { return event_run{index.find_tag(text)}; },
                      [text](const segment_index& index) { return event_run{index.tags().find(text)}; });
}

QUIPU_DECL event_run segment::holes() const {
  return look_for_run([](const mapped_index& index) { return event_run{index.holes()}; },
                      [](const segment_index& index) { return event_run{&index.holes()}; });
}

QUIPU_DECL frame_view segment::hole_or_event_at(std::uint32_t place) const {
  const std::size_t offset = std::size_t{place} * frame_alignment;
  const std::size_t end = std::size_t{unchecked_end()} * frame_alignment;
  if (offset < end && !check_frame(bytes_.base + offset, end - offset, identity_.checksum_seed, identity_.chained))
    throw_corrupt("a frame is damaged", path_, offset);
  const frame_view frame = frame_view::any(bytes_.base + offset, identity_.chained);
  if (!frame.is_internal()) return frame_at(place);
  if (!hole::is_one(frame) || !hole::read(frame, identity_.chained))
    throw_corrupt("what is left of dropped events can't be read", path_, offset);
  return frame;
}

QUIPU_DECL std::vector<event_kind> segment::kinds() const {
  return look(
      [](const mapped_index& index) {
        std::vector<event_kind> found;
        for (std::size_t position = 0; position < index.kind_count(); ++position)
          found.push_back(index.kind(position).kind);
        return found;
      },
      [](const segment_index& index) {
        std::vector<event_kind> found;
        for (std::size_t position = 0; position < index.kinds().size(); ++position)
          found.push_back(index.kinds()[position].kind);
        return found;
      },
      [](std::vector<event_kind> found, const std::vector<event_kind>& later) {
        for (const event_kind each : later)
          if (std::find(found.begin(), found.end(), each) == found.end()) found.push_back(each);
        return found;
      });
}

QUIPU_DECL std::optional<std::uint32_t> segment::key(const event_id& wanted) const {
  if (bytes_.is_shared) require_whole();
  return look([&wanted](const mapped_index& index) { return index.find_key(wanted); },
              [&wanted](const segment_index& index) {
                const std::uint32_t* found = index.find_key(wanted);
                return found != nullptr ? std::optional{*found} : std::nullopt;
              },
              [](const auto& found, const auto& later) { return found ? found : later; });
}

QUIPU_DECL event_run segment::effects(const event_id& cause) const {
  if (bytes_.is_shared) require_whole();
  return look_for_run([&cause](const mapped_index& index) { return event_run{index.find_effects(cause)}; },
                      [&cause](const segment_index& index) { return event_run{index.find_effects(cause)}; });
}

QUIPU_DECL event_run segment::conversation(const event_id& begin) const {
  if (bytes_.is_shared) require_whole();
  return look_for_run([&begin](const mapped_index& index) { return event_run{index.find_conversation(begin)}; },
                      [&begin](const segment_index& index) { return event_run{index.find_conversation(begin)}; });
}

QUIPU_DECL void segment::prefetch_ids(const place_run& order, std::size_t first, std::size_t last) const noexcept {
  for (std::size_t position = first; position < last; ++position)
    prefetch(sound_frame_at(order[position]).data() + frame_layout::id.offset);
}

QUIPU_DECL std::pair<std::size_t, std::size_t> segment::positions_of(const event_id& id) const {
  // An event's time says about where in the table's range it is: search from there in growing steps, so that few frames
  // are read, and those lie together.
  const auto near_its_time = [&](const mapped_index& index) {
    auto [first, last] = index.id_range(id);
    const place_run order = index.order();
    const auto is_before = [&](std::size_t position) { return frame_at(order[position]).id() < id; };
    if (first == last) return std::pair{first, last};
    const std::size_t guess = index.likely_position(id, first, last);
    prefetch_ids(order, guess < first + near_guess ? first : guess - near_guess,
                 std::min(guess + near_guess + 1, last));
    if (is_before(guess)) {
      first = guess + 1;
      for (std::size_t step = 1; first < last; step *= 2) {
        const std::size_t next = first + std::min(step, last - first) - 1;
        if (!is_before(next)) return std::pair{first, next};
        first = next + 1;
      }
    } else {
      last = guess;
      for (std::size_t step = 1; first < last; step *= 2) {
        const std::size_t next = last - std::min(step, last - first);
        if (is_before(next)) return std::pair{next + 1, last};
        last = next;
      }
    }
    return std::pair{first, last};
  };
  return look(
      near_its_time,
      [](const segment_index& index) {
        return std::pair<std::size_t, std::size_t>{0, index.order().size()};
      },
      [&](const auto& found, const auto& later) {
        if (!(mapped_->index.cover().last_id < id)) return found;
        const std::size_t before = mapped_->index.order().size();
        return std::pair{before, before + later.second};
      });
}

QUIPU_DECL std::size_t segment::position_of_id(const event_run& all, const event_id& wanted) const {
  const auto [first, last] = positions_of(wanted);
  return count_while(all, first, last, [&](std::uint32_t place) { return frame_at(place).id() < wanted; });
}

QUIPU_DECL event_id segment::first_id() const {
  map_files();
  if (mapped_ != nullptr && state_.load() != state::in_memory) {
    const index_cover& known = mapped_->index.cover();
    if (!known.first_id.is_nil()) return known.first_id;
    if (known.next_sequence != first_sequence_) return known.last_id_of_log;
    if (!is_continued()) return {};
  }
  if (state_.load() == state::mapped_unread) static_cast<void>(mapped_here());
  return while_still([this] {
    if (!index_.order().empty()) return sound_frame_at(index_.order()[0]).id();
    return index_.holes().empty() ? event_id{} : sound_frame_at(index_.holes()[0]).id();
  });
}

QUIPU_DECL std::size_t segment::size_of(const event_run& run) const {
  if (run.growing_ == nullptr) return run.fixed_.size();
  return run.fixed_.size() + while_still([&run] { return run.growing_->size(); });
}

QUIPU_DECL std::size_t segment::copy_places(const event_run& run, std::size_t position, std::uint32_t* to,
                                            std::size_t count) const {
  const std::size_t fixed = run.fixed_.size();
  std::size_t copied = 0;
  if (position < fixed) {
    copied = std::min(count, fixed - position);
    run.fixed_.copy(position, to, copied);
  }
  if (run.growing_ == nullptr || copied == count) return copied;
  const std::size_t from = position + copied - fixed;
  return copied + while_still([&] {
           if (from >= run.growing_->size()) return std::size_t{0};
           const std::size_t more = std::min(count - copied, run.growing_->size() - from);
           std::memcpy(to + copied, run.growing_->data() + from, more * sizeof *to);
           return more;
         });
}

QUIPU_DECL std::optional<std::uint32_t> segment::place_at(const event_run& run, std::size_t position) const {
  std::uint32_t place = 0;
  return copy_places(run, position, &place, 1) == 1 ? std::optional{place} : std::nullopt;
}

QUIPU_DECL std::size_t segment::position_of_sequence(const event_run& all, std::uint64_t wanted) const {
  if (wanted <= first_sequence_) return 0;
  const auto guess = static_cast<std::size_t>(std::min<std::uint64_t>(wanted - first_sequence_, size_of(all)));
  if (const auto place = place_at(all, guess); place && frame_at(*place).sequence() == wanted) return guess;
  // If events were dropped, the remaining ones have lower positions than their sequences suggest.
  return count_while(all, 0, guess, [&](std::uint32_t place) { return frame_at(place).sequence() < wanted; });
}

QUIPU_DECL std::size_t segment::position_in(const entity_run& run, std::uint64_t wanted) const {
  if (wanted <= run.first_sequence) return 0;
  const std::size_t size = size_of(run.events);
  const auto guess = static_cast<std::size_t>(std::min<std::uint64_t>(wanted - run.first_sequence, size));
  if (guess < size) {
    if (const auto place = place_at(run.events, guess); place && frame_at(*place).entity_sequence() == wanted)
      return guess;
  } else if (run.next_sequence - run.first_sequence == size) {
    return guess;
  }
  // Events were dropped: the remaining ones have lower positions than their sequences suggest.
  return count_while(run.events, 0, guess,
                     [&](std::uint32_t place) { return frame_at(place).entity_sequence() < wanted; });
}

QUIPU_DECL event_names segment::names_of(std::uint32_t coordinate) const {
  return look(
      [coordinate](const mapped_index& index) {
        const auto names = index.names_of(coordinate);
        return event_names{names.entity, names.scope};
      },
      [coordinate](const segment_index& index) {
        const auto names = index.names(coordinate);
        return names.entity == nullptr ? event_names{} : event_names{names.entity->name, names.scope->name};
      },
      [](const event_names& found, const event_names& later) { return later.entity.empty() ? found : later; });
}

QUIPU_DECL std::size_t segment::coordinate_count() const {
  return look_for_latest([](const mapped_index& index) { return index.coordinate_count(); },
                         [](const segment_index& index) { return index.coordinate_count(); });
}

QUIPU_DECL std::string segment::schema_text(event_kind kind, std::uint16_t version) const {
  return look_for_latest(
      [&](const mapped_index& index) {
        const auto known = index.find_schema(kind, version);
        return known ? std::string{known->text} : std::string{};
      },
      [&](const segment_index& index) {
        const auto* known = index.find_schema(kind, version);
        return known == nullptr ? std::string{} : known->text;
      });
}

QUIPU_DECL std::uint64_t segment::schema_fingerprint(event_kind kind, std::uint16_t version) const {
  return look_for_latest([&](const mapped_index& index) { return index.schema_fingerprint(kind, version); },
                         [&](const segment_index& index) {
                           const auto* known = index.find_schema(kind, version);
                           return known == nullptr ? std::uint64_t{0} : known->fingerprint;
                         });
}

QUIPU_DECL std::vector<std::string> segment::type_names(event_kind kind, std::uint16_t version) const {
  if (bytes_.is_shared) require_whole();
  const auto find_in = [&](const segment_index& index) {
    const auto* known = index.find_schema(kind, version);
    return known == nullptr ? std::vector<std::string>{} : known->names;
  };
  return look_for_latest(
      [&](const mapped_index& index) {
        const auto names = index.type_names(kind, version);
        return std::vector<std::string>{names.begin(), names.end()};
      },
      find_in);
}

QUIPU_DECL void segment::grow_from(const segment& other) {
  try {
    // Once something was added, damage to the index file could not be made good any more.
    if (const mapped_index* const index = other.mapped_here(); index != nullptr && index->has_right_checksums()) {
      index_.continue_from(*index);
      take_part(other.mapped_);
      state_.store(state::continued);
      return;
    }
  } catch (const index_damage&) {
    index_ = {};
  }
  index_.take_from(bytes_.base, other.size(), first_sequence_, identity_, path_);
}

QUIPU_DECL segment_index segment::whole_index() const {
  try {
    segment_index whole;
    mapped_->index.copy_to(whole);
    with_index([&](const segment_index& later) { whole.add_all(later); });
    return whole;
  } catch (const index_damage&) {
    throw_corrupt("the index file of the segment is damaged", path_, 0);
  }
}

QUIPU_DECL void segment::complete(std::uint64_t size) noexcept {
  size_.store(size);
  complete_.store(true);
}

QUIPU_DECL const mapped_index* segment::mapped_here() const {
  const unsigned char now = state_.load();
  if (now == state::mapped || now == state::continued) return &mapped_->index;
  return now == state::in_memory ? nullptr : mapped_first_read();
}

QUIPU_DECL const mapped_index* segment::mapped_first_read() const {
  const std::lock_guard lock{mutex_};
  map_files_in_lock();
  if (state_.load() == state::mapped_unread) {
    require_whole();
    if (mapped_ != nullptr)
      state_.store(state::mapped);
    else
      index_frames_in_lock();
  }
  return state_.load() == state::mapped ? &mapped_->index : nullptr;
}

QUIPU_DECL void segment::index_frames() const {
  const std::lock_guard lock{mutex_};
  if (is_continued()) throw_corrupt("the index file of the segment is damaged", path_, 0);
  if (state_.load() == state::mapped) index_frames_in_lock();
}

QUIPU_DECL void segment::index_frames_in_lock() const {
  require_whole();
  segment_index made;
  made.take_from(bytes_.base, size(), first_sequence_, identity_, path_);
  index_ = std::move(made);
  complete_.store(true);
  state_.store(state::in_memory);
}

QUIPU_DECL bool segment::is_checked(const event_run& run, std::size_t position, const std::uint32_t* places,
                                    std::size_t count) const {
  const std::size_t end = std::min(position + count, run.fixed_.size());
  if (unchecked_end() == 0 || position >= end) return true;  // what is in memory was checked
  bool all = true;
  std::size_t at = position;
  do {
    all = is_block_checked(run.fixed_, at);
    at = (at / packed_places::together + 1) * packed_places::together;
  } while (all && at < end);
  return all || count_checked(places, count) == count;
}

QUIPU_DECL bool segment::mark_block(const place_run& run, std::size_t position, std::size_t number) const {
  const std::size_t first = position / packed_places::together * packed_places::together;
  for (std::size_t each = first; each < std::min(first + packed_places::together, run.size()); ++each)
    if (!mapped_->checked.has(run[each])) return false;
  mapped_->checked_blocks.add(number);
  return true;
}

QUIPU_DECL void segment::check_one(std::uint32_t place) const {
  if (const std::uint32_t here = place / near_places; near_.exchange(here) != here) require_whole();
  check_place(place);
}

QUIPU_DECL void segment::check_many(const std::uint32_t* places, std::size_t count) const {
  require_whole();
  for (std::size_t number = 0; number < count; ++number)
    if (!is_known(places[number])) check_place(places[number]);
}

QUIPU_DECL void segment::check_place(std::uint32_t place) const {
  if (const mapped_index* const index = mapped_here()) {
    try {
      return check_event(*index, place);
    } catch (const index_damage&) {
      index_frames();
    }
  }
  // All frames were checked. The place is from an index file that turned out to be damaged.
  if (!std::binary_search(index_.order().begin(), index_.order().end(), place))
    throw_corrupt("a frame isn't the one that belongs here", path_, std::uint64_t{place} * frame_alignment);
  mapped_->checked.add(place);
}

QUIPU_DECL void segment::check_event(const mapped_index& index, std::uint32_t place) const {
  const std::size_t at = std::size_t{place} * frame_alignment;
  const auto whole = static_cast<std::size_t>(index.cover().log_bytes);
  if (!check_frame(bytes_.base + at, whole - at, identity_.checksum_seed, identity_.chained))
    throw_corrupt("a frame is damaged", path_, at);
  const frame_view frame{bytes_.base + at, identity_.chained};
  const place_run order = index.order();
  const std::size_t position = position_of(index, place, frame.sequence());
  if (frame.is_internal()) throw_corrupt("a frame isn't the one that belongs here", path_, at);
  if (frame.coordinate() >= index.coordinate_count()) throw_corrupt("an event's coordinate isn't defined", path_, at);
  const std::size_t next = position + 1 == order.size() ? whole : std::size_t{order[position + 1]} * frame_alignment;
  if (position == 0) check_internal(index, segment_head_size, at, first_sequence_);
  check_internal(index, at + frame.size(), next, frame.sequence() + 1);
  mapped_->checked.add(place);
}

QUIPU_DECL void segment::check_internal(const mapped_index& index, std::size_t begin, std::size_t end,
                                        std::uint64_t sequence) const {
  std::size_t at = begin;
  while (at < end) {
    if (!check_frame(bytes_.base + at, end - at, identity_.checksum_seed, identity_.chained))
      throw_corrupt("a frame is damaged", path_, at);
    const frame_view frame = frame_view::any(bytes_.base + at, identity_.chained);
    if (!frame.is_internal() || frame.sequence() < sequence || frame.sequence() > index.cover().next_sequence)
      throw_corrupt("a frame isn't the one that belongs here", path_, at);
    at += frame.size();
  }
  if (at != end) throw_corrupt("a frame isn't the one that belongs here", path_, begin);
}

QUIPU_DECL std::size_t segment::position_of(const mapped_index& index, std::uint32_t place,
                                            std::uint64_t sequence) const {
  const place_run order = index.order();
  if (sequence >= first_sequence_ && sequence < index.cover().next_sequence) {
    const std::uint64_t guess = sequence - first_sequence_;
    if (guess < order.size() && order[static_cast<std::size_t>(guess)] == place) return static_cast<std::size_t>(guess);
    // If events were dropped, the remaining ones have lower positions than their sequences suggest.
    const auto end = static_cast<std::size_t>(std::min<std::uint64_t>(guess, order.size()));
    const std::size_t found = order.partition_point(0, end, [&](std::uint32_t each) { return each < place; });
    if (index.holes().size() != 0 && found != end && order[found] == place) return found;
  }
  throw_corrupt("a frame isn't the one that belongs here", path_, std::uint64_t{place} * frame_alignment);
}

QUIPU_DECL std::shared_ptr<segment> growing_copy(const segment& covered) {
  auto growing =
      std::make_shared<segment>(covered.path(), covered.first_sequence(), covered.identity(), covered.bytes());
  growing->grow_from(covered);
  return growing;
}

}  // namespace quipu::detail::inline QUIPU_MODE
