// SPDX-License-Identifier: BSL-1.0
//
// mapped_index.hpp: reads an index file where it is mapped: nothing is copied, and nothing is held in memory for an event. Its answers are places; what is
// there is for the frames to say.
//
// Whatever the bytes are: `open` and `is_sound` read nothing outside of them and take no longer than their number allows; and if `is_sound` said so, that
// holds for everything else. Any number of threads may ask at once.
#pragma once

#include "../../event/frame.hpp"
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

namespace quipu::detail {

/// Places that ascend, in a mapped index.
struct place_run {
  const std::uint32_t* data{};
  std::size_t count{};
};

/// Refers to bytes that the caller keeps.
class mapped_index {
 public:
  /// Checks the head and the table of sections, in constant time. Nothing where the bytes aren't an index of this store's segment that this
  /// program can use; then it is as if there were none. `raw` begins at a multiple of 8, as a mapping does.
  [[nodiscard]] static std::optional<mapped_index> open(bytes_view raw, const store_identity& identity, std::uint64_t first_sequence) {
    if constexpr (!host_is_little_endian) return std::nullopt;  // places are used as they lie
    if (raw.size() < index_head::size || reinterpret_cast<std::uintptr_t>(raw.data()) % 8 != 0) return std::nullopt;
    try {
      index_head head;
      if (!head.take(raw)) return std::nullopt;
      const store_identity& found = head.common.identity;
      if (found.lineage != identity.lineage || found.checksum_seed != identity.checksum_seed || found.chained != identity.chained) return std::nullopt;
      if (head.cover.first_sequence != first_sequence || head.cover.next_sequence < first_sequence) return std::nullopt;
      if (head.event_count > head.cover.next_sequence - first_sequence || head.file_bytes != raw.size()) return std::nullopt;
      mapped_index index;
      if (!index.take_sections(raw, head)) return std::nullopt;
      return index;
    } catch (const error&) {
      return std::nullopt;
    }
  }

  /// Without the state of the head.
  [[nodiscard]] const index_cover& cover() const noexcept { return cover_; }
  /// What the head goes on from; empty where there is no chain, and where it isn't as it was written.
  [[nodiscard]] bytes_view head_state() const noexcept {
    if (head_state_.bytes == 0 || head_state_.bytes > index_head_state_limit || !section_is_right(raw_, head_state_)) return {};
    return raw_.subview(static_cast<std::size_t>(head_state_.offset), static_cast<std::size_t>(head_state_.bytes));
  }

  /// Whether all sections are as they were written, and every number in them is within bounds. Takes time in proportion to the file; to be asked once,
  /// before anything below.
  [[nodiscard]] bool is_sound() const noexcept {
    return checksums_are_right() && names_are_sound() && lists_are_sound() && others_are_sound() && slots_are_sound(index_section::entities) &&
           slots_are_sound(index_section::scopes) && slots_are_sound(index_section::keys) && slots_are_sound(index_section::effects) &&
           slots_are_sound(index_section::conversations);
  }

  /// All events.
  [[nodiscard]] place_run order() const noexcept { return {places(), event_count_}; }

  /// The frames that stand for dropped events.
  [[nodiscard]] place_run holes() const noexcept {
    const section& of = sections_[static_cast<std::size_t>(index_section::holes)];
    return {reinterpret_cast<const std::uint32_t*>(of.data), of.count};
  }

  struct entity_entry {
    std::string_view name{};
    std::uint64_t first_sequence{};  ///< entity sequence of the first of `events`
    std::uint64_t next_sequence{};   ///< the one after the entity's last, which may have been dropped, as others between may
    place_run events{};
  };
  [[nodiscard]] std::optional<entity_entry> find_entity(std::string_view name) const noexcept {
    const auto number = find_name(index_section::entities, name);
    return number ? std::optional{entity(*number)} : std::nullopt;
  }
  [[nodiscard]] std::size_t entity_count() const noexcept { return count_of(index_section::entities); }
  [[nodiscard]] entity_entry entity(std::size_t number) const noexcept {
    const std::byte* const at = element(index_section::entities, number);
    return {text_at(at), load_little_endian<std::uint64_t>(at + 16), load_little_endian<std::uint64_t>(at + 24), run_at(at + 8)};
  }

