// SPDX-License-Identifier: BSL-1.0
//
// index_file.hpp: makes the index file of a segment from its index in memory. index_layout.hpp describes the file.
//
// A list of places that equals an earlier list is stored once; for example the list of the only entity of a segment is
// the list of all events.
#pragma once

#include "../../macros.hpp"
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

namespace quipu::detail::inline QUIPU_MODE {

class index_encoder {
  using place_list = std::vector<std::uint32_t>;

 public:
  explicit index_encoder(const segment_index& index);

  template <class IdOf>
  [[nodiscard]] bytes encode(const index_cover& cover, const store_identity& identity, std::int64_t created_at_us,
                             IdOf&& id_of) {
    if (text_bytes_ > UINT32_MAX || list_bytes_ > UINT32_MAX || cover.head_state.size() > index_head_state_limit)
      return {};
    bytes file;
    lay_out(cover);
    file.resize(static_cast<std::size_t>(end_));
    base_ = file.data();
    put_lists();
    put_entities();
    put_scopes();
    put_tags();
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
    if (!index_.holes().empty()) list_of(lists_.size() - 1).store(at(index_section::holes));
    put_head(cover, identity, created_at_us);
    return file;
  }

 private:
  struct list {
    const std::uint32_t* data;
    std::uint32_t count;
    unsigned width;
    std::uint32_t position;  // in the section
  };

  void collect_sorted();

  void collect_lists();

  /// Stores a list unless an equal one is stored. The hash covers the first place and the size, which at most one list
  /// of each sort shares, so few lists are compared. One place takes less than looking it up, so each is stored.
  void add_list(const place_list& events);
  /// Gives a list its place behind those that are stored.
  void store(list& made) noexcept;

  void lay_out(const index_cover& cover);

  [[nodiscard]] std::byte* at(index_section section) const noexcept;

  void put_lists();

  /// Adds a text to section `names`.
  [[nodiscard]] index_text put_text(std::string_view text);
  [[nodiscard]] index_list list_of(std::size_t number) const noexcept;

  /// The last slot of a hash table.
  [[nodiscard]] std::size_t mask_of(index_section slots) const noexcept;
  [[nodiscard]] std::byte* slot_at(index_section slots, std::size_t slot) const noexcept;
  void put_slot(index_section section, bytes_view name, std::size_t number) noexcept;

  void put_entities();
  void put_scopes();
  void put_tags();

  /// The number of a name that was put. Names are numbered in the order in which coordinates first use them, so it is
  /// usually `next`.
  template <class Entry>
  [[nodiscard]] std::uint32_t number_of(const named_list<Entry>& all, const Entry* wanted, std::size_t& next,
                                        index_section slots) const noexcept {
    if (next < all.size() && &all[next] == wanted) return static_cast<std::uint32_t>(next++);
    const std::size_t mask = mask_of(slots);
    std::size_t slot = index_hash(bytes_view{wanted->name}) & mask;
    for (;; slot = (slot + 1) & mask) {
      const auto number = static_cast<std::uint32_t>(index_slot{slot_at(slots, slot)}.number(mask));
      if (&all[number] != wanted) continue;
      if (number >= next) next = std::size_t{number} + 1;
      return number;
    }
  }
  void put_coordinates();

  void put_kinds_and_schemas();

  void put_keys();
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

  void put_head(const index_cover& cover, const store_identity& identity, std::int64_t created_at_us);

  const segment_index& index_;
  std::vector<const kind_places*> kinds_;
  std::vector<const typename segment_index::schema_entry*> schemas_;
  std::vector<list> lists_;
  std::vector<std::uint32_t> slots_;  // hash table of the stored lists: 0, or one more than the position in lists_
  std::uint64_t list_bytes_{};
  std::size_t first_effect_list_{};
  std::size_t first_conversation_list_{};
  std::size_t first_tag_list_{};
  std::uint64_t text_bytes_{};
  std::size_t type_name_count_{};
  std::uint32_t text_end_{};
  std::array<index_table_line, index_section_count> lines_{};
  std::size_t section_count_{};
  bool crowded_{};
  std::uint64_t sections_begin_{};
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

}  // namespace quipu::detail::inline QUIPU_MODE
