// SPDX-License-Identifier: BSL-1.0
//
// entity_table.hpp: what a writer knows of each entity and coordinate: where its stream ends, and its number in the
// active segment. Not thread-safe: guarded by the journal's lock, but for `chain_end`, which belongs to whoever is
// flushing.
#pragma once

#include "../../core/detail/flat_map.hpp"
#include "../../event/frame.hpp"
#include "../../hash/digest.hpp"
#include "../../macros.hpp"
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

namespace quipu::detail::inline QUIPU_MODE {

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

/// Knows the entities that were asked for since it was made or cleared; of others it finds out from the segments that
/// it may look in.
class entity_table {
  using segment_list = std::vector<std::shared_ptr<segment>>;

 public:
  /// Where to find the ends of entities that the table doesn't have: segments that are complete, or of which it has
  /// what came later.
  void look_in(std::shared_ptr<const segment_list> earlier) noexcept { earlier_ = std::move(earlier); }

  /// The end of an entity's stream; null where the entity has no event. Throws `errc::corrupt`.
  [[nodiscard]] const entity_end* find(std::string_view name);

  /// Finds or makes an entity. Addresses stay. Throws `errc::corrupt`.
  [[nodiscard]] entity_end& entity(std::string_view name);

  /// Finds or makes a coordinate. Addresses stay. Throws `errc::corrupt`.
  [[nodiscard]] coordinate_slot& coordinate(std::string_view entity_name, std::string_view scope);

  /// How many entities it has in memory.
  [[nodiscard]] std::size_t size() const noexcept { return entities_.size(); }

  /// Forgets all, so that memory doesn't grow with the log. Nothing may refer to what it had.
  void clear();

 private:
  /// A place of the table of coordinates, which is at most half full. The hash is beside the pointer, so that names are
  /// compared only where they are the right ones, but for one time in 2^64.
  struct place {
    coordinate_slot* slot{};
    std::uint64_t hash{};
  };

  [[gnu::noinline]] coordinate_slot& add_coordinate(std::uint64_t hash, std::string_view entity_name,
                                                    std::string_view scope);
  void put(coordinate_slot& slot) noexcept;
  void grow();

  [[nodiscard]] std::string_view keep(std::string_view text) { return names_.add() = text; }

  entity_end& add(std::string_view name, const entity_end& end);

  [[nodiscard]] entity_end end_in_log(std::string_view name) const;

  /// The hash of an entity's last event in a segment, which may have been dropped: then its hole has it.
  [[nodiscard]] static digest last_hash(const segment& in, const entity_run& known, std::string_view name);

  std::shared_ptr<const segment_list> earlier_;
  stable_list<std::string> names_;
  stable_list<entity_end> ends_;
  stable_list<coordinate_slot> slots_;
  flat_map<std::string_view, entity_end*, text_hash> entities_;
  std::vector<place> places_;
};

}  // namespace quipu::detail::inline QUIPU_MODE
