// SPDX-License-Identifier: BSL-1.0
//
// output.hpp: the command's standard output and standard error. Lines are collected and written when there are enough
// of them, or when some time has passed, so that the first one appears at once and many are not slow.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

namespace quipu::tool {

/// Standard output was closed by its reader. Not a failure: the command ends.
class pipe_closed : public std::exception {};

/// Writes at once. What standard error doesn't take is lost: there is no other place to complain of it.
void write_to_standard_error(std::string_view text) noexcept;

enum class style { plain, strong, faint, good, bad, accent };

enum class color_choice { automatic, always, never };

/// Not thread-safe. `line` and `flush` throw `pipe_closed`, and `std::runtime_error` if writing fails.
class output {
 public:
  /// `width`: columns, or nothing for the terminal's.
  void configure(std::optional<std::size_t> width, color_choice color);

  void line(std::string_view text);
  void flush();

  /// The text in a style, or as it is where there are no colours.
  [[nodiscard]] std::string styled(style wanted, std::string text) const;
  /// The columns of a line: those asked for, or the terminal's, or $COLUMNS; without limit otherwise.
  [[nodiscard]] std::size_t width() const noexcept { return width_; }

  /// A line on standard error, which begins with the command's name. Escapes what would steer a terminal.
  void complain(std::string_view text);
  /// Shows on a terminal how far long work has come. Does nothing on other outputs, and at most ten times a second.
  void show_progress(std::string_view what, std::uint64_t done, std::uint64_t total);
  void clear_progress();

 private:
  using clock = std::chrono::steady_clock;

  std::string pending_;
  clock::time_point flushed_ = clock::time_point::min();
  clock::time_point progress_shown_ = clock::now();
  bool has_progress_{};
  bool colored_{};
  std::size_t width_ = static_cast<std::size_t>(-1);
};

}  // namespace quipu::tool
