// SPDX-License-Identifier: BSL-1.0
//
// entity_table.hpp: what a writer knows of each entity and coordinate: where its stream ends, and its number in the
// active segment. Not thread-safe: guarded by the journal's lock, except for hashes, which belong to the thread that
// flushes.
#pragma once

#include "../../core/detail/flat_map.hpp"
#include "../../core/detail/text_pool.hpp"
#include "../../event/event_id.hpp"
#include "../../event/frame.hpp"
#include "../../hash/digest.hpp"
#include "../../macros.hpp"
#include "../segment/segment.hpp"
#include "../segment/segment_list.hpp"
#include "recent_coordinates.hpp"

#include <algorithm>
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

struct coordinate_slot;

/// The end of an entity's stream.
struct entity_end {
  std::uint64_t next_sequence{};  ///< number of the entity's events, placed ones included
  std::uint64_t placed_end{};  ///< sequence after the last event that was placed since the table has the entity, or 0
  event_id last_id{};          ///< of the last event; nil if that isn't at hand
  std::string_view name{};
  coordinate_slot* first{};  ///< the first coordinate that the table got of the entity; most have one
  digest chain_end{};        ///< hash of the last event that was hashed
  std::uint64_t group{};     ///< the last group being hashed that has an event of this entity
  std::uint32_t depth{};     ///< number of the entity's events in that group so far

  /// Records the last event; its id is nil if it was dropped.
  void record_last(std::uint64_t entity_sequence, const event_id& id) noexcept {
    next_sequence = entity_sequence + 1;
    last_id = id;
  }
};

struct coordinate_slot {
  entity_end* entity{};
  std::string_view entity_name{};
  std::string_view scope{};
  std::uint32_t number{};
  std::uint64_t segment{};  ///< the segment that `number` belongs to; 0 is none

  [[nodiscard]] bool is(std::string_view entity_wanted, std::string_view scope_wanted) const noexcept {
    return are_same(entity_name, entity_wanted) && are_same(scope, scope_wanted);
  }
  /// The coordinate as the hashes of its events cover it.
  [[nodiscard]] const coordinate_digest& digest() {
    if (!is_hashed_) {
      part_of_hash_ = digest_of(entity_name, scope);
      is_hashed_ = true;
    }
    return part_of_hash_;
  }

  [[nodiscard]] bool is_hashed() const noexcept { return is_hashed_; }

 private:
  friend class name_hashes;  // hashes many at once

  [[nodiscard]] static bool are_same(std::string_view left, std::string_view right) noexcept {
    return left.size() == right.size() && std::memcmp(left.data(), right.data(), left.size()) == 0;
  }

  coordinate_digest part_of_hash_{};
  bool is_hashed_{};
};

/// Has the entities that were looked up since it was created or cleared. It looks up others in segments.
class entity_table {
 public:
  /// The segments to look up entities in that the table does not have: segments that are complete, or whose later
  /// events the table has.
  void look_in(std::shared_ptr<const segment_list> earlier) noexcept { earlier_ = std::move(earlier); }

  /// The active segment, if it has coordinates that the table does not have: each entity has one there. Null: the table
  /// has them all.
  void continue_in(std::shared_ptr<const segment> growing) noexcept { growing_ = std::move(growing); }

  /// The end of an entity's stream; null if the entity has no event. Throws `errc::corrupt`.
  [[nodiscard]] const entity_end* find(std::string_view name);

  /// Sequence after the entity's last event that is placed and not visible, or of one before it; 0 if there is none.
  [[nodiscard]] std::uint64_t placed_end(std::string_view name) const noexcept;

  /// Finds or adds an entity. Addresses are stable. Throws `errc::corrupt`.
  [[nodiscard]] entity_end& entity(std::string_view name) { return entity(name, text_hash{}(name)); }

  /// A coordinate that was added before; null for others.
  [[nodiscard]] coordinate_slot* find_coordinate(std::string_view entity_name, std::string_view scope) noexcept;

  /// Finds or adds a coordinate. Addresses are stable. Throws `errc::corrupt`.
  [[nodiscard]] coordinate_slot& coordinate(std::string_view entity_name, std::string_view scope);

  /// Number of entities in memory.
  [[nodiscard]] std::size_t size() const noexcept { return entities_.size(); }

  /// Removes everything, so that memory does not grow with the log. Invalidates all addresses.
  void clear();

 private:
  coordinate_slot* look_up(std::string_view entity_name, std::uint64_t hash, std::string_view scope) noexcept;
  coordinate_slot& add_coordinate(std::string_view entity_name, std::uint64_t hash, std::string_view scope);
  void add_further(coordinate_slot& slot);
  [[nodiscard]] static std::uint64_t hash_of(std::string_view entity_name, std::string_view scope) noexcept {
    return keyed_hash{}.add(entity_name).add(scope).result();
  }
  [[nodiscard]] auto is_further(std::string_view entity_name, std::string_view scope) const noexcept {
    return [=, this](std::size_t position) { return further_[position]->is(entity_name, scope); };
  }

  /// Looks up the number of a new coordinate in the active segment.
  void take_number(coordinate_slot& slot) const;

  [[nodiscard]] entity_end& entity(std::string_view name, std::uint64_t hash);
  entity_end& add(std::string_view name, std::uint64_t hash, const entity_end& end);

  /// Lets the processor load what adding an entity reads first in earlier segments.
  void expect_in_log(const hashed_name& name) const noexcept;
  [[nodiscard]] entity_end end_in_log(const hashed_name& name) const;

  /// An entity's last event in a segment; nothing if it was dropped.
  [[nodiscard]] static std::optional<frame_view> last_frame(const segment& in, const entity_run& known);
  /// The hash of an entity's last event in a segment, which was dropped: its hole has it.
  [[nodiscard]] static digest hash_of_dropped(const segment& in, const entity_run& known, std::string_view name);

  std::shared_ptr<const segment_list> earlier_;
  std::shared_ptr<const segment> growing_;
  text_pool names_;
  named_list<entity_end> entities_;
  stable_list<coordinate_slot> slots_;
  std::vector<coordinate_slot*> further_;  // that are not the first of their entity
  hash_slots further_by_names_;
  recent_coordinates recent_;
};

}  // namespace quipu::detail::inline QUIPU_MODE
