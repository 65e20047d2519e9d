// SPDX-License-Identifier: BSL-1.0
//
// entity_table.hpp: what a writer knows of each entity and coordinate: where its stream ends, and its number in the active
// segment. Not thread-safe: guarded by the journal's lock, but for `chain_end`, which belongs to whoever is flushing.
#pragma once

#include "../../core/digest.hpp"
#include "../../event/frame.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>

namespace quipu::detail {

/// The end of an entity's stream.
struct entity_end {
  std::uint64_t next_sequence{};  ///< the entity's number of events, those not yet written included
  digest chain_end{};             ///< hash of the last event that was hashed
  std::uint64_t group{};          ///< the group of events being hashed that last had one of this entity
  std::uint32_t depth{};          ///< how many of the entity's events in that group come before the next
};

struct coordinate_slot {
  entity_end* entity{};
  coordinate_digest part_of_hash{};
  std::uint64_t segment{};  ///< which segment `number` is for; 0 is none
  std::uint32_t number{};
};

class entity_table {
 public:
  /// The end of an entity's stream; nothing where the entity has no event.
  [[nodiscard]] const entity_end* find(std::string_view entity) const noexcept {
    const auto found = entities_.find(entity);
    return found == entities_.end() ? nullptr : found->second;
  }

  /// Finds or makes an entity. Addresses stay.
  [[nodiscard]] entity_end& entity(std::string_view name) {
    if (const auto found = entities_.find(name); found != entities_.end()) return *found->second;
    return *entities_.emplace(keep(name), &ends_.emplace_back()).first->second;
  }

  /// Finds or makes a coordinate. Addresses stay.
  [[nodiscard]] coordinate_slot& coordinate(std::string_view entity_name, std::string_view scope) {
    key_.assign(entity_name).push_back('\0');
    key_.append(scope);
    if (const auto found = coordinates_.find(key_); found != coordinates_.end()) return *found->second;
    entity_end& end = entity(entity_name);
    coordinate_slot& made = slots_.emplace_back();
    made.entity = &end;
    made.part_of_hash = digest_of(entity_name, scope);
    coordinates_.emplace(keep(key_), &made);
    return made;
  }

  [[nodiscard]] std::size_t entity_count() const noexcept { return entities_.size(); }

 private:
  [[nodiscard]] std::string_view keep(std::string_view text) { return names_.emplace_back(text); }

  std::deque<std::string> names_;
  std::deque<entity_end> ends_;
  std::deque<coordinate_slot> slots_;
  std::unordered_map<std::string_view, entity_end*> entities_;
  std::unordered_map<std::string_view, coordinate_slot*> coordinates_;
  std::string key_;
};

}  // namespace quipu::detail
