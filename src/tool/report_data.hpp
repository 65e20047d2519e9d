// SPDX-License-Identifier: BSL-1.0
//
// report_data.hpp: the numbers that a report of a store shows, collected in one pass over its events.
#pragma once

#include "context.hpp"
#include "source.hpp"

#include "../pictures/charts.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace quipu::tool {

struct event_tally {
  std::uint64_t events{};
  std::uint64_t payload_bytes{};
};
using named_tally = std::pair<std::string, event_tally>;

/// What the events of a log did to the entities that follow a state machine.
struct machine_tally {
  std::vector<std::uint64_t> taken{};     ///< by transition, in the order of `machine_type::moves`
  std::vector<std::uint64_t> entities{};  ///< by state: those that are in it now
  std::uint64_t illegal{};                ///< events that were illegal in their entity's state
};

struct report_data {
  std::vector<named_tally> kinds{};     ///< most events first
  std::vector<named_tally> entities{};  ///< most events first, the first `most_rows`
  std::vector<named_tally> largest{};   ///< most payload bytes first, the first `most_rows`
  event_tally all{};
  std::uint64_t entity_count{};
  std::int64_t first_us{};
  std::int64_t last_us{};
  pictures::time_axis axis{};
  std::vector<pictures::chart_step> steps{};  ///< events, by kind in the order of `kinds`
  pictures::week_hours hours{};
  std::map<std::uint64_t, std::uint64_t> event_bytes{};  ///< of frames, by the first sequence of their segment
  std::vector<machine_tally> machines{};                 ///< in the order of the program's machines
  std::optional<event_view> conversation{};              ///< an event of the largest one among the last events
  std::optional<event_view> busiest{};                   ///< the first event of the entity with most events

  static constexpr std::size_t most_rows = 15;
};

/// Memory holds the names of all entities.
[[nodiscard]] report_data collect_report(context& of, source& from);

}  // namespace quipu::tool
