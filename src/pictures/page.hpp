// SPDX-License-Identifier: BSL-1.0
//
// page.hpp: a page of charts and tables in one HTML file that needs nothing from elsewhere, light or dark as the reader
// has it. The colours of series are those of Okabe and Ito, darker ones on light and lighter ones on dark, so that each
// differs from the page by a contrast of at least 3; people with any kind of colour vision can tell them apart, and
// each is named beside its picture as well.
#pragma once

#include "markup.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace quipu::pictures {

/// The number of colours of series. What is beyond them is drawn in one colour more, as "others".
inline constexpr std::size_t series_colors = 6;

/// The whole page. `content` is markup.
[[nodiscard]] std::string html_page(std::string_view title, std::string_view content);

/// A heading and a sentence below it. Both are markup.
[[nodiscard]] std::string section(std::string_view title, std::string_view text);
/// Numbers in large letters with what they count.
[[nodiscard]] std::string figures(const std::vector<std::pair<std::string, std::string>>& numbers_and_names);
/// Markup that scrolls sideways where the page is narrower.
[[nodiscard]] std::string wide(std::string_view content);
/// Markup that is shown on request.
[[nodiscard]] std::string folded(std::string_view summary, std::string_view content);
/// The square that gives a series its colour in a table.
[[nodiscard]] std::string color_key(std::size_t series);
/// A bar for a share of 1, as wide as a table's cell.
[[nodiscard]] std::string share_bar(double share, std::size_t series = 0);

/// A table whose columns are numbers, but for the first one and for those without a heading. Cells are markup.
class html_table {
 public:
  explicit html_table(const std::vector<std::string>& headings);
  html_table& row(std::string_view name, const std::vector<std::string>& numbers, std::string_view last = {});
  [[nodiscard]] std::string str() const;

 private:
  std::string out_;
};

/// The style sheet of charts: variables for colours, light and dark, and what uses them. For a picture of its own.
[[nodiscard]] std::string chart_styles();

}  // namespace quipu::pictures
