// SPDX-License-Identifier: BSL-1.0
//
// plot.hpp: what charts are made of: the SVG element, text in it, and an area with a grid.
#pragma once

#include "markup.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace quipu::pictures {

/// An SVG element that is as wide as the page allows, at most `width` and at least `least_width`. `content` is markup.
[[nodiscard]] std::string svg(int width, int height, std::string_view about, std::string_view content,
                              int least_width = 560);
/// A chart as a part of another picture, scaled to a width.
[[nodiscard]] std::string placed(std::string_view chart, int x, int y, int width, int height);
/// The height of a chart that is scaled to a width.
[[nodiscard]] int height_at(std::string_view chart, int width);

/// `anchor` is `start`, `middle` or `end`.
[[nodiscard]] std::string small_text(double x, double y, std::string_view text, std::string_view anchor);
[[nodiscard]] std::string label_text(double x, double y, std::string_view text, std::string_view anchor);

/// An area with numbers upwards, from 0.
class plot {
 public:
  /// `most` is the largest number that is drawn, at least 1.
  explicit plot(std::uint64_t most) : most_{most} {}

  [[nodiscard]] double left() const noexcept { return 72; }
  [[nodiscard]] double top() const noexcept { return 12; }
  [[nodiscard]] double bottom() const noexcept { return 196; }
  [[nodiscard]] double width() const noexcept { return chart_width - left() - 8; }
  [[nodiscard]] double y(std::uint64_t number) const { return bottom() - share_of(number, most_) * (bottom() - top()); }

  /// Lines at round numbers, at most six.
  [[nodiscard]] std::string grid() const;
  /// A label below the area. `where` is a share of its width.
  [[nodiscard]] std::string label_below(std::string_view text, double where, std::string_view anchor) const;
  [[nodiscard]] std::string svg(std::string_view about, std::string_view content) const;

 private:
  static constexpr int chart_width = 920;
  static constexpr int chart_height = 222;
  std::uint64_t most_;
};

}  // namespace quipu::pictures
