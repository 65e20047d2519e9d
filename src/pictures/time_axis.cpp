// SPDX-License-Identifier: BSL-1.0
//
// time_axis.cpp: see time_axis.hpp.
#include "time_axis.hpp"

#include <algorithm>
#include <chrono>
#include <iomanip>
#include <sstream>
#include <utility>

namespace quipu::pictures {
namespace {

constexpr std::int64_t second_us = 1'000'000;
constexpr std::int64_t minute_us = 60 * second_us;
constexpr std::int64_t hour_us = 60 * minute_us;
constexpr std::int64_t day_us = 24 * hour_us;

/// Rounds down, also before 1970.
std::int64_t quotient(std::int64_t number, std::int64_t by) { return number / by - (number % by < 0 ? 1 : 0); }

std::int64_t step_for(std::int64_t span_us, std::int64_t most) {
  static constexpr std::array steps{second_us,   10 * second_us, minute_us,    10 * minute_us, hour_us,
                                    3 * hour_us, 6 * hour_us,    day_us,       7 * day_us,     30 * day_us,
                                    90 * day_us, 365 * day_us,   3650 * day_us};
  for (const std::int64_t step : steps)
    if (span_us / step < most) return step;
  return span_us / most + 1;
}

std::string padded(std::int64_t number, int width) {
  std::ostringstream out;
  out << std::setw(width) << std::setfill('0') << number;
  return std::move(out).str();
}

std::string two_digits(std::int64_t number) { return padded(number, 2); }

std::string date_text(std::int64_t days) {
  const std::chrono::year_month_day date{std::chrono::sys_days{std::chrono::days{days}}};
  return padded(static_cast<int>(date.year()), 4) + "-" + two_digits(static_cast<unsigned>(date.month())) + "-" +
         two_digits(static_cast<unsigned>(date.day()));
}

}  // namespace

time_axis::time_axis(std::int64_t first_us, std::int64_t last_us, std::int64_t most)
    : step_us_{step_for(last_us - first_us, most)} {
  begin_us_ = quotient(first_us, step_us_) * step_us_;
  size_ = static_cast<std::size_t>((last_us - begin_us_) / step_us_) + 1;
}

std::size_t time_axis::index_of(std::int64_t time_us) const {
  const std::int64_t index = quotient(time_us - begin_us_, step_us_);
  return static_cast<std::size_t>(std::clamp<std::int64_t>(index, 0, static_cast<std::int64_t>(size_) - 1));
}

std::string time_axis::label(std::size_t index) const {
  const std::int64_t time_us = begin_us_ + static_cast<std::int64_t>(index) * step_us_;
  const std::int64_t days = quotient(time_us, day_us);
  const std::int64_t of_day_us = time_us - days * day_us;
  std::string out = date_text(days);
  if (step_us_ >= day_us) return out;
  out += " " + two_digits(of_day_us / hour_us) + ":" + two_digits(of_day_us % hour_us / minute_us);
  return step_us_ >= minute_us ? out : out + ":" + two_digits(of_day_us % minute_us / second_us);
}

std::string time_axis::step_text() const {
  static constexpr std::array<std::pair<std::int64_t, const char*>, 4> units{
      {{day_us, "day"}, {hour_us, "hour"}, {minute_us, "minute"}, {second_us, "second"}}};
  for (const auto& [size_us, name] : units)
    if (step_us_ >= size_us) {
      const std::int64_t count = step_us_ / size_us;
      return std::to_string(count) + " " + name + (count == 1 ? "" : "s");
    }
  return std::to_string(step_us_) + " µs";
}

void count_hour(week_hours& to, std::int64_t time_us, std::uint64_t count) {
  const std::int64_t days = quotient(time_us, day_us);
  const std::int64_t weekday = ((days + 3) % 7 + 7) % 7;  // 1970-01-01 was a Thursday
  to[static_cast<std::size_t>(weekday)][static_cast<std::size_t>((time_us - days * day_us) / hour_us)] += count;
}

}  // namespace quipu::pictures
