// SPDX-License-Identifier: BSL-1.0
//
// steady_time.hpp: microseconds by the clock that is never set.
#pragma once

#include <chrono>
#include <cstdint>

namespace quipu::detail {

/// Microseconds since an arbitrary moment; never goes back.
[[nodiscard]] std::int64_t steady_now_us() noexcept;

}  // namespace quipu::detail