  struct scope_entry {
    std::string_view name{};
    place_run events{};
  };
  [[nodiscard]] std::optional<scope_entry> find_scope(std::string_view name) const noexcept {
    const auto number = find_name(index_section::scopes, name);
    return number ? std::optional{scope(*number)} : std::nullopt;
  }
  [[nodiscard]] std::size_t scope_count() const noexcept { return count_of(index_section::scopes); }
  [[nodiscard]] scope_entry scope(std::size_t number) const noexcept {
    const std::byte* const at = element(index_section::scopes, number);
    return {text_at(at), run_at(at + 8)};
  }

  struct kind_entry {
    event_kind kind{};
    place_run events{};
  };
  [[nodiscard]] std::optional<place_run> find_kind(event_kind wanted) const noexcept {
    const std::size_t found = first_not([&](std::size_t number) { return kind(number).kind < wanted; }, kind_count());
    if (found == kind_count() || kind(found).kind != wanted) return std::nullopt;
    return kind(found).events;
  }
  [[nodiscard]] std::size_t kind_count() const noexcept { return count_of(index_section::kinds); }
  [[nodiscard]] kind_entry kind(std::size_t number) const noexcept {
    const std::byte* const at = element(index_section::kinds, number);
    return {event_kind::from_raw(load_little_endian<std::uint16_t>(at)), run_at(at + 4)};
  }

  /// The place of the event with an idempotency key, or of the hole that it was dropped into.
  [[nodiscard]] std::optional<std::uint32_t> find_key(const event_id& key) const noexcept {
    const std::byte* const at = find_id(index_section::keys, key);
    return at != nullptr ? std::optional{load_little_endian<std::uint32_t>(at + 16)} : std::nullopt;
  }
  /// The events whose cause is the one with this id.
  [[nodiscard]] place_run find_effects(const event_id& id) const noexcept { return links_of(index_section::effects, id); }
  /// The events of the conversation that this id names, but for the event that began it.
  [[nodiscard]] place_run find_conversation(const event_id& id) const noexcept { return links_of(index_section::conversations, id); }

  struct names {
    std::string_view entity{};
    std::string_view scope{};
  };
  /// What a coordinate's number stands for; empty names for a number that isn't one.
  [[nodiscard]] names names_of(std::uint32_t coordinate) const noexcept {
    if (coordinate >= coordinate_count()) return {};
    const std::byte* const at = element(index_section::coordinates, coordinate);
    return {text_at(element(index_section::entities, load_little_endian<std::uint32_t>(at))),
            text_at(element(index_section::scopes, load_little_endian<std::uint32_t>(at + 4)))};
  }
  [[nodiscard]] std::size_t coordinate_count() const noexcept { return count_of(index_section::coordinates); }

  struct schema_entry {
    event_kind kind{};
    std::uint16_t version{};
    std::uint64_t fingerprint{};
    std::string_view text{};
  };
  [[nodiscard]] std::optional<schema_entry> find_schema(event_kind kind, std::uint16_t version) const noexcept {
    const std::uint32_t wanted = segment_index::schema_key(kind, version);
    const std::size_t found = first_not([&](std::size_t number) { return schema_key_of(number) < wanted; }, schema_count());
    if (found == schema_count() || schema_key_of(found) != wanted) return std::nullopt;
    return schema(found);
  }
  [[nodiscard]] std::size_t schema_count() const noexcept { return count_of(index_section::schemas); }
  [[nodiscard]] schema_entry schema(std::size_t number) const noexcept {
    const std::byte* const at = element(index_section::schemas, number);
    return {event_kind::from_raw(load_little_endian<std::uint16_t>(at)), load_little_endian<std::uint16_t>(at + 2),
            load_little_endian<std::uint64_t>(at + 16), text_at(at + 4)};
  }

  /// The positions in `order()` between which an event with this id is, if it is there: [first, second).
  [[nodiscard]] std::pair<std::size_t, std::size_t> id_range(const event_id& id) const noexcept {
    std::uint8_t raw[8];
    std::memcpy(raw, id.raw().data(), sizeof raw);
    const std::uint64_t wanted = big_endian(reinterpret_cast<const std::byte*>(raw));
    const std::size_t count = count_of(index_section::ids);
    const std::size_t first = first_not([&](std::size_t number) { return id_beginning(number) < wanted; }, count);
    const std::size_t last = first_not([&](std::size_t number) { return id_beginning(number) <= wanted; }, count);
    return {first == 0 ? 0 : (first - 1) * index_id_distance, std::min(last * index_id_distance, event_count_)};
  }

