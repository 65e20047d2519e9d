// SPDX-License-Identifier: BSL-1.0
//
// output.cpp: see output.hpp.
#include "output.hpp"

#include "text.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <system_error>
#include <utility>

#include <sys/ioctl.h>
#include <unistd.h>

namespace quipu::tool {
namespace {

constexpr std::size_t enough_bytes = 32 << 10;
constexpr std::chrono::milliseconds long_enough{50};
constexpr std::chrono::milliseconds between_progress{100};

void write_all(int file, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(file, text.data(), text.size());
    if (written >= 0)
      text.remove_prefix(static_cast<std::size_t>(written));
    else if (errno == EPIPE)
      throw pipe_closed{};
    else if (errno != EINTR)
      throw std::system_error{errno, std::generic_category(), "writing to standard output failed"};
  }
}

std::optional<std::size_t> terminal_width() {
  winsize size{};
  if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
  return std::nullopt;
}

std::optional<std::size_t> width_of_environment() {
  const char* const columns = std::getenv("COLUMNS");
  if (columns == nullptr) return std::nullopt;
  const std::string_view text{columns};
  std::size_t width = 0;
  const auto [stop, problem] = std::from_chars(text.data(), text.data() + text.size(), width);
  if (problem != std::errc{} || stop != text.data() + text.size() || width == 0) return std::nullopt;
  return width;
}

bool wants_color() {
  const char* const refused = std::getenv("NO_COLOR");
  const char* const terminal = std::getenv("TERM");
  return ::isatty(STDOUT_FILENO) != 0 && (refused == nullptr || *refused == '\0') &&
         (terminal == nullptr || std::string_view{terminal} != "dumb");
}

const char* code_of(style wanted) {
  switch (wanted) {
    case style::strong:
      return "1";
    case style::faint:
      return "2";
    case style::good:
      return "32";
    case style::bad:
      return "1;31";
    case style::accent:
      return "36";
    case style::plain:
      break;
  }
  return "0";
}

}  // namespace

void output::configure(std::optional<std::size_t> width, color_choice color) {
  if (!width) width = terminal_width();
  if (!width) width = width_of_environment();
  width_ = width.value_or(static_cast<std::size_t>(-1));
  colored_ = color == color_choice::always || (color == color_choice::automatic && wants_color());
}

void output::line(std::string_view text) {
  pending_.append(text).push_back('\n');
  if (pending_.size() >= enough_bytes || clock::now() - long_enough > flushed_) flush();
}

void output::flush() {
  if (has_progress_) clear_progress();
  flushed_ = clock::now();
  // What could not be written must not be written again.
  const std::string text = std::exchange(pending_, {});
  write_all(STDOUT_FILENO, text);
}

std::string output::styled(style wanted, std::string text) const {
  if (!colored_ || wanted == style::plain || text.empty()) return text;
  return fmt::format("\x1b[{}m{}\x1b[0m", code_of(wanted), text);
}

void write_to_standard_error(std::string_view text) noexcept {
  while (!text.empty()) {
    const ssize_t written = ::write(STDERR_FILENO, text.data(), text.size());
    if (written >= 0)
      text.remove_prefix(static_cast<std::size_t>(written));
    else if (errno != EINTR)
      return;
  }
}

void output::complain(std::string_view text) {
  flush();
  write_to_standard_error(fmt::format("quipu: {}\n", printable(text)));
}

void output::show_progress(std::string_view what, std::uint64_t done, std::uint64_t total) {
  const auto now = clock::now();
  if (now - progress_shown_ < between_progress || ::isatty(STDERR_FILENO) == 0) return;
  progress_shown_ = now;
  has_progress_ = true;
  const std::uint64_t percent = total == 0 ? 100 : done * 100 / total;
  write_to_standard_error(fmt::format("\r{} {}%\x1b[K", what, percent));
}

void output::clear_progress() {
  if (!std::exchange(has_progress_, false)) return;
  write_to_standard_error("\r\x1b[K");
}

}  // namespace quipu::tool
