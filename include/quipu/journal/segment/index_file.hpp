// SPDX-License-Identifier: BSL-1.0
//
// index_file.hpp: makes the index file of a segment from its index in memory. index_layout.hpp describes the file.
//
// A list of places that equals an earlier list is stored once; for example the list of the only entity of a segment is
// the list of all events.
#pragma once

#include "../format/index_layout.hpp"
#include "mapped_index.hpp"
#include "segment_index.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <utility>
#include <vector>

namespace quipu::detail {

class index_encoder {
  using place_list = std::vector<std::uint32_t>;

 public:
  explicit index_encoder(const segment_index& index) : index_{index} {
    collect_sorted();
    collect_lists();
    text_bytes_ = 0;
    for (std::size_t at = 0; at < index_.entities().size(); ++at) text_bytes_ += index_.entities()[at].name.size();
    for (std::size_t at = 0; at < index_.scopes().size(); ++at) text_bytes_ += index_.scopes()[at].name.size();
    for (const auto& each : index_.schemas()) text_bytes_ += each.value.text.size();
  }

  template <class IdOf>
  [[nodiscard]] bytes encode(const index_cover& cover, const store_identity& identity, std::int64_t created_at_us,
                             IdOf&& id_of) {
    if (text_bytes_ > UINT32_MAX || stored_places_ > UINT32_MAX || cover.head_state.size() > index_head_state_limit)
      return {};
    bytes file;
    lay_out(cover);
    file.resize(static_cast<std::size_t>(end_));
    base_ = file.data();
    put_places();
    put_entities();
    put_scopes();
    if (crowded_) return {};
    put_coordinates();
    put_kinds_and_schemas();
    put_keys();
    put_links(index_.effects(), index_section::effects, index_section::effect_slots, first_effect_list_);
    put_links(index_.conversations(), index_section::conversations, index_section::conversation_slots,
              first_conversation_list_);
    std::byte* to = at(index_section::ids);
    if (crowded_) return {};
    for (std::size_t position = 0; position < index_.order().size(); position += index_id_distance, to += index_id_size)
      std::memcpy(to, id_of(index_.order()[position]).raw().data(), index_id_size);
    if (!cover.head_state.empty())
      std::memcpy(at(index_section::head_state), cover.head_state.data(), cover.head_state.size());
    if (!index_.holes().empty())
      std::memcpy(at(index_section::holes), index_.holes().data(), index_.holes().size() * index_place_size);
    put_head(cover, identity, created_at_us);
    return file;
  }

 private:
  struct list {
    const std::uint32_t* data;
    std::uint32_t count;
    std::uint32_t position;  // in the section
  };

  void collect_sorted() {
    for (std::size_t at = 0; at < index_.kinds().size(); ++at) kinds_.push_back(&index_.kinds()[at]);
    std::sort(kinds_.begin(), kinds_.end(), [](auto* left, auto* right) { return left->kind < right->kind; });
    for (const auto& each : index_.schemas()) schemas_.push_back(&each);
    std::sort(schemas_.begin(), schemas_.end(), [](auto* left, auto* right) { return left->key < right->key; });
  }

  void collect_lists() {
    const std::size_t count = 1 + index_.entities().size() + index_.scopes().size() + kinds_.size() +
                              index_.effects().size() + index_.conversations().size();
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
  }

  /// The hash is of a list's first place and its size. At most one list of each sort has the same, so that few lists
  /// are compared.
  void add_list(const place_list& events) {
    list made{events.data(), static_cast<std::uint32_t>(events.size()), 0};
    if (made.count != 0) {
      const std::size_t mask = slots_.size() - 1;
      std::size_t slot = static_cast<std::size_t>(spread_bits(std::uint64_t{made.data[0]} << 32 | made.count)) & mask;
      for (; slots_[slot] != 0; slot = (slot + 1) & mask) {
        const list& known = lists_[slots_[slot] - 1];
        if (known.count == made.count && std::memcmp(known.data, made.data, made.count * sizeof *made.data) == 0) break;
      }
      if (slots_[slot] != 0) {
        made.position = lists_[slots_[slot] - 1].position;
      } else {
        made.position = static_cast<std::uint32_t>(stored_places_);
        stored_places_ += made.count;
        slots_[slot] = static_cast<std::uint32_t>(lists_.size() + 1);
      }
    }
    lists_.push_back(made);
  }

