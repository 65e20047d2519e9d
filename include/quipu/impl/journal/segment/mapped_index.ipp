// SPDX-License-Identifier: BSL-1.0
//
// mapped_index.ipp: see journal/segment/mapped_index.hpp.
#pragma once

#include "../../../event/event_name.hpp"
#include "../../../event/event_tags.hpp"
#include "../../../event/frame.hpp"
#include "../../../journal/format/index_layout.hpp"
#include "../../../journal/format/packed_places.hpp"
#include "../../../journal/segment/mapped_index.hpp"
#include "../../../journal/segment/segment_index.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace quipu::detail::inline QUIPU_MODE {

QUIPU_DECL std::optional<mapped_index> mapped_index::open(bytes_view raw, const store_identity& identity,
                                                          std::uint64_t first_sequence) {
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

QUIPU_DECL bytes_view mapped_index::head_state() const {
  const section& state = section_of(index_section::head_state);
  if (state.count == 0 || state.count > index_head_state_limit) return {};
  try {
    require_right(state.data, state.count);
  } catch (const index_damage&) {
    return {};
  }
  return {state.data, state.count};
}

QUIPU_DECL bool mapped_index::has_right_checksums() const {
  try {
    require_right(sections_begin_, static_cast<std::size_t>(raw_.data() + raw_.size() - sections_begin_));
  } catch (const index_damage&) {
    return false;
  }
  return true;
}

QUIPU_DECL place_run mapped_index::checked_order() const {
  if (event_count_ != 0) static_cast<void>(run_of({0, static_cast<std::uint32_t>(event_count_)}));
  checks_->order.store(true, std::memory_order_release);
  return order_;
}

QUIPU_DECL place_run mapped_index::holes() const {
  if (count_of(index_section::holes) == 0) return {};
  return run_of(index_list::load(element(index_section::holes, 0)));
}

QUIPU_DECL std::optional<mapped_index::entity_entry> mapped_index::find_entity(const hashed_name& name) const {
  const auto number = find_name(index_section::entities, name);
  return number ? std::optional{entity(*number)} : std::nullopt;
}

QUIPU_DECL mapped_index::entity_entry mapped_index::entity(std::size_t number) const {
  const std::byte* const at = element(index_section::entities, number);
  const entity_entry found{text_of(index_entity::name.load(at)), index_entity::first_sequence.load(at),
                           index_entity::next_sequence.load(at), run_of(index_entity::events.load(at))};
  if (found.next_sequence < found.first_sequence || found.next_sequence - found.first_sequence < found.events.size())
    throw index_damage{};
  return found;
}

QUIPU_DECL std::optional<mapped_index::scope_entry> mapped_index::find_scope(std::string_view name) const {
  const auto number = find_name(index_section::scopes, name);
  return number ? std::optional{scope(*number)} : std::nullopt;
}

QUIPU_DECL mapped_index::scope_entry mapped_index::scope(std::size_t number) const {
  const std::byte* const at = element(index_section::scopes, number);
  return {text_of(index_scope::name.load(at)), run_of(index_scope::events.load(at))};
}

QUIPU_DECL place_run mapped_index::find_tag(std::string_view name) const {
  const auto number = find_name(index_section::tags, name);
  return number ? tag(*number).events : place_run{};
}

QUIPU_DECL mapped_index::tag_entry mapped_index::tag(std::size_t number) const {
  const std::byte* const at = element(index_section::tags, number);
  return {text_of(index_tag::name.load(at)), run_of(index_tag::events.load(at))};
}

QUIPU_DECL std::optional<place_run> mapped_index::find_kind(event_kind wanted) const {
  const auto kind_at = [this](std::size_t number) {
    return event_kind::from_raw(index_kind::kind.load(element(index_section::kinds, number)));
  };
  const std::size_t found = first_not([&](std::size_t number) { return kind_at(number) < wanted; }, kind_count());
  if (found == kind_count() || kind_at(found) != wanted) return std::nullopt;
  return kind(found).events;
}

QUIPU_DECL mapped_index::kind_entry mapped_index::kind(std::size_t number) const {
  const std::byte* const at = element(index_section::kinds, number);
  return {event_kind::from_raw(index_kind::kind.load(at)), run_of(index_kind::events.load(at))};
}

QUIPU_DECL std::optional<std::uint32_t> mapped_index::find_key(const event_id& key) const {
  const std::byte* const at = find_id(index_section::keys, key);
  return at != nullptr ? std::optional{std::min(index_key::place.load(at), most_place_)} : std::nullopt;
}

QUIPU_DECL place_run mapped_index::find_effects(const event_id& id) const {
  return links_of(index_section::effects, id);
}

QUIPU_DECL place_run mapped_index::find_conversation(const event_id& id) const {
  return links_of(index_section::conversations, id);
}

QUIPU_DECL mapped_index::names mapped_index::names_of(std::uint32_t coordinate) const {
  if (coordinate >= coordinate_count()) return {};
  const std::byte* const at = element(index_section::coordinates, coordinate);
  const std::byte* const entity_at = element(index_section::entities, index_coordinate::entity.load(at));
  const std::byte* const scope_at = element(index_section::scopes, index_coordinate::scope.load(at));
  return {text_of(index_entity::name.load(entity_at)), text_of(index_scope::name.load(scope_at))};
}

QUIPU_DECL std::optional<std::uint32_t> mapped_index::single_coordinate(std::string_view entity,
                                                                        std::string_view scope) const {
  // Coordinates and entities are numbered as they come, so where there are as many, they have the same numbers.
  const auto number = has_single_coordinates() ? find_name(index_section::entities, entity) : std::nullopt;
  if (!number) return std::nullopt;
  const names found = names_of(static_cast<std::uint32_t>(*number));
  if (found.entity != entity || found.scope != scope) return std::nullopt;
  return static_cast<std::uint32_t>(*number);
}

QUIPU_DECL std::optional<mapped_index::schema_entry> mapped_index::find_schema(event_kind kind,
                                                                               std::uint16_t version) const {
  const std::size_t number = number_of_schema(kind, version);
  return number != schema_count() ? std::optional{schema(number)} : std::nullopt;
}

QUIPU_DECL std::uint64_t mapped_index::schema_fingerprint(event_kind kind, std::uint16_t version) const {
  const std::size_t number = number_of_schema(kind, version);
  if (number == schema_count()) return 0;
  return index_schema::fingerprint.load(section_of(index_section::schemas).data + number * index_schema::size);
}

QUIPU_DECL std::size_t mapped_index::number_of_schema(event_kind kind, std::uint16_t version) const {
  const section& all = section_of(index_section::schemas);
  require_right(all.data, all.count * index_schema::size);
  const std::uint32_t wanted = segment_index::schema_key(kind, version);
  const auto key_of = [&all](std::size_t number) {
    const std::byte* const at = all.data + number * index_schema::size;
    return segment_index::schema_key(event_kind::from_raw(index_schema::kind.load(at)), index_schema::version.load(at));
  };
  const std::size_t found = first_not([&](std::size_t number) { return key_of(number) < wanted; }, all.count);
  return found != all.count && key_of(found) == wanted ? found : all.count;
}

QUIPU_DECL mapped_index::schema_entry mapped_index::schema(std::size_t number) const {
  const std::byte* const at = element(index_section::schemas, number);
  return {event_kind::from_raw(index_schema::kind.load(at)), index_schema::version.load(at),
          index_schema::fingerprint.load(at), text_of(index_schema::text.load(at))};
}

QUIPU_DECL std::vector<std::string_view> mapped_index::type_names(event_kind kind, std::uint16_t version) const {
  std::vector<std::string_view> found;
  const std::uint32_t wanted = segment_index::schema_key(kind, version);
  const std::size_t count = count_of(index_section::type_names);
  for (std::size_t number = first_not([&](std::size_t each) { return type_name_key_of(each) < wanted; }, count);
       number != count && type_name_key_of(number) == wanted; ++number) {
    const std::string_view name = text_of(index_type_name::name.load(element(index_section::type_names, number)));
    if (!is_event_name(name)) throw index_damage{};
    found.push_back(name);
  }
  return found;
}

QUIPU_DECL std::pair<std::size_t, std::size_t> mapped_index::id_range(const event_id& id) const {
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

QUIPU_DECL std::size_t mapped_index::likely_position(const event_id& id, std::size_t first, std::size_t last) const {
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

QUIPU_DECL void mapped_index::list_copier::copy(place_run from, std::vector<std::uint32_t>& to) {
  if (from.size() > left_) throw index_damage{};
  left_ -= from.size();
  to.resize(from.size());
  from.copy(0, to.data(), to.size());
}

QUIPU_DECL void mapped_index::copy_to(segment_index& to) const {
  list_copier{*this}.copy(order(), to.order_);
  list_copier{*this}.copy(holes(), to.holes_);
  std::vector<entity_places*> entities;
  std::vector<scope_places*> scopes;
  list_copier of_entities{*this};
  for (std::size_t number = 0; number < entity_count(); ++number) {
    const entity_entry from = entity(number);
    auto& made = to.entities_.find_or_add(from.name);
    made.first_sequence = from.first_sequence;
    made.next_sequence = from.next_sequence;
    of_entities.copy(from.events, made.events);
    entities.push_back(&made);
  }
  list_copier of_scopes{*this};
  for (std::size_t number = 0; number < scope_count(); ++number) {
    const scope_entry from = scope(number);
    auto& made = to.scopes_.find_or_add(from.name);
    of_scopes.copy(from.events, made.events);
    scopes.push_back(&made);
  }
  to.coordinates_.resize(coordinate_count());
  for (auto number = static_cast<std::uint32_t>(coordinate_count()); number-- != 0;) {
    const std::byte* const at = element(index_section::coordinates, number);
    const std::size_t entity_number = index_coordinate::entity.load(at);
    const std::size_t scope_number = index_coordinate::scope.load(at);
    if (entity_number >= entities.size() || scope_number >= scopes.size()) throw index_damage{};
    entities[entity_number]->coordinate = number;  // the first remains
    to.coordinates_[number] = {entities[entity_number], scopes[scope_number]};
  }
  list_copier of_tags{*this, event_tags::most_tags};
  for (std::size_t number = 0; number < tag_count(); ++number)
    of_tags.copy(tag(number).events, to.tags_.list_of(tag(number).name));
  list_copier of_kinds{*this};
  for (std::size_t number = 0; number < kind_count(); ++number)
    of_kinds.copy(kind(number).events, to.kind_list(kind(number).kind));
  to.has_single_coordinates_ = has_single_coordinates();
  copy_schemas_to(to);
  for (std::size_t number = 0; number < count_of(index_section::keys); ++number) {
    const std::byte* const at = element(index_section::keys, number);
    to.by_key_.insert(index_key::key.load(at), std::min(index_key::place.load(at), most_place_));
  }
  copy_links(index_section::effects, to.links_, to.by_cause_);
  copy_links(index_section::conversations, to.links_, to.by_conversation_);
}

QUIPU_DECL void mapped_index::copy_schemas_to(segment_index& to) const {
  for (std::size_t number = 0; number < schema_count(); ++number) {
    const schema_entry from = schema(number);
    to.define_schema({from.kind, from.version, from.text});
    for (const std::string_view name : type_names(from.kind, from.version))
      to.define_schema({from.kind, from.version, from.text, name});
  }
}

QUIPU_DECL bool mapped_index::take_sections(bytes_view raw, index_head& head) {
  if (head.section_count >= index_section_count) return false;
  const std::size_t table_bytes = head.section_count * index_table_line::size;
  if (raw.size() < index_head::size + table_bytes) return false;
  const std::byte* const table = raw.data() + index_head::size;
  const std::uint64_t begin = head.section_count == 0 ? raw.size() : index_table_line::read(table).offset;
  if (begin > raw.size() || begin != index_sections_begin(head.section_count, raw.size() - begin)) return false;
  if (crc32c(raw.subview(index_head::size, static_cast<std::size_t>(begin) - index_head::size)) != head.table_checksum)
    return false;
  std::uint64_t end = begin;
  std::uint32_t before = 0;
  for (std::size_t at = 0; at < table_bytes; at += index_table_line::size) {
    const index_table_line line = index_table_line::read(table + at);
    if (line.number <= before || line.number >= index_section_count || line.offset != end || line.bytes == 0 ||
        line.bytes > raw.size() - end || line.end() > raw.size())
      return false;
    before = line.number;
    end = line.end();
    const std::size_t element_size = index_element_sizes[line.number];
    if (line.bytes % element_size != 0) return false;
    sections_[line.number] = {raw.data() + line.offset, static_cast<std::size_t>(line.bytes) / element_size};
  }
  if (end != raw.size()) return false;
  raw_ = raw;
  sections_begin_ = raw.data() + begin;
  checks_ =
      std::make_unique<checks>(static_cast<std::size_t>(raw.size() - begin + index_block_size - 1) / index_block_size);
  cover_ = std::move(head.cover);
  event_count_ = head.event_count;
  const std::uint64_t covered = std::max<std::uint64_t>(cover_.log_bytes, frame_header_size);
  most_place_ =
      static_cast<std::uint32_t>(std::min<std::uint64_t>((covered - frame_header_size) / frame_alignment, UINT32_MAX));
  if (event_count_ == 0) return sizes_are_right();
  if (count_of(index_section::lists) == 0 || most_place_ == 0) return false;
  order_ = {section_of(index_section::lists).data, head.event_count, most_place_};
  return sizes_are_right();
}

QUIPU_DECL bool mapped_index::sizes_are_right() const noexcept {
  return count_of(index_section::ids) == (event_count_ + index_id_distance - 1) / index_id_distance &&
         slots_are_right(index_section::entities) && slots_are_right(index_section::scopes) &&
         slots_are_right(index_section::keys) && slots_are_right(index_section::effects) &&
         slots_are_right(index_section::conversations) && slots_are_right(index_section::tags);
}

QUIPU_DECL bool mapped_index::slots_are_right(index_section of) const noexcept {
  return count_of(slots_of(of)) == index_slots_for(count_of(of));
}

QUIPU_DECL void mapped_index::check_blocks(std::size_t first, std::size_t count) const {
  for (std::size_t number = first; number < first + count; ++number)
    if (!checks_->blocks.has(number) && !block_is_right(number)) throw index_damage{};
  checks_->blocks.add_all(first, count);
}

QUIPU_DECL bool mapped_index::block_is_right(std::size_t number) const noexcept {
  const std::byte* const checksums =
      raw_.data() + index_head::size + index_head::layout::section_count.load(raw_.data()) * index_table_line::size;
  const std::byte* const at = sections_begin_ + number * index_block_size;
  const std::size_t size = std::min(index_block_size, static_cast<std::size_t>(raw_.data() + raw_.size() - at));
  return crc32c(bytes_view{at, size}) == load_little_endian<std::uint32_t>(checksums + number * sizeof(std::uint32_t));
}

QUIPU_DECL const std::byte* mapped_index::element(index_section of, std::size_t number) const {
  if (number >= count_of(of)) throw index_damage{};
  const std::size_t size = index_element_sizes[static_cast<std::size_t>(of)];
  const std::byte* const at = section_of(of).data + number * size;
  require_right(at, size);
  return at;
}

QUIPU_DECL place_run mapped_index::run_of(index_list list) const {
  if (list.count == 0) return {};
  const section& lists = section_of(index_section::lists);
  if (list.position >= lists.count) throw index_damage{};
  const std::byte* const at = lists.data + list.position;
  require_right(at, packed_places::head_size);
  const auto width = std::to_integer<unsigned>(*at);
  if (width > packed_places::most_width) throw index_damage{};
  const std::uint64_t size = packed_places::size_of(list.count, width);
  if (size > lists.count - list.position) throw index_damage{};
  require_right(at, static_cast<std::size_t>(size));
  return {at, list.count, most_place_};
}

QUIPU_DECL std::string_view mapped_index::text_of(index_text text) const {
  const section& all = section_of(index_section::names);
  if (std::uint64_t{text.offset} + text.size > all.count) throw index_damage{};
  const std::byte* const at = all.data + text.offset;
  require_right(at, text.size);
  return {reinterpret_cast<const char*>(at), text.size};
}

QUIPU_DECL std::uint32_t mapped_index::type_name_key_of(std::size_t number) const {
  const std::byte* const at = element(index_section::type_names, number);
  return segment_index::schema_key(event_kind::from_raw(index_type_name::kind.load(at)),
                                   index_type_name::version.load(at));
}

QUIPU_DECL std::uint64_t mapped_index::big_endian(const std::byte* from) noexcept {
  std::uint64_t value;
  static_assert(sizeof value == index_id_size);
  std::memcpy(&value, from, sizeof value);
  return detail::big_endian(value);
}

QUIPU_DECL std::uint64_t mapped_index::id_beginning(std::size_t number) const {
  return big_endian(element(index_section::ids, number));
}

QUIPU_DECL std::optional<std::size_t> mapped_index::find_name(index_section of, const hashed_name& name) const {
  static_assert(index_entity::name.offset == index_scope::name.offset &&
                index_entity::name.offset == index_tag::name.offset);
  return find(of, name.hash,
              [&](std::size_t number) { return text_of(index_entity::name.load(element(of, number))) == name.text; });
}

QUIPU_DECL const std::byte* mapped_index::find_id(index_section of, const event_id& id) const {
  static_assert(index_key::key.offset == index_link::id.offset);
  const auto number = find(of, index_hash(bytes_view{id.raw()}),
                           [&](std::size_t each) { return index_key::key.load(element(of, each)) == id; });
  return number ? element(of, *number) : nullptr;
}

QUIPU_DECL place_run mapped_index::links_of(index_section of, const event_id& id) const {
  const std::byte* const at = find_id(of, id);
  return at != nullptr ? run_of(index_link::events.load(at)) : place_run{};
}

}  // namespace quipu::detail::inline QUIPU_MODE
