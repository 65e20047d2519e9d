// SPDX-License-Identifier: BSL-1.0
//
// hybrid_clock.hpp: a clock that never goes back. Its readings follow the physical clock while that advances, and
// otherwise count within the last microsecond (Kulkarni et al., "Logical Physical Clocks", 2014).
#pragma once

#include <compare>
#include <cstdint>

namespace quipu {

/// Returns strictly increasing readings for any physical clock. Not thread-safe.
class hybrid_clock {
 public:
  /// Microseconds since the Unix epoch, and a counter within the microsecond.
  struct reading {
    std::int64_t wall_us{};
    std::uint32_t counter{};
    friend constexpr auto operator<=>(const reading&, const reading&) noexcept = default;
  };

  /// The largest counter; the reading after it is in the next microsecond.
  static constexpr std::uint32_t max_counter = (1U << 22) - 1;

  constexpr hybrid_clock() noexcept = default;
  /// Continues after a stored reading, so that time does not go back across a restart.
  constexpr explicit hybrid_clock(reading last) noexcept : last_{last}, started_{true} {}

  /// Returns the reading for an event at `physical_us`; it is later than every earlier reading.
  constexpr reading next(std::int64_t physical_us) noexcept {
    if (!started_ || physical_us > last_.wall_us) {
      last_ = {physical_us, 0};
    } else if (last_.counter < max_counter) {
      ++last_.counter;
    } else {
      last_ = {last_.wall_us + 1, 0};
    }
    started_ = true;
    return last_;
  }

  [[nodiscard]] constexpr reading last() const noexcept { return last_; }

 private:
  reading last_{};
  bool started_{};
};

}  // namespace quipu
