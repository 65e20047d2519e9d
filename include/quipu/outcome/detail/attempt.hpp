// SPDX-License-Identifier: BSL-1.0
//
// attempt.hpp: implements the `try_` twin of a function that throws.
#pragma once

#include "../../core/error.hpp"
#include "../outcome.hpp"
#include "../outcome_error.hpp"

#include <type_traits>

namespace quipu::detail {

/// Calls `call()`. Returns its result, or the `quipu::error` that it throws, as an outcome.
template <class Call>
auto attempt(Call&& call) -> outcome<decltype(call())> {
  using result = outcome<decltype(call())>;
  try {
    if constexpr (std::is_void_v<decltype(call())>) {
      call();
      return result{};
    } else {
      return result::ok(call());
    }
  } catch (const error& failure) {
    return result{from_error(failure)};
  }
}

}  // namespace quipu::detail
