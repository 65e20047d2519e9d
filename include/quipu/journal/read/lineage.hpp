// SPDX-License-Identifier: BSL-1.0
//
// lineage.hpp: causes and effects of events, from the indexes, in time proportional to the answer and the number of
// segments.
#pragma once

#include "../../event/event_view.hpp"
#include "../../macros.hpp"
#include "../segment/segment.hpp"
#include "log_snapshot.hpp"

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace quipu::detail::inline QUIPU_MODE {

/// Calls `take(view)` for the events of the runs that `find(segment)` returns, up to the end of a snapshot.
template <class Find, class Take>
void visit_links(const log_snapshot& seen, Find&& find, Take&& take) {
  for (std::size_t position = 0; position < seen.segment_count(); ++position) {
    const auto& owner = seen.at(position);
    const event_run found = find(*owner);
    for (std::size_t index = 0;; ++index) {
      const auto place = owner->place_at(found, index);
      if (!place || *place >= seen.end_of(position)) break;
      take(typename log_snapshot::found_frame{owner, owner->frame_at(*place)}.view());
    }
  }
}

/// The events whose cause has this id, in the order of the log.
[[nodiscard]] std::vector<event_view> effects_of(const log_snapshot& seen, const event_id& id);

/// The events of a conversation, in the order of the log: the one that began it, if it is in the log, and those that
/// name it.
[[nodiscard]] std::vector<event_view> conversation_of(const log_snapshot& seen, const event_id& begin);

/// The earlier events of an event's entity that were not dropped, the nearest first, at most `limit`. Takes time in
/// proportion to the answer and the number of segments. `seen` must be at least as new as `event`.
[[nodiscard]] std::vector<event_view> ancestors_of(const log_snapshot& seen, const event_view& event,
                                                   std::size_t limit);

}  // namespace quipu::detail::inline QUIPU_MODE
