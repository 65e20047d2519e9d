// SPDX-License-Identifier: BSL-1.0
//
// charts.hpp: pictures of numbers, as SVG inside of a page (page.hpp), whose style sheet has their colours. The number
// behind each shape is its tooltip. Names and labels are text, not markup.
#pragma once

#include "page.hpp"
#include "time_axis.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace quipu::pictures {

/// A step of an axis: its name, and a number for each series.
struct chart_step {
  std::string label{};
  std::vector<std::uint64_t> parts{};
};

/// A column for each step, divided by series. `about` says what it is to who cannot see it.
[[nodiscard]] std::string column_chart(std::string_view about, const std::vector<std::string>& series,
                                       const std::vector<chart_step>& steps);

/// A number over time, as a line above a filled area. Each step has one part.
[[nodiscard]] std::string area_chart(std::string_view about, const std::vector<chart_step>& steps,
                                     std::string_view unit, std::size_t color = 0);

/// A square for each hour of a week, darker for more. `unit` is what is counted, in the singular. `cell` is the side of
/// a square.
[[nodiscard]] std::string week_chart(std::string_view about, const week_hours& hours, std::string_view unit,
                                     int cell = 26);

/// The numbers of a chart of steps, and those of a week, as tables.
[[nodiscard]] std::string step_numbers(std::string_view heading, const std::vector<chart_step>& steps);
[[nodiscard]] std::string week_numbers(const week_hours& hours);

struct named_number {
  std::string name{};
  std::uint64_t number{};
};
/// A bar for each number, the longest one as wide as the picture allows.
[[nodiscard]] std::string bar_chart(std::string_view about, const std::vector<named_number>& bars, int width = 672);

/// A state machine: a column for each state, and an arrow for each transition, thicker for one taken more often.
struct drawn_state {
  std::string name{};
  std::uint64_t now{};  ///< entities that are in it
};
struct drawn_move {
  std::size_t from{};
  std::size_t to{};
  std::string event{};
  std::uint64_t taken{};
};
[[nodiscard]] std::string state_chart(std::string_view about, const std::vector<drawn_state>& states,
                                      const std::vector<drawn_move>& moves);

/// Charts side by side, in rows of at most two, as one SVG file that is a picture by itself, in light and in dark. It
/// is 960 wide: a chart that is to stand beside another one has about half of that.
struct titled_chart {
  std::string title{};
  std::string chart{};  ///< from a function above
  bool is_wide{};       ///< has a row to itself
};
[[nodiscard]] std::string picture_file(std::string_view about, const std::vector<titled_chart>& charts);

}  // namespace quipu::pictures
