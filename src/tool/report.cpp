// SPDX-License-Identifier: BSL-1.0
//
// report.cpp: `quipu report`: a page about a store, in one HTML file that needs nothing else.
#include "commands.hpp"
#include "event_text.hpp"
#include "graph_picture.hpp"
#include "json_changes.hpp"
#include "report_data.hpp"
#include "target.hpp"
#include "text.hpp"

#include "../pictures/charts.hpp"

#include <fmt/format.h>

namespace quipu::tool {
namespace {

using namespace quipu::pictures;

constexpr std::size_t steps_shown = 20;

std::string figures_of(context& of, source& from, const report_data& data) {
  std::uint64_t bytes = 0;
  const auto parts = from.store().segments();
  for (const segment_info& each : parts) bytes += each.bytes;
  std::string out =
      fmt::format("<h1>{}</h1>\n<p>lineage <code>{}</code>, made {}, {}</p>\n", escaped(printable(from.path())),
                  from.store().identity().str(),
                  time_text(from.store().diagnostics().created_at_us, time_form::seconds), from.store().condition());
  for (const std::string& each : of.diagnostics())
    out += fmt::format("<p class=\"bad\">{}</p>\n", escaped(printable(each)));
  return out + figures({{grouped(data.all.events), "events"},
                        {grouped(data.entity_count), "entities"},
                        {grouped(data.kinds.size()), "kinds"},
                        {size_text(bytes), counted(parts.size(), "segment")},
                        {size_text(data.all.payload_bytes), "payloads"}});
}

std::string time_section(const report_data& data) {
  std::vector<std::string> names;
  html_table rows{{"kind", "events", "share", "payload", ""}};
  for (std::size_t index = 0; index < data.kinds.size(); ++index) {
    const auto& [name, tally] = data.kinds[index];
    names.push_back(printable(name));
    rows.row(color_key(index) + escaped(name),
             {grouped(tally.events), percent(tally.events, data.all.events), size_text(tally.payload_bytes)},
             share_bar(share_of(tally.events, data.all.events), index));
  }
  return section("Events over time",
                 fmt::format("{} to {}; each column is a step of {}.", time_text(data.first_us, time_form::seconds),
                             time_text(data.last_us, time_form::seconds), data.axis.step_text())) +
         wide(column_chart("events over time, by kind", names, data.steps)) + rows.str() +
         folded("The columns as numbers", step_numbers("events", data.steps));
}

std::string week_section(const report_data& data) {
  return section("Hours of the week", "In UTC; a fuller square has more events.") +
         wide(week_chart("events by weekday and hour", data.hours, "event")) +
         folded("The squares as numbers", week_numbers(data.hours));
}

std::string entity_section(const report_data& data) {
  std::string out = section("Busiest entities", "Those with most events.");
  html_table busiest{{"entity", "events", "share", "payload", ""}};
  for (const auto& [name, tally] : data.entities)
    busiest.row(escaped(name),
                {grouped(tally.events), percent(tally.events, data.all.events), size_text(tally.payload_bytes)},
                share_bar(share_of(tally.events, data.entities.front().second.events)));
  html_table largest{{"entity", "payload", "share", "events", ""}};
  for (const auto& [name, tally] : data.largest)
    largest.row(
        escaped(name),
        {size_text(tally.payload_bytes), percent(tally.payload_bytes, data.all.payload_bytes), grouped(tally.events)},
        share_bar(share_of(tally.payload_bytes, data.largest.front().second.payload_bytes)));
  return out + busiest.str() + section("Largest entities", "Those with the largest payloads.") + largest.str();
}

std::string segment_section(source& from, const report_data& data) {
  html_table rows{{"segment", "events", "their frames", "the rest", "size", ""}};
  for (const segment_info& each : from.store().segments()) {
    const auto found = data.event_bytes.find(each.bounds.first_sequence);
    const std::uint64_t frames = found == data.event_bytes.end() ? 0 : std::min(found->second, each.bytes);
    rows.row(each.name,
             {grouped(each.events), size_text(frames), size_text(each.bytes - frames), size_text(each.bytes)},
             share_bar(share_of(frames, each.bytes)));
  }
  return section("The bytes of the log",
                 "The bar is the share of events. The rest is definitions of entities and shapes, what stands for "
                 "dropped events, and the file's head.") +
         rows.str();
}

std::string cursor_section(context& of, source& from) {
  const auto found = from.store().sound_cursors([&of](const error& failure) { of.diagnose(text_of(failure)); });
  if (found.empty()) return {};
  const std::uint64_t end = from.store().end_sequence();
  html_table rows{{"cursor", "next", "behind", "parked", "committed", ""}};
  for (const cursor_info& each : found) {
    const std::uint64_t next = std::min(each.position.next_sequence, end);
    const auto worker = from.store().worker_of(each.name);
    rows.row(escaped(each.name),
             {grouped(next), grouped(end - next), worker ? grouped(worker->parked.size()) : "",
              time_text(each.committed_at_us, time_form::seconds)},
             share_bar(share_of(next, end)));
  }
  return section("Consumers", "The bar is how much of the log each has passed.") + rows.str();
}

std::string conversation_section(context& of, source& from, const report_data& data) {
  if (!data.conversation) return {};
  const causal_graph found = from.store().causal_graph(data.conversation->id());
  html_table rows{{"event", ""}};
  for (const event_view& each : found.events())
    rows.row(escaped(cut(event_line(of, each), 120)), {}, time_text(each.timestamp_us(), time_form::date_time));
  return section("A conversation",
                 fmt::format("The largest one among the last events: {} that {} begun by event {}. "
                             "Time goes from left to right, and an arrow is a cause.{}",
                             counted(found.events().size(), "event"), found.events().size() == 1 ? "was" : "were",
                             found.events().front().sequence(),
                             found.events().size() > pictured_events
                                 ? fmt::format(" The picture has the first {} events.", pictured_events)
                                 : "")) +
         wide(graph_picture(of, found)) + folded("Its events", rows.str());
}

/// A machine's own name; without one, its states.
std::string name_of(const machine_type& machine) {
  if (machine.name.find('<') == std::string::npos) return machine.name;
  std::string names;
  for (const std::string& each : machine.states) names += (names.empty() ? "" : ", ") + each;
  return names;
}

std::string machine_section(const context& of, const machine_type& machine, const machine_tally& tally) {
  std::vector<drawn_state> states;
  for (std::size_t index = 0; index < machine.states.size(); ++index)
    states.push_back({printable(machine.states[index]), tally.entities[index]});
  std::vector<drawn_move> moves;
  std::uint64_t all = 0;
  for (std::size_t index = 0; index < machine.moves.size(); ++index) {
    const machine_type::move& move = machine.moves[index];
    moves.push_back({move.from, move.to, printable(of.name_of(machine.events[move.event])), tally.taken[index]});
    all += tally.taken[index];
  }
  html_table rows{{"transition", "taken", "share", ""}};
  for (const drawn_move& each : moves)
    rows.row(pictures::escaped(states[each.from].name + " → " + states[each.to].name + " by " + each.event),
             {grouped(each.taken), percent(each.taken, all)}, share_bar(share_of(each.taken, all)));
  html_table now{{"state", "entities in it"}};
  for (const drawn_state& each : states) now.row(pictures::escaped(each.name), {grouped(each.now)});
  std::string about = "A column is a state, and an arrow a transition: the thicker, the more often it was taken.";
  if (tally.illegal != 0)
    about += fmt::format(" <span class=\"bad\">{} illegal in the state of {}.</span>",
                         counted(tally.illegal, "event was", "events were"),
                         tally.illegal == 1 ? "its entity" : "their entities");
  return section("State machine " + escaped(name_of(machine)), about) +
         wide(state_chart("how often each transition was taken", states, moves)) + rows.str() +
         folded("Where the entities are now", now.str());
}

/// The states of the busiest entity, event by event, in a program that gave its types.
std::string history_section(context& of, source& from, const report_data& data) {
  if (!data.busiest) return {};
  std::string out;
  for (const state_type& type : of.types.states) {
    const auto state = type.begin();
    std::string last = state->to_json().value_or("");
    if (last.empty()) continue;
    html_table rows{{"event", ""}};
    std::size_t applied = 0;
    from.walk(region::entity(data.busiest->entity()), [&](const event_view& event) {
      if (!state->apply(event)) return true;
      const std::string now = state->to_json().value_or("");
      std::string changes;
      for (const std::string& each : changes_text(last, now)) changes += escaped(cut(printable(each), 120)) + "<br>";
      changes += folded("the state after it", element{"code"}.text(printable(now)).str());
      rows.row(escaped(cut(event_line(of, event), 120)), {}, changes);
      last = now;
      return ++applied < steps_shown;
    });
    if (applied == 0) continue;
    out += section(fmt::format("{}, step by step", escaped(type.name)),
                   fmt::format("What the first {} of {} changed.", counted(applied, "event"),
                               escaped(data.busiest->entity()))) +
           rows.str();
  }
  return out;
}

}  // namespace

exit_code report(context& of, const report_options& options) {
  source from{of, options.store};
  output_file to{of.out, options.file, options.store};
  const report_data data = collect_report(of, from);
  std::string rest;
  if (data.all.events != 0) {
    rest += time_section(data) + week_section(data) + entity_section(data);
    for (std::size_t index = 0; index < data.machines.size(); ++index)
      rest += machine_section(of, of.types.machines[index], data.machines[index]);
    rest += conversation_section(of, from, data) + history_section(of, from, data);
  }
  rest += segment_section(from, data) + cursor_section(of, from);
  std::string page = html_page(printable(from.path()), figures_of(of, from, data) + rest);
  if (page.ends_with('\n')) page.pop_back();
  to.line(page);
  to.finish();
  if (to.is_standard_output()) return of.code();
  of.answer(of.code(), json_object{}.add("file", options.file).add("events", data.all.events).str());
  if (!of.options.json)
    of.out.line(fmt::format("wrote a report of {} to {}", counted(data.all.events, "event"), printable(options.file)));
  return of.code();
}

}  // namespace quipu::tool
