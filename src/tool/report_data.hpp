// SPDX-License-Identifier: BSL-1.0
//
// report_data.hpp: the numbers that a report of a store shows, collected in one pass over its events.
#pragma once

#include "context.hpp"
#include "source.hpp"

#include <array>
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

/// Events in one step of the time axis.
struct time_step {
  std::int64_t begin_us{};
  std::vector<std::uint64_t> by_kind{};  ///< in the order of `report_data::kinds`
};

struct report_data {
  std::vector<named_tally> kinds{};     ///< most events first
  std::vector<named_tally> entities{};  ///< most events first, the first `most_rows`
  std::vector<named_tally> largest{};   ///< most payload bytes first, the first `most_rows`
  event_tally all{};
  std::uint64_t entity_count{};
  std::int64_t first_us{};
  std::int64_t last_us{};
  std::int64_t step_us{};  ///< the time axis's
  std::vector<time_step> steps{};
  std::array<std::array<std::uint64_t, 24>, 7> hours{};  ///< by weekday from Monday, and hour in UTC
  std::map<std::uint64_t, std::uint64_t> event_bytes{};  ///< of frames, by the first sequence of their segment
  std::optional<event_view> conversation{};              ///< an event of the largest one among the last events
  std::optional<event_view> busiest{};                   ///< the first event of the entity with most events

  static constexpr std::size_t most_rows = 15;
};

/// Memory holds the names of all entities.
[[nodiscard]] report_data collect_report(context& of, source& from);

}  // namespace quipu::tool
