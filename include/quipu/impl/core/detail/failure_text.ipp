// SPDX-License-Identifier: BSL-1.0
//
// failure_text.ipp: see core/detail/failure_text.hpp.
#pragma once

#include "../../../core/detail/failure_text.hpp"

#include <exception>
#include <string>

namespace quipu::detail {

QUIPU_DECL std::string text_of(const std::exception_ptr& problem) noexcept {
  try {
    std::rethrow_exception(problem);
  } catch (const std::exception& known) {
    try {
      return known.what();
    } catch (...) {
      return {};
    }
  } catch (...) {
    return {};
  }
}

}  // namespace quipu::detail
