// SPDX-License-Identifier: BSL-1.0
//
// lineage.ipp: see journal/read/lineage.hpp.
#pragma once

#include "../../../event/event_view.hpp"
#include "../../../journal/read/lineage.hpp"
#include "../../../journal/read/log_snapshot.hpp"

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace quipu::detail::inline QUIPU_MODE {

QUIPU_DECL std::vector<event_view> effects_of(const log_snapshot& seen, const event_id& id) {
  std::vector<event_view> effects;
  visit_links(
      seen, [&](const segment& in) { return in.effects(id); },
      [&](event_view effect) { effects.push_back(std::move(effect)); });
  return effects;
}

QUIPU_DECL std::vector<event_view> conversation_of(const log_snapshot& seen, const event_id& begin) {
  std::vector<event_view> events;
  if (const auto first = seen.find_id(begin)) events.push_back(first.view());
  visit_links(
      seen, [&](const segment& in) { return in.conversation(begin); },
      [&](event_view event) { events.push_back(std::move(event)); });
  return events;
}

QUIPU_DECL std::vector<event_view> ancestors_of(const log_snapshot& seen, const event_view& event, std::size_t limit) {
  std::vector<event_view> before;
  for (std::size_t position = seen.segment_count(); position-- != 0 && before.size() < limit;) {
    const auto& owner = seen.at(position);
    const entity_run known = owner->entity(event.entity());
    if (!known) continue;
    for (std::size_t index = owner->position_in(known, event.entity_sequence()); index-- != 0 && before.size() < limit;)
      before.push_back(log_snapshot::found_frame{owner, owner->frame_at(*owner->place_at(known.events, index))}.view());
  }
  return before;
}

}  // namespace quipu::detail::inline QUIPU_MODE
