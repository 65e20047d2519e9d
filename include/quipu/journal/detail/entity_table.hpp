// SPDX-License-Identifier: BSL-1.0
//
// entity_table.hpp: what a writer knows of each entity and coordinate: where its stream ends, and its number in the active
// segment. Not thread-safe: guarded by the journal's lock, but for `chain_end`, which belongs to whoever is flushing.
#pragma once

#include "../../core/digest.hpp"
#include "../../core/detail/owner.hpp"
#include "../../event/frame.hpp"
#include "flat_map.hpp"
#include "segment.hpp"

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

/// Knows the entities that were asked for since it was made or cleared; of others it finds out from the segments that it may look in.
template <class When>
class basic_entity_table {
  using segment = basic_segment<When>;
  using segment_list = std::vector<shared_owner<segment>>;

 public:
  /// Where to find the ends of entities that the table doesn't have: segments that are complete, or of which it has what came later.
  void look_in(shared_owner<const segment_list> earlier) noexcept { earlier_ = std::move(earlier); }

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
    key_.assign(entity_name).push_back('\0');
    key_.append(scope);
    if (coordinate_slot** found = coordinates_.find(key_)) return **found;
    entity_end& end = entity(entity_name);
    const std::string_view kept = keep(key_);
    coordinate_slot& made = slots_.add();
    made = {};
    made.entity = &end;
    made.part_of_hash = digest_of(entity_name, scope);
    return *coordinates_.insert(kept, &made);
  }

  /// How many entities it has in memory.
  [[nodiscard]] std::size_t size() const noexcept { return entities_.size(); }

  /// Forgets all, so that memory doesn't grow with the log. Nothing may refer to what it had.
  void clear() {
    basic_entity_table empty;
    empty.earlier_ = std::move(earlier_);
    *this = std::move(empty);
  }

 private:
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
      if (in.chained()) end.chain_end = in.frame_at(*in.place_at(known.events, in.size_of(known.events) - 1)).hash();
      break;
    }
    return end;
  }

  shared_owner<const segment_list> earlier_;
  stable_list<deferred<When, std::string>> names_;
  stable_list<deferred<When, entity_end>> ends_;
  stable_list<deferred<When, coordinate_slot>> slots_;
  flat_map<std::string_view, deferred<When, entity_end*>, text_hash> entities_;
  flat_map<std::string_view, deferred<When, coordinate_slot*>, text_hash> coordinates_;
  deferred<When, std::string> key_;
};
using entity_table = basic_entity_table<when_used>;

}  // namespace quipu::detail
