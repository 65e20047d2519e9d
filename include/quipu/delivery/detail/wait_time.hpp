// SPDX-License-Identifier: BSL-1.0
//
// wait_time.hpp: how long a caller wants to wait, from durations of any unit.
#pragma once

#include "../../codec/schema.hpp"
#include "../../core/detail/steady_time.hpp"
#include "../../journal/write/change_signal.hpp"
#include "../../macros.hpp"
#include "../../projection/detail/milliseconds.hpp"

#include <chrono>
#include <cstdint>

namespace quipu::detail::inline QUIPU_MODE {

/// When a wait of so many microseconds, which begins now, is over.
class wait_end {
 public:
  explicit wait_end(std::int64_t microseconds) noexcept;
  [[nodiscard]] static wait_end never() noexcept { return wait_end{longest_wait_us}; }
  [[nodiscard]] static wait_end now() noexcept { return wait_end{0}; }
  /// After a duration (`std::chrono::milliseconds{250}`); a negative one, or one that isn't a number, is none.
  template <duration_like Duration>
  [[nodiscard]] static wait_end after(const Duration& timeout) noexcept {
    return wait_end{whole_microseconds<typename Duration::period>(timeout.count())};
  }

  /// Whether it is no wait at all.
  [[nodiscard]] bool is_now() const noexcept { return end_us_ == 0; }
  /// Microseconds that are left; 0 when it is over.
  [[nodiscard]] std::int64_t left_us() const noexcept;

 private:
  std::int64_t end_us_;
};

}  // namespace quipu::detail::inline QUIPU_MODE
