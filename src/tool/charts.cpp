// SPDX-License-Identifier: BSL-1.0
//
// charts.cpp: see charts.hpp.
#include "charts.hpp"

#include "graph_picture.hpp"
#include "text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

namespace quipu::tool {
namespace {

constexpr int chart_width = 920;
constexpr int chart_height = 230;
constexpr int plot_left = 64;
constexpr int plot_top = 12;
constexpr int plot_bottom = 196;
constexpr int plot_width = chart_width - plot_left - 8;
constexpr int plot_height = plot_bottom - plot_top;

constexpr std::int64_t minute_us = 60'000'000;
constexpr std::int64_t day_us = 24 * 60 * minute_us;

/// 1, 2 or 5 with zeros, so that there are at most five lines up to a value.
std::uint64_t grid_step(std::uint64_t most) {
  for (std::uint64_t power = 1;; power *= 10)
    for (const std::uint64_t digit : {1U, 2U, 5U})
      if (most <= digit * power * 5) return digit * power;
}

std::uint64_t sum_of(const std::vector<std::uint64_t>& numbers) {
  return std::accumulate(numbers.begin(), numbers.end(), std::uint64_t{0});
}

std::string grid(std::uint64_t most) {
  std::string out;
  const std::uint64_t step = grid_step(most);
  for (std::uint64_t value = 0; value <= most; value += step) {
    const double y = plot_bottom - static_cast<double>(value) / static_cast<double>(most) * plot_height;
    out += fmt::format(
        "<line class=\"grid\" x1=\"{}\" x2=\"{}\" y1=\"{:.1f}\" y2=\"{:.1f}\"/>"
        "<text class=\"small\" text-anchor=\"end\" x=\"{}\" y=\"{:.1f}\">{}</text>\n",
        plot_left, plot_left + plot_width, y, y, plot_left - 6, y + 3.5, grouped(value));
  }
  return out;
}

/// One column, from the bottom up.
std::string column_of(const report_data& data, std::size_t index, double x, double width, std::uint64_t most) {
  const time_step& step = data.steps[index];
  std::string out;
  double y = plot_bottom;
  for (std::size_t kind = 0; kind < step.by_kind.size(); ++kind) {
    if (step.by_kind[kind] == 0) continue;
    const double height = static_cast<double>(step.by_kind[kind]) / static_cast<double>(most) * plot_height;
    y -= height;
    out += fmt::format(
        "<rect class=\"s{}\" x=\"{:.2f}\" y=\"{:.2f}\" width=\"{:.2f}\" height=\"{:.2f}\"><title>{} {}: "
        "{}</title></rect>\n",
        std::min(kind, series_colors), x, y, width, height, step_text(step.begin_us, data.step_us),
        escaped(data.kinds[kind].first), grouped(step.by_kind[kind]));
  }
  return out;
}

std::string svg(int width, int height, const std::string& label, const std::string& content) {
  return fmt::format("<svg viewBox=\"0 0 {} {}\" style=\"max-width:{}px\" role=\"img\" aria-label=\"{}\">\n{}</svg>\n",
                     width, height, width, label, content);
}

}  // namespace

std::string step_text(std::int64_t time_us, std::int64_t step_us) {
  const std::string date = time_text(time_us, time_form::date);
  if (step_us >= day_us) return date;
  const std::string clock = time_text(time_us, time_form::time);
  return date + " " + clock.substr(0, step_us >= minute_us ? 5 : 8);
}

std::string timeline_chart(const report_data& data) {
  std::uint64_t most = 1;
  for (const time_step& each : data.steps) most = std::max(most, sum_of(each.by_kind));
  const double pitch =
      static_cast<double>(plot_width) / static_cast<double>(std::max<std::size_t>(data.steps.size(), 1));
  const double width = std::min(std::max(pitch * 0.84, 0.8), 60.0);
  std::string out = grid(most);
  for (std::size_t index = 0; index < data.steps.size(); ++index)
    out += column_of(data, index, plot_left + (static_cast<double>(index) + 0.5) * pitch - width / 2, width, most);
  const auto label = [&](std::size_t index, double x, const char* anchor) {
    out += fmt::format("<text class=\"small\" text-anchor=\"{}\" x=\"{:.1f}\" y=\"{}\">{}</text>\n", anchor, x,
                       plot_bottom + 18, step_text(data.steps[index].begin_us, data.step_us));
  };
  if (data.steps.size() == 1) label(0, plot_left + plot_width / 2.0, "middle");
  if (data.steps.size() > 1) {
    label(0, plot_left, "start");
    label(data.steps.size() - 1, plot_left + plot_width, "end");
  }
  if (data.steps.size() > 8) label(data.steps.size() / 2, plot_left + plot_width / 2.0, "middle");
  return svg(chart_width, chart_height, "events over time, by kind", out);
}

std::string week_chart(const report_data& data) {
  static constexpr std::array days{"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
  constexpr int cell = 26;
  constexpr int left = 44;
  constexpr int top = 22;
  std::uint64_t most = 1;
  for (const auto& day : data.hours) most = std::max(most, *std::max_element(day.begin(), day.end()));
  std::string out;
  for (std::size_t hour = 0; hour < 24; hour += 3)
    out += fmt::format("<text class=\"small\" text-anchor=\"middle\" x=\"{}\" y=\"14\">{}</text>\n",
                       left + static_cast<int>(hour) * cell + cell / 2, hour);
  for (std::size_t day = 0; day < days.size(); ++day) {
    const int y = top + static_cast<int>(day) * cell;
    out += fmt::format("<text class=\"small\" x=\"4\" y=\"{}\">{}</text>\n", y + 17, days[day]);
    for (std::size_t hour = 0; hour < 24; ++hour) {
      const std::uint64_t events = data.hours[day][hour];
      // At least a tint for a single event: none and few must look different.
      const double share = static_cast<double>(events) / static_cast<double>(most);
      const double opacity = events == 0 ? 0 : 0.15 + 0.85 * share;
      out += fmt::format(
          "<rect class=\"cell\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" rx=\"3\" fill-opacity=\"{:.2f}\">"
          "<title>{} {}:00: {}</title></rect>\n",
          left + static_cast<int>(hour) * cell + 1, y + 1, cell - 2, cell - 2, opacity, days[day], hour,
          counted(events, "event"));
    }
  }
  return svg(left + 24 * cell + 4, top + 7 * cell + 4, "events by weekday and hour", out);
}

std::string share_bar(double share, std::size_t color) {
  return fmt::format(
      "<svg class=\"bar\" viewBox=\"0 0 100 10\" preserveAspectRatio=\"none\" aria-hidden=\"true\">"
      "<rect class=\"s{}\" width=\"{:.2f}\" height=\"10\"/></svg>",
      std::min(color, series_colors), std::clamp(share, 0.0, 1.0) * 100);
}

}  // namespace quipu::tool
