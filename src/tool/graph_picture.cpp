// SPDX-License-Identifier: BSL-1.0
//
// graph_picture.cpp: see graph_picture.hpp.
#include "graph_picture.hpp"

#include "text.hpp"

#include "../pictures/markup.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace quipu::tool {
namespace {

constexpr int left_margin = 190;
constexpr int row_height = 44;
constexpr int node_gap = 110;
constexpr int top_margin = 34;

/// The places of a conversation's events. The horizontal axis is the order in time, not its amount: pauses of
/// microseconds and of days are in one picture. The pauses are written at the arrows.
struct layout {
  std::vector<std::string> entities;  ///< rows
  std::vector<std::size_t> row_of;    ///< of each event

  explicit layout(const std::vector<event_view>& events) {
    for (std::size_t index = 0; index < std::min(events.size(), pictured_events); ++index) {
      const auto found = std::find(entities.begin(), entities.end(), events[index].entity());
      row_of.push_back(static_cast<std::size_t>(found - entities.begin()));
      if (found == entities.end()) entities.emplace_back(events[index].entity());
    }
  }
  [[nodiscard]] int x(std::size_t event) const { return left_margin + 20 + static_cast<int>(event) * node_gap; }
  [[nodiscard]] int y(std::size_t event) const { return y_of_row(row_of[event]); }
  [[nodiscard]] static int y_of_row(std::size_t row) { return top_margin + static_cast<int>(row) * row_height; }
};

std::string arrow(const layout& places, const causal_graph::edge& edge) {
  const int x1 = places.x(edge.cause) + 7;
  const int y1 = places.y(edge.cause);
  const int x2 = places.x(edge.effect) - 9;
  const int y2 = places.y(edge.effect);
  const int middle = (x1 + x2) / 2;
  return fmt::format("<path class=\"arrow\" d=\"M{} {}C{} {},{} {},{} {}\" marker-end=\"url(#tip)\"/>\n", x1, y1,
                     middle, y1, middle, y2, x2, y2);
}

std::string pause_label(const layout& places, std::size_t effect, std::int64_t pause_us) {
  return fmt::format("<text class=\"small\" text-anchor=\"end\" x=\"{}\" y=\"{}\">{}</text>\n", places.x(effect) - 7,
                     places.y(effect) - 9, pause_text(pause_us));
}

constexpr const char* styles =
    "<style>.quipu-graph{font:12px system-ui,sans-serif}.quipu-graph text{fill:var(--ink,#1b1f24)}"
    ".quipu-graph .small{font-size:10px;fill:var(--soft,#57606a);paint-order:stroke;"
    "stroke:var(--page,#fff);stroke-width:4px}"
    ".quipu-graph .row{stroke:var(--line,#d0d7de);stroke-width:1}"
    ".quipu-graph .arrow{fill:none;stroke:var(--soft,#57606a);stroke-width:1.5}"
    ".quipu-graph .node{fill:var(--c1,#0072b2)}</style>"
    "<defs><marker id=\"tip\" viewBox=\"0 0 8 8\" refX=\"7\" refY=\"4\" markerWidth=\"7\" markerHeight=\"7\" "
    "orient=\"auto\"><path d=\"M0 0L8 4L0 8z\" style=\"fill:var(--soft,#57606a)\"/></marker></defs>\n";

}  // namespace

std::string escaped(std::string_view text) { return pictures::escaped(printable(text)); }

std::string graph_picture(const context& of, const causal_graph& graph) {
  const auto& events = graph.events();
  const layout places{events};
  const int width = places.x(places.row_of.size()) - 20;
  const int height = layout::y_of_row(places.entities.size()) - 6;
  std::string out = fmt::format(
      "<svg class=\"quipu-graph\" xmlns=\"http://www.w3.org/2000/svg\" width=\"{}\" height=\"{}\" viewBox=\"0 0 {} "
      "{}\" "
      "role=\"img\" aria-label=\"{} and what caused them, in the order of time\">\n",
      width, height, width, height, counted(places.row_of.size(), "event"));
  out += styles;
  for (std::size_t row = 0; row < places.entities.size(); ++row)
    out +=
        fmt::format("<line class=\"row\" x1=\"{}\" x2=\"{}\" y1=\"{}\" y2=\"{}\"/><text x=\"4\" y=\"{}\">{}</text>\n",
                    left_margin, width - 8, layout::y_of_row(row), layout::y_of_row(row), layout::y_of_row(row) + 4,
                    escaped(cut(printable(places.entities[row]), 26)));
  // The labels come last, each with a border in the page's colour, so that no arrow runs through them.
  std::string labels;
  for (const causal_graph::edge& edge : graph.edges()) {
    if (edge.effect >= places.row_of.size()) continue;
    out += arrow(places, edge);
    labels += pause_label(places, edge.effect, events[edge.effect].timestamp_us() - events[edge.cause].timestamp_us());
  }
  for (std::size_t index = 0; index < places.row_of.size(); ++index)
    out += fmt::format(
        "<g><title>{} {}</title><circle class=\"node\" cx=\"{}\" cy=\"{}\" r=\"6\"/>"
        "<text class=\"small\" text-anchor=\"middle\" x=\"{}\" y=\"{}\">#{} {}</text></g>\n",
        escaped(events[index].entity()), time_text(events[index].timestamp_us(), time_form::date_time), places.x(index),
        places.y(index), places.x(index), places.y(index) + 19, events[index].sequence(),
        escaped(cut(of.name_of(events[index].kind()), 16)));
  return out + labels + "</svg>\n";
}

}  // namespace quipu::tool
