// SPDX-License-Identifier: BSL-1.0
//
// index_file.ipp: see journal/segment/index_file.hpp.
#pragma once

#include "../../../core/detail/keyed_hash.hpp"
#include "../../../journal/format/index_layout.hpp"
#include "../../../journal/segment/index_file.hpp"
#include "../../../journal/segment/mapped_index.hpp"
#include "../../../journal/segment/segment_index.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <utility>
#include <vector>

namespace quipu::detail::inline QUIPU_MODE {

QUIPU_DECL index_encoder::index_encoder(const segment_index& index) : index_{index} {
  collect_sorted();
  collect_lists();
  text_bytes_ = 0;
  for (std::size_t at = 0; at < index_.entities().size(); ++at) text_bytes_ += index_.entities()[at].name.size();
  for (std::size_t at = 0; at < index_.scopes().size(); ++at) text_bytes_ += index_.scopes()[at].name.size();
  for (std::size_t at = 0; at < index_.tags().all().size(); ++at) text_bytes_ += index_.tags().all()[at].name.size();
  for (const auto& each : index_.schemas()) {
    text_bytes_ += each.value.text.size();
    for (const std::string& name : each.value.names) text_bytes_ += name.size();
    type_name_count_ += each.value.names.size();
  }
}

QUIPU_DECL void index_encoder::collect_sorted() {
  for (std::size_t at = 0; at < index_.kinds().size(); ++at) kinds_.push_back(&index_.kinds()[at]);
  std::sort(kinds_.begin(), kinds_.end(), [](auto* left, auto* right) { return left->kind < right->kind; });
  for (const auto& each : index_.schemas()) schemas_.push_back(&each);
  std::sort(schemas_.begin(), schemas_.end(), [](auto* left, auto* right) { return left->key < right->key; });
}

QUIPU_DECL void index_encoder::collect_lists() {
  const std::size_t count = 1 + index_.entities().size() + index_.scopes().size() + kinds_.size() +
                            index_.effects().size() + index_.conversations().size() + index_.tags().all().size() + 1;
  lists_.reserve(count);
  slots_.resize(index_slots_for(count));
  add_list(index_.order());
  for (std::size_t at = 0; at < index_.entities().size(); ++at) add_list(index_.entities()[at].events);
  for (std::size_t at = 0; at < index_.scopes().size(); ++at) add_list(index_.scopes()[at].events);
  for (const auto* each : kinds_) add_list(each->events);
  first_effect_list_ = lists_.size();
  for (const auto& each : index_.effects()) add_list(each.value->events);
  first_conversation_list_ = lists_.size();
  for (const auto& each : index_.conversations()) add_list(each.value->events);
  first_tag_list_ = lists_.size();
  for (std::size_t at = 0; at < index_.tags().all().size(); ++at) add_list(index_.tags().all()[at].events);
  add_list(index_.holes());
}

QUIPU_DECL void index_encoder::add_list(const place_list& events) {
  list made{events.data(), static_cast<std::uint32_t>(events.size()), 0, 0};
  if (made.count == 1) {
    store(made);
  } else if (made.count != 0) {
    const std::size_t mask = slots_.size() - 1;
    std::size_t slot = static_cast<std::size_t>(number_hash{}(std::uint64_t{made.data[0]} << 32 | made.count)) & mask;
    for (; slots_[slot] != 0; slot = (slot + 1) & mask) {
      const list& known = lists_[slots_[slot] - 1];
      if (known.count == made.count && std::memcmp(known.data, made.data, made.count * sizeof *made.data) == 0) break;
    }
    if (slots_[slot] != 0) {
      made = lists_[slots_[slot] - 1];
    } else {
      store(made);
      slots_[slot] = static_cast<std::uint32_t>(lists_.size() + 1);
    }
  }
  lists_.push_back(made);
}

QUIPU_DECL void index_encoder::store(list& made) noexcept {
  made.width = packed_places::width_for(made.data, made.count);
  made.position = static_cast<std::uint32_t>(list_bytes_);
  list_bytes_ += packed_places::size_of(made.count, made.width);
}

QUIPU_DECL void index_encoder::lay_out(const index_cover& cover) {
  const std::size_t events = index_.order().size();
  const std::size_t counts[index_section_count] = {0,
                                                   static_cast<std::size_t>(list_bytes_),
                                                   index_.entities().size(),
                                                   index_.scopes().size(),
                                                   kinds_.size(),
                                                   index_.coordinate_count(),
                                                   schemas_.size(),
                                                   index_.keys().size(),
                                                   index_.effects().size(),
                                                   index_.conversations().size(),
                                                   static_cast<std::size_t>(text_bytes_),
                                                   (events + index_id_distance - 1) / index_id_distance,
                                                   index_slots_for(index_.entities().size()),
                                                   index_slots_for(index_.scopes().size()),
                                                   index_slots_for(index_.keys().size()),
                                                   index_slots_for(index_.effects().size()),
                                                   index_slots_for(index_.conversations().size()),
                                                   cover.head_state.size(),
                                                   std::size_t{!index_.holes().empty()},
                                                   index_.tags().all().size(),
                                                   index_slots_for(index_.tags().all().size()),
                                                   type_name_count_};
  section_count_ = 0;
  for (const std::size_t count : counts) section_count_ += count != 0;
  std::uint64_t bytes = 0;
  for (std::size_t number = 1; number < index_section_count; ++number)
    bytes += index_padded(std::uint64_t{counts[number]} * index_element_sizes[number]);
  sections_begin_ = index_sections_begin(section_count_, bytes);
  end_ = sections_begin_;
  for (std::size_t number = 1; number < index_section_count; ++number) {
    lines_[number] = {static_cast<std::uint32_t>(number), end_,
                      std::uint64_t{counts[number]} * index_element_sizes[number]};
    end_ = lines_[number].end();
  }
}

QUIPU_DECL std::byte* index_encoder::at(index_section section) const noexcept {
  return base_ + lines_[static_cast<std::size_t>(section)].offset;
}

QUIPU_DECL void index_encoder::put_lists() {
  std::byte* const to = at(index_section::lists);
  std::uint64_t stored = 0;
  for (const list& each : lists_) {
    if (each.count == 0 || each.position != stored) continue;  // stored already
    packed_places::store(to + stored, each.data, each.count, each.width);
    stored += packed_places::size_of(each.count, each.width);
  }
}

QUIPU_DECL index_text index_encoder::put_text(std::string_view text) {
  const index_text added{text_end_, static_cast<std::uint32_t>(text.size())};
  if (!text.empty()) std::memcpy(at(index_section::names) + text_end_, text.data(), text.size());
  text_end_ += added.size;
  return added;
}

QUIPU_DECL index_list index_encoder::list_of(std::size_t number) const noexcept {
  return {lists_[number].position, lists_[number].count};
}

QUIPU_DECL std::size_t index_encoder::mask_of(index_section slots) const noexcept {
  return static_cast<std::size_t>(lines_[static_cast<std::size_t>(slots)].bytes) / index_slot::layout_size - 1;
}

QUIPU_DECL std::byte* index_encoder::slot_at(index_section slots, std::size_t slot) const noexcept {
  return at(slots) + slot * index_slot::layout_size;
}

QUIPU_DECL void index_encoder::put_slot(index_section section, bytes_view name, std::size_t number) noexcept {
  const std::size_t mask = mask_of(section);
  const std::uint32_t hash = index_hash(name);
  std::size_t slot = hash & mask;
  std::size_t steps = 0;
  for (; !index_slot{slot_at(section, slot)}.is_free(); slot = (slot + 1) & mask)
    if (crowded_ || ++steps > index_most_steps) {
      crowded_ = true;
      return;
    }
  index_slot{hash, number, mask}.store(slot_at(section, slot));
}

QUIPU_DECL void index_encoder::put_entities() {
  std::byte* to = at(index_section::entities);
  for (std::size_t number = 0; number < index_.entities().size(); ++number, to += index_entity::size) {
    const auto& each = index_.entities()[number];
    index_entity::name.store(to, put_text(each.name));
    index_entity::events.store(to, list_of(1 + number));
    index_entity::first_sequence.store(to, each.first_sequence);
    index_entity::next_sequence.store(to, each.next_sequence);
    put_slot(index_section::entity_slots, bytes_view{each.name}, number);
  }
}

QUIPU_DECL void index_encoder::put_scopes() {
  std::byte* to = at(index_section::scopes);
  for (std::size_t number = 0; number < index_.scopes().size(); ++number, to += index_scope::size) {
    const auto& each = index_.scopes()[number];
    index_scope::name.store(to, put_text(each.name));
    index_scope::events.store(to, list_of(1 + index_.entities().size() + number));
    put_slot(index_section::scope_slots, bytes_view{each.name}, number);
  }
}

QUIPU_DECL void index_encoder::put_tags() {
  std::byte* to = at(index_section::tags);
  for (std::size_t number = 0; number < index_.tags().all().size(); ++number, to += index_tag::size) {
    const auto& each = index_.tags().all()[number];
    index_tag::name.store(to, put_text(each.name));
    index_tag::events.store(to, list_of(first_tag_list_ + number));
    put_slot(index_section::tag_slots, bytes_view{each.name}, number);
  }
}

QUIPU_DECL void index_encoder::put_coordinates() {
  std::byte* to = at(index_section::coordinates);
  std::size_t next_entity = 0;
  std::size_t next_scope = 0;
  for (std::size_t number = 0; number < index_.coordinate_count(); ++number, to += index_coordinate::size) {
    const auto names = index_.names(static_cast<std::uint32_t>(number));
    index_coordinate::entity.store(
        to, number_of<entity_places>(index_.entities(), names.entity, next_entity, index_section::entity_slots));
    index_coordinate::scope.store(
        to, number_of<scope_places>(index_.scopes(), names.scope, next_scope, index_section::scope_slots));
  }
}

QUIPU_DECL void index_encoder::put_kinds_and_schemas() {
  std::byte* to = at(index_section::kinds);
  std::size_t list_number = 1 + index_.entities().size() + index_.scopes().size();
  for (const auto* each : kinds_) {
    index_kind::kind.store(to, each->kind.raw());
    index_kind::events.store(to, list_of(list_number++));
    to += index_kind::size;
  }
  to = at(index_section::schemas);
  for (const auto* each : schemas_) {
    index_schema::kind.store(to, segment_index::kind_of_key(each->key).raw());
    index_schema::version.store(to, segment_index::version_of_key(each->key));
    index_schema::text.store(to, put_text(each->value.text));
    index_schema::fingerprint.store(to, each->value.fingerprint);
    to += index_schema::size;
  }
  to = at(index_section::type_names);
  for (const auto* each : schemas_) {
    for (const std::string& name : each->value.names) {
      index_type_name::kind.store(to, segment_index::kind_of_key(each->key).raw());
      index_type_name::version.store(to, segment_index::version_of_key(each->key));
      index_type_name::name.store(to, put_text(name));
      to += index_type_name::size;
    }
  }
}

QUIPU_DECL void index_encoder::put_keys() {
  std::byte* to = at(index_section::keys);
  std::size_t number = 0;
  for (const auto& each : index_.keys()) {
    index_key::key.store(to, each.key);
    index_key::place.store(to, each.value);
    put_slot(index_section::key_slots, bytes_view{each.key.raw()}, number++);
    to += index_key::size;
  }
}

QUIPU_DECL void index_encoder::put_head(const index_cover& cover, const store_identity& identity,
                                        std::int64_t created_at_us) {
  std::byte* const table = base_ + index_head::size;
  std::byte* to = table;
  for (index_table_line& line : lines_) {
    if (line.bytes == 0) continue;
    line.put(to);
    to += index_table_line::size;
  }
  for (std::uint64_t at = sections_begin_; at < end_; at += index_block_size, to += sizeof(std::uint32_t)) {
    const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(index_block_size, end_ - at));
    store_little_endian(to, crc32c(bytes_view{base_ + at, size}));
  }
  index_head head;
  head.common.identity = identity;
  head.common.created_at_us = created_at_us;
  head.cover = cover;
  head.file_bytes = end_;
  head.event_count = static_cast<std::uint32_t>(index_.order().size());
  head.section_count = static_cast<std::uint32_t>(section_count_);
  head.table_checksum = crc32c(bytes_view{table, static_cast<std::size_t>(sections_begin_) - index_head::size});
  head.put(base_);
}

}  // namespace quipu::detail::inline QUIPU_MODE
