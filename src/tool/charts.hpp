// SPDX-License-Identifier: BSL-1.0
//
// charts.hpp: pictures of numbers, as SVG inside of an HTML page. Their colours are CSS variables of the page, which
// has two sets of them, for light and for dark. The colours of a series are those of Okabe and Ito, which people with
// any kind of colour vision can tell apart; each is named beside the picture as well.
#pragma once

#include "report_data.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace quipu::tool {

/// The colours of series. What is beyond them is drawn as one series, "others".
inline constexpr std::size_t series_colors = 6;

/// Events over time: a column for each step, divided by kind.
[[nodiscard]] std::string timeline_chart(const report_data& data);
/// A square for each hour of a week, darker for more events.
[[nodiscard]] std::string week_chart(const report_data& data);
/// A bar for a share of 1, as wide as a table's cell.
[[nodiscard]] std::string share_bar(double share, std::size_t color = 0);

/// The time of a step, as exact as the axis is.
[[nodiscard]] std::string step_text(std::int64_t time_us, std::int64_t step_us);

}  // namespace quipu::tool
