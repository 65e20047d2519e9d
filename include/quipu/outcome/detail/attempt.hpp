// SPDX-License-Identifier: BSL-1.0
//
// attempt.hpp: how a function that throws gets its twin that doesn't.
#pragma once

#include "../../core/error.hpp"
#include "../outcome.hpp"
#include "../outcome_error.hpp"

#include <type_traits>

namespace quipu::detail {

/// Calls, and returns what that returns or throws as an outcome.
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