  void lay_out(const index_cover& cover) {
    const std::size_t events = index_.order().size();
    const std::size_t counts[index_section_count] = {0,
                                                     static_cast<std::size_t>(stored_places_),
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
                                                     index_.holes().size()};
    section_count_ = 0;
    for (const std::size_t count : counts) section_count_ += count != 0;
    end_ = index_head::size + section_count_ * index_table_line::size;
    for (std::size_t number = 1; number < index_section_count; ++number) {
      lines_[number] = {static_cast<std::uint32_t>(number), 0, end_,
                        std::uint64_t{counts[number]} * index_element_sizes[number]};
      end_ = lines_[number].end();
    }
  }

  [[nodiscard]] std::byte* at(index_section section) const noexcept {
    return base_ + lines_[static_cast<std::size_t>(section)].offset;
  }

  void put_places() {
    std::byte* to = at(index_section::places);
    std::uint64_t stored = 0;
    for (const list& each : lists_) {
      if (each.count == 0 || each.position != stored) continue;  // stored already
      stored += each.count;
      if constexpr (host_is_little_endian) {
        std::memcpy(to, each.data, each.count * sizeof *each.data);
      } else {
        for (std::uint32_t index = 0; index < each.count; ++index)
          store_little_endian(to + index * index_place_size, each.data[index]);
      }
      to += each.count * index_place_size;
    }
  }

  /// Adds a text to section `names`.
  [[nodiscard]] index_text put_text(std::string_view text) {
    const index_text added{text_end_, static_cast<std::uint32_t>(text.size())};
    if (!text.empty()) std::memcpy(at(index_section::names) + text_end_, text.data(), text.size());
    text_end_ += added.size;
    return added;
  }
  [[nodiscard]] index_list list_of(std::size_t number) const noexcept {
    return {lists_[number].position, lists_[number].count};
  }

  /// The last slot of a hash table.
  [[nodiscard]] std::size_t mask_of(index_section slots) const noexcept {
    return static_cast<std::size_t>(lines_[static_cast<std::size_t>(slots)].bytes) / index_slot_size - 1;
  }
  [[nodiscard]] std::byte* slot_at(index_section slots, std::size_t slot) const noexcept {
    return at(slots) + slot * index_slot_size;
  }
  void put_slot(index_section section, bytes_view name, std::size_t number) noexcept {
    const std::size_t mask = mask_of(section);
    std::size_t slot = index_hash(name) & mask;
    std::size_t steps = 0;
    for (; load_little_endian<std::uint32_t>(slot_at(section, slot)) != 0; slot = (slot + 1) & mask)
      if (crowded_ || ++steps > index_most_steps) {
        crowded_ = true;
        return;
      }
    store_little_endian(slot_at(section, slot), static_cast<std::uint32_t>(number + 1));
  }

