// SPDX-License-Identifier: BSL-1.0
//
// charts.cpp: see charts.hpp.
#include "charts.hpp"

#include "plot.hpp"

#include <algorithm>
#include <array>
#include <numeric>

namespace quipu::pictures {
namespace {

constexpr std::array days{"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};

std::string color_class(std::size_t series) { return "s" + std::to_string(std::min(series, series_colors)); }

std::uint64_t sum_of(const std::vector<std::uint64_t>& numbers) {
  return std::accumulate(numbers.begin(), numbers.end(), std::uint64_t{0});
}

std::uint64_t largest_sum(const std::vector<chart_step>& steps) {
  std::uint64_t most = 1;
  for (const chart_step& each : steps) most = std::max(most, sum_of(each.parts));
  return most;
}

/// The first and the last label, and the middle one where there is room.
std::string step_labels(const plot& area, const std::vector<chart_step>& steps) {
  if (steps.empty()) return {};
  if (steps.size() == 1) return area.label_below(steps[0].label, 0.5, "middle");
  std::string out = area.label_below(steps.front().label, 0, "start") + area.label_below(steps.back().label, 1, "end");
  if (steps.size() > 8) out += area.label_below(steps[steps.size() / 2].label, 0.5, "middle");
  return out;
}

std::string counted(std::uint64_t number, std::string_view unit) {
  return grouped(number) + " " + std::string{unit} + (number == 1 ? "" : "s");
}

}  // namespace

std::string column_chart(std::string_view about, const std::vector<std::string>& series,
                         const std::vector<chart_step>& steps) {
  const plot area{largest_sum(steps)};
  const double pitch = area.width() / static_cast<double>(std::max<std::size_t>(steps.size(), 1));
  const double width = std::clamp(pitch * 0.84, 0.8, 60.0);
  std::string out = area.grid();
  for (std::size_t index = 0; index < steps.size(); ++index) {
    std::uint64_t below = 0;
    for (std::size_t part = 0; part < steps[index].parts.size(); ++part) {
      const std::uint64_t number = steps[index].parts[part];
      if (number == 0) continue;
      const double top = area.y(below + number);
      out += element{"rect"}
                 .set("class", color_class(part))
                 .set("x", area.left() + (static_cast<double>(index) + 0.5) * pitch - width / 2)
                 .set("y", top)
                 .set("width", width)
                 .set("height", area.y(below) - top)
                 .title(steps[index].label + " " + series[part] + ": " + grouped(number))
                 .str() +
             "\n";
      below += number;
    }
  }
  return area.svg(about, out + step_labels(area, steps));
}

std::string area_chart(std::string_view about, const std::vector<chart_step>& steps, std::string_view unit,
                       std::size_t color) {
  const plot area{largest_sum(steps)};
  const double pitch = area.width() / static_cast<double>(std::max<std::size_t>(steps.size(), 1));
  std::string line;
  std::string hovers;
  for (std::size_t index = 0; index < steps.size(); ++index) {
    const std::uint64_t number = sum_of(steps[index].parts);
    const double x = area.left() + static_cast<double>(index) * pitch;
    // A step has one number: a stair is true where a slope would guess.
    line += (index == 0 ? "M" : "L") + fixed(x, 1) + " " + fixed(area.y(number), 1) + "H" + fixed(x + pitch, 1);
    hovers += element{"rect"}
                  .set("class", "hover")
                  .set("x", x)
                  .set("y", area.top())
                  .set("width", pitch)
                  .set("height", area.bottom() - area.top())
                  .title(steps[index].label + ": " + counted(number, unit))
                  .str() +
              "\n";
  }
  std::string out = area.grid();
  if (!steps.empty()) {
    const std::string filled = line + "V" + fixed(area.bottom(), 1) + "H" + fixed(area.left(), 1) + "Z";
    out += element{"path"}.set("class", "area " + color_class(color)).set("d", filled).str() + "\n";
    out += element{"path"}.set("class", "edge " + color_class(color)).set("d", line).str() + "\n";
  }
  return area.svg(about, out + hovers + step_labels(area, steps));
}

std::string week_chart(std::string_view about, const week_hours& hours, std::string_view unit, int cell) {
  constexpr int left = 44;
  constexpr int top = 22;
  std::uint64_t most = 1;
  for (const auto& day : hours) most = std::max(most, *std::max_element(day.begin(), day.end()));
  std::string out;
  for (std::size_t hour = 0; hour < 24; hour += 3)
    out += small_text(left + static_cast<int>(hour) * cell + cell / 2, 14, std::to_string(hour), "middle");
  for (std::size_t day = 0; day < days.size(); ++day) {
    const int y = top + static_cast<int>(day) * cell;
    out += small_text(4, y + cell / 2 + 4, days[day], "start");
    for (std::size_t hour = 0; hour < 24; ++hour) {
      const std::uint64_t number = hours[day][hour];
      // At least a tint for a single one: none and few must look different.
      const double opacity = number == 0 ? 0 : 0.15 + 0.85 * share_of(number, most);
      out += element{"rect"}
                 .set("class", "cell")
                 .set("x", left + static_cast<int>(hour) * cell + 1)
                 .set("y", y + 1)
                 .set("width", cell - 2)
                 .set("height", cell - 2)
                 .set("rx", 3)
                 .set("fill-opacity", opacity)
                 .title(std::string{days[day]} + " " + std::to_string(hour) + ":00: " + counted(number, unit))
                 .str() +
             "\n";
    }
  }
  return svg(left + 24 * cell + 4, top + 7 * cell + 4, about, out);
}

std::string step_numbers(std::string_view heading, const std::vector<chart_step>& steps) {
  html_table rows{{"from", std::string{heading}}};
  for (const chart_step& each : steps) rows.row(escaped(each.label), {grouped(sum_of(each.parts))});
  return rows.str();
}

std::string week_numbers(const week_hours& hours) {
  std::vector<std::string> headings{"UTC"};
  for (std::size_t hour = 0; hour < 24; ++hour) headings.push_back(std::to_string(hour));
  html_table rows{headings};
  for (std::size_t day = 0; day < days.size(); ++day) {
    std::vector<std::string> numbers;
    for (const std::uint64_t each : hours[day]) numbers.push_back(grouped(each));
    rows.row(days[day], numbers);
  }
  return rows.str();
}

std::string bar_chart(std::string_view about, const std::vector<named_number>& bars, int width) {
  constexpr int row = 25;
  constexpr int left = 160;
  constexpr int right = 70;
  std::uint64_t most = 1;
  for (const named_number& each : bars) most = std::max(most, each.number);
  std::string out;
  for (std::size_t index = 0; index < bars.size(); ++index) {
    const int y = 4 + static_cast<int>(index) * row;
    const double length = share_of(bars[index].number, most) * (width - left - right);
    out += label_text(left - 8, y + 15, bars[index].name, "end");
    out += element{"rect"}
               .set("class", color_class(0))
               .set("x", left)
               .set("y", y + 3)
               .set("width", length)
               .set("height", row - 9)
               .set("rx", 2)
               .title(bars[index].name + ": " + grouped(bars[index].number))
               .str();
    out += small_text(left + length + 6, y + 15, grouped(bars[index].number), "start") + "\n";
  }
  return svg(width, 8 + static_cast<int>(bars.size()) * row, about, out);
}

std::string picture_file(std::string_view about, const std::vector<titled_chart>& charts) {
  constexpr int width = 960;
  constexpr int gap = 24;
  constexpr int half = (width - 3 * gap) / 2;
  constexpr int title_height = 30;
  std::string out;
  int top = gap;
  int row_height = 0;
  bool is_right = false;
  for (const titled_chart& each : charts) {
    const bool fits_beside = is_right && !each.is_wide;
    if (!fits_beside) {
      top += row_height;
      row_height = 0;
    }
    const int x = fits_beside ? 2 * gap + half : gap;
    const int chart_width = each.is_wide ? width - 2 * gap : half;
    const int height = height_at(each.chart, chart_width);
    out += element{"text"}.set("class", "strong").set("x", x).set("y", top + 14).text(each.title).str() + "\n";
    out += placed(each.chart, x, top + title_height, chart_width, height);
    row_height = std::max(row_height, title_height + height + gap);
    is_right = !each.is_wide && !fits_beside;
  }
  const int height = top + row_height;
  std::string frame = element{"rect"}.set("width", width).set("height", height).set("style", "fill:var(--page)").str();
  return element{"svg"}
             .set("xmlns", "http://www.w3.org/2000/svg")
             .set("width", width)
             .set("height", height)
             .set("viewBox", "0 0 " + std::to_string(width) + " " + std::to_string(height))
             .set("role", "img")
             .set("aria-label", about)
             .add(element{"style"}.add(chart_styles()).str() + "\n" + frame + "\n" + out)
             .str() +
         "\n";
}

}  // namespace quipu::pictures
