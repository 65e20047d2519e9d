// SPDX-License-Identifier: BSL-1.0
//
// failure_text.hpp: what an exception says of itself, to be kept when the exception is gone.
#pragma once

#include <exception>
#include <string>

namespace quipu::detail {

/// Its `what()`; empty where it has none, and where there is no memory to keep it.
[[nodiscard]] std::string text_of(const std::exception_ptr& problem) noexcept;

}  // namespace quipu::detail
