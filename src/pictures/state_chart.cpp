// SPDX-License-Identifier: BSL-1.0
//
// state_chart.cpp: a state machine as columns and arrows. Each state is a column and each transition has a row of its
// own, so nothing crosses a name, whatever the machine looks like.
#include "charts.hpp"
#include "plot.hpp"

#include <algorithm>

namespace quipu::pictures {
namespace {

constexpr int column = 150;
constexpr int margin = 8;
constexpr int box_height = 42;
constexpr int row_height = 40;
constexpr std::size_t longest_name = 19;

/// The first characters of a text in UTF-8.
std::string shortened(const std::string& text) {
  std::size_t characters = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if ((static_cast<unsigned char>(text[at]) & 0xC0U) == 0x80U) continue;
    if (++characters > longest_name) return text.substr(0, at) + "…";
  }
  return text;
}

double middle_of(std::size_t state) { return margin + (static_cast<double>(state) + 0.5) * column; }
double row_of(std::size_t move) { return box_height + (static_cast<double>(move) + 0.75) * row_height; }

std::string column_of(const drawn_state& state, std::size_t index, double bottom) {
  const double x = middle_of(index);
  std::string out =
      element{"line"}.set("class", "grid").set("x1", x).set("x2", x).set("y1", box_height).set("y2", bottom).str();
  out += element{"rect"}
             .set("class", "card")
             .set("x", x - column / 2.0 + 4)
             .set("y", 1)
             .set("width", column - 8)
             .set("height", box_height)
             .set("rx", 8)
             .title(state.name)
             .str();
  out += label_text(x, 18, shortened(state.name), "middle");
  return out + small_text(x, 34, grouped(state.now) + " now", "middle");
}

/// A triangle whose point is at `x`, pointing right or left.
std::string tip_at(double x, double y, bool points_right, const std::string& style) {
  const double back = points_right ? x - 9 : x + 9;
  return element{"path"}
      .set("class", "tip" + style)
      .set("d", "M" + fixed(x, 1) + " " + fixed(y, 1) + "L" + fixed(back, 1) + " " + fixed(y - 5, 1) + "V" +
                    fixed(y + 5, 1) + "Z")
      .str();
}

std::string arrow_of(const drawn_move& move, std::size_t index, std::uint64_t most) {
  const std::string style = move.taken == 0 ? " never" : "";
  const double y = row_of(index);
  const double from = middle_of(move.from);
  const double to = middle_of(move.to);
  const bool points_right = move.to > move.from;
  element line{"path"};
  line.set("class", "move" + style);
  line.set("stroke-width", move.taken == 0 ? 1.5 : 1.5 + 4.5 * share_of(move.taken, most));
  double label_x = (from + to) / 2;
  std::string_view anchor = "middle";
  if (move.from == move.to) {
    // A loop beside the column, back to it.
    line.set("d", "M" + fixed(from, 1) + " " + fixed(y - 12, 1) + "h26v14h" + fixed(-18, 1));
    label_x = from + 34;
    anchor = "start";
  } else {
    line.set("d", "M" + fixed(from, 1) + " " + fixed(y, 1) + "H" + fixed(points_right ? to - 8 : to + 8, 1));
  }
  const bool is_loop = move.from == move.to;
  std::string label = element{"text"}
                          .set("class", "small halo")
                          .set("text-anchor", anchor)
                          .set("x", label_x)
                          .set("y", is_loop ? y - 2 : y - 8)
                          .text(shortened(move.event) + " × " + grouped(move.taken))
                          .str();
  return element{"g"}
             .title(move.event + ": " + grouped(move.taken) + " times")
             .add(line.str() + tip_at(to, is_loop ? y + 2 : y, points_right, style) + label)
             .str() +
         "\n";
}

}  // namespace

std::string state_chart(std::string_view about, const std::vector<drawn_state>& states,
                        const std::vector<drawn_move>& moves) {
  std::uint64_t most = 0;
  bool last_loops = false;
  for (const drawn_move& each : moves) {
    most = std::max(most, each.taken);
    last_loops = last_loops || (each.from == each.to && each.from + 1 == states.size());
  }
  const int height = box_height + static_cast<int>(moves.size()) * row_height + 16;
  std::string out;
  for (std::size_t index = 0; index < states.size(); ++index) out += column_of(states[index], index, height - 4) + "\n";
  for (std::size_t index = 0; index < moves.size(); ++index) out += arrow_of(moves[index], index, most);
  // The label of a loop is to the right of its column.
  const int width = 2 * margin + static_cast<int>(states.size()) * column + (last_loops ? column / 2 : 0);
  return svg(width, height, about, out, std::min(width, 560));
}

}  // namespace quipu::pictures
