// SPDX-License-Identifier: BSL-1.0
//
// mapped_index.hpp: answers queries from a mapped index file, without copies and without memory per event. The answers
// are places: offsets of frames in the segment, divided by `frame_alignment`.
//
// `open` and `is_sound` accept any bytes: they read nothing outside of them, in time proportional to their number. The
// other members require that `is_sound` returned true. Const members are thread-safe.
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
                                                        std::uint64_t first_sequence) {
    if constexpr (!host_is_little_endian) return std::nullopt;  // places are read in place, as numbers of the host
    if (raw.size() < index_head::size || reinterpret_cast<std::uintptr_t>(raw.data()) % 8 != 0) return std::nullopt;
    try {
      index_head head;
      if (!head.take(raw)) return std::nullopt;
      const store_identity& found = head.common.identity;
      if (found.lineage != identity.lineage || found.checksum_seed != identity.checksum_seed ||
          found.chained != identity.chained)
        return std::nullopt;
      if (head.cover.first_sequence != first_sequence || head.cover.next_sequence < first_sequence) return std::nullopt;
      if (head.event_count > head.cover.next_sequence - first_sequence || head.file_bytes != raw.size())
        return std::nullopt;
      mapped_index index;
      if (!index.take_sections(raw, head)) return std::nullopt;
      return index;
    } catch (const error&) {
      return std::nullopt;
    }
  }

  /// What the file covers, without `head_state`. Doesn't require `is_sound`.
  [[nodiscard]] const index_cover& cover() const noexcept { return cover_; }
  /// State of the head's hash; empty if the store is unchained or the section is damaged. Doesn't require `is_sound`.
  [[nodiscard]] bytes_view head_state() const noexcept {
    if (head_state_.bytes == 0 || head_state_.bytes > index_head_state_limit || !section_is_right(raw_, head_state_))
      return {};
    return raw_.subview(static_cast<std::size_t>(head_state_.offset), static_cast<std::size_t>(head_state_.bytes));
  }

  /// Whether all sections have the right checksums and every number in them is within bounds. Takes time proportional
  /// to the file; must be called once, before the members below.
  [[nodiscard]] bool is_sound() const noexcept {
    return checksums_are_right() && names_are_sound() && lists_are_sound() && others_are_sound() &&
           slots_are_sound(index_section::entities) && slots_are_sound(index_section::scopes) &&
           slots_are_sound(index_section::keys) && slots_are_sound(index_section::effects) &&
           slots_are_sound(index_section::conversations);
  }

  /// All events, in the order of the log.
  [[nodiscard]] place_run order() const noexcept { return {places(), event_count_}; }

  /// The frames that stand for dropped events.
  [[nodiscard]] place_run holes() const noexcept {
    const section& of = sections_[static_cast<std::size_t>(index_section::holes)];
    return {reinterpret_cast<const std::uint32_t*>(of.data), of.count};
  }

  struct entity_entry {
    std::string_view name{};
    std::uint64_t first_sequence{};  ///< entity sequence of the first of `events`
    std::uint64_t next_sequence{};   ///< entity sequence after the entity's last event, dropped ones included
    place_run events{};
  };
  [[nodiscard]] std::optional<entity_entry> find_entity(std::string_view name) const noexcept {
    const auto number = find_name(index_section::entities, name);
    return number ? std::optional{entity(*number)} : std::nullopt;
  }
  [[nodiscard]] std::size_t entity_count() const noexcept { return count_of(index_section::entities); }
  [[nodiscard]] entity_entry entity(std::size_t number) const noexcept {
    const std::byte* const at = element(index_section::entities, number);
    return {text_of(index_entity::name.load(at)), index_entity::first_sequence.load(at),
            index_entity::next_sequence.load(at), run_of(index_entity::events.load(at))};
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
    return {text_of(index_scope::name.load(at)), run_of(index_scope::events.load(at))};
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
    return {event_kind::from_raw(index_kind::kind.load(at)), run_of(index_kind::events.load(at))};
  }

  /// The place of the event with an idempotency key, or of the hole that records it.
  [[nodiscard]] std::optional<std::uint32_t> find_key(const event_id& key) const noexcept {
    const std::byte* const at = find_id(index_section::keys, key);
    return at != nullptr ? std::optional{index_key::place.load(at)} : std::nullopt;
  }
  /// The events whose causation id is `id`.
  [[nodiscard]] place_run find_effects(const event_id& id) const noexcept {
    return links_of(index_section::effects, id);
  }
  /// The events whose correlation id is `id`, without the event that has this id itself.
  [[nodiscard]] place_run find_conversation(const event_id& id) const noexcept {
    return links_of(index_section::conversations, id);
  }

  struct names {
    std::string_view entity{};
    std::string_view scope{};
  };
  /// The names of a coordinate; empty names for an unknown number.
  [[nodiscard]] names names_of(std::uint32_t coordinate) const noexcept {
    if (coordinate >= coordinate_count()) return {};
    const std::byte* const at = element(index_section::coordinates, coordinate);
    const std::byte* const entity_at = element(index_section::entities, index_coordinate::entity.load(at));
    const std::byte* const scope_at = element(index_section::scopes, index_coordinate::scope.load(at));
    return {text_of(index_entity::name.load(entity_at)), text_of(index_scope::name.load(scope_at))};
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
    const auto is_before = [&](std::size_t number) { return schema_key_of(number) < wanted; };
    const std::size_t found = first_not(is_before, schema_count());
    if (found == schema_count() || schema_key_of(found) != wanted) return std::nullopt;
    return schema(found);
  }
  [[nodiscard]] std::size_t schema_count() const noexcept { return count_of(index_section::schemas); }
  [[nodiscard]] schema_entry schema(std::size_t number) const noexcept {
    const std::byte* const at = element(index_section::schemas, number);
    return {event_kind::from_raw(index_schema::kind.load(at)), index_schema::version.load(at),
            index_schema::fingerprint.load(at), text_of(index_schema::text.load(at))};
  }

  /// The positions [first, second) in `order()` that an event with this id must have, if there is one.
  [[nodiscard]] std::pair<std::size_t, std::size_t> id_range(const event_id& id) const noexcept {
    std::byte raw[index_id_size];
    std::memcpy(raw, id.raw().data(), sizeof raw);
    const std::uint64_t wanted = big_endian(raw);
    const std::size_t count = count_of(index_section::ids);
    const std::size_t first = first_not([&](std::size_t number) { return id_beginning(number) < wanted; }, count);
    const std::size_t last = first_not([&](std::size_t number) { return id_beginning(number) <= wanted; }, count);
    return {first == 0 ? 0 : (first - 1) * index_id_distance, std::min(last * index_id_distance, event_count_)};
  }

  /// Copies everything to an empty index, so that the segment can grow. After `std::bad_alloc`, `to` is unusable.
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
    for (std::size_t number = 0; number < kind_count(); ++number)
      assign(to.kind_list(kind(number).kind), kind(number).events);
    for (std::size_t number = 0; number < schema_count(); ++number) {
      const schema_entry from = schema(number);
      to.define_schema(from.kind, from.version, from.text);
    }
    for (std::size_t number = 0; number < count_of(index_section::keys); ++number) {
      const std::byte* const at = element(index_section::keys, number);
      to.by_key_.insert(index_key::key.load(at), index_key::place.load(at));
    }
    copy_links(index_section::effects, to.links_, to.by_cause_);
    copy_links(index_section::conversations, to.links_, to.by_conversation_);
  }

 private:
  struct section {
    const std::byte* data{};
    std::size_t count{};  // elements
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
      if (line.number <= before || line.offset != end || line.bytes == 0 || line.bytes > raw.size() - end ||
          line.end() > raw.size())
        return false;
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
    const auto size = static_cast<std::size_t>(line.end() - line.offset);
    return crc32c(raw.subview(static_cast<std::size_t>(line.offset), size)) == line.checksum;
  }

  // ---- elements of a sound index

  [[nodiscard]] std::size_t count_of(index_section of) const noexcept {
    return sections_[static_cast<std::size_t>(of)].count;
  }
  [[nodiscard]] const std::byte* element(index_section of, std::size_t number) const noexcept {
    return sections_[static_cast<std::size_t>(of)].data + number * index_element_sizes[static_cast<std::size_t>(of)];
  }
  [[nodiscard]] const std::uint32_t* places() const noexcept {
    return reinterpret_cast<const std::uint32_t*>(sections_[static_cast<std::size_t>(index_section::places)].data);
  }
  [[nodiscard]] place_run run_of(index_list list) const noexcept { return {places() + list.position, list.count}; }
  [[nodiscard]] std::string_view text_of(index_text text) const noexcept {
    const std::byte* const at = sections_[static_cast<std::size_t>(index_section::names)].data + text.offset;
    return {reinterpret_cast<const char*>(at), text.size};
  }
  [[nodiscard]] std::uint32_t schema_key_of(std::size_t number) const noexcept {
    const std::byte* const at = element(index_section::schemas, number);
    return segment_index::schema_key(event_kind::from_raw(index_schema::kind.load(at)), index_schema::version.load(at));
  }
  [[nodiscard]] static std::uint64_t big_endian(const std::byte* from) noexcept {
    std::uint64_t value = 0;
    for (std::size_t index = 0; index < index_id_size; ++index)
      value = value << 8 | std::to_integer<std::uint64_t>(from[index]);
    return value;
  }
  [[nodiscard]] std::uint64_t id_beginning(std::size_t number) const noexcept {
    return big_endian(element(index_section::ids, number));
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
      case index_section::entities: return index_section::entity_slots;
      case index_section::scopes: return index_section::scope_slots;
      case index_section::keys: return index_section::key_slots;
      case index_section::effects: return index_section::effect_slots;
      default: return index_section::conversation_slots;
    }
  }
  /// 0 in a free slot, else one more than the element's number.
  [[nodiscard]] std::uint32_t number_in_slot(index_section slots, std::size_t slot) const noexcept {
    return load_little_endian<std::uint32_t>(element(slots, slot));
  }
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
  [[nodiscard]] std::optional<std::size_t> find_name(index_section of, std::string_view name) const noexcept {
    static_assert(index_entity::name.offset == index_scope::name.offset);
    return find(of, index_hash(bytes_view{name}),
                [&](std::size_t number) { return text_of(index_entity::name.load(element(of, number))) == name; });
  }
  [[nodiscard]] const std::byte* find_id(index_section of, const event_id& id) const noexcept {
    static_assert(index_key::key.offset == index_link::id.offset);
    const auto number = find(of, index_hash(bytes_view{id.raw()}),
                             [&](std::size_t each) { return index_key::key.load(element(of, each)) == id; });
    return number ? element(of, *number) : nullptr;
  }
  [[nodiscard]] place_run links_of(index_section of, const event_id& id) const noexcept {
    const std::byte* const at = find_id(of, id);
    return at != nullptr ? run_of(index_link::events.load(at)) : place_run{};
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
      assign(made.events, run_of(index_link::events.load(at)));
      table.insert(index_link::id.load(at), &made);
    }
  }

  // ---- checks of is_sound

  [[nodiscard]] bool checksums_are_right() const noexcept {
    const std::byte* const table = raw_.data() + index_head::size;
    const std::size_t count = index_head::layout::section_count.load(raw_.data());
    for (std::size_t number = 0; number < count; ++number)
      if (!section_is_right(raw_, index_table_line::read(table + number * index_table_line::size))) return false;
    return true;
  }

  [[nodiscard]] bool text_is_sound(index_text text) const noexcept {
    return std::uint64_t{text.offset} + text.size <= count_of(index_section::names);
  }
  [[nodiscard]] bool names_are_sound() const noexcept {
    for (std::size_t number = 0; number < entity_count(); ++number)
      if (!text_is_sound(index_entity::name.load(element(index_section::entities, number)))) return false;
    for (std::size_t number = 0; number < scope_count(); ++number)
      if (!text_is_sound(index_scope::name.load(element(index_section::scopes, number)))) return false;
    for (std::size_t number = 0; number < coordinate_count(); ++number) {
      const std::byte* const at = element(index_section::coordinates, number);
      if (index_coordinate::entity.load(at) >= entity_count() || index_coordinate::scope.load(at) >= scope_count())
        return false;
    }
    for (std::size_t number = 0; number < schema_count(); ++number) {
      if (!text_is_sound(index_schema::text.load(element(index_section::schemas, number)))) return false;
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
  /// `left`: places that the lists of this section may still have. An event is in at most one of them, so there are as
  /// many as events, which bounds the time that overlapping lists can take.
  [[nodiscard]] bool list_is_sound(index_list list, std::size_t& left) const noexcept {
    if (list.count > left || std::uint64_t{list.position} + list.count > count_of(index_section::places)) return false;
    left -= list.count;
    const place_run run = run_of(list);
    return (run.data == places() && run.count == event_count_) || ascends(run);  // order() was checked before
  }
  [[nodiscard]] bool section_of_lists_is_sound(index_section of, field<index_list> list) const noexcept {
    std::size_t left = event_count_;
    for (std::size_t number = 0; number < count_of(of); ++number)
      if (!list_is_sound(list.load(element(of, number)), left)) return false;
    return true;
  }
  [[nodiscard]] bool lists_are_sound() const noexcept {
    return ascends(order()) && ascends(holes()) &&
           section_of_lists_is_sound(index_section::entities, index_entity::events) &&
           section_of_lists_is_sound(index_section::scopes, index_scope::events) &&
           section_of_lists_is_sound(index_section::kinds, index_kind::events) &&
           section_of_lists_is_sound(index_section::effects, index_link::events) &&
           section_of_lists_is_sound(index_section::conversations, index_link::events);
  }

  [[nodiscard]] bool others_are_sound() const noexcept {
    for (std::size_t number = 0; number < entity_count(); ++number) {
      const std::byte* const at = element(index_section::entities, number);
      const std::uint64_t first = index_entity::first_sequence.load(at);
      const std::uint64_t next = index_entity::next_sequence.load(at);
      if (next < first || next - first < index_entity::events.load(at).count) return false;
    }
    for (std::size_t number = 1; number < kind_count(); ++number)
      if (kind(number - 1).kind >= kind(number).kind) return false;
    for (std::size_t number = 0; number < count_of(index_section::keys); ++number)
      if (!place_is_sound(index_key::place.load(element(index_section::keys, number)))) return false;
    for (std::size_t number = 1; number < count_of(index_section::ids); ++number)
      if (id_beginning(number - 1) > id_beginning(number)) return false;
    return true;
  }

  /// The size must be a power of two, every entry must refer to an element, and a free slot must end every search.
  [[nodiscard]] bool slots_are_sound(index_section of) const noexcept {
    const index_section slots = slots_of(of);
    const std::size_t size = count_of(slots);
    if (size == 0) return count_of(of) == 0;
    if ((size & (size - 1)) != 0) return false;
    bool wrong = false;
    std::size_t used = 0;
    for (std::size_t slot = 0; slot < size; ++slot) {
      const std::uint32_t number = number_in_slot(slots, slot);
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
