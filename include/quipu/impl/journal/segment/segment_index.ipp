// SPDX-License-Identifier: BSL-1.0
//
// segment_index.ipp: see journal/segment/segment_index.hpp.
#pragma once

#include "../../../codec/fingerprint.hpp"
#include "../../../core/detail/flat_map.hpp"
#include "../../../event/event_id.hpp"
#include "../../../event/frame.hpp"
#include "../../../journal/format/hole.hpp"
#include "../../../journal/format/layout.hpp"
#include "../../../journal/segment/mapped_index.hpp"
#include "../../../journal/segment/segment_index.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace quipu::detail::inline QUIPU_MODE {

QUIPU_DECL std::uint64_t event_id_hash::operator()(const event_id& id) const noexcept {
  std::uint64_t words[2];
  std::memcpy(words, id.raw().data(), sizeof words);
  return keyed_hash{}.add(words[0]).add(words[1]).result();
}

QUIPU_DECL void entity_places::count(std::uint64_t entity_sequence) noexcept {
  if (next_sequence == 0) first_sequence = entity_sequence;
  next_sequence = entity_sequence + 1;
}

QUIPU_DECL bool segment_index::define(std::uint32_t number, std::string_view entity, std::string_view scope) {
  if (number != coordinates_.size()) return false;
  const std::size_t count = entities_.size();
  entity_places& of = entities_.find_or_add(entity);
  const bool is_new = entities_.size() != count && (before_ == nullptr || !before_->find_entity(entity));
  if (is_new) of.coordinate = number;
  has_single_coordinates_ = has_single_coordinates_ && is_new;
  coordinates_.push_back({&of, &scopes_.find_or_add(scope)});
  return true;
}

QUIPU_DECL void segment_index::continue_from(const mapped_index& before) {
  before_ = &before;
  has_single_coordinates_ = before.has_single_coordinates();
  coordinates_.resize(before.coordinate_count());
  before.copy_schemas_to(*this);
}

QUIPU_DECL coordinate_names segment_index::take_names(std::uint32_t coordinate) {
  mapped_index::names names;
  try {
    names = before_->names_of(coordinate);
  } catch (const index_damage&) {
    throw_corrupt("the index file of the segment is damaged", {}, 0);
  }
  const std::size_t count = entities_.size();
  entity_places& of = entities_.find_or_add(names.entity);
  if (entities_.size() != count) of.coordinate = coordinate;
  return coordinates_[coordinate] = {&of, &scopes_.find_or_add(names.scope)};
}

QUIPU_DECL void segment_index::add_all(const segment_index& later) {
  const auto append = [](place_list& to, const place_list& from) { to.insert(to.end(), from.begin(), from.end()); };
  append(order_, later.order_);
  append(holes_, later.holes_);
  for (auto number = static_cast<std::uint32_t>(coordinates_.size()); number < later.coordinates_.size(); ++number)
    static_cast<void>(define(number, later.names(number).entity->name, later.names(number).scope->name));
  for (std::size_t position = 0; position < later.entities_.size(); ++position) {
    const entity_places& from = later.entities_[position];
    entity_places& to = entities_.find_or_add(from.name);
    if (from.next_sequence == 0) continue;
    if (to.next_sequence == 0) to.first_sequence = from.first_sequence;
    to.next_sequence = from.next_sequence;
    append(to.events, from.events);
  }
  for (std::size_t position = 0; position < later.scopes_.size(); ++position)
    append(scopes_.find_or_add(later.scopes_[position].name).events, later.scopes_[position].events);
  for (std::size_t position = 0; position < later.kinds_.size(); ++position)
    append(kind_list(later.kinds_[position].kind), later.kinds_[position].events);
  for (std::size_t position = 0; position < later.tags_.all().size(); ++position)
    append(tags_.list_of(later.tags_.all()[position].name), later.tags_.all()[position].events);
  for (const auto& each : later.by_key_) by_key_.insert(each.key, each.value);
  for (const auto& [from, to] : {std::pair{&later.by_cause_, &by_cause_}, {&later.by_conversation_, &by_conversation_}})
    for (const auto& each : *from) append(links_to(*to, each.key), each.value->events);
  for (const auto& each : later.schemas_) schemas_.insert(each.key, each.value) = each.value;
}

QUIPU_DECL std::optional<std::uint32_t> segment_index::first_coordinate(std::string_view entity,
                                                                        std::string_view scope) const {
  if (const entity_places* const known = find_entity(entity)) {
    if (names(known->coordinate).scope->name != scope) return std::nullopt;
    return known->coordinate;
  }
  return before_ != nullptr ? before_->single_coordinate(entity, scope) : std::nullopt;
}

QUIPU_DECL void segment_index::define_schema(const schema_definition& definition) {
  const std::string_view name = definition.type_name;
  known_schema& known = schemas_.insert(schema_key(definition.kind, definition.version), {});
  known.fingerprint = fingerprint_of_text(definition.text);
  known.text = definition.text;
  if (!name.empty() && known.names.size() < schema_definition::most_type_names &&
      std::find(known.names.begin(), known.names.end(), name) == known.names.end())
    known.names.emplace_back(name);
  ++schema_changes_;
}

