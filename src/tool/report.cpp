// SPDX-License-Identifier: BSL-1.0
//
// report.cpp: `quipu report`: a page about a store, in one HTML file that needs nothing else.
#include "charts.hpp"
#include "commands.hpp"
#include "event_text.hpp"
#include "graph_picture.hpp"
#include "json_changes.hpp"
#include "text.hpp"

#include <fmt/format.h>

#include <fstream>

namespace quipu::tool {
namespace {

constexpr std::size_t steps_shown = 20;

constexpr const char* head_text = R"(<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="color-scheme" content="light dark"><title>)";

// The colours of Okabe and Ito, darker ones on light and lighter ones on dark, so that each differs from the page by a
// contrast of at least 3.
constexpr const char* style_text = R"(</title><style>
:root{--page:#fff;--ink:#1b1f24;--soft:#57606a;--line:#d8dee4;--card:#f6f8fa;
--c0:#0072b2;--c1:#d55e00;--c2:#00805f;--c3:#b0568c;--c4:#8a6d00;--c5:#2b83ba;--c6:#6e7781}
@media(prefers-color-scheme:dark){:root{--page:#0d1117;--ink:#e6edf3;--soft:#9da7b3;--line:#30363d;--card:#161b22;
--c0:#56b4e9;--c1:#e69f00;--c2:#2fbf8f;--c3:#cc79a7;--c4:#f0e442;--c5:#8fb8ff;--c6:#8b949e}}
*{box-sizing:border-box}body{margin:0;background:var(--page);color:var(--ink);font:15px/1.5 system-ui,sans-serif}
main{max-width:960px;margin:0 auto;padding:24px 16px 48px}h1{font-size:1.6rem;margin:0 0 4px;overflow-wrap:anywhere}
h2{font-size:1.15rem;margin:40px 0 8px}p{margin:4px 0 12px;color:var(--soft)}code{overflow-wrap:anywhere}
.figures{display:flex;flex-wrap:wrap;gap:12px;margin:20px 0}.figures div{background:var(--card);border:1px solid
var(--line);border-radius:8px;padding:10px 16px;min-width:120px}.figures b{display:block;font-size:1.35rem}
.figures span{color:var(--soft);font-size:.85rem}.wide{overflow-x:auto}
svg{width:100%;height:auto;display:block}svg text{fill:var(--ink);font-size:12px}svg .small{font-size:11px;
fill:var(--soft)}.grid{stroke:var(--line)}.cell{fill:var(--c0);stroke:var(--line)}
.s0{fill:var(--c0)}.s1{fill:var(--c1)}.s2{fill:var(--c2)}.s3{fill:var(--c3)}.s4{fill:var(--c4)}.s5{fill:var(--c5)}
.s6{fill:var(--c6)}.bar{width:160px;height:12px;margin-top:5px}
.wide>svg{min-width:560px}.bar rect{rx:0}.wide>.quipu-graph{width:auto;min-width:0;max-width:none}
table{border-collapse:collapse;width:100%;font-size:.92rem;font-variant-numeric:tabular-nums}
th{text-align:left;color:var(--soft);font-weight:600}td,th{padding:4px 12px 4px 0;border-bottom:1px solid var(--line);
vertical-align:top}td.n,th.n{text-align:right;white-space:nowrap}td.name{overflow-wrap:anywhere;min-width:9em}
.key{display:inline-block;width:12px;height:12px;border-radius:3px;margin-right:6px;vertical-align:-1px}
details{margin:10px 0}summary{cursor:pointer;color:var(--soft)}.bad{color:var(--c1);font-weight:600}
</style></head><body><main>
)";

std::string cell(const std::string& text, bool is_number = false) {
  return fmt::format("<td class=\"{}\">{}</td>", is_number ? "n" : "name", text);
}

/// A table whose columns are numbers but for the first and, if it says so, the last one.
class html_table {
 public:
  explicit html_table(const std::vector<std::string>& headings) {
    out_ = "<div class=\"wide\"><table><thead><tr>";
    for (std::size_t index = 0; index < headings.size(); ++index)
      out_ +=
          fmt::format("<th{}>{}</th>", index == 0 || headings[index].empty() ? "" : " class=\"n\"", headings[index]);
    out_ += "</tr></thead><tbody>\n";
  }
  html_table& row(const std::string& name, const std::vector<std::string>& numbers, const std::string& last = {}) {
    out_ += "<tr>" + cell(name);
    for (const std::string& each : numbers) out_ += cell(each, true);
    if (!last.empty()) out_ += "<td>" + last + "</td>";
    out_ += "</tr>\n";
    return *this;
  }
  [[nodiscard]] std::string str() const { return out_ + "</tbody></table></div>\n"; }

 private:
  std::string out_;
};

double share_of(std::uint64_t part, std::uint64_t whole) {
  return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
}

std::string percent(std::uint64_t part, std::uint64_t whole) {
  return fmt::format("{:.1f} %", share_of(part, whole) * 100);
}

std::string section(const std::string& title, const std::string& text) {
  return fmt::format("<h2>{}</h2>\n<p>{}</p>\n", title, text);
}

std::string figures_of(context& of, source& from, const report_data& data) {
  std::uint64_t bytes = 0;
  const auto parts = from.store().segments();
  for (const segment_info& each : parts) bytes += each.bytes;
  const auto figure = [](const std::string& number, const std::string& text) {
    return fmt::format("<div><b>{}</b><span>{}</span></div>", number, text);
  };
  std::string out = fmt::format("<h1>{}</h1>\n<p>lineage <code>{}</code>, made {}, {}</p>\n", escaped(from.path()),
                                from.store().identity().str(),
                                time_text(from.store().diagnostics().created_at_us, time_form::seconds),
                                from.store().was_closed() ? "closed" : "not closed");
  for (const std::string& each : of.diagnostics()) out += fmt::format("<p class=\"bad\">{}</p>\n", escaped(each));
  out += "<div class=\"figures\">" + figure(grouped(data.all.events), "events") +
         figure(grouped(data.entity_count), "entities") + figure(grouped(data.kinds.size()), "kinds") +
         figure(size_text(bytes), counted(parts.size(), "segment")) +
         figure(size_text(data.all.payload_bytes), "payloads");
  return out + "</div>\n";
}

std::string time_section(const report_data& data) {
  std::string out =
      section("Events over time",
              fmt::format("{} to {}; each column is a step of {}.", time_text(data.first_us, time_form::seconds),
                          time_text(data.last_us, time_form::seconds), duration_text(data.step_us)));
  out += "<div class=\"wide\">" + timeline_chart(data) + "</div>\n";
  html_table rows{{"kind", "events", "share", "payload", ""}};
  for (std::size_t index = 0; index < data.kinds.size(); ++index) {
    const auto& [name, tally] = data.kinds[index];
    const std::size_t color = std::min(index, series_colors);
    rows.row(fmt::format("<span class=\"key\" style=\"background:var(--c{})\"></span>{}", color, escaped(name)),
             {grouped(tally.events), percent(tally.events, data.all.events), size_text(tally.payload_bytes)},
             share_bar(share_of(tally.events, data.all.events), color));
  }
  out += rows.str();
  html_table steps{{"from", "events"}};
  for (const time_step& each : data.steps) {
    std::uint64_t events = 0;
    for (const std::uint64_t number : each.by_kind) events += number;
    steps.row(step_text(each.begin_us, data.step_us), {grouped(events)});
  }
  return out + "<details><summary>The columns as numbers</summary>" + steps.str() + "</details>\n";
}

std::string week_section(const report_data& data) {
  static constexpr std::array days{"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
  std::vector<std::string> headings{"UTC"};
  for (std::size_t hour = 0; hour < 24; ++hour) headings.push_back(std::to_string(hour));
  html_table rows{headings};
  for (std::size_t day = 0; day < days.size(); ++day) {
    std::vector<std::string> numbers;
    for (const std::uint64_t each : data.hours[day]) numbers.push_back(grouped(each));
    rows.row(days[day], numbers);
  }
  return section("Hours of the week", "In UTC; a fuller square has more events.") + "<div class=\"wide\">" +
         week_chart(data) + "</div>\n<details><summary>The squares as numbers</summary>" + rows.str() + "</details>\n";
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
         "<div class=\"wide\">" + graph_picture(of, found) + "</div>\n<details><summary>Its events</summary>" +
         rows.str() + "</details>\n";
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
  const report_data data = collect_report(of, from);
  std::string page = head_text + escaped(from.path()) + style_text;
  std::string rest;
  if (data.all.events != 0) {
    rest += time_section(data) + week_section(data) + entity_section(data);
    rest += conversation_section(of, from, data) + history_section(of, from, data);
  }
  rest += segment_section(from, data) + cursor_section(of, from);
  page += figures_of(of, from, data) + rest + "</main></body></html>\n";
  std::ofstream file{options.file, std::ios::binary | std::ios::trunc};
  file << page;
  file.close();
  if (!file) throw command_failure{exit_code::unusable, fmt::format("cannot write {}", options.file)};
  of.answer(of.code(), json_object{}.add("file", options.file).add("events", data.all.events).str());
  if (!of.options.json)
    of.out.line(fmt::format("wrote a report of {} to {}", counted(data.all.events, "event"), printable(options.file)));
  return of.code();
}

}  // namespace quipu::tool
