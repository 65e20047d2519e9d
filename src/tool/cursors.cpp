// SPDX-License-Identifier: BSL-1.0
//
// cursors.cpp: `quipu cursors` and `quipu parked`: how far consumers are, and what they could not handle.
#include "commands.hpp"
#include "source.hpp"
#include "table.hpp"
#include "text.hpp"

#include <fmt/format.h>

namespace quipu::tool {
namespace {

complaint telling(context& of) {
  return [&of](const error& failure) { of.diagnose(text_of(failure)); };
}

std::string json_of(const std::string& cursor, const parked_event& event, bool is_skipped) {
  return json_object{}
      .add("cursor", cursor)
      .add("state", is_skipped ? "skipped" : "parked")
      .add("sequence", event.sequence)
      .add("id", event.id.str())
      .add("attempts", event.attempts)
      .add("failed_at_us", event.failed_at_us)
      .add("error", event.error)
      .str();
}

}  // namespace

exit_code cursors(context& of, const std::string& store) {
  source from{of, store};
  const std::uint64_t end = from.store().end_sequence();
  table rows{of.out,
             {{"CURSOR", align::left, style::strong},
              {"NEXT", align::right},
              {"BEHIND", align::right},
              {"PARKED", align::right},
              {"COMMITTED (UTC)"},
              {"REGION"}}};
  for (const cursor_info& each : from.store().sound_cursors(telling(of))) {
    const std::uint64_t next = each.position.next_sequence;
    const std::uint64_t behind = next < end ? end - next : 0;
    const auto worker = from.store().worker_of(each.name);
    const std::uint64_t waiting = worker ? worker->parked.size() : 0;
    if (of.options.json)
      of.out.line(json_object{}
                      .add("cursor", each.name)
                      .add("next_sequence", next)
                      .add("behind", behind)
                      .add("parked", waiting)
                      .add("committed_at_us", each.committed_at_us)
                      .add("region", each.region)
                      .add("state_bytes", each.state_bytes)
                      .str());
    else
      rows.row({printable(each.name), grouped(next), grouped(behind), worker ? grouped(waiting) : "",
                time_text(each.committed_at_us, time_form::seconds), printable(each.region)});
  }
  rows.finish();
  return of.code();
}

exit_code parked(context& of, const std::string& store, const std::string& cursor) {
  source from{of, store};
  table rows{of.out,
             {{"CURSOR", align::left, style::strong},
              {"SEQ", align::right},
              {"STATE"},
              {"TRIED", align::right},
              {"FAILED (UTC)"},
              {"ERROR", align::left, style::bad}}};
  const auto tell = [&](const std::string& name, const parked_event& event, bool is_skipped) {
    if (of.options.json) return of.out.line(json_of(name, event, is_skipped));
    rows.row({printable(name), std::to_string(event.sequence), is_skipped ? "skipped" : "parked",
              grouped(event.attempts), time_text(event.failed_at_us, time_form::seconds), printable(event.error)});
  };
  bool is_known = cursor.empty();
  for (const cursor_info& each : from.store().sound_cursors(telling(of))) {
    if (!cursor.empty() && each.name != cursor) continue;
    is_known = true;
    const auto worker = from.store().worker_of(each.name);
    if (!worker) continue;
    for (const parked_event& event : worker->parked) tell(each.name, event, false);
    for (const parked_event& event : worker->skipped) tell(each.name, event, true);
  }
  if (!is_known) throw command_failure{exit_code::unusable, fmt::format("the store has no cursor {}", cursor)};
  rows.finish();
  return of.code();
}

}  // namespace quipu::tool