  /// Fills an empty index with all of this, so that a segment can grow on. After an exception (of memory) it isn't to be used.
  void copy_to(segment_index& to) const {
    assign(to.order_, order());
    assign(to.holes_, holes());
    for (std::size_t number = 0; number < entity_count(); ++number) {
      const entity_entry from = entity(number);
      auto& made = to.named(to.entities_, to.entities_by_name_, from.name);
      made.first_sequence = from.first_sequence;
      made.next_sequence = from.next_sequence;
      assign(made.events, from.events);
    }
    for (std::size_t number = 0; number < scope_count(); ++number) {
      const scope_entry from = scope(number);
      assign(to.named(to.scopes_, to.scopes_by_name_, from.name).events, from.events);
    }
    for (std::uint32_t number = 0; number < coordinate_count(); ++number) {
      const names from = names_of(number);
      (void)to.define(number, from.entity, from.scope);
    }
    for (std::size_t number = 0; number < kind_count(); ++number) assign(to.kind_list(kind(number).kind), kind(number).events);
    for (std::size_t number = 0; number < schema_count(); ++number) {
      const schema_entry from = schema(number);
      to.define_schema(from.kind, from.version, from.text);
    }
    for (std::size_t number = 0; number < count_of(index_section::keys); ++number) {
      const std::byte* const at = element(index_section::keys, number);
      to.by_key_.insert(index_head::id_at(at), load_little_endian<std::uint32_t>(at + 16));
    }
    copy_links(index_section::effects, to.links_, to.by_cause_);
    copy_links(index_section::conversations, to.links_, to.by_conversation_);
  }

 private:
  struct section {
    const std::byte* data{};
    std::size_t count{};  // of elements
  };

  [[nodiscard]] bool take_sections(bytes_view raw, index_head& head) {
    if (head.section_count > index_most_sections) return false;
    const std::size_t table_bytes = head.section_count * index_table_line::size;
    const bytes_view table = raw.subview(index_head::size, table_bytes);
    if (table.size() != table_bytes || crc32c(table) != head.table_checksum) return false;
    std::uint64_t end = index_head::size + table_bytes;
    std::uint32_t before = 0;
    for (std::size_t at = 0; at < table_bytes; at += index_table_line::size) {
      const index_table_line line = index_table_line::read(table.data() + at);
      if (line.number <= before || line.offset != end || line.bytes == 0 || line.bytes > raw.size() - end || line.end() > raw.size()) return false;
      before = line.number;
      end = line.end();
      if (line.number >= index_section_count) continue;  // of a later version
      const std::size_t element_size = index_element_sizes[line.number];
      if (line.bytes % element_size != 0) return false;
      sections_[line.number] = {raw.data() + line.offset, static_cast<std::size_t>(line.bytes) / element_size};
      if (line.number == static_cast<std::uint32_t>(index_section::head_state)) head_state_ = line;
    }
    if (end != raw.size()) return false;
    raw_ = raw;
    cover_ = std::move(head.cover);
    event_count_ = head.event_count;
    return event_count_ <= count_of(index_section::places) &&
           count_of(index_section::ids) == (event_count_ + index_id_distance - 1) / index_id_distance;
  }

  [[nodiscard]] static bool section_is_right(bytes_view raw, const index_table_line& line) noexcept {
    return crc32c(raw.subview(static_cast<std::size_t>(line.offset), static_cast<std::size_t>(line.end() - line.offset))) == line.checksum;
  }

  // ---- elements, once they are known to be sound