  void put_entities() {
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
  void put_scopes() {
    std::byte* to = at(index_section::scopes);
    for (std::size_t number = 0; number < index_.scopes().size(); ++number, to += index_scope::size) {
      const auto& each = index_.scopes()[number];
      index_scope::name.store(to, put_text(each.name));
      index_scope::events.store(to, list_of(1 + index_.entities().size() + number));
      put_slot(index_section::scope_slots, bytes_view{each.name}, number);
    }
  }

  /// The number of a name that was put. Names are numbered in the order of the coordinates that first have them, so it
  /// is usually `next`.
  template <class Entry>
  [[nodiscard]] std::uint32_t number_of(const stable_list<Entry>& all, const Entry* wanted, std::size_t& next,
                                        index_section slots) const noexcept {
    if (next < all.size() && &all[next] == wanted) return static_cast<std::uint32_t>(next++);
    const std::size_t mask = mask_of(slots);
    std::size_t slot = index_hash(bytes_view{wanted->name}) & mask;
    for (;; slot = (slot + 1) & mask) {
      const std::uint32_t number = load_little_endian<std::uint32_t>(slot_at(slots, slot)) - 1;
      if (&all[number] != wanted) continue;
      if (number >= next) next = std::size_t{number} + 1;
      return number;
    }
  }
  void put_coordinates() {
    std::byte* to = at(index_section::coordinates);
    std::size_t next_entity = 0;
    std::size_t next_scope = 0;
    for (std::size_t number = 0; number < index_.coordinate_count(); ++number, to += index_coordinate::size) {
      const auto names = index_.names(static_cast<std::uint32_t>(number));
      index_coordinate::entity.store(to, number_of<entity_places>(index_.entities(), names.entity, next_entity,
                                                                  index_section::entity_slots));
      index_coordinate::scope.store(to, number_of<scope_places>(index_.scopes(), names.scope, next_scope,
                                                                index_section::scope_slots));
    }
  }

  void put_kinds_and_schemas() {
    std::byte* to = at(index_section::kinds);
    std::size_t list_number = 1 + index_.entities().size() + index_.scopes().size();
    for (const auto* each : kinds_) {
      index_kind::kind.store(to, each->kind.raw());
      index_kind::events.store(to, list_of(list_number++));
      to += index_kind::size;
    }
    to = at(index_section::schemas);
    for (const auto* each : schemas_) {
      index_schema::kind.store(to, static_cast<std::uint16_t>(each->key >> 16));
      index_schema::version.store(to, static_cast<std::uint16_t>(each->key & 0xFFFF));
      index_schema::text.store(to, put_text(each->value.text));
      index_schema::fingerprint.store(to, each->value.fingerprint);
      to += index_schema::size;
    }
  }

  void put_keys() {
    std::byte* to = at(index_section::keys);
    std::size_t number = 0;
    for (const auto& each : index_.keys()) {
      index_key::key.store(to, each.key);
      index_key::place.store(to, each.value);
      put_slot(index_section::key_slots, bytes_view{each.key.raw()}, number++);
      to += index_key::size;
    }
  }
  template <class Links>
  void put_links(const Links& links, index_section section, index_section slots, std::size_t first_list) {
    std::byte* to = at(section);
    std::size_t number = 0;
    for (const auto& each : links) {
      index_link::id.store(to, each.key);
      index_link::events.store(to, list_of(first_list + number));
      put_slot(slots, bytes_view{each.key.raw()}, number++);
      to += index_link::size;
    }
  }

  void put_head(const index_cover& cover, const store_identity& identity, std::int64_t created_at_us) {
    std::byte* const table = base_ + index_head::size;
    std::byte* to = table;
    for (index_table_line& line : lines_) {
      if (line.bytes == 0) continue;
      line.checksum = crc32c(bytes_view{base_ + line.offset, static_cast<std::size_t>(line.end() - line.offset)});
      line.put(to);
      to += index_table_line::size;
    }
    index_head head;
    head.common.identity = identity;
    head.common.created_at_us = created_at_us;
    head.cover = cover;
    head.file_bytes = end_;
    head.event_count = static_cast<std::uint32_t>(index_.order().size());
    head.section_count = static_cast<std::uint32_t>(section_count_);
    head.table_checksum = crc32c(bytes_view{table, static_cast<std::size_t>(to - table)});
    head.put(base_);
  }

  const segment_index& index_;
  std::vector<const kind_places*> kinds_;
  std::vector<const typename segment_index::schema_entry*> schemas_;
  std::vector<list> lists_;
  std::vector<std::uint32_t> slots_;  // hash table of the stored lists: 0, or one more than the position in lists_
  std::uint64_t stored_places_{};
  std::size_t first_effect_list_{};
  std::size_t first_conversation_list_{};
  std::uint64_t text_bytes_{};
  std::uint32_t text_end_{};
  std::array<index_table_line, index_section_count> lines_{};
  std::size_t section_count_{};
  bool crowded_{};
  std::uint64_t end_{};
  std::byte* base_{};
};

/// The bytes of the index file. `id_of(place)` returns an event's id. Empty if the segment can't have an index file: it
/// has 4 GiB of names, or names that were chosen to collide in a hash table. Takes time and memory proportional to the
/// file.
template <class IdOf>
[[nodiscard]] bytes encode_index(const segment_index& index, const index_cover& cover, const store_identity& identity,
                                 std::int64_t created_at_us, IdOf&& id_of) {
  return index_encoder{index}.encode(cover, identity, created_at_us, id_of);
}

}  // namespace quipu::detail
