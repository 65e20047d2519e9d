// SPDX-License-Identifier: BSL-1.0
//
// steady_time.ipp: see core/detail/steady_time.hpp.
#pragma once

#include "../../../core/detail/steady_time.hpp"

#include <chrono>
#include <cstdint>

namespace quipu::detail {

QUIPU_DECL std::int64_t steady_now_us() noexcept {
  return std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

}  // namespace quipu::detail
