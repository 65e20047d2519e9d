// SPDX-License-Identifier: BSL-1.0
//
// entity_table.hpp: what a writer knows of each entity and coordinate: where its stream ends, and its number in the active
// segment. Not thread-safe: guarded by the journal's lock, but for `chain_end`, which belongs to whoever is flushing.
#pragma once

#include "../../core/detail/flat_map.hpp"
#include "../../event/frame.hpp"
#include "../../hash/digest.hpp"
#include "../segment/segment.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

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
  std::string_view entity_name{};
  std::string_view scope{};
  std::uint64_t name_hash{};
  coordinate_digest part_of_hash{};
  std::uint64_t segment{};  ///< which segment `number` is for; 0 is none
  std::uint32_t number{};
};

/// Knows the entities that were asked for since it was made or cleared; of others it finds out from the segments that it may look in.
class entity_table {
  using segment_list = std::vector<std::shared_ptr<segment>>;

 public:
  /// Where to find the ends of entities that the table doesn't have: segments that are complete, or of which it has what came later.
  void look_in(std::shared_ptr<const segment_list> earlier) noexcept { earlier_ = std::move(earlier); }

  /// The end of an entity's stream; null where the entity has no event. Throws `errc::corrupt`.
  [[nodiscard]] const entity_end* find(std::string_view name) {
    if (entity_end** found = entities_.find(name)) return (*found)->next_sequence == 0 ? nullptr : *found;
    const entity_end end = end_in_log(name);
    return end.next_sequence == 0 ? nullptr : &add(name, end);
  }

  /// Finds or makes an entity. Addresses stay. Throws `errc::corrupt`.
  [[nodiscard]] entity_end& entity(std::string_view name) {
    if (entity_end** found = entities_.find(name)) return **found;
    return add(name, end_in_log(name));
  }

  /// Finds or makes a coordinate. Addresses stay. Throws `errc::corrupt`.
  [[nodiscard]] coordinate_slot& coordinate(std::string_view entity_name, std::string_view scope) {
    const std::uint64_t hash = hash_of_text(scope, hash_of_text(entity_name));
    if (!places_.empty()) {
      const std::size_t mask = places_.size() - 1;
      for (std::size_t at = static_cast<std::size_t>(hash) & mask; places_[at].slot != nullptr; at = (at + 1) & mask) {
        if (places_[at].hash != hash) continue;
        coordinate_slot& known = *places_[at].slot;
        if (known.entity_name == entity_name && known.scope == scope) return known;
      }
    }
    return add_coordinate(hash, entity_name, scope);
  }

  /// How many entities it has in memory.
  [[nodiscard]] std::size_t size() const noexcept { return entities_.size(); }

  /// Forgets all, so that memory doesn't grow with the log. Nothing may refer to what it had.
  void clear() {
    entity_table empty;
    empty.earlier_ = std::move(earlier_);
    *this = std::move(empty);
  }

 private:
  /// A place of the table of coordinates, which is at most half full. The hash is beside the pointer, so that names are compared only where they are
  /// the right ones, but for one time in 2^64.
  struct place {
    coordinate_slot* slot{};
    std::uint64_t hash{};
  };

  [[gnu::noinline]] coordinate_slot& add_coordinate(std::uint64_t hash, std::string_view entity_name, std::string_view scope) {
    if (2 * (slots_.size() + 1) > places_.size()) grow();
    entity_end& end = entity(entity_name);
    const coordinate_digest part_of_hash = digest_of(entity_name, scope);
    const std::string_view kept_scope = keep(scope);
    const std::string_view kept_entity = keep(entity_name);
    coordinate_slot& made = slots_.add();
    made = {};
    made.entity = &end;
    made.entity_name = kept_entity;
    made.scope = kept_scope;
    made.name_hash = hash;
    made.part_of_hash = part_of_hash;
    put(made);
    return made;
  }
  void put(coordinate_slot& slot) noexcept {
    const std::size_t mask = places_.size() - 1;
    std::size_t at = static_cast<std::size_t>(slot.name_hash) & mask;
    while (places_[at].slot != nullptr) at = (at + 1) & mask;
    places_[at] = {&slot, slot.name_hash};
  }
  void grow() {
    std::vector<place> larger(places_.empty() ? 64 : 2 * places_.size());
    places_.swap(larger);
    for (std::size_t position = 0; position < slots_.size(); ++position) put(slots_[position]);
  }

  [[nodiscard]] std::string_view keep(std::string_view text) { return names_.add() = text; }

  entity_end& add(std::string_view name, const entity_end& end) {
    const std::string_view kept = keep(name);
    entity_end& made = ends_.add();
    made = end;
    return *entities_.insert(kept, &made);
  }

  [[nodiscard]] entity_end end_in_log(std::string_view name) const {
    entity_end end;
    if (!earlier_) return end;
    for (std::size_t position = earlier_->size(); position-- != 0;) {
      const segment& in = *(*earlier_)[position];
      const auto known = in.entity(name);
      if (!known) continue;
      end.next_sequence = known.next_sequence;
      if (in.chained()) end.chain_end = last_hash(in, known, name);
      break;
    }
    return end;
  }

  /// The hash of an entity's last event in a segment, which may have been dropped: then its hole has it.
  [[nodiscard]] static digest last_hash(const segment& in, const entity_run& known, std::string_view name) {
    if (const std::size_t count = in.size_of(known.events); count != 0) {
      const frame_view last = in.frame_at(*in.place_at(known.events, count - 1));
      if (last.entity_sequence() + 1 == known.next_sequence) return last.hash();
    }
    std::optional<digest> found;
    const auto holes = in.holes();
    for (std::size_t position = in.size_of(holes); !found && position-- != 0;) {
      const hole dropped{in.hole_or_event_at(*in.place_at(holes, position)), true};
      dropped.each([&](const dropped_event& each) {
        if (each.entity_sequence + 1 == known.next_sequence && in.names_of(each.coordinate).entity == name) found = each.hash;
      });
    }
    if (!found) throw_corrupt("an entity's last event is missing", in.path(), 0);
    return *found;
  }

  std::shared_ptr<const segment_list> earlier_;
  stable_list<std::string> names_;
  stable_list<entity_end> ends_;
  stable_list<coordinate_slot> slots_;
  flat_map<std::string_view, entity_end*, text_hash> entities_;
  std::vector<place> places_;
};

}  // namespace quipu::detail
