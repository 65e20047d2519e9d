// SPDX-License-Identifier: BSL-1.0
//
// mapped_index.ipp: see journal/segment/mapped_index.hpp.
#pragma once

#include "../../../event/event_name.hpp"
#include "../../../event/event_tags.hpp"
#include "../../../event/frame.hpp"
#include "../../../journal/format/index_layout.hpp"
#include "../../../journal/segment/mapped_index.hpp"
#include "../../../journal/segment/segment_index.hpp"

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

QUIPU_DECL std::optional<mapped_index> mapped_index::open(bytes_view raw, const store_identity& identity,
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

QUIPU_DECL bytes_view mapped_index::head_state() const noexcept {
  if (head_state_.bytes == 0 || head_state_.bytes > index_head_state_limit || !section_is_right(raw_, head_state_))
    return {};
  return raw_.subview(static_cast<std::size_t>(head_state_.offset), static_cast<std::size_t>(head_state_.bytes));
}

QUIPU_DECL bool mapped_index::is_sound() const noexcept {
  return checksums_are_right() && names_are_sound() && lists_are_sound() && others_are_sound() &&
         slots_are_sound(index_section::entities) && slots_are_sound(index_section::scopes) &&
         slots_are_sound(index_section::keys) && slots_are_sound(index_section::effects) &&
         slots_are_sound(index_section::conversations) && slots_are_sound(index_section::tags);
}

QUIPU_DECL place_run mapped_index::holes() const noexcept {
  const section& of = sections_[static_cast<std::size_t>(index_section::holes)];
  return {reinterpret_cast<const std::uint32_t*>(of.data), of.count};
}

QUIPU_DECL std::optional<mapped_index::entity_entry> mapped_index::find_entity(std::string_view name) const noexcept {
  const auto number = find_name(index_section::entities, name);
  return number ? std::optional{entity(*number)} : std::nullopt;
}

QUIPU_DECL mapped_index::entity_entry mapped_index::entity(std::size_t number) const noexcept {
  const std::byte* const at = element(index_section::entities, number);
  return {text_of(index_entity::name.load(at)), index_entity::first_sequence.load(at),
          index_entity::next_sequence.load(at), run_of(index_entity::events.load(at))};
}

QUIPU_DECL std::optional<mapped_index::scope_entry> mapped_index::find_scope(std::string_view name) const noexcept {
  const auto number = find_name(index_section::scopes, name);
  return number ? std::optional{scope(*number)} : std::nullopt;
}

QUIPU_DECL mapped_index::scope_entry mapped_index::scope(std::size_t number) const noexcept {
  const std::byte* const at = element(index_section::scopes, number);
  return {text_of(index_scope::name.load(at)), run_of(index_scope::events.load(at))};
}

QUIPU_DECL place_run mapped_index::find_tag(std::string_view name) const noexcept {
  const auto number = find_name(index_section::tags, name);
  return number ? tag(*number).events : place_run{};
}

QUIPU_DECL mapped_index::tag_entry mapped_index::tag(std::size_t number) const noexcept {
  const std::byte* const at = element(index_section::tags, number);
  return {text_of(index_tag::name.load(at)), run_of(index_tag::events.load(at))};
}

QUIPU_DECL std::optional<place_run> mapped_index::find_kind(event_kind wanted) const noexcept {
  const std::size_t found = first_not([&](std::size_t number) { return kind(number).kind < wanted; }, kind_count());
  if (found == kind_count() || kind(found).kind != wanted) return std::nullopt;
  return kind(found).events;
}

QUIPU_DECL mapped_index::kind_entry mapped_index::kind(std::size_t number) const noexcept {
  const std::byte* const at = element(index_section::kinds, number);
  return {event_kind::from_raw(index_kind::kind.load(at)), run_of(index_kind::events.load(at))};
}

QUIPU_DECL std::optional<std::uint32_t> mapped_index::find_key(const event_id& key) const noexcept {
  const std::byte* const at = find_id(index_section::keys, key);
  return at != nullptr ? std::optional{index_key::place.load(at)} : std::nullopt;
}

QUIPU_DECL place_run mapped_index::find_effects(const event_id& id) const noexcept {
  return links_of(index_section::effects, id);
}

QUIPU_DECL place_run mapped_index::find_conversation(const event_id& id) const noexcept {
  return links_of(index_section::conversations, id);
}

QUIPU_DECL mapped_index::names mapped_index::names_of(std::uint32_t coordinate) const noexcept {
  if (coordinate >= coordinate_count()) return {};
  const std::byte* const at = element(index_section::coordinates, coordinate);
  const std::byte* const entity_at = element(index_section::entities, index_coordinate::entity.load(at));
  const std::byte* const scope_at = element(index_section::scopes, index_coordinate::scope.load(at));
  return {text_of(index_entity::name.load(entity_at)), text_of(index_scope::name.load(scope_at))};
}

QUIPU_DECL std::optional<mapped_index::schema_entry> mapped_index::find_schema(event_kind kind,
                                                                               std::uint16_t version) const noexcept {
  const std::uint32_t wanted = segment_index::schema_key(kind, version);
  const auto is_before = [&](std::size_t number) { return schema_key_of(number) < wanted; };
  const std::size_t found = first_not(is_before, schema_count());
  if (found == schema_count() || schema_key_of(found) != wanted) return std::nullopt;
  return schema(found);
}

QUIPU_DECL mapped_index::schema_entry mapped_index::schema(std::size_t number) const noexcept {
  const std::byte* const at = element(index_section::schemas, number);
  return {event_kind::from_raw(index_schema::kind.load(at)), index_schema::version.load(at),
          index_schema::fingerprint.load(at), text_of(index_schema::text.load(at))};
}

QUIPU_DECL std::vector<std::string_view> mapped_index::type_names(event_kind kind, std::uint16_t version) const {
  const std::uint32_t wanted = segment_index::schema_key(kind, version);
  const std::size_t count = count_of(index_section::type_names);
  std::vector<std::string_view> found;
  for (std::size_t number = first_not([&](std::size_t each) { return type_name_key_of(each) < wanted; }, count);
       number != count && type_name_key_of(number) == wanted; ++number)
    found.push_back(text_of(index_type_name::name.load(element(index_section::type_names, number))));
  return found;
}

QUIPU_DECL std::pair<std::size_t, std::size_t> mapped_index::id_range(const event_id& id) const noexcept {
  std::byte raw[index_id_size];
  std::memcpy(raw, id.raw().data(), sizeof raw);
  const std::uint64_t wanted = big_endian(raw);
  const std::size_t count = count_of(index_section::ids);
  const std::size_t first = first_not([&](std::size_t number) { return id_beginning(number) < wanted; }, count);
  // Few ids begin alike, so the next one is usually greater.
  const bool is_next_greater = first == count || id_beginning(first) > wanted;
  const std::size_t last =
      is_next_greater ? first : first_not([&](std::size_t number) { return id_beginning(number) <= wanted; }, count);
  return {first == 0 ? 0 : (first - 1) * index_id_distance, std::min(last * index_id_distance, event_count_)};
}

QUIPU_DECL std::size_t mapped_index::likely_position(const event_id& id, std::size_t first,
                                                     std::size_t last) const noexcept {
  if (last % index_id_distance != 0 || last / index_id_distance >= count_of(index_section::ids))
    return first + (last - first) / 2;  // the time of the event at `last` isn't known
  std::byte raw[index_id_size];
  std::memcpy(raw, id.raw().data(), sizeof raw);
  const double begin = time_in(id_beginning(first / index_id_distance));
  const double end = time_in(id_beginning(last / index_id_distance));
  const double wanted = time_in(big_endian(raw));
  if (!(begin < end) || !(begin <= wanted) || !(wanted < end)) return first + (last - first) / 2;
  const double share = (wanted - begin) / (end - begin);
  return first + std::min(static_cast<std::size_t>(share * static_cast<double>(last - first)), last - first - 1);
}

QUIPU_DECL void mapped_index::copy_to(segment_index& to) const {
  assign(to.order_, order());
  assign(to.holes_, holes());
  std::vector<entity_places*> entities;
  std::vector<scope_places*> scopes;
  for (std::size_t number = 0; number < entity_count(); ++number) {
    const entity_entry from = entity(number);
    auto& made = to.named(to.entities_, to.entities_by_name_, from.name);
    made.first_sequence = from.first_sequence;
    made.next_sequence = from.next_sequence;
    assign(made.events, from.events);
    entities.push_back(&made);
  }
  for (std::size_t number = 0; number < scope_count(); ++number) {
    const scope_entry from = scope(number);
    auto& made = to.named(to.scopes_, to.scopes_by_name_, from.name);
    assign(made.events, from.events);
    scopes.push_back(&made);
  }
  to.coordinates_.resize(coordinate_count());
  for (auto number = static_cast<std::uint32_t>(coordinate_count()); number-- != 0;) {
    const std::byte* const at = element(index_section::coordinates, number);
    entity_places& of = *entities[index_coordinate::entity.load(at)];
    of.coordinate = number;  // the first remains
    to.coordinates_[number] = {&of, scopes[index_coordinate::scope.load(at)]};
  }
  for (std::size_t number = 0; number < tag_count(); ++number)
    assign(to.tags_.list_of(tag(number).name), tag(number).events);
  for (std::size_t number = 0; number < kind_count(); ++number)
    assign(to.kind_list(kind(number).kind), kind(number).events);
  for (std::size_t number = 0; number < schema_count(); ++number) {
    const schema_entry from = schema(number);
    to.define_schema({from.kind, from.version, from.text});
    for (const std::string_view name : type_names(from.kind, from.version))
      to.define_schema({from.kind, from.version, from.text, name});
  }
  for (std::size_t number = 0; number < count_of(index_section::keys); ++number) {
    const std::byte* const at = element(index_section::keys, number);
    to.by_key_.insert(index_key::key.load(at), index_key::place.load(at));
  }
  copy_links(index_section::effects, to.links_, to.by_cause_);
  copy_links(index_section::conversations, to.links_, to.by_conversation_);
}

QUIPU_DECL bool mapped_index::take_sections(bytes_view raw, index_head& head) {
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
    if (line.number >= index_section_count) continue;  // a section of a later version
    const std::size_t element_size = index_element_sizes[line.number];
    if (line.bytes % element_size != 0) return false;
    sections_[line.number] = {raw.data() + line.offset, static_cast<std::size_t>(line.bytes) / element_size};
    if (line.number == static_cast<std::uint32_t>(index_section::head_state)) head_state_ = line;
  }
  if (end != raw.size()) return false;
  raw_ = raw;
  cover_ = std::move(head.cover);
  event_count_ = head.event_count;
  known_sections_ = head.known_sections;
  return event_count_ <= count_of(index_section::places) &&
         count_of(index_section::ids) == (event_count_ + index_id_distance - 1) / index_id_distance;
}

