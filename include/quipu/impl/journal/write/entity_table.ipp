// SPDX-License-Identifier: BSL-1.0
//
// entity_table.ipp: see journal/write/entity_table.hpp.
#pragma once

#include "../../../core/detail/flat_map.hpp"
#include "../../../event/frame.hpp"
#include "../../../hash/digest.hpp"
#include "../../../journal/segment/segment.hpp"
#include "../../../journal/write/entity_table.hpp"

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace quipu::detail::inline QUIPU_MODE {

QUIPU_DECL const entity_end* entity_table::find(std::string_view name) {
  const std::uint64_t hash = text_hash{}(name);
  if (const entity_end* const found = entities_.find(name, hash)) return found->next_sequence == 0 ? nullptr : found;
  const entity_end end = end_in_log(name);
  return end.next_sequence == 0 ? nullptr : &add(name, hash, end);
}

QUIPU_DECL std::uint64_t entity_table::placed_end(std::string_view name) const noexcept {
  const entity_end* const known = entities_.find(name);
  return known == nullptr ? 0 : known->placed_end;
}

QUIPU_DECL entity_end& entity_table::entity(std::string_view name, std::uint64_t hash) {
  if (entity_end* const found = entities_.find(name, hash)) return *found;
  return add(name, hash, end_in_log(name));
}

QUIPU_DECL coordinate_slot* entity_table::find_coordinate(std::string_view entity_name,
                                                          std::string_view scope) noexcept {
  if (coordinate_slot* const recent = recent_.find(entity_name, scope)) return recent;
  coordinate_slot* const found = look_up(entity_name, text_hash{}(entity_name), scope);
  if (found != nullptr) recent_.remember(*found);
  return found;
}

QUIPU_DECL coordinate_slot& entity_table::coordinate(std::string_view entity_name, std::string_view scope) {
  if (coordinate_slot* const recent = recent_.find(entity_name, scope)) return *recent;
  const std::uint64_t hash = text_hash{}(entity_name);
  coordinate_slot* const known = look_up(entity_name, hash, scope);
  if (known == nullptr) return add_coordinate(entity_name, hash, scope);
  recent_.remember(*known);
  return *known;
}

QUIPU_DECL coordinate_slot* entity_table::look_up(std::string_view entity_name, std::uint64_t hash,
                                                  std::string_view scope) noexcept {
  const entity_end* const entity = entities_.find(entity_name, hash);
  if (entity == nullptr) {
    expect_in_log(entity_name);
    return nullptr;
  }
  if (entity->first == nullptr || entity->first->scope == scope) return entity->first;
  const std::uint32_t found = further_by_names_.number_of(hash_of(entity_name, scope), is_further(entity_name, scope));
  return found == 0 ? nullptr : further_[found - 1];
}

QUIPU_DECL void entity_table::clear() {
  entity_table empty;
  empty.earlier_ = std::move(earlier_);
  *this = std::move(empty);
}

QUIPU_DECL coordinate_slot& entity_table::add_coordinate(std::string_view entity_name, std::uint64_t hash,
                                                         std::string_view scope) {
  recent_.reserve();
  entity_end& end = entity(entity_name, hash);
  const std::string_view kept_scope = names_.keep(scope);
  coordinate_slot& made = slots_.add();
  made = {};
  made.entity = &end;
  made.entity_name = end.name;
  made.scope = kept_scope;
  take_number(made);
  if (end.first == nullptr)
    end.first = &made;
  else
    add_further(made);
  return made;
}

QUIPU_DECL void entity_table::add_further(coordinate_slot& slot) {
  further_by_names_.make_room(further_.size());
  further_.push_back(&slot);
  const std::uint64_t hash = hash_of(slot.entity_name, slot.scope);
  further_by_names_.find(hash, is_further(slot.entity_name, slot.scope)) =
      hash_slots::slot{static_cast<std::uint32_t>(further_.size()), static_cast<std::uint32_t>(hash)};
}

QUIPU_DECL void entity_table::take_number(coordinate_slot& slot) const {
  if (!growing_) return;
  const auto known = growing_->with_index(
      [&](const segment_index& index) { return index.first_coordinate(slot.entity_name, slot.scope); });
  if (!known) return;
  slot.segment = growing_->first_sequence() + 1;
  slot.number = *known;
}

QUIPU_DECL entity_end& entity_table::add(std::string_view name, std::uint64_t hash, const entity_end& end) {
  return entities_.find_or_add(name, hash, [&](entity_end& made) {
    const std::string_view kept = names_.keep(name);
    made = end;
    made.name = kept;
  });
}

QUIPU_DECL void entity_table::expect_in_log(const hashed_name& name) const noexcept {
  constexpr std::size_t most = 8;  // a processor doesn't wait for many more at once
  if (!earlier_) return;
  for (std::size_t position = earlier_->size(), count = 0; position-- != 0 && count != most; ++count)
    (*earlier_)[position]->expect_entity(name);
}

QUIPU_DECL entity_end entity_table::end_in_log(const hashed_name& name) const {
  entity_end end;
  if (!earlier_) return end;
  for (std::size_t position = earlier_->size(); position-- != 0;) {
    const segment& in = *(*earlier_)[position];
    const auto known = in.entity(name);
    if (!known) continue;
    end.next_sequence = known.next_sequence;
    if (!in.chained()) break;
    if (const auto last = last_frame(in, known)) {
      end.last_id = last->id();
      end.chain_end = last->hash();
    } else {
      end.chain_end = hash_of_dropped(in, known, name.text);
    }
    break;
  }
  return end;
}

QUIPU_DECL std::optional<frame_view> entity_table::last_frame(const segment& in, const entity_run& known) {
  const std::size_t count = in.size_of(known.events);
  if (count == 0) return std::nullopt;
  const frame_view last = in.frame_at(*in.place_at(known.events, count - 1));
  return last.entity_sequence() + 1 == known.next_sequence ? std::optional{last} : std::nullopt;
}

QUIPU_DECL digest entity_table::hash_of_dropped(const segment& in, const entity_run& known, std::string_view name) {
  std::optional<digest> found;
  const auto holes = in.holes();
  for (std::size_t position = in.size_of(holes); !found && position-- != 0;) {
    const hole dropped{in.hole_or_event_at(*in.place_at(holes, position)), true};
    dropped.each([&](const dropped_event& each) {
      if (each.entity_sequence + 1 == known.next_sequence && in.names_of(each.coordinate).entity == name)
        found = each.hash;
    });
  }
  if (!found) throw_corrupt("an entity's last event is missing", in.path(), 0);
  return *found;
}

}  // namespace quipu::detail::inline QUIPU_MODE
