// SPDX-License-Identifier: BSL-1.0
//
// mapped_index.hpp: answers queries from a mapped index file, without copies and without memory per event. The answers
// are places: offsets of frames in the segment, divided by `frame_alignment`.
//
// The file is checked in blocks, when they are first used. A member that finds damage throws `index_damage`, unless it
// is noexcept. Any bytes are accepted: nothing outside of them is read, and no place lies outside of the segment. Const
// members are thread-safe.
#pragma once

#include "../../core/detail/prefetch.hpp"
#include "../../event/frame.hpp"
#include "../../macros.hpp"
#include "../format/index_layout.hpp"
#include "../format/packed_places.hpp"
#include "segment_index.hpp"
#include "shared_bits.hpp"

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace quipu::detail::inline QUIPU_MODE {

/// Thrown where an index file isn't right. It is no error of the store: the segment's frames say the same.
struct index_damage {};

/// Refers to the mapped bytes, which the caller keeps.
class mapped_index {
 public:
  /// Checks the head, the table of sections and the table of checksums. Returns nothing if the bytes aren't an index of
  /// this segment that this program can read. `raw` must begin at a multiple of 8, as a mapping does.
  [[nodiscard]] static std::optional<mapped_index> open(bytes_view raw, const store_identity& identity,
                                                        std::uint64_t first_sequence);

  /// What the file covers, without `head_state`.
  [[nodiscard]] const index_cover& cover() const noexcept { return cover_; }
  /// State of the head's hash; empty if the store is unchained or the section is damaged.
  [[nodiscard]] bytes_view head_state() const;

  /// Whether all blocks have the right checksums. Takes time proportional to the file.
  [[nodiscard]] bool has_right_checksums() const;

  /// All events, in the order of the log.
  [[nodiscard]] place_run order() const {
    return checks_->order.load(std::memory_order_acquire) ? order_ : checked_order();
  }

  /// The frames that stand for dropped events.
  [[nodiscard]] place_run holes() const;

  /// Size of the part of the file with the lists.
  [[nodiscard]] std::size_t bytes_of_lists() const noexcept { return count_of(index_section::lists); }
  /// The offset there of the block that has a position of a list.
  [[nodiscard]] std::size_t offset_of(const place_run& list, std::size_t position) const noexcept {
    return static_cast<std::size_t>(list.block_of(position) - section_of(index_section::lists).data);
  }

  struct entity_entry {
    std::string_view name{};
    std::uint64_t first_sequence{};  ///< entity sequence of the first of `events`
    std::uint64_t next_sequence{};   ///< entity sequence after the entity's last event, dropped ones included
    place_run events{};
  };
  [[nodiscard]] std::optional<entity_entry> find_entity(const hashed_name& name) const;
  /// Lets the processor load what `find_entity` will read first, so that several files are waited for at once.
  void expect_entity(const hashed_name& name) const noexcept {
    const section& slots = section_of(index_section::entity_slots);
    if (slots.count != 0) prefetch(slots.data + (name.hash & (slots.count - 1)) * index_slot::layout_size);
  }
  [[nodiscard]] std::size_t entity_count() const noexcept { return count_of(index_section::entities); }
  [[nodiscard]] entity_entry entity(std::size_t number) const;

  struct scope_entry {
    std::string_view name{};
    place_run events{};
  };
  [[nodiscard]] std::optional<scope_entry> find_scope(std::string_view name) const;
  [[nodiscard]] std::size_t scope_count() const noexcept { return count_of(index_section::scopes); }
  [[nodiscard]] scope_entry scope(std::size_t number) const;

  struct tag_entry {
    std::string_view name{};
    place_run events{};
  };
  [[nodiscard]] place_run find_tag(std::string_view name) const;
  [[nodiscard]] std::size_t tag_count() const noexcept { return count_of(index_section::tags); }
  [[nodiscard]] tag_entry tag(std::size_t number) const;

  struct kind_entry {
    event_kind kind{};
    place_run events{};
  };
  [[nodiscard]] std::optional<place_run> find_kind(event_kind wanted) const;
  [[nodiscard]] std::size_t kind_count() const noexcept { return count_of(index_section::kinds); }
  [[nodiscard]] kind_entry kind(std::size_t number) const;

  /// The place of the event with an idempotency key, or of the hole that records it.
  [[nodiscard]] std::optional<std::uint32_t> find_key(const event_id& key) const;
  /// The events whose causation id is `id`.
  [[nodiscard]] place_run find_effects(const event_id& id) const;
  /// The events whose correlation id is `id`, without the event that has this id itself.
  [[nodiscard]] place_run find_conversation(const event_id& id) const;

  struct names {
    std::string_view entity{};
    std::string_view scope{};
  };
  /// The names of a coordinate; empty names for an unknown number.
  [[nodiscard]] names names_of(std::uint32_t coordinate) const;
  [[nodiscard]] std::size_t coordinate_count() const noexcept { return count_of(index_section::coordinates); }

  /// Whether no entity has two coordinates.
  [[nodiscard]] bool has_single_coordinates() const noexcept { return coordinate_count() == entity_count(); }
  /// The number of an entity's coordinate with a scope, in an index where no entity has two.
  [[nodiscard]] std::optional<std::uint32_t> single_coordinate(std::string_view entity, std::string_view scope) const;

  struct schema_entry {
    event_kind kind{};
    std::uint16_t version{};
    std::uint64_t fingerprint{};
    std::string_view text{};
  };
  [[nodiscard]] std::optional<schema_entry> find_schema(event_kind kind, std::uint16_t version) const;
  /// The fingerprint of that schema; 0 if there is none. It is asked for with each event that is decoded.
  [[nodiscard]] std::uint64_t schema_fingerprint(event_kind kind, std::uint16_t version) const;
  [[nodiscard]] std::size_t schema_count() const noexcept { return count_of(index_section::schemas); }
  [[nodiscard]] schema_entry schema(std::size_t number) const;
  /// The names of the types that had a schema, the oldest first.
  [[nodiscard]] std::vector<std::string_view> type_names(event_kind kind, std::uint16_t version) const;

  /// The positions [first, second) in `order()` that an event with this id must have, if there is one.
  [[nodiscard]] std::pair<std::size_t, std::size_t> id_range(const event_id& id) const;
  /// The position in [first, last), which `id_range` has returned and which is not empty, that an event with this id
  /// has if the events were appended at equal distances of time.
  [[nodiscard]] std::size_t likely_position(const event_id& id, std::size_t first, std::size_t last) const;

  /// Copies everything to an empty index, so that the segment can grow. After an exception, `to` is unusable.
  void copy_to(segment_index& to) const;
  /// Copies the schemas, and the names of types.
  void copy_schemas_to(segment_index& to) const;

 private:
  struct section {
    const std::byte* data{};
    std::size_t count{};  // elements
  };
  /// What was checked, by any thread.
  struct checks {
    explicit checks(std::size_t count) : blocks{count} {}
    shared_bits blocks;
    std::atomic<bool> order{false};
  };

  [[nodiscard]] bool take_sections(bytes_view raw, index_head& head);
  [[nodiscard]] bool sizes_are_right() const noexcept;
  [[nodiscard]] bool slots_are_right(index_section of) const noexcept;

  // ---- blocks

  [[nodiscard]] std::size_t block_of(const std::byte* at) const noexcept {
    return static_cast<std::size_t>(at - sections_begin_) / index_block_size;
  }
  /// Checks the blocks in which some bytes of sections lie, unless they were checked before.
  void require_right(const std::byte* from, std::size_t size) const {
    if (size == 0) return;
    const std::size_t first = block_of(from);
    const std::size_t count = block_of(from + (size - 1)) - first + 1;
    if (count == 1 ? !checks_->blocks.has(first) : !checks_->blocks.has_all(first, count)) check_blocks(first, count);
  }
  void check_blocks(std::size_t first, std::size_t count) const;
  [[nodiscard]] bool block_is_right(std::size_t number) const noexcept;
  [[nodiscard]] place_run checked_order() const;

  // ---- elements

  [[nodiscard]] const section& section_of(index_section of) const noexcept {
    return sections_[static_cast<std::size_t>(of)];
  }
  [[nodiscard]] std::size_t count_of(index_section of) const noexcept { return section_of(of).count; }
  [[nodiscard]] const std::byte* element(index_section of, std::size_t number) const;
  [[nodiscard]] place_run run_of(index_list list) const;
  [[nodiscard]] std::string_view text_of(index_text text) const;
  /// `schema_count()` if there is none.
  [[nodiscard]] std::size_t number_of_schema(event_kind kind, std::uint16_t version) const;
  [[nodiscard]] std::uint32_t type_name_key_of(std::size_t number) const;
  [[nodiscard]] static std::uint64_t big_endian(const std::byte* from) noexcept;
  [[nodiscard]] std::uint64_t id_beginning(std::size_t number) const;
  /// The microseconds in the beginning of an id.
  [[nodiscard]] static double time_in(std::uint64_t beginning) noexcept {
    return static_cast<double>((beginning >> 16) * 1000 + (beginning & 0xFFF));
  }

  /// The first of the numbers [0, count) for which `before` is false; it is true for all numbers before.
  template <class Before>
  [[nodiscard]] static std::size_t first_not(Before&& before, std::size_t count) {
    std::size_t first = 0;
    while (count > 0) {
      const std::size_t half = count / 2;
      if (before(first + half)) {
        first += half + 1;
        count -= half + 1;
      } else {
        count = half;
      }
    }
    return first;
  }

  // ---- hash tables

  [[nodiscard]] static constexpr index_section slots_of(index_section of) noexcept {
    switch (of) {
      case index_section::entities:
        return index_section::entity_slots;
      case index_section::scopes:
        return index_section::scope_slots;
      case index_section::keys:
        return index_section::key_slots;
      case index_section::effects:
        return index_section::effect_slots;
      case index_section::tags:
        return index_section::tag_slots;
      default:
        return index_section::conversation_slots;
    }
  }
  template <class Is>
  [[nodiscard]] std::optional<std::size_t> find(index_section of, std::uint32_t hash, Is&& is) const {
    const index_section slots = slots_of(of);
    if (count_of(slots) == 0) return std::nullopt;
    const std::size_t mask = count_of(slots) - 1;
    std::size_t slot = hash & mask;
    for (std::size_t step = 0; step <= index_most_steps; ++step, slot = (slot + 1) & mask) {
      const index_slot found{element(slots, slot)};
      if (found.is_free()) break;
      if (found.may_have(hash, mask) && is(found.number(mask))) return found.number(mask);
    }
    return std::nullopt;
  }
  [[nodiscard]] std::optional<std::size_t> find_name(index_section of, const hashed_name& name) const;
  [[nodiscard]] const std::byte* find_id(index_section of, const event_id& id) const;
  [[nodiscard]] place_run links_of(index_section of, const event_id& id) const;

  // ---- copies

  /// Copies lists of one section, and no more places than those can have: lists could overlap, and there are many.
  class list_copier {
   public:
    /// An event is in at most one list of a section, or, in that of the tags, in one for each of its tags.
    list_copier(const mapped_index& from, std::size_t lists_of_event = 1) noexcept
        : left_{from.order_.size() * lists_of_event} {}
    void copy(place_run from, std::vector<std::uint32_t>& to);

   private:
    std::size_t left_;
  };
  template <class Links, class Table>
  void copy_links(index_section of, Links& links, Table& table) const {
    list_copier copier{*this};
    for (std::size_t number = 0; number < count_of(of); ++number) {
      const std::byte* const at = element(of, number);
      auto& made = links.add();
      copier.copy(run_of(index_link::events.load(at)), made.events);
      table.insert(index_link::id.load(at), &made);
    }
  }

  bytes_view raw_;
  const std::byte* sections_begin_{};
  std::unique_ptr<checks> checks_;
  index_cover cover_;
  std::size_t event_count_{};
  std::uint32_t most_place_{};  // that an event of the segment can have
  place_run order_{};           // once `checks_` says so
  std::array<section, index_section_count> sections_{};
};

}  // namespace quipu::detail::inline QUIPU_MODE
