// SPDX-License-Identifier: BSL-1.0
//
// scenarios.hpp: what a few threads do with one store, and what must be so whatever their order is.
#pragma once

#include "scheduler.hpp"

#include <cstdint>
#include <span>
#include <string_view>

namespace schedules {

struct scenario {
  std::string_view name;
  /// Runs it in one order, and looks at what it left. The result's problem is whatever was wrong.
  result (*run)(std::uint64_t seed);
};

[[nodiscard]] std::span<const scenario> scenarios();

}  // namespace schedules
