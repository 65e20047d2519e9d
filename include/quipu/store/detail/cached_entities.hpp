// SPDX-License-Identifier: BSL-1.0
//
// cached_entities.hpp: the states of many entities, each taken from the cache where that has it and folded on from
// there. For `project_all` where entities have many events: it then reads the new ones only. A cache that takes long to
// read, and can be told beforehand what will be read, is told a chunk of entities at a time.
#pragma once

#include "../../cache/detail/guarded_cache.hpp"
#include "../../coordinate/region.hpp"
#include "../../event/event_id.hpp"
#include "../../journal/read/log_snapshot.hpp"
#include "../../macros.hpp"
#include "project_all.hpp"
#include "projector.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace quipu::detail::inline QUIPU_MODE {

/// An entity, and the number of its events in a snapshot, dropped ones included. The snapshot keeps the name alive.
struct counted_entity {
  std::string_view name{};
  std::uint64_t count{};
};

/// The entities that a region selects with all their events. None if it may select a part of an entity's events, or if
/// looking up the entities' states one by one would cost more than folding all events.
[[nodiscard]] std::vector<counted_entity> entities_worth_looking_up(const log_snapshot& seen, const region& wanted);

/// A cache, and what binds its states to a log.
struct cached_log {
  guarded_cache& cache;
  event_id lineage{};
  std::uint64_t generation{};
  std::int64_t asked_at_us{};
  std::uint64_t put_after_events{};
};

/// Makes `State{}` for an entity, by its number, and takes it away again.
struct state_slots {
  void* of{};
  void* (*make)(void* of, std::size_t number){};
  void (*drop)(void* of, std::size_t number){};
};

/// Projects the entities whose numbers modulo `shares` are `share`. An entity all of whose events were dropped gets no
/// state. Throws what folding throws.
void project_entities(const cached_log& log, const log_snapshot& seen, const std::vector<counted_entity>& entities,
                      unsigned share, unsigned shares, const state_operations& type, const state_slots& states);

/// Whether a region selects either all events of an entity or none.
[[nodiscard]] bool selects_whole_entities(const region& wanted);

/// The entities that a region selects, in about the order in which the log has them first.
[[nodiscard]] std::vector<counted_entity> count_entities(const log_snapshot& seen, const region& wanted);

/// Calls `take(entity, state)` for each entity, as `project_each` does.
template <class State, class Take>
void project_each_cached(const cached_log& log, const log_snapshot& seen, const std::vector<counted_entity>& entities,
                         unsigned threads, Take&& take) {
  using slots = std::vector<std::optional<State>>;
  struct work {
    const cached_log& log;
    const log_snapshot& seen;
    const std::vector<counted_entity>& entities;
    unsigned shares;
    slots states;
  } all{log, seen, entities, useful_threads(threads, seen.end_sequence), slots(entities.size())};
  run_shares(
      all.shares,
      [](void* opaque, unsigned share) {
        work& shared = *static_cast<work*>(opaque);
        const state_slots states{
            .of = &shared.states,
            .make = [](void* of, std::size_t number) -> void* { return &(*static_cast<slots*>(of))[number].emplace(); },
            .drop = [](void* of, std::size_t number) { (*static_cast<slots*>(of))[number].reset(); }};
        project_entities(shared.log, shared.seen, shared.entities, share, shared.shares, state_type<State>, states);
      },
      &all);
  for (std::size_t number = 0; number < entities.size(); ++number)
    if (all.states[number]) take(entities[number].name, std::as_const(*all.states[number]));
}

}  // namespace quipu::detail::inline QUIPU_MODE
