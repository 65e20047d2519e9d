// SPDX-License-Identifier: BSL-1.0
//
// entity_table.hpp: what a writer knows of each entity and coordinate: where its stream ends, and its number in the active
// segment. Not thread-safe: guarded by the journal's lock, but for `chain_end`, which belongs to whoever is flushing.
#pragma once

#include "../../core/digest.hpp"
#include "../../event/frame.hpp"
#include "flat_map.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

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

template <class When>
class basic_entity_table {
 public:
  /// The end of an entity's stream; nothing where the entity has no event.
  [[nodiscard]] const entity_end* find(std::string_view entity) const noexcept {
    entity_end* const* found = entities_.find(entity);
    return found == nullptr ? nullptr : *found;
  }

  /// Finds or makes an entity. Addresses stay.
  [[nodiscard]] entity_end& entity(std::string_view name) {
    if (entity_end** found = entities_.find(name)) return **found;
    const std::string_view kept = keep(name);
    return *entities_.insert(kept, &ends_.add());
  }

  /// Finds or makes a coordinate. Addresses stay.
  [[nodiscard]] coordinate_slot& coordinate(std::string_view entity_name, std::string_view scope) {
    key_.assign(entity_name).push_back('\0');
    key_.append(scope);
    if (coordinate_slot** found = coordinates_.find(key_)) return **found;
    entity_end& end = entity(entity_name);
    const std::string_view kept = keep(key_);
    coordinate_slot& made = slots_.add();
    made.entity = &end;
    made.part_of_hash = digest_of(entity_name, scope);
    return *coordinates_.insert(kept, &made);
  }

  [[nodiscard]] std::size_t entity_count() const noexcept { return entities_.size(); }

 private:
  [[nodiscard]] std::string_view keep(std::string_view text) { return names_.add() = text; }

  stable_list<deferred<When, std::string>> names_;
  stable_list<deferred<When, entity_end>> ends_;
  stable_list<deferred<When, coordinate_slot>> slots_;
  flat_map<std::string_view, deferred<When, entity_end*>, text_hash> entities_;
  flat_map<std::string_view, deferred<When, coordinate_slot*>, text_hash> coordinates_;
  deferred<When, std::string> key_;
};
using entity_table = basic_entity_table<when_used>;

}  // namespace quipu::detail
