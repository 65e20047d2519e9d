// SPDX-License-Identifier: BSL-1.0
//
// mapped_index.hpp: answers queries from a mapped index file, without copies and without memory per event. The answers
// are places: offsets of frames in the segment, divided by `frame_alignment`.
//
// `open` and `is_sound` accept any bytes: they read nothing outside of them, in time proportional to their number. The
// other members require that `is_sound` returned true. Const members are thread-safe.
#pragma once

#include "../../event/frame.hpp"
#include "../../macros.hpp"
#include "../format/index_layout.hpp"
#include "segment_index.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace quipu::detail::inline QUIPU_MODE {

/// Ascending places in a mapped index.
struct place_run {
  const std::uint32_t* data{};
  std::size_t count{};
};

/// Refers to the mapped bytes, which the caller keeps.
class mapped_index {
 public:
  /// Checks the head and the table of sections, in constant time. Returns nothing if the bytes aren't an index of this
  /// segment that this program can read. `raw` must begin at a multiple of 8, as a mapping does.
  [[nodiscard]] static std::optional<mapped_index> open(bytes_view raw, const store_identity& identity,
                                                        std::uint64_t first_sequence);

  /// What the file covers, without `head_state`. Doesn't require `is_sound`.
  [[nodiscard]] const index_cover& cover() const noexcept { return cover_; }
  /// State of the head's hash; empty if the store is unchained or the section is damaged. Doesn't require `is_sound`.
  [[nodiscard]] bytes_view head_state() const noexcept;

  /// Whether all sections have the right checksums and every number in them is within bounds. Takes time proportional
  /// to the file. Must be called once, before the members below.
  [[nodiscard]] bool is_sound() const noexcept;

  /// All events, in the order of the log.
  [[nodiscard]] place_run order() const noexcept { return {places(), event_count_}; }

  /// The places of all lists but `holes`. Doesn't require `is_sound`.
  [[nodiscard]] place_run places_of_lists() const noexcept { return {places(), count_of(index_section::places)}; }

  /// The frames that stand for dropped events.
  [[nodiscard]] place_run holes() const noexcept;

  struct entity_entry {
    std::string_view name{};
    std::uint64_t first_sequence{};  ///< entity sequence of the first of `events`
    std::uint64_t next_sequence{};   ///< entity sequence after the entity's last event, dropped ones included
    place_run events{};
  };
  [[nodiscard]] std::optional<entity_entry> find_entity(std::string_view name) const noexcept;
  [[nodiscard]] std::size_t entity_count() const noexcept { return count_of(index_section::entities); }
  [[nodiscard]] entity_entry entity(std::size_t number) const noexcept;

  struct scope_entry {
    std::string_view name{};
    place_run events{};
  };
  [[nodiscard]] std::optional<scope_entry> find_scope(std::string_view name) const noexcept;
  [[nodiscard]] std::size_t scope_count() const noexcept { return count_of(index_section::scopes); }
  [[nodiscard]] scope_entry scope(std::size_t number) const noexcept;

  /// Whether the program that made the file knew tags. Else nothing can be said about them. Doesn't require `is_sound`.
  [[nodiscard]] bool lists_tags() const noexcept { return knows(index_section::tag_slots); }
  /// Likewise for the names of types.
  [[nodiscard]] bool lists_type_names() const noexcept { return knows(index_section::type_names); }
  struct tag_entry {
    std::string_view name{};
    place_run events{};
  };
  [[nodiscard]] place_run find_tag(std::string_view name) const noexcept;
  [[nodiscard]] std::size_t tag_count() const noexcept { return count_of(index_section::tags); }
  [[nodiscard]] tag_entry tag(std::size_t number) const noexcept;

  struct kind_entry {
    event_kind kind{};
    place_run events{};
  };
  [[nodiscard]] std::optional<place_run> find_kind(event_kind wanted) const noexcept;
  [[nodiscard]] std::size_t kind_count() const noexcept { return count_of(index_section::kinds); }
  [[nodiscard]] kind_entry kind(std::size_t number) const noexcept;

  /// The place of the event with an idempotency key, or of the hole that records it.
  [[nodiscard]] std::optional<std::uint32_t> find_key(const event_id& key) const noexcept;
  /// The events whose causation id is `id`.
  [[nodiscard]] place_run find_effects(const event_id& id) const noexcept;
  /// The events whose correlation id is `id`, without the event that has this id itself.
  [[nodiscard]] place_run find_conversation(const event_id& id) const noexcept;

  struct names {
    std::string_view entity{};
    std::string_view scope{};
  };
  /// The names of a coordinate; empty names for an unknown number.
  [[nodiscard]] names names_of(std::uint32_t coordinate) const noexcept;
  [[nodiscard]] std::size_t coordinate_count() const noexcept { return count_of(index_section::coordinates); }

