// SPDX-License-Identifier: BSL-1.0
//
// selection.cpp: see selection.hpp.
#include "selection.hpp"

#include "text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <limits>
#include <optional>
#include <vector>

namespace quipu::tool {
namespace {

std::int64_t now_us() {
  return std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::system_clock::now().time_since_epoch())
      .count();
}

std::int64_t moment_of(const char* option, const std::string& text) {
  if (const auto time = parse_time(text, now_us())) return *time;
  throw command_failure{exit_code::unusable,
                        fmt::format("{} {}: must be an age such as 90s, 30m, 1h or 7d (at most 99999999 of a unit), "
                                    "or a time in UTC such as 2026-11-26 or 2026-11-26T23:44:06",
                                    option, text)};
}

/// The kind that an option means; several where types of different kinds have one name. Throws `command_failure`.
std::vector<event_kind> kinds_of(context& of, source& from, const std::string& text) {
  if (const auto kind = of.find_kind(text)) return {*kind};
  std::vector<event_kind> found = from.reading([&] { return from.store().kinds_of_type(text); });
  if (!found.empty()) return found;
  throw command_failure{exit_code::unusable,
                        fmt::format("no kind and no event type in the store has the name {}; give a number, as in "
                                    "--kind 0xF001, or a name for it, as in --name 0xF001={}",
                                    printable(text), printable(text))};
}

}  // namespace

region region_of(context& of, source& from, const selection_options& options) {
  std::optional<std::int64_t> since;
  std::optional<std::int64_t> until;
  if (!options.since.empty()) since = moment_of("--since", options.since);
  if (!options.until.empty()) until = moment_of("--until", options.until);
  if (since && until && *since > *until)
    throw command_failure{exit_code::unusable, fmt::format("--since {} --until {}: the first time is behind the last",
                                                           printable(options.since), printable(options.until))};
  region wanted = region::all();
  if (!options.entity.empty())
    wanted = region::entity(options.entity);
  else if (!options.prefix.empty())
    wanted = region::entity_prefix(options.prefix);
  if (!options.scope.empty()) wanted = wanted.with_scope(options.scope);
  for (const std::string& each : options.tags) wanted = wanted.with_tag(each);
  if (!options.kinds.empty()) {
    std::vector<event_kind> kinds;
    for (const std::string& each : options.kinds)
      for (const event_kind kind : kinds_of(of, from, each)) kinds.push_back(kind);
    wanted = wanted.with_kinds(kinds);
  }
  std::uint64_t first = options.from.value_or(0);
  std::uint64_t last = options.to.value_or(std::numeric_limits<std::uint64_t>::max());
  if (since) first = std::max(first, from.sequence_at(*since));
  if (until) {
    const std::uint64_t end = from.sequence_at(*until);
    // Nothing is that old: a range that ends before it begins.
    if (end == 0) return between(wanted, 1, 0);
    last = std::min(last, end - 1);
  }
  return between(wanted, first, last);
}

void tell_nothing_selected(context& of, source& from, const selection_options& options) {
  std::string why;
  if (from.store().end_sequence() == 0)
    why = ": the store is empty";
  else if (!options.entity.empty() && from.store().count(region::entity(options.entity)) == 0)
    why = fmt::format(": there is no entity {}", printable(options.entity));
  of.out.complain("no event is selected" + why);
}

bool selects_all(const selection_options& options) noexcept {
  return options.entity.empty() && options.prefix.empty() && options.scope.empty() && options.tags.empty() &&
         options.kinds.empty() && !options.from && !options.to && options.since.empty() && options.until.empty();
}

}  // namespace quipu::tool
