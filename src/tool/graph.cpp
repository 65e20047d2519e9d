// SPDX-License-Identifier: BSL-1.0
//
// graph.cpp: `quipu graph`: the conversation that an event belongs to, as causes and effects.
#include "commands.hpp"
#include "event_text.hpp"
#include "graph_picture.hpp"
#include "source.hpp"
#include "text.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace quipu::tool {
namespace {

/// Events that are further from the first one stand below each other, with the distance as a number: otherwise a chain
/// of causes would make a text with the square of its length.
constexpr std::size_t deepest_indented = 32;

/// Lines of a tree, whose pauses are aligned behind the longest line.
class tree_drawing {
 public:
  tree_drawing(context& of, const causal_graph& graph, std::uint64_t marked)
      : of_{of}, graph_{graph}, marked_{marked}, effects_(graph.events().size()), is_effect_(graph.events().size()) {
    for (const causal_graph::edge& each : graph.edges()) {
      effects_[each.cause].push_back(each.effect);
      is_effect_[each.effect] = true;
    }
  }

  void draw() {
    for (std::size_t index = 0; index < effects_.size(); ++index)
      if (!is_effect_[index]) add_all(index);
    std::size_t widest = 0;
    for (const drawn_line& each : lines_) widest = std::max(widest, columns_of(each.text));
    for (const drawn_line& each : lines_) {
      std::string text = each.text;
      if (!each.pause.empty() || each.is_marked) text = padded(std::move(text), widest + 3);
      text += of_.out.styled(style::faint, each.pause);
      if (each.is_marked) text += of_.out.styled(style::accent, each.pause.empty() ? "◀" : "  ◀");
      of_.out.line(text);
    }
  }

 private:
  struct drawn_line {
    std::string text, pause;
    bool is_marked;
  };
  /// An event whose line is to be drawn, and what stands before it and before its effects.
  struct waiting_event {
    std::size_t index, depth;
    std::string before, before_effects;
    std::optional<std::int64_t> caused_at_us;
  };

  /// Depth first, without recursion: a conversation may be as deep as the log is long.
  void add_all(std::size_t root) {
    std::vector<waiting_event> waiting{{root, 0, "", "", std::nullopt}};
    while (!waiting.empty()) {
      const waiting_event now = std::move(waiting.back());
      waiting.pop_back();
      const event_view& event = graph_.events()[now.index];
      lines_.push_back({fmt::format("{}#{} {} {}", now.before, event.sequence(), of_.name_of(event.kind()),
                                    printable(event.entity())),
                        now.caused_at_us ? pause_text(event.timestamp_us() - *now.caused_at_us) : "",
                        event.sequence() == marked_});
      const auto& effects = effects_[now.index];
      const std::size_t depth = now.depth + 1;
      for (std::size_t index = effects.size(); index-- > 0;) {
        const bool is_last = index + 1 == effects.size();
        if (depth > deepest_indented)
          waiting.push_back({effects[index], depth, fmt::format("{}({}) ", now.before_effects, depth),
                             now.before_effects, event.timestamp_us()});
        else
          waiting.push_back({effects[index], depth, now.before_effects + (is_last ? "└─ " : "├─ "),
                             now.before_effects + (is_last ? "   " : "│  "), event.timestamp_us()});
      }
    }
  }

  context& of_;
  const causal_graph& graph_;
  std::uint64_t marked_;
  std::vector<std::vector<std::size_t>> effects_;
  std::vector<bool> is_effect_;
  std::vector<drawn_line> lines_;
};

std::string json_of(context& of, const causal_graph& graph) {
  json_array events;
  for (const event_view& each : graph.events()) events.add(event_json(of, each));
  json_array edges;
  for (const causal_graph::edge& each : graph.edges())
    edges.add(json_array{}
                  .add(std::to_string(graph.events()[each.cause].sequence()))
                  .add(std::to_string(graph.events()[each.effect].sequence()))
                  .str());
  return json_object{}.add_json("events", events.str()).add_json("edges", edges.str()).str();
}

void write_text(output& out, std::string_view text) {
  while (text.ends_with('\n')) text.remove_suffix(1);
  out.line(text);
}

}  // namespace

exit_code graph(context& of, const graph_options& options) {
  source from{of, options.store};
  const event_view event = from.find(options.event);
  const causal_graph found = from.reading([&] { return from.store().causal_graph(event.id()); });
  if (of.options.json) {
    const std::string data = json_of(of, found);
    of.answer(of.code(), data);
  } else if (options.format == "dot") {
    write_text(of.out, found.dot());
  } else if (options.format == "mermaid") {
    write_text(of.out, found.mermaid());
  } else if (options.format == "svg") {
    write_text(of.out, graph_picture(of, found));
  } else {
    tree_drawing{of, found, event.sequence()}.draw();
  }
  return of.code();
}

}  // namespace quipu::tool
