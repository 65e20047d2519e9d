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
  basic_segment(std::string path, std::uint64_t first_sequence, bool chained, const std::byte* base, shared_owner<const void> storage)
      : path_{std::move(path)}, first_sequence_{first_sequence}, chained_{chained}, base_{base}, storage_{std::move(storage)} {}

  [[nodiscard]] const std::string& path() const noexcept { return path_; }
  [[nodiscard]] std::uint64_t first_sequence() const noexcept { return first_sequence_; }
  [[nodiscard]] bool chained() const noexcept { return chained_; }
  [[nodiscard]] const std::byte* base() const noexcept { return base_; }
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
      const auto after = end_of_those(known->events.begin(), known->events.end(), [end](std::uint32_t place) { return place < end; });
      return after == known->events.begin() ? 0 : owner.frame_at(*(after - 1)).entity_sequence() + 1;
    });
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
      if (position >= index.order().size()) return {};
      return {owner, owner->frame_at(index.order()[position])};
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
        const std::uint64_t which = sequence - known->first_sequence;
        if (which >= known->events.size() || known->events[which] >= end) return {};
        return {owner, owner->frame_at(known->events[which])};
      });
      if (found || !earlier) return found;
    }
    return {};
  }

  /// The event with this id. Ids ascend with the log, so it is found by halving, first among the segments.
  [[nodiscard]] found_frame find_id(const event_id& id) const {
    if (segment_count() == 0) return {};
    const auto begins_by = [&id](const shared_owner<segment>& each) {
      return each->with_index([&](const segment_index& index) { return !index.order().empty() && !(id < each->frame_at(index.order()[0]).id()); });
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