  [[nodiscard]] std::size_t count_of(index_section of) const noexcept { return sections_[static_cast<std::size_t>(of)].count; }
  [[nodiscard]] const std::byte* element(index_section of, std::size_t number) const noexcept {
    return sections_[static_cast<std::size_t>(of)].data + number * index_element_sizes[static_cast<std::size_t>(of)];
  }
  [[nodiscard]] const std::uint32_t* places() const noexcept {
    return reinterpret_cast<const std::uint32_t*>(sections_[static_cast<std::size_t>(index_section::places)].data);
  }
  [[nodiscard]] place_run run_at(const std::byte* at) const noexcept {
    return {places() + load_little_endian<std::uint32_t>(at), load_little_endian<std::uint32_t>(at + 4)};
  }
  [[nodiscard]] std::string_view text_at(const std::byte* at) const noexcept {
    const std::byte* const text = sections_[static_cast<std::size_t>(index_section::names)].data + load_little_endian<std::uint32_t>(at);
    return {reinterpret_cast<const char*>(text), load_little_endian<std::uint32_t>(at + 4)};
  }
  [[nodiscard]] std::uint32_t schema_key_of(std::size_t number) const noexcept {
    const std::byte* const at = element(index_section::schemas, number);
    return std::uint32_t{load_little_endian<std::uint16_t>(at)} << 16 | load_little_endian<std::uint16_t>(at + 2);
  }
  [[nodiscard]] static std::uint64_t big_endian(const std::byte* from) noexcept {
    std::uint64_t value = 0;
    for (std::size_t index = 0; index < 8; ++index) value = value << 8 | std::to_integer<std::uint64_t>(from[index]);
    return value;
  }
  [[nodiscard]] std::uint64_t id_beginning(std::size_t number) const noexcept { return big_endian(element(index_section::ids, number)); }

