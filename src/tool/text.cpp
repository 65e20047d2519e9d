// SPDX-License-Identifier: BSL-1.0
//
// text.cpp: see text.hpp.
#include "text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>

namespace quipu::tool {
namespace {

constexpr std::int64_t second_us = 1'000'000;
constexpr std::int64_t day_us = 86'400 * second_us;
/// The largest number of an age, of every unit: its microseconds fit into 64 bits in days too.
constexpr std::int64_t longest_days = 99'999'999;

/// Reads one code point of valid UTF-8 at `at`, and steps over it.
char32_t next_code_point(std::string_view text, std::size_t& at) {
  const std::size_t length = std::max<std::size_t>(1, quipu::detail::utf8_length(text.substr(at)));
  const auto lead = static_cast<unsigned char>(text[at]);
  char32_t point = length == 1 ? lead : lead & (0x7FU >> length);
  for (std::size_t index = 1; index < length; ++index)
    point = point << 6 | (static_cast<unsigned char>(text[at + index]) & 0x3FU);
  at += length;
  return point;
}

bool is_control(char32_t point) {
  const bool turns_text = (point >= 0x202A && point <= 0x202E) || (point >= 0x2066 && point <= 0x2069);
  return point < 0x20 || (point >= 0x7F && point < 0xA0) || turns_text;
}

/// Whether a text is of printable ASCII characters, as most are.
bool is_plain(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char each) { return each >= 0x20 && each < 0x7F; });
}

struct code_range {
  char32_t first, last;
};
bool is_in(const auto& ranges, char32_t point) {
  return std::any_of(std::begin(ranges), std::end(ranges),
                     [point](const code_range& each) { return point >= each.first && point <= each.last; });
}

std::size_t columns_of_point(char32_t point) {
  // Combining marks and joiners; East Asian wide characters and emoji (Unicode's UAX #11, in large blocks).
  static constexpr std::array none{code_range{0x300, 0x36F},   code_range{0x200B, 0x200F}, code_range{0x202A, 0x202E},
                                   code_range{0x20D0, 0x20FF}, code_range{0xFE00, 0xFE0F}, code_range{0xFEFF, 0xFEFF}};
  static constexpr std::array wide{
      code_range{0x1100, 0x115F}, code_range{0x2E80, 0xA4CF},   code_range{0xAC00, 0xD7A3},
      code_range{0xF900, 0xFAFF}, code_range{0xFE30, 0xFE6F},   code_range{0xFF00, 0xFF60},
      code_range{0xFFE0, 0xFFE6}, code_range{0x1F300, 0x1FAFF}, code_range{0x20000, 0x3FFFD}};
  if (point < 0x300) return 1;
  if (is_in(none, point)) return 0;
  return is_in(wide, point) ? 2 : 1;
}

std::optional<std::int64_t> take_number(std::string_view& text, std::size_t most_digits) {
  std::int64_t number = 0;
  const char* const end = text.data() + std::min(text.size(), most_digits);
  const auto [stop, problem] = std::from_chars(text.data(), end, number);
  if (problem != std::errc{} || number < 0) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(stop - text.data()));
  return number;
}

bool take_letter(std::string_view& text, std::string_view allowed) {
  if (text.empty() || allowed.find(text.front()) == std::string_view::npos) return false;
  text.remove_prefix(1);
  return true;
}

std::optional<std::int64_t> parse_duration(std::string_view text) {
  const auto number = take_number(text, 9);
  if (!number || *number > longest_days || text.size() != 1) return std::nullopt;
  switch (text.front()) {
    case 's':
      return *number * second_us;
    case 'm':
      return *number * 60 * second_us;
    case 'h':
      return *number * 3600 * second_us;
    case 'd':
      return *number * day_us;
    default:
      return std::nullopt;
  }
}

/// What follows the date: nothing, `T23:44` or `T23:44:06`, in microseconds.
std::optional<std::int64_t> parse_clock(std::string_view text) {
  if (text.ends_with('Z')) text.remove_suffix(1);
  if (text.empty()) return 0;
  if (!take_letter(text, "T ")) return std::nullopt;
  const auto hour = take_number(text, 2);
  if (!hour || !take_letter(text, ":")) return std::nullopt;
  const auto minute = take_number(text, 2);
  if (!minute) return std::nullopt;
  std::int64_t second = 0;
  if (!text.empty()) {
    if (!take_letter(text, ":")) return std::nullopt;
    const auto given = take_number(text, 2);
    if (!given || !text.empty()) return std::nullopt;
    second = *given;
  }
  if (*hour > 23 || *minute > 59 || second > 59) return std::nullopt;
  return ((*hour * 60 + *minute) * 60 + second) * second_us;
}

