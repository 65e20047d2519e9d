// SPDX-License-Identifier: BSL-1.0
//
// recent_coordinates.ipp: see journal/write/recent_coordinates.hpp.
#pragma once

#include "../../../journal/write/entity_table.hpp"
#include "../../../journal/write/recent_coordinates.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <utility>
#include <vector>

namespace quipu::detail::inline QUIPU_MODE {

QUIPU_DECL coordinate_slot* recent_coordinates::find(std::string_view entity, std::string_view scope) noexcept {
  if (places_.empty()) return nullptr;
  const std::uint64_t hash = hash_of(entity, scope);
  place_pair& pair = places_[hash % size];
  if (pair.last.hash == hash && pair.last.slot->is(entity, scope)) return pair.last.slot;
  if (pair.before.hash != hash || !pair.before.slot->is(entity, scope)) return nullptr;
  std::swap(pair.last, pair.before);
  return pair.last.slot;
}

QUIPU_DECL void recent_coordinates::remember(coordinate_slot& slot) noexcept {
  const std::uint64_t hash = hash_of(slot.entity_name, slot.scope);
  place_pair& pair = places_[hash % size];
  pair.before = std::exchange(pair.last, place{&slot, hash});
}

QUIPU_DECL std::uint64_t recent_coordinates::hash_of(std::string_view entity, std::string_view scope) noexcept {
  // Names that a program makes differ at their ends, mostly.
  const auto end_of = [](std::string_view text) {
    std::uint64_t word = 0;
    if (text.size() >= sizeof word)
      std::memcpy(&word, text.data() + text.size() - sizeof word, sizeof word);
    else
      std::memcpy(&word, text.data(), text.size());
    return word;
  };
  std::uint64_t mixed = (end_of(entity) ^ entity.size()) * 0x9E3779B97F4A7C15U;
  mixed ^= (mixed >> 32) ^ end_of(scope);
  mixed *= 0xBF58476D1CE4E5B9U;
  return (mixed ^ (mixed >> 32)) | std::uint64_t{1} << 63;  // never 0, which is no coordinate
}

}  // namespace quipu::detail::inline QUIPU_MODE
