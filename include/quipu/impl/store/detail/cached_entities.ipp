// SPDX-License-Identifier: BSL-1.0
//
// cached_entities.ipp: see store/detail/cached_entities.hpp.
#pragma once

#include "../../../cache/detail/guarded_cache.hpp"
#include "../../../coordinate/region.hpp"
#include "../../../core/detail/flat_map.hpp"
#include "../../../event/event_id.hpp"
#include "../../../journal/read/log_snapshot.hpp"
#include "../../../journal/segment/segment.hpp"
#include "../../../store/detail/cached_entities.hpp"
#include "../../../store/detail/projector.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace quipu::detail::inline QUIPU_MODE {

struct look_up_costs {
  /// Looking a state up in files takes 1.3 µs, and folding an event 7 ns at least and usually several times that.
  static constexpr std::uint64_t events_per_look_up = 32;
  /// Looking an entity up in a segment takes as long as folding so many events.
  static constexpr std::uint64_t events_per_segment = 8;
  /// Putting a state into files takes as long as folding so many events.
  static constexpr std::uint64_t events_per_put = 2048;
  /// Entities that are announced and then looked up. If the cache has none of the first ones, it isn't asked further.
  static constexpr std::size_t chunk_size = 64;
};

QUIPU_DECL bool selects_whole_entities(const region& wanted) {
  if (!wanted.alternatives().empty())
    return std::all_of(wanted.alternatives().begin(), wanted.alternatives().end(), selects_whole_entities);
  return !wanted.selects_nothing() && !wanted.scope_name() && wanted.tags().empty() && !wanted.kinds() &&
         !wanted.category() && wanted.first_entity_sequence() == 0 && wanted.last_entity_sequence() == UINT64_MAX &&
         wanted.first_sequence() == 0 && wanted.last_sequence() == UINT64_MAX;
}

QUIPU_DECL std::vector<counted_entity> count_entities(const log_snapshot& seen, const region& wanted) {
  std::vector<counted_entity> found;
  flat_map<std::string_view, std::uint32_t, text_hash> known;
  for (std::size_t position = seen.segment_count(); position-- != 0;) {  // the last segment has the number of events
    const segment& each = *seen.at(position);
    const std::size_t coordinates = each.coordinate_count();
    for (std::size_t number = coordinates; number-- != 0;) {
      const auto names = each.names_of(static_cast<std::uint32_t>(number));
      if (!wanted.matches_names(names.entity, names.scope) || known.find(names.entity) != nullptr) continue;
      const std::uint64_t count = seen.entity_end_in(position, names.entity);
      if (count == 0) continue;  // its events there are newer than the snapshot
      known.insert(names.entity, static_cast<std::uint32_t>(found.size()));
      found.push_back({names.entity, count});
    }
  }
  std::reverse(found.begin(), found.end());
  return found;
}

QUIPU_DECL std::vector<counted_entity> entities_worth_looking_up(const log_snapshot& seen, const region& wanted) {
  using costs = look_up_costs;
  if (!selects_whole_entities(wanted)) return {};
  std::uint64_t coordinates = 0;
  for (std::size_t position = 0; position < seen.segment_count(); ++position)
    coordinates += seen.at(position)->coordinate_count();
  if (coordinates * costs::events_per_look_up > seen.end_sequence) return {};
  std::vector<counted_entity> found = count_entities(seen, wanted);
  std::uint64_t events = 0;
  for (const counted_entity& each : found) events += each.count;
  if (events < found.size() * costs::events_per_look_up ||
      found.size() * seen.segment_count() * costs::events_per_segment > seen.end_sequence)
    return {};
  return found;
}

QUIPU_DECL void project_entities(const cached_log& log, const log_snapshot& seen,
                                 const std::vector<counted_entity>& entities, unsigned share, unsigned shares,
                                 const state_operations& type, const state_slots& states) {
  using costs = look_up_costs;
  bool asks = true;
  const std::size_t step = std::size_t{shares} * costs::chunk_size;
  for (std::size_t begin = share; begin < entities.size(); begin += step) {
    const std::size_t end = std::min(entities.size(), begin + step);
    for (std::size_t number = begin; asks && number < end; number += shares)
      cached_projection{log.cache, log.lineage, log.generation, entities[number].name, nullptr, type}.announce(
          entities[number].count, log.asked_at_us);
    bool any_found = false;
    for (std::size_t number = begin; number < end; number += shares) {
      const auto [name, count] = entities[number];
      void* const state = states.make(states.of, number);
      cached_projection cached{log.cache, log.lineage, log.generation, name, state, type};
      if (asks && cached.find(seen, count)) any_found = true;
      if (cached.count() == count) continue;
      const event_id last = fold_entity(state, type, seen, name, cached.count());
      if (last.is_nil()) {  // all later events were dropped
        if (cached.count() == 0) states.drop(states.of, number);
      } else if (count - cached.count() >= std::max(log.put_after_events, costs::events_per_put)) {
        cached.put(count, last, log.asked_at_us);
      }
    }
    asks = asks && any_found;
  }
}

}  // namespace quipu::detail::inline QUIPU_MODE