std::optional<std::int64_t> parse_moment(std::string_view text) {
  const auto year = take_number(text, 4);
  if (!year || !take_letter(text, "-")) return std::nullopt;
  const auto month = take_number(text, 2);
  if (!month || !take_letter(text, "-")) return std::nullopt;
  const auto day = take_number(text, 2);
  if (!day) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year{static_cast<int>(*year)},
                                         std::chrono::month{static_cast<unsigned>(*month)},
                                         std::chrono::day{static_cast<unsigned>(*day)}};
  const auto clock = parse_clock(text);
  if (!date.ok() || !clock) return std::nullopt;
  return std::chrono::sys_days{date}.time_since_epoch().count() * day_us + *clock;
}

}  // namespace

std::string printable(std::string_view text) {
  if (is_plain(text)) return std::string{text};
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t length = quipu::detail::utf8_length(text.substr(at));
    std::size_t after = at;
    if (length != 0 && !is_control(next_code_point(text, after))) {
      out.append(text.substr(at, length));
      at += length;
    } else {
      for (const std::size_t end = at + std::max<std::size_t>(1, length); at < end; ++at)
        out += fmt::format("\\x{:02x}", static_cast<unsigned char>(text[at]));
    }
  }
  return out;
}

std::size_t columns_of(std::string_view text) {
  if (is_plain(text)) return text.size();
  std::size_t columns = 0;
  for (std::size_t at = 0; at < text.size();) columns += columns_of_point(next_code_point(text, at));
  return columns;
}

std::string cut(std::string_view text, std::size_t columns) {
  if (text.size() <= columns || columns_of(text) <= columns) return std::string{text};
  if (columns == 0) return {};
  std::size_t used = 0;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t begin = at;
    used += columns_of_point(next_code_point(text, at));
    if (used + 1 > columns) return std::string{text.substr(0, begin)} + "…";
  }
  return std::string{text};
}

std::string padded(std::string text, std::size_t columns) {
  const std::size_t used = columns_of(text);
  if (used < columns) text.append(columns - used, ' ');
  return text;
}

std::string size_text(std::uint64_t bytes) {
  if (bytes < 100'000) return grouped(bytes) + " B";
  static constexpr std::array units{"KiB", "MiB", "GiB", "TiB"};
  auto size = static_cast<double>(bytes) / 1024;
  std::size_t unit = 0;
  for (; size >= 1000 && unit + 1 < units.size(); ++unit) size /= 1024;
  return fmt::format("{:.1f} {}", size, units[unit]);
}

std::string counted(std::uint64_t count, std::string_view one, std::string_view many) {
  if (count == 1) return fmt::format("1 {}", one);
  return many.empty() ? fmt::format("{} {}s", grouped(count), one) : fmt::format("{} {}", grouped(count), many);
}

std::string pause_text(std::int64_t microseconds) {
  const auto ms = static_cast<double>(microseconds) / 1000;
  if (ms < 1000) return fmt::format("+{:.1f} ms", ms);
  if (ms < 120'000) return fmt::format("+{:.1f} s", ms / 1000);
  if (ms < 7'200'000) return fmt::format("+{:.1f} min", ms / 60'000);
  return fmt::format("+{:.1f} h", ms / 3'600'000);
}

std::string bar(double share) {
  const auto blocks = static_cast<std::size_t>(std::clamp(share, 0.0, 1.0) * 20 + 0.5);
  std::string out;
  for (std::size_t index = 0; index < blocks; ++index) out += "█";
  return out;
}

std::int64_t day_of(std::int64_t microseconds) { return microseconds / day_us - (microseconds % day_us < 0 ? 1 : 0); }

std::string time_text(std::int64_t microseconds, time_form form) {
  // The calendar repeats after 400 years; `std::chrono::year` ends at 32767, and the microseconds ten times later.
  static constexpr std::int64_t cycle_days = 146'097;
  const std::int64_t days = day_of(microseconds);
  const std::int64_t cycles = days / cycle_days;
  const std::chrono::year_month_day date{std::chrono::sys_days{std::chrono::days{days % cycle_days}}};
  const std::int64_t year = static_cast<int>(date.year()) + 400 * cycles;
  const std::int64_t of_day = microseconds % day_us;
  const std::chrono::hh_mm_ss clock{std::chrono::microseconds{of_day < 0 ? of_day + day_us : of_day}};
  const std::string day =
      fmt::format("{:04}-{:02}-{:02}", year, static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
  const std::string seconds =
      fmt::format("{:02}:{:02}:{:02}", clock.hours().count(), clock.minutes().count(), clock.seconds().count());
  const std::string whole = fmt::format("{}.{:06}", seconds, clock.subseconds().count());
  switch (form) {
    case time_form::time:
      return whole;
    case time_form::date:
      return day;
    case time_form::date_time:
      return day + " " + whole;
    case time_form::seconds:
      break;
  }
  return day + " " + seconds + "Z";
}

std::optional<std::int64_t> parse_time(std::string_view text, std::int64_t now_us) {
  if (const auto ago = parse_duration(text)) return now_us - *ago;
  return parse_moment(text);
}

std::string short_hash(const digest& hash) { return hash.str().substr(0, 8) + "…"; }

}  // namespace quipu::tool