  /// The first of the numbers [0, count) that isn't `before`, which come before all the others.
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
      case index_section::entities: return index_section::entity_slots;
      case index_section::scopes: return index_section::scope_slots;
      case index_section::keys: return index_section::key_slots;
      case index_section::effects: return index_section::effect_slots;
      default: return index_section::conversation_slots;
    }
  }
  template <class Is>
  [[nodiscard]] std::optional<std::size_t> find(index_section of, std::uint32_t hash, Is&& is) const noexcept {
    const index_section slots = slots_of(of);
    if (count_of(slots) == 0) return std::nullopt;
    const std::size_t mask = count_of(slots) - 1;
    for (std::size_t slot = hash & mask;; slot = (slot + 1) & mask) {
      const auto number = load_little_endian<std::uint32_t>(element(slots, slot));
      if (number == 0) return std::nullopt;
      if (is(number - 1)) return number - 1;
    }
  }
  [[nodiscard]] std::optional<std::size_t> find_name(index_section of, std::string_view name) const noexcept {
    return find(of, index_hash(bytes_view{name}), [&](std::size_t number) { return text_at(element(of, number)) == name; });
  }
  [[nodiscard]] const std::byte* find_id(index_section of, const event_id& id) const noexcept {
    const auto number = find(of, index_hash(bytes_view{id.raw()}),
                             [&](std::size_t each) { return std::memcmp(element(of, each), id.raw().data(), 16) == 0; });
    return number ? element(of, *number) : nullptr;
  }
  [[nodiscard]] place_run links_of(index_section of, const event_id& id) const noexcept {
    const std::byte* const at = find_id(of, id);
    return at != nullptr ? run_at(at + 16) : place_run{};
  }

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
      assign(made.events, run_at(at + 16));
      table.insert(index_head::id_at(at), &made);
    }
  }

  // ---- whether it is sound

  [[nodiscard]] bool checksums_are_right() const noexcept {
    const std::size_t count = load_little_endian<std::uint32_t>(raw_.data() + 180);
    for (std::size_t number = 0; number < count; ++number)
      if (!section_is_right(raw_, index_table_line::read(raw_.data() + index_head::size + number * index_table_line::size))) return false;
    return true;
  }

  [[nodiscard]] bool text_is_sound(const std::byte* at) const noexcept {
    return std::uint64_t{load_little_endian<std::uint32_t>(at)} + load_little_endian<std::uint32_t>(at + 4) <= count_of(index_section::names);
  }
  [[nodiscard]] bool names_are_sound() const noexcept {
    for (std::size_t number = 0; number < entity_count(); ++number)
      if (!text_is_sound(element(index_section::entities, number))) return false;
    for (std::size_t number = 0; number < scope_count(); ++number)
      if (!text_is_sound(element(index_section::scopes, number))) return false;
    for (std::size_t number = 0; number < coordinate_count(); ++number) {
      const std::byte* const at = element(index_section::coordinates, number);
      if (load_little_endian<std::uint32_t>(at) >= entity_count() || load_little_endian<std::uint32_t>(at + 4) >= scope_count()) return false;
    }
    for (std::size_t number = 0; number < schema_count(); ++number) {
      if (!text_is_sound(element(index_section::schemas, number) + 4)) return false;
      if (number != 0 && schema_key_of(number - 1) >= schema_key_of(number)) return false;
    }
    return true;
  }

  [[nodiscard]] bool place_is_sound(std::uint32_t place) const noexcept {
    const std::uint64_t offset = std::uint64_t{place} * frame_alignment;
    return offset >= segment_head::size && offset + frame_header_size <= cover_.log_bytes;
  }
  [[nodiscard]] bool ascends(place_run run) const noexcept {
    if (run.count == 0) return true;
    if (!place_is_sound(run.data[0]) || !place_is_sound(run.data[run.count - 1])) return false;
    bool wrong = false;
    for (std::size_t index = 1; index < run.count; ++index) wrong |= run.data[index - 1] >= run.data[index];
    return !wrong;
  }
  /// Lists may overlap, but an event is in one list of each sort: so many are `left`, which bounds the time that it takes to look at them all.
  [[nodiscard]] bool list_is_sound(const std::byte* at, std::size_t& left) const noexcept {
    const std::size_t size = load_little_endian<std::uint32_t>(at + 4);
    if (size > left || std::uint64_t{load_little_endian<std::uint32_t>(at)} + size > count_of(index_section::places)) return false;
    left -= size;
    const place_run run = run_at(at);
    return (run.data == places() && run.count == event_count_) || ascends(run);  // all events were looked at first
  }
  [[nodiscard]] bool section_of_lists_is_sound(index_section of, std::size_t offset) const noexcept {
    std::size_t left = event_count_;
    for (std::size_t number = 0; number < count_of(of); ++number)
      if (!list_is_sound(element(of, number) + offset, left)) return false;
    return true;
  }
  [[nodiscard]] bool lists_are_sound() const noexcept {
    return ascends(order()) && ascends(holes()) && section_of_lists_is_sound(index_section::entities, 8) && section_of_lists_is_sound(index_section::scopes, 8) &&
           section_of_lists_is_sound(index_section::kinds, 4) && section_of_lists_is_sound(index_section::effects, 16) &&
           section_of_lists_is_sound(index_section::conversations, 16);
  }

  [[nodiscard]] bool others_are_sound() const noexcept {
    for (std::size_t number = 0; number < entity_count(); ++number) {
      const std::byte* const at = element(index_section::entities, number);
      const auto first = load_little_endian<std::uint64_t>(at + 16);
      const auto next = load_little_endian<std::uint64_t>(at + 24);
      if (next < first || next - first < load_little_endian<std::uint32_t>(at + 12)) return false;
    }
    for (std::size_t number = 1; number < kind_count(); ++number)
      if (kind(number - 1).kind >= kind(number).kind) return false;
    for (std::size_t number = 0; number < count_of(index_section::keys); ++number)
      if (!place_is_sound(load_little_endian<std::uint32_t>(element(index_section::keys, number) + 16))) return false;
    for (std::size_t number = 1; number < count_of(index_section::ids); ++number)
      if (id_beginning(number - 1) > id_beginning(number)) return false;
    return true;
  }

  /// A power of two, entries that exist, and one that is free, so that every search ends.
  [[nodiscard]] bool slots_are_sound(index_section of) const noexcept {
    const index_section slots = slots_of(of);
    const std::size_t size = count_of(slots);
    if (size == 0) return count_of(of) == 0;
    if ((size & (size - 1)) != 0) return false;
    bool wrong = false;
    std::size_t used = 0;
    for (std::size_t slot = 0; slot < size; ++slot) {
      const auto number = load_little_endian<std::uint32_t>(element(slots, slot));
      wrong |= number > count_of(of);
      used += number != 0;
    }
    return !wrong && used == count_of(of) && used < size;
  }

  bytes_view raw_;
  index_table_line head_state_;
  index_cover cover_;
  std::size_t event_count_{};
  std::array<section, index_section_count> sections_{};
};

}  // namespace quipu::detail
