// SPDX-License-Identifier: BSL-1.0
//
// plot.cpp: see plot.hpp.
#include "plot.hpp"

#include <cmath>

namespace quipu::pictures {
namespace {

/// 1, 2 or 5 with zeros, so that there are at most five lines up to a value.
std::uint64_t grid_step(std::uint64_t most) {
  for (std::uint64_t power = 1;; power *= 10)
    for (const std::uint64_t digit : {1U, 2U, 5U})
      if ((most - 1) / 5 < digit * power) return digit * power;
}

constexpr std::string_view view_box = "viewBox=\"0 0 ";

struct size {
  double width{};
  double height{};
};
size size_of(std::string_view chart) {
  const std::size_t begin = chart.find(view_box) + view_box.size();
  const std::size_t middle = chart.find(' ', begin);
  return {std::stod(std::string{chart.substr(begin, middle - begin)}),
          std::stod(std::string{chart.substr(middle + 1, chart.find('"', middle) - middle - 1)})};
}

std::string text_of(std::string_view style, double x, double y, std::string_view text, std::string_view anchor) {
  element out{"text"};
  if (!style.empty()) out.set("class", style);
  return out.set("text-anchor", anchor).set("x", x).set("y", y).text(text).str() + "\n";
}

}  // namespace

std::string svg(int width, int height, std::string_view about, std::string_view content, int least_width) {
  return element{"svg"}
             .set("viewBox", "0 0 " + std::to_string(width) + " " + std::to_string(height))
             .set("style", "max-width:" + std::to_string(width) + "px;min-width:" + std::to_string(least_width) + "px")
             .set("role", "img")
             .set("aria-label", about)
             .add("\n")
             .add(content)
             .str() +
         "\n";
}

int height_at(std::string_view chart, int width) {
  const size of = size_of(chart);
  return static_cast<int>(std::ceil(of.height * width / of.width));
}

std::string placed(std::string_view chart, int x, int y, int width, int height) {
  const std::string place = " x=\"" + std::to_string(x) + "\" y=\"" + std::to_string(y) + "\" width=\"" +
                            std::to_string(width) + "\" height=\"" + std::to_string(height) + "\"";
  return std::string{chart}.insert(std::string_view{"<svg"}.size(), place);
}

std::string small_text(double x, double y, std::string_view text, std::string_view anchor) {
  return text_of("small", x, y, text, anchor);
}

std::string label_text(double x, double y, std::string_view text, std::string_view anchor) {
  return text_of({}, x, y, text, anchor);
}

std::string plot::grid() const {
  std::string out;
  const std::uint64_t step = grid_step(most_);
  for (std::uint64_t number = 0; number <= most_; number += step) {
    out += element{"line"}
               .set("class", "grid")
               .set("x1", left())
               .set("x2", left() + width())
               .set("y1", y(number))
               .set("y2", y(number))
               .str();
    out += small_text(left() - 6, y(number) + 3.5, grouped(number), "end");
    if (most_ - number < step) break;
  }
  return out;
}

std::string plot::label_below(std::string_view text, double where, std::string_view anchor) const {
  return small_text(left() + where * width(), bottom() + 18, text, anchor);
}

std::string plot::svg(std::string_view about, std::string_view content) const {
  return pictures::svg(chart_width, chart_height, about, content);
}

}  // namespace quipu::pictures
