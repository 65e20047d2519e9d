// SPDX-License-Identifier: BSL-1.0
//
// wait_time.hpp: the end of a wait, from a `std::chrono` duration.
#pragma once

#include "../../codec/schema.hpp"
#include "../../macros.hpp"
#include "../../projection/detail/milliseconds.hpp"

#include <cstdint>

namespace quipu::detail::inline QUIPU_MODE {

/// The end of a wait that begins at construction. The limit is `longest_wait_us`.
class wait_end {
 public:
  explicit wait_end(std::int64_t microseconds) noexcept;
  [[nodiscard]] static wait_end never() noexcept;
  [[nodiscard]] static wait_end now() noexcept { return wait_end{0}; }
  /// Ends after `timeout`; at once if it is negative or not a number.
  template <duration_like Duration>
  [[nodiscard]] static wait_end after(const Duration& timeout) noexcept {
    return wait_end{whole_microseconds<typename Duration::period>(timeout.count())};
  }

  /// Returns true if the wait is over from the beginning.
  [[nodiscard]] bool is_now() const noexcept { return end_us_ == 0; }
  /// Returns the remaining microseconds; 0 if the wait is over.
  [[nodiscard]] std::int64_t left_us() const noexcept;

 private:
  std::int64_t end_us_;
};

}  // namespace quipu::detail::inline QUIPU_MODE
