// SPDX-License-Identifier: BSL-1.0
//
// wait_time.ipp: see delivery/detail/wait_time.hpp.
#pragma once

#include "../../../codec/schema.hpp"
#include "../../../core/detail/steady_time.hpp"
#include "../../../delivery/detail/wait_time.hpp"
#include "../../../journal/write/change_signal.hpp"
#include "../../../projection/detail/milliseconds.hpp"

#include <cstdint>

namespace quipu::detail::inline QUIPU_MODE {

QUIPU_DECL wait_end::wait_end(std::int64_t microseconds) noexcept
    : end_us_{microseconds <= 0 ? 0
                                : steady_now_us() + (microseconds < longest_wait_us ? microseconds : longest_wait_us)} {
}

QUIPU_DECL wait_end wait_end::never() noexcept { return wait_end{longest_wait_us}; }

QUIPU_DECL std::int64_t wait_end::left_us() const noexcept {
  if (end_us_ == 0) return 0;
  const std::int64_t left = end_us_ - steady_now_us();
  return left > 0 ? left : 0;
}

}  // namespace quipu::detail::inline QUIPU_MODE