QUIPU_DECL bool mapped_index::section_is_right(bytes_view raw, const index_table_line& line) noexcept {
  const auto size = static_cast<std::size_t>(line.end() - line.offset);
  return crc32c(raw.subview(static_cast<std::size_t>(line.offset), size)) == line.checksum;
}

QUIPU_DECL std::size_t mapped_index::count_of(index_section of) const noexcept {
  return sections_[static_cast<std::size_t>(of)].count;
}

QUIPU_DECL const std::byte* mapped_index::element(index_section of, std::size_t number) const noexcept {
  return sections_[static_cast<std::size_t>(of)].data + number * index_element_sizes[static_cast<std::size_t>(of)];
}

QUIPU_DECL const std::uint32_t* mapped_index::places() const noexcept {
  return reinterpret_cast<const std::uint32_t*>(sections_[static_cast<std::size_t>(index_section::places)].data);
}

QUIPU_DECL std::string_view mapped_index::text_of(index_text text) const noexcept {
  const std::byte* const at = sections_[static_cast<std::size_t>(index_section::names)].data + text.offset;
  return {reinterpret_cast<const char*>(at), text.size};
}

QUIPU_DECL std::uint32_t mapped_index::schema_key_of(std::size_t number) const noexcept {
  const std::byte* const at = element(index_section::schemas, number);
  return segment_index::schema_key(event_kind::from_raw(index_schema::kind.load(at)), index_schema::version.load(at));
}