QUIPU_DECL bool segment_index::add_internal(const frame_view& frame) {
  if (frame.kind() == event_kind::data) {
    const auto definition = coordinate_definition::read(frame.payload());
    return definition && define(frame.coordinate(), definition->entity, definition->scope);
  }
  if (frame.kind() == event_kind::system_schema) {
    const auto definition = schema_definition::read(frame);
    if (!definition) return false;
    define_schema(*definition);
  }
  return true;
}

QUIPU_DECL void segment_index::expect(const frame_view& frame) const noexcept {
  if (frame.kind() != event_kind::data) return;
  if (const auto definition = coordinate_definition::read(frame.payload())) entities_.expect(definition->entity);
}

QUIPU_DECL void segment_index::take_from(const std::byte* base, std::uint64_t to, std::uint64_t first_sequence,
                                         const store_identity& identity, const std::string& path) {
  std::uint64_t next = first_sequence;
  for (std::uint64_t offset = segment_head::size; offset != to;) {
    if (!check_frame(base + offset, static_cast<std::size_t>(to - offset), identity.checksum_seed, identity.chained))
      throw_corrupt("a frame is damaged", path, offset);
    const frame_view frame = frame_view::any(base + offset, identity.chained);
    if (frame.sequence() != next) throw_corrupt("an event is missing or out of order", path, offset);
    if (hole::is_one(frame)) {
      const auto dropped = hole::read(frame, identity.chained);
      bool known = dropped.has_value();
      if (known) dropped->each([&](const dropped_event& each) { known = known && knows(each.coordinate); });
      if (!known) throw_corrupt("what is left of dropped events can't be read", path, offset);
      add_hole(*dropped, static_cast<std::uint32_t>(offset / frame_alignment));
      next += dropped->count();
    } else if (frame.is_internal()) {
      if (!add_internal(frame)) throw_corrupt("a definition is out of place", path, offset);
    } else {
      if (!knows(frame.coordinate())) throw_corrupt("an event's coordinate isn't defined", path, offset);
      if (!knows_schema_of(frame)) throw_corrupt("an event's schema isn't defined", path, offset);
      add(frame, static_cast<std::uint32_t>(offset / frame_alignment));
      ++next;
    }
    offset += frame.size();
  }
}

[[gnu::flatten]] QUIPU_DECL void segment_index::add(const frame_view& frame, std::uint32_t place) {
  const coordinate_names where = lists_of(frame.coordinate());
  order_.push_back(place);
  where.entity->events.push_back(place);
  where.entity->count(frame.entity_sequence());
  where.scope->events.push_back(place);
  kind_list(frame.kind()).push_back(place);
  if (frame.extension_size() != 0) add_links(frame, place);
}

QUIPU_DECL void segment_index::add_hole(const hole& dropped, std::uint32_t place) {
  holes_.push_back(place);
  dropped.each([&](const dropped_event& each) {
    lists_of(each.coordinate).entity->count(each.entity_sequence);
    if (each.key) by_key_.insert(*each.key, place);
  });
}

QUIPU_DECL const segment_index::place_list* segment_index::find_kind(event_kind kind) const noexcept {
  for (std::size_t position = 0; position < kinds_.size(); ++position)
    if (kinds_[position].kind == kind) return &kinds_[position].events;
  return nullptr;
}

QUIPU_DECL const segment_index::known_schema* segment_index::find_schema(event_kind kind,
                                                                         std::uint16_t version) const noexcept {
  return schemas_.find(schema_key(kind, version));
}

QUIPU_DECL void segment_index::add_links(const frame_view& frame, std::uint32_t place) {
  if (const auto key = frame.id_extension(extension_type::idempotency_key)) by_key_.insert(*key, place);
  if (const auto cause = frame.id_extension(extension_type::causation_id)) add_link(by_cause_, *cause, place);
  if (const auto begin = frame.id_extension(extension_type::correlation_id)) add_link(by_conversation_, *begin, place);
  tags_.add(frame, place);
}

QUIPU_DECL void segment_index::add_link(by_id& table, const event_id& to, std::uint32_t place) {
  links_to(table, to).push_back(place);
}

QUIPU_DECL segment_index::place_list& segment_index::links_to(by_id& table, const event_id& to) {
  linked_places** found = table.find(to);
  return (found != nullptr ? **found : *table.insert(to, &links_.add())).events;
}

QUIPU_DECL const segment_index::place_list* segment_index::find_links(const by_id& table, const event_id& id) noexcept {
  linked_places* const* found = table.find(id);
  return found == nullptr ? nullptr : &(*found)->events;
}

QUIPU_DECL segment_index::place_list& segment_index::kind_list(event_kind kind) {
  kind_places*& recent = recent_kinds_[kind.raw() % recent_kinds_.size()];
  if (recent == nullptr || recent->kind != kind) recent = &find_or_add_kind(kind);
  return recent->events;
}

QUIPU_DECL kind_places& segment_index::find_or_add_kind(event_kind kind) {
  for (std::size_t position = 0; position < kinds_.size(); ++position)
    if (kinds_[position].kind == kind) return kinds_[position];
  kind_places& made = kinds_.add();
  made.kind = kind;
  return made;
}

}  // namespace quipu::detail::inline QUIPU_MODE
