// SPDX-License-Identifier: BSL-1.0
//
// clock_guard.hpp: keeps one wrong reading of the wall clock out of a log, where time never goes back. A steady clock,
// which no one sets, says how far the wall clock can have come.
#pragma once

#include <cstdint>
#include <limits>

namespace quipu {

/// Not thread-safe.
class clock_guard {
 public:
  /// Believes every reading.
  constexpr clock_guard() noexcept : clock_guard{std::numeric_limits<std::int64_t>::max()} { is_started_ = true; }
  /// Refuses readings that are ahead by more than this.
  constexpr explicit clock_guard(std::int64_t max_advance_us) noexcept : max_advance_us_{max_advance_us} {}

  /// The time for a reading of the wall clock, in microseconds from 0 on. That is the reading, unless the wall clock
  /// has come further since an earlier one than `steady_us()` has, and the allowed advance. Then the time goes on as
  /// the steady clock does, until the wall clock has agreed with its jump for as long as the allowed advance: from then
  /// on it is believed, as somebody has set it. The steady clock is read only where the wall clock has advanced by more
  /// than what is allowed.
  template <class SteadyClock>
  [[nodiscard]] constexpr std::int64_t time_of(std::int64_t wall_us, const SteadyClock& steady_us) {
    if (is_started_ && wall_us - believed_.wall_us <= max_advance_us_) [[likely]] {
      is_doubting_ = false;
      return wall_us;
    }
    return check(wall_us, steady_us);
  }

  /// Readings that were refused.
  [[nodiscard]] constexpr std::uint64_t refused() const noexcept { return refused_; }
  /// The last of them.
  [[nodiscard]] constexpr std::int64_t last_refused_us() const noexcept { return last_refused_us_; }

 private:
  /// What both clocks showed at a moment.
  struct reading {
    std::int64_t wall_us{};
    std::int64_t steady_us{};

    /// What the wall clock should show when the steady clock shows this.
    [[nodiscard]] constexpr std::int64_t wall_at(std::int64_t later_steady_us) const noexcept {
      return wall_us + (later_steady_us - steady_us);
    }
  };

  template <class SteadyClock>
  [[nodiscard, gnu::noinline]] constexpr std::int64_t check(std::int64_t wall_us, const SteadyClock& steady_us) {
    const reading now{wall_us, steady_us()};
    const std::int64_t expected_us = believed_.wall_at(now.steady_us);
    if (!is_started_ || now.wall_us - expected_us <= max_advance_us_ || is_confirmed(now)) {
      believed_ = now;
      is_started_ = true;
      is_doubting_ = false;
      return now.wall_us;
    }
    ++refused_;
    last_refused_us_ = now.wall_us;
    return expected_us;
  }

  /// Whether the wall clock has agreed with its jump for long enough. Another jump begins anew.
  [[nodiscard]] constexpr bool is_confirmed(const reading& now) noexcept {
    const std::int64_t apart_us = now.wall_us - jump_.wall_at(now.steady_us);
    if (is_doubting_ && apart_us <= max_advance_us_ && apart_us >= -max_advance_us_)
      return now.steady_us - jump_.steady_us >= max_advance_us_;
    jump_ = now;
    is_doubting_ = true;
    return false;
  }

  std::int64_t max_advance_us_;
  reading believed_{};
  bool is_started_{};
  bool is_doubting_{};
  reading jump_{};  ///< the first reading that is doubted
  std::uint64_t refused_{};
  std::int64_t last_refused_us_{};
};

}  // namespace quipu