  struct schema_entry {
    event_kind kind{};
    std::uint16_t version{};
    std::uint64_t fingerprint{};
    std::string_view text{};
  };
  [[nodiscard]] std::optional<schema_entry> find_schema(event_kind kind, std::uint16_t version) const noexcept;
  [[nodiscard]] std::size_t schema_count() const noexcept { return count_of(index_section::schemas); }
  [[nodiscard]] schema_entry schema(std::size_t number) const noexcept;
  /// The names of the types that had a schema, the oldest first.
  [[nodiscard]] std::vector<std::string_view> type_names(event_kind kind, std::uint16_t version) const;

  /// The positions [first, second) in `order()` that an event with this id must have, if there is one.
  [[nodiscard]] std::pair<std::size_t, std::size_t> id_range(const event_id& id) const noexcept;
  /// The position in [first, last), which `id_range` has returned and which is not empty, that an event with this id
  /// has if the events were appended at equal distances of time.
  [[nodiscard]] std::size_t likely_position(const event_id& id, std::size_t first, std::size_t last) const noexcept;

  /// Copies everything to an empty index, so that the segment can grow. After `std::bad_alloc`, `to` is unusable.
  void copy_to(segment_index& to) const;

 private:
  struct section {
    const std::byte* data{};
    std::size_t count{};  // elements
  };

  [[nodiscard]] bool take_sections(bytes_view raw, index_head& head);

  [[nodiscard]] static bool section_is_right(bytes_view raw, const index_table_line& line) noexcept;

  // ---- elements of a sound index

  [[nodiscard]] std::size_t count_of(index_section of) const noexcept;
  [[nodiscard]] const std::byte* element(index_section of, std::size_t number) const noexcept;
  [[nodiscard]] const std::uint32_t* places() const noexcept;
  [[nodiscard]] place_run run_of(index_list list) const noexcept { return {places() + list.position, list.count}; }
  [[nodiscard]] std::string_view text_of(index_text text) const noexcept;
  [[nodiscard]] std::uint32_t schema_key_of(std::size_t number) const noexcept;
  [[nodiscard]] std::uint32_t type_name_key_of(std::size_t number) const noexcept;
  [[nodiscard]] bool knows(index_section last) const noexcept {
    return known_sections_ >= static_cast<std::uint32_t>(last);
  }
  [[nodiscard]] static std::uint64_t big_endian(const std::byte* from) noexcept;
  [[nodiscard]] std::uint64_t id_beginning(std::size_t number) const noexcept;
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
  /// 0 in a free slot, else one more than the element's number.
  [[nodiscard]] std::uint32_t number_in_slot(index_section slots, std::size_t slot) const noexcept;
  template <class Is>
  [[nodiscard]] std::optional<std::size_t> find(index_section of, std::uint32_t hash, Is&& is) const noexcept {
    const index_section slots = slots_of(of);
    if (count_of(slots) == 0) return std::nullopt;
    const std::size_t mask = count_of(slots) - 1;
    for (std::size_t slot = hash & mask;; slot = (slot + 1) & mask) {
      const std::uint32_t number = number_in_slot(slots, slot);
      if (number == 0) return std::nullopt;
      if (is(number - 1)) return number - 1;
    }
  }
  [[nodiscard]] std::optional<std::size_t> find_name(index_section of, std::string_view name) const noexcept;
  [[nodiscard]] const std::byte* find_id(index_section of, const event_id& id) const noexcept;
  [[nodiscard]] place_run links_of(index_section of, const event_id& id) const noexcept;

  // ---- copies

  template <class List>
  static void assign(List& to, place_run from) {
    to.assign(from.data, from.data + from.count);
  }
  template <class Links, class Table>
  void copy_links(index_section of, Links& links, Table& table) const {
    for (std::size_t number = 0; number < count_of(of); ++number) {
      const std::byte* const at = element(of, number);
      auto& made = links.add();
      assign(made.events, run_of(index_link::events.load(at)));
      table.insert(index_link::id.load(at), &made);
    }
  }

  // ---- checks of is_sound

  [[nodiscard]] bool checksums_are_right() const noexcept;

  [[nodiscard]] bool text_is_sound(index_text text) const noexcept;
  [[nodiscard]] bool names_are_sound() const noexcept;

  [[nodiscard]] bool place_is_sound(std::uint32_t place) const noexcept;
  [[nodiscard]] bool ascends(place_run run) const noexcept;
  /// `left`: places that the lists of this section may still have, which bounds the time that overlapping lists can
  /// take. An event is in at most one list of a section, or, in that of the tags, in one for each of its tags.
  [[nodiscard]] bool list_is_sound(index_list list, std::size_t& left) const noexcept;
  [[nodiscard]] bool section_of_lists_is_sound(index_section of, field<index_list> list,
                                               std::size_t lists_of_event = 1) const noexcept;
  [[nodiscard]] bool lists_are_sound() const noexcept;

  [[nodiscard]] bool others_are_sound() const noexcept;

  /// The size must be a power of two, every entry must refer to an element, and a free slot must end every search.
  [[nodiscard]] bool slots_are_sound(index_section of) const noexcept;

  bytes_view raw_;
  index_table_line head_state_;
  index_cover cover_;
  std::size_t event_count_{};
  std::uint32_t known_sections_{};
  std::array<section, index_section_count> sections_{};
};

}  // namespace quipu::detail::inline QUIPU_MODE