QUIPU_DECL std::uint32_t mapped_index::type_name_key_of(std::size_t number) const noexcept {
  const std::byte* const at = element(index_section::type_names, number);
  return segment_index::schema_key(event_kind::from_raw(index_type_name::kind.load(at)),
                                   index_type_name::version.load(at));
}

QUIPU_DECL std::uint64_t mapped_index::big_endian(const std::byte* from) noexcept {
  std::uint64_t value = 0;
  for (std::size_t index = 0; index < index_id_size; ++index)
    value = value << 8 | std::to_integer<std::uint64_t>(from[index]);
  return value;
}

QUIPU_DECL std::uint64_t mapped_index::id_beginning(std::size_t number) const noexcept {
  return big_endian(element(index_section::ids, number));
}

QUIPU_DECL std::uint32_t mapped_index::number_in_slot(index_section slots, std::size_t slot) const noexcept {
  return load_little_endian<std::uint32_t>(element(slots, slot));
}

QUIPU_DECL std::optional<std::size_t> mapped_index::find_name(index_section of, std::string_view name) const noexcept {
  static_assert(index_entity::name.offset == index_scope::name.offset &&
                index_entity::name.offset == index_tag::name.offset);
  return find(of, index_hash(bytes_view{name}),
              [&](std::size_t number) { return text_of(index_entity::name.load(element(of, number))) == name; });
}

QUIPU_DECL const std::byte* mapped_index::find_id(index_section of, const event_id& id) const noexcept {
  static_assert(index_key::key.offset == index_link::id.offset);
  const auto number = find(of, index_hash(bytes_view{id.raw()}),
                           [&](std::size_t each) { return index_key::key.load(element(of, each)) == id; });
  return number ? element(of, *number) : nullptr;
}

