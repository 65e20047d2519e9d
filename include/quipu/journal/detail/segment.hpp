// SPDX-License-Identifier: BSL-1.0
//
// segment.hpp: one file of the log as readers have it: its bytes, mapped, and its index. And a snapshot: the segments, and how
// far they are visible.
#pragma once

#include "../../core/detail/atomic.hpp"
#include "../../core/detail/monitor.hpp"
#include "../../core/detail/ordering.hpp"
#include "../../core/detail/owner.hpp"
#include "../../event/event_view.hpp"
#include "segment_index.hpp"

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace quipu::detail {

/// Shared by whoever reads it: views of its events keep it, and with it the mapping, alive.
template <class When>
class basic_segment final : public event_origin {
  using segment_index = basic_segment_index<When>;
  using coordinate_names = basic_coordinate_names<When>;

 public:
  /// `storage` keeps the bytes at `base` where they are.
  basic_segment(std::string path, std::uint64_t first_sequence, bool chained, const std::byte* base, shared_owner<const void> storage,
                std::uint64_t generation = 0)
      : path_{std::move(path)}, first_sequence_{first_sequence}, chained_{chained}, base_{base}, storage_{std::move(storage)}, generation_{generation} {}

  [[nodiscard]] const std::string& path() const noexcept { return path_; }
  [[nodiscard]] std::uint64_t first_sequence() const noexcept { return first_sequence_; }
  [[nodiscard]] bool chained() const noexcept { return chained_; }
  [[nodiscard]] const std::byte* base() const noexcept { return base_; }
  /// The log's when events were last dropped or erased in it, as its head has it; else 0.
  [[nodiscard]] std::uint64_t generation() const noexcept { return generation_; }
  /// What keeps the bytes where they are.
  [[nodiscard]] const shared_owner<const void>& storage() const noexcept { return storage_; }
  [[nodiscard]] frame_view frame_at(std::uint32_t place) const noexcept { return {base_ + std::size_t{place} * frame_alignment, chained_}; }

  /// Calls `read(index)` while nobody writes to the index; an index that is complete is read without a lock.
  template <class Read>
  decltype(auto) with_index(Read&& read) const {
    if (complete_.load()) return read(static_cast<const segment_index&>(index_));
    const lock_guard lock{mutex_};
    return read(static_cast<const segment_index&>(index_));
  }
  /// Calls `write(index)` while nobody reads it.
  template <class Write>
  decltype(auto) change_index(Write&& write) {
    const lock_guard lock{mutex_};
    return write(index_);
  }
  /// Nothing more will be added, to the index or to the file, which has `size` bytes.
  void complete(std::uint64_t size) noexcept {
    size_ = size;
    complete_.store(true);
  }
  /// Bytes in the file of a segment that is complete.
  [[nodiscard]] std::uint64_t size() const noexcept { return size_; }

  /// Copies up to `count` place_list from `position` of a list of this segment's index.
  [[nodiscard]] std::size_t copy_places(const place_list& list, std::size_t position, std::uint32_t* to, std::size_t count) const {
    return with_index([&](const segment_index&) {
      if (position >= list.size()) return std::size_t{0};
      const std::size_t copied = smaller(count, list.size() - position);
      if (copied != 0) std::memcpy(to, list.data() + position, copied * sizeof *to);
      return copied;
    });
  }

  /// How many of an entity's events in this segment come before entity sequence `wanted`. Under `with_index`.
  [[nodiscard]] std::size_t position_in(const basic_entity_places<When>& entity, std::uint64_t wanted) const noexcept {
    if (entity.next_sequence - entity.first_sequence == entity.events.size())  // none was dropped: no frame is touched
      return wanted <= entity.first_sequence ? 0 : static_cast<std::size_t>(smaller<std::uint64_t>(wanted - entity.first_sequence, entity.events.size()));
    return static_cast<std::size_t>(end_of_those(entity.events.begin(), entity.events.end(),
                                                 [&](std::uint32_t place) { return frame_at(place).entity_sequence() < wanted; }) - entity.events.begin());
  }

  struct text_names {
    std::string_view entity;
    std::string_view scope;
  };
  [[nodiscard]] text_names names_of(std::uint32_t coordinate) const {
    return with_index([&](const segment_index& index) {
      const coordinate_names names = index.names(coordinate);
      return text_names{names.entity->name, names.scope->name};
    });
  }

  [[nodiscard]] std::string schema_text(event_kind kind, std::uint16_t version) const override {
    return with_index([&](const segment_index& index) {
      const auto* known = index.find_schema(kind, version);
      return known == nullptr ? std::string{} : known->text;
    });
  }
  [[nodiscard]] std::uint64_t schema_fingerprint(event_kind kind, std::uint16_t version) const override {
    return with_index([&](const segment_index& index) {
      const auto* known = index.find_schema(kind, version);
      return known == nullptr ? std::uint64_t{0} : known->fingerprint;
    });
  }

 private:
  std::string path_;
  std::uint64_t first_sequence_;
  bool chained_;
  const std::byte* base_;
  shared_owner<const void> storage_;
  std::uint64_t generation_;
  mutable mutex mutex_;
  segment_index index_;
  atomic<bool> complete_{false};
  std::uint64_t size_{};
};
using segment = basic_segment<when_used>;

using segment_list = std::vector<shared_owner<segment>>;

/// What a reader sees: all events before `end_sequence`, of which the last segment holds those before `end_place`. Costs two copies of
/// numbers and one of a pointer; keeps what it refers to alive.
template <class When>
struct basic_log_snapshot {
  using segment = basic_segment<When>;
  using segment_index = basic_segment_index<When>;
  using entity_places = basic_entity_places<When>;
  using place_list = std::vector<deferred<When, std::uint32_t>>;
  using segment_list = std::vector<shared_owner<segment>>;

  shared_owner<const segment_list> segments{};
  std::uint64_t end_sequence{};
  std::uint32_t end_place{};

  [[nodiscard]] std::size_t segment_count() const noexcept { return segments ? segments->size() : 0; }
  [[nodiscard]] const shared_owner<segment>& at(std::size_t position) const noexcept { return (*segments)[position]; }
  /// The place in a segment up to which this snapshot reaches.
  [[nodiscard]] std::uint32_t end_of(std::size_t position) const noexcept {
    return position + 1 == segment_count() ? end_place : UINT32_MAX;
  }

  /// How many events an entity has by the end of a segment; 0 where the segment has none of them.
  [[nodiscard]] std::uint64_t entity_end_in(std::size_t position, std::string_view entity) const {
    const segment& owner = *at(position);
    const std::uint32_t end = end_of(position);
    return owner.with_index([&](const segment_index& index) -> std::uint64_t {
      const entity_places* known = index.find_entity(entity);
      if (known == nullptr) return 0;
      if (end == UINT32_MAX) return known->next_sequence;  // dropped ones have numbers too
      const auto after = end_of_those(known->events.begin(), known->events.end(), [end](std::uint32_t place) { return place < end; });
      return after == known->events.begin() ? 0 : owner.frame_at(*(after - 1)).entity_sequence() + 1;
    });
  }

  /// How many events an entity has, dropped ones included.
  [[nodiscard]] std::uint64_t entity_end(std::string_view entity) const {
    std::uint64_t count = 0;
    for (std::size_t position = segment_count(); count == 0 && position-- != 0;) count = entity_end_in(position, entity);
    return count;
  }

  /// The event with this number, as a frame of the segment that is returned; nothing where there is none.
  struct found_frame {
    shared_owner<segment> owner{};
    frame_view frame{};
    [[nodiscard]] explicit operator bool() const noexcept { return owner != nullptr; }
    [[nodiscard]] event_view view() const {
      const auto names = owner->names_of(frame.coordinate());
      return {frame, names.entity, names.scope, owner};
    }
  };
  [[nodiscard]] found_frame find_sequence(std::uint64_t sequence) const {
    if (sequence >= end_sequence) return {};
    const auto after = end_of_those(segments->begin(), segments->end(), [&](const auto& each) { return each->first_sequence() <= sequence; });
    if (after == segments->begin()) return {};
    const shared_owner<segment>& owner = *(after - 1);
    const std::uint64_t position = sequence - owner->first_sequence();
    return owner->with_index([&](const segment_index& index) -> found_frame {
      const place_list& order = index.order();
      if (position < order.size() && owner->frame_at(order[position]).sequence() == sequence) return {owner, owner->frame_at(order[position])};
      const auto found = end_of_those(order.begin(), order.end(), [&](std::uint32_t place) { return owner->frame_at(place).sequence() < sequence; });
      if (found == order.end() || owner->frame_at(*found).sequence() != sequence) return {};
      return {owner, owner->frame_at(*found)};
    });
  }

  /// The event with an idempotency key, or the hole that it was dropped into.
  [[nodiscard]] found_frame find_key(const event_id& key) const {
    for (std::size_t position = segment_count(); position-- != 0;) {
      const shared_owner<segment>& owner = at(position);
      const found_frame found = owner->with_index([&](const segment_index& index) -> found_frame {
        const std::uint32_t* place = index.find_key(key);
        return place == nullptr ? found_frame{} : found_frame{owner, owner->frame_at(*place)};
      });
      if (found) return found;
    }
    return {};
  }

  /// The frame that stands for the dropped event with this number; nothing where it wasn't dropped.
  [[nodiscard]] found_frame find_hole(std::uint64_t sequence) const {
    if (sequence >= end_sequence) return {};
    const auto after = end_of_those(segments->begin(), segments->end(), [&](const auto& each) { return each->first_sequence() <= sequence; });
    if (after == segments->begin()) return {};
    const shared_owner<segment>& owner = *(after - 1);
    return owner->with_index([&](const segment_index& index) -> found_frame {
      const place_list& holes = index.holes();
      const auto behind = end_of_those(holes.begin(), holes.end(), [&](std::uint32_t place) { return owner->frame_at(place).sequence() <= sequence; });
      if (behind == holes.begin()) return {};
      const frame_view frame = owner->frame_at(*(behind - 1));
      if (sequence - frame.sequence() >= basic_hole<When>{frame, owner->chained()}.count()) return {};
      return {owner, frame};
    });
  }

  /// The event of an entity with this entity sequence.
  [[nodiscard]] found_frame find_entity_sequence(std::string_view entity, std::uint64_t sequence) const {
    for (std::size_t position = segment_count(); position-- != 0;) {
      const shared_owner<segment>& owner = at(position);
      const std::uint32_t end = end_of(position);
      bool earlier = true;
      const found_frame found = owner->with_index([&](const segment_index& index) -> found_frame {
        const entity_places* known = index.find_entity(entity);
        if (known == nullptr || sequence < known->first_sequence) return {};
        earlier = false;
        const std::size_t which = owner->position_in(*known, sequence);
        if (which >= known->events.size() || known->events[which] >= end) return {};
        const frame_view frame = owner->frame_at(known->events[which]);
        return frame.entity_sequence() == sequence ? found_frame{owner, frame} : found_frame{};
      });
      if (found || !earlier) return found;
    }
    return {};
  }

  /// The last event of an entity that comes before entity sequence `end` and wasn't dropped.
  [[nodiscard]] found_frame find_last_before(std::string_view entity, std::uint64_t end) const {
    for (std::size_t position = segment_count(); position-- != 0;) {
      const shared_owner<segment>& owner = at(position);
      const std::uint32_t end_place_here = end_of(position);
      const found_frame found = owner->with_index([&](const segment_index& index) -> found_frame {
        const entity_places* known = index.find_entity(entity);
        if (known == nullptr) return {};
        std::size_t before = owner->position_in(*known, end);
        while (before != 0 && known->events[before - 1] >= end_place_here) --before;
        if (before == 0) return {};
        return {owner, owner->frame_at(known->events[before - 1])};
      });
      if (found) return found;
    }
    return {};
  }

  /// The event with this id. Ids ascend with the log, so it is found by halving, first among the segments.
  [[nodiscard]] found_frame find_id(const event_id& id) const {
    if (segment_count() == 0) return {};
    const auto begins_by = [&id](const shared_owner<segment>& each) {
      return each->with_index([&](const segment_index& index) {
        if (index.order().empty()) return !index.holes().empty() && !(id < each->frame_at(index.holes()[0]).id());  // all were dropped
        return !(id < each->frame_at(index.order()[0]).id());
      });
    };
    const auto after = end_of_those(segments->begin(), segments->end(), begins_by);
    if (after == segments->begin()) return {};
    const shared_owner<segment>& owner = *(after - 1);
    const std::uint32_t end = end_of(static_cast<std::size_t>(after - 1 - segments->begin()));
    return owner->with_index([&](const segment_index& index) -> found_frame {
      const place_list& order = index.order();
      const auto found = end_of_those(order.begin(), order.end(), [&](std::uint32_t place) { return owner->frame_at(place).id() < id; });
      if (found == order.end() || *found >= end || owner->frame_at(*found).id() != id) return {};
      return {owner, owner->frame_at(*found)};
    });
  }
};
using log_snapshot = basic_log_snapshot<when_used>;

}  // namespace quipu::detail
