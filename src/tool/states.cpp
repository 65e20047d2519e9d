// SPDX-License-Identifier: BSL-1.0
//
// states.cpp: `quipu state` and `quipu history`: the states of an entity, in a program that gave its types.
#include "commands.hpp"
#include "event_text.hpp"
#include "json_changes.hpp"
#include "source.hpp"
#include "text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

namespace quipu::tool {
namespace {

constexpr const char* no_encoding = "the type has no encoding, so its states cannot be shown";

struct folding {
  const state_type* type{};
  std::unique_ptr<folded_state> state{};
  std::uint64_t events{};

  [[nodiscard]] std::string json() const { return state->to_json().value_or("null"); }
};

std::vector<folding> begin_all(context& of, const std::string& type) {
  if (of.types.states.empty())
    throw command_failure{
        exit_code::unusable,
        "this program knows no types of states; docs/command-line.md says how to build one that does"};
  std::vector<folding> all;
  for (const state_type& each : of.types.states)
    if (type.empty() || each.name == type) all.push_back({&each, each.begin(), 0});
  if (all.empty()) throw command_failure{exit_code::unusable, fmt::format("this program has no type {}", type)};
  return all;
}

/// Folds the entity's events. Calls `applied(state, event)` after each that a state folds.
template <class Applied>
void fold(source& from, const state_options& options, std::vector<folding>& to, Applied&& applied) {
  const region wanted =
      between(region::entity(options.entity), 0, options.at.value_or(std::numeric_limits<std::uint64_t>::max()));
  bool has_events = false;
  from.walk(wanted, [&](const event_view& event) {
    has_events = true;
    for (folding& each : to) {
      if (!each.state->apply(event)) continue;
      ++each.events;
      applied(each, event);
    }
    return true;
  });
  if (!has_events)
    throw command_failure{exit_code::unusable,
                          fmt::format("no event of {} is in the store", printable(options.entity))};
  std::erase_if(to, [](const folding& each) { return each.events == 0; });
}

}  // namespace

exit_code state(context& of, const state_options& options) {
  source from{of, options.store};
  std::vector<folding> all = begin_all(of, options.type);
  fold(from, options, all, [](const folding&, const event_view&) {});
  json_array answers;
  for (const folding& each : all)
    answers.add(
        json_object{}.add("type", each.type->name).add("events", each.events).add_json("state", each.json()).str());
  of.answer(of.code(), json_object{}.add("entity", options.entity).add_json("states", answers.str()).str());
  if (of.options.json) return of.code();
  const std::size_t columns = std::min<std::size_t>(of.out.width(), 100);
  for (const folding& each : all) {
    of.out.line(fmt::format("{} {}", of.out.styled(style::strong, each.type->name),
                            of.out.styled(style::faint, "after " + counted(each.events, "event"))));
    const auto json = each.state->to_json();
    of.out.line(json ? printable(indented(*json, columns)) : no_encoding);
  }
  if (all.empty()) of.out.line("no state of this program folds events of " + printable(options.entity));
  return of.code();
}

exit_code history(context& of, const state_options& options) {
  source from{of, options.store};
  std::vector<folding> all = begin_all(of, options.type);
  std::vector<std::string> before;
  for (const folding& each : all) before.push_back(each.json());
  const folding* const first = all.data();
  fold(from, options, all, [&](const folding& each, const event_view& event) {
    std::string& last = before[static_cast<std::size_t>(&each - first)];
    const std::string now = each.json();
    if (of.options.json) {
      of.out.line(json_object{}
                      .add("sequence", event.sequence())
                      .add("type", each.type->name)
                      .add_json("state", now)
                      .add_json("changed", changes_json(last, now))
                      .str());
    } else {
      of.out.line(event_line(of, event));
      for (const std::string& change : changes_text(last, now))
        of.out.line("   " + of.out.styled(style::accent, each.type->name) + printable(change));
    }
    last = now;
  });
  return of.code();
}

}  // namespace quipu::tool
