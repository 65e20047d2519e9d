// SPDX-License-Identifier: BSL-1.0
//
// steady_time.hpp: the monotonic clock in microseconds.
#pragma once

#include <chrono>
#include <cstdint>

namespace quipu::detail {

/// Returns microseconds since an arbitrary moment; never goes back.
[[nodiscard]] std::int64_t steady_now_us() noexcept;

}  // namespace quipu::detail