QUIPU_DECL place_run mapped_index::links_of(index_section of, const event_id& id) const noexcept {
  const std::byte* const at = find_id(of, id);
  return at != nullptr ? run_of(index_link::events.load(at)) : place_run{};
}

QUIPU_DECL bool mapped_index::checksums_are_right() const noexcept {
  const std::byte* const table = raw_.data() + index_head::size;
  const std::size_t count = index_head::layout::section_count.load(raw_.data());
  for (std::size_t number = 0; number < count; ++number)
    if (!section_is_right(raw_, index_table_line::read(table + number * index_table_line::size))) return false;
  return true;
}

QUIPU_DECL bool mapped_index::text_is_sound(index_text text) const noexcept {
  return std::uint64_t{text.offset} + text.size <= count_of(index_section::names);
}

QUIPU_DECL bool mapped_index::names_are_sound() const noexcept {
  for (std::size_t number = 0; number < entity_count(); ++number)
    if (!text_is_sound(index_entity::name.load(element(index_section::entities, number)))) return false;
  for (std::size_t number = 0; number < scope_count(); ++number)
    if (!text_is_sound(index_scope::name.load(element(index_section::scopes, number)))) return false;
  for (std::size_t number = 0; number < tag_count(); ++number)
    if (!text_is_sound(index_tag::name.load(element(index_section::tags, number)))) return false;
  for (std::size_t number = 0; number < coordinate_count(); ++number) {
    const std::byte* const at = element(index_section::coordinates, number);
    if (index_coordinate::entity.load(at) >= entity_count() || index_coordinate::scope.load(at) >= scope_count())
      return false;
  }
  for (std::size_t number = 0; number < schema_count(); ++number) {
    if (!text_is_sound(index_schema::text.load(element(index_section::schemas, number)))) return false;
    if (number != 0 && schema_key_of(number - 1) >= schema_key_of(number)) return false;
  }
  for (std::size_t number = 0; number < count_of(index_section::type_names); ++number) {
    const index_text name = index_type_name::name.load(element(index_section::type_names, number));
    if (!text_is_sound(name) || !is_event_name(text_of(name))) return false;
    if (number != 0 && type_name_key_of(number - 1) > type_name_key_of(number)) return false;
  }
  return true;
}

QUIPU_DECL bool mapped_index::place_is_sound(std::uint32_t place) const noexcept {
  const std::uint64_t offset = std::uint64_t{place} * frame_alignment;
  return offset >= segment_head::size && offset + frame_header_size <= cover_.log_bytes;
}

QUIPU_DECL bool mapped_index::ascends(place_run run) const noexcept {
  if (run.count == 0) return true;
  if (!place_is_sound(run.data[0]) || !place_is_sound(run.data[run.count - 1])) return false;
  const auto descends_before = [&run](std::size_t index) {
    return static_cast<std::uint32_t>(run.data[index - 1] >= run.data[index]);
  };
  constexpr std::size_t together = 16;  // compilers use vectors where the number is known
  std::uint32_t wrong = 0;
  std::size_t index = 1;
  for (; index + together <= run.count; index += together)
    for (std::size_t each = 0; each < together; ++each) wrong |= descends_before(index + each);
  for (; index < run.count; ++index) wrong |= descends_before(index);
  return wrong == 0;
}

QUIPU_DECL bool mapped_index::list_is_sound(index_list list, std::size_t& left) const noexcept {
  if (list.count > left || std::uint64_t{list.position} + list.count > count_of(index_section::places)) return false;
  left -= list.count;
  const place_run run = run_of(list);
  return (run.data == places() && run.count == event_count_) || ascends(run);  // order() was checked before
}

QUIPU_DECL bool mapped_index::section_of_lists_is_sound(index_section of, field<index_list> list,
                                                        std::size_t lists_of_event) const noexcept {
  std::size_t left = event_count_ * lists_of_event;
  for (std::size_t number = 0; number < count_of(of); ++number)
    if (!list_is_sound(list.load(element(of, number)), left)) return false;
  return true;
}

QUIPU_DECL bool mapped_index::lists_are_sound() const noexcept {
  return ascends(order()) && ascends(holes()) &&
         section_of_lists_is_sound(index_section::entities, index_entity::events) &&
         section_of_lists_is_sound(index_section::scopes, index_scope::events) &&
         section_of_lists_is_sound(index_section::kinds, index_kind::events) &&
         section_of_lists_is_sound(index_section::effects, index_link::events) &&
         section_of_lists_is_sound(index_section::conversations, index_link::events) &&
         section_of_lists_is_sound(index_section::tags, index_tag::events, event_tags::most_tags);
}

QUIPU_DECL bool mapped_index::others_are_sound() const noexcept {
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

QUIPU_DECL bool mapped_index::slots_are_sound(index_section of) const noexcept {
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

}  // namespace quipu::detail::inline QUIPU_MODE
