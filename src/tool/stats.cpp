// SPDX-License-Identifier: BSL-1.0
//
// stats.cpp: `quipu stats`: how many events there are, by kind, entity or day.
#include "commands.hpp"
#include "selection.hpp"
#include "table.hpp"
#include "text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <string>
#include <utility>

namespace quipu::tool {
namespace {

struct tally {
  std::uint64_t events{};
  std::uint64_t payload_bytes{};
};
/// By the number of a day, which is 0 for everything else, and a name.
using tallies = std::map<std::pair<std::int64_t, std::string>, tally>;

tallies::key_type key_of(context& of, const std::string& by, const event_view& event) {
  if (by == "kind") return {0, of.name_of(event.kind())};
  if (by == "day") return {day_of(event.timestamp_us()), time_text(event.timestamp_us(), time_form::date)};
  return {0, std::string{by == "scope" ? event.scope() : event.entity()}};
}

tallies counted_by(context& of, source& from, const stats_options& options) {
  tallies found;
  const std::uint64_t end = from.store().end_sequence();
  std::uint64_t done = 0;
  from.walk(region_of(of, from, options.selected), [&](const event_view& event) {
    tally& here = found[key_of(of, options.by, event)];
    ++here.events;
    here.payload_bytes += event.payload().size();
    if (++done % 65536 == 0) of.out.show_progress("counting", event.sequence(), end);
    return true;
  });
  of.out.clear_progress();
  return found;
}

/// Days in their order; others by number, the largest first.
std::vector<std::pair<std::string, tally>> ordered(const tallies& found, bool by_day) {
  std::vector<std::pair<std::string, tally>> rows;
  for (const auto& [key, numbers] : found) rows.emplace_back(key.second, numbers);
  if (!by_day)
    std::stable_sort(rows.begin(), rows.end(),
                     [](const auto& left, const auto& right) { return left.second.events > right.second.events; });
  return rows;
}

}  // namespace

exit_code stats(context& of, const stats_options& options) {
  source from{of, options.store};
  const bool by_day = options.by == "day";
  const auto rows = ordered(counted_by(of, from, options), by_day);
  std::uint64_t all = 0;
  for (const auto& [name, numbers] : rows) all += numbers.events;
  std::string heading = options.by;
  std::transform(heading.begin(), heading.end(), heading.begin(), [](char each) { return each - 'a' + 'A'; });
  table lines{of.out,
              {{heading, align::left, style::strong},
               {"EVENTS", align::right},
               {"PAYLOAD", align::right},
               {"SHARE", align::left, style::accent}}};
  std::size_t shown = 0;
  for (const auto& [name, numbers] : rows) {
    const double share = static_cast<double>(numbers.events) / static_cast<double>(all);
    if (of.options.json) {
      of.out.line(json_object{}
                      .add(options.by, name)
                      .add("events", numbers.events)
                      .add("payload_bytes", numbers.payload_bytes)
                      .str());
      continue;
    }
    // Days are a series: the latest ones count.
    if (by_day ? shown++ + options.limit < rows.size() : shown++ >= options.limit) continue;
    const std::string blocks = bar(share);
    lines.row({printable(name), grouped(numbers.events), size_text(numbers.payload_bytes),
               fmt::format("{}{}{:.0f}%", blocks, blocks.empty() ? "" : " ", share * 100)});
  }
  lines.finish();
  if (rows.empty()) tell_nothing_selected(of, from, options.selected);
  if (!of.options.json && rows.size() > options.limit)
    of.out.line(
        of.out.styled(style::faint, fmt::format("{} more; --limit shows them", grouped(rows.size() - options.limit))));
  return of.code();
}

}  // namespace quipu::tool
