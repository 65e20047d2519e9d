// SPDX-License-Identifier: BSL-1.0
//
// time_axis.hpp: a span of time in steps of seconds, hours, days or years, in UTC.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

namespace quipu::pictures {

class time_axis {
 public:
  /// An axis without steps.
  time_axis() = default;
  /// The smallest steps with which the span has at most `most` of them (about; the first one begins at a round time).
  /// Precondition: `first_us <= last_us`.
  time_axis(std::int64_t first_us, std::int64_t last_us, std::int64_t most = 60);

  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] std::int64_t step_us() const noexcept { return step_us_; }
  /// The step of a time; the first or the last one for a time outside. Precondition: `size() > 0`.
  [[nodiscard]] std::size_t index_of(std::int64_t time_us) const;
  /// When a step begins, as exact as the axis is: `2026-11-26`, `2026-11-26 23:44`.
  [[nodiscard]] std::string label(std::size_t index) const;
  /// What a step is: `6 hours`, `1 day`.
  [[nodiscard]] std::string step_text() const;

 private:
  std::int64_t begin_us_{};
  std::int64_t step_us_{1};
  std::size_t size_{};
};

/// Counts by weekday, from Monday, and hour.
using week_hours = std::array<std::array<std::uint64_t, 24>, 7>;
/// Adds to the hour of a time in UTC.
void count_hour(week_hours& to, std::int64_t time_us, std::uint64_t count = 1);

}  // namespace quipu::pictures
