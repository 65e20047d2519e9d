// SPDX-License-Identifier: BSL-1.0
//
// failure_text.hpp: the text of an exception.
#pragma once

#include <exception>
#include <string>

namespace quipu::detail {

/// Returns the exception's `what()`, or the text that was thrown, or a sentence with the type of what was thrown. Empty
/// if there is no memory.
[[nodiscard]] std::string text_of(const std::exception_ptr& problem) noexcept;

/// For an exception that is no `std::exception`, while it is handled: a sentence with its type.
[[nodiscard]] std::string name_of_thrown_type();

}  // namespace quipu::detail
