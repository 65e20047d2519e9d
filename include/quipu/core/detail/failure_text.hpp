// SPDX-License-Identifier: BSL-1.0
//
// failure_text.hpp: the text of an exception.
#pragma once

#include <exception>
#include <string>

namespace quipu::detail {

/// Returns the exception's `what()`; empty if it is not a `std::exception` or there is no memory.
[[nodiscard]] std::string text_of(const std::exception_ptr& problem) noexcept;

}  // namespace quipu::detail
