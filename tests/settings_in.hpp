// SPDX-License-Identifier: BSL-1.0
//
// settings_in.hpp: settings for a store in a world of the test's own.
#pragma once

#ifdef QUIPU_TEST_SINGLE_HEADER
#include <quipu.hpp>
#else
#include <quipu/journal/config.hpp>
#endif

#include <memory>
#include <utility>

namespace test_settings {

[[nodiscard]] inline quipu::config settings_in(std::shared_ptr<quipu::environment> world, quipu::config settings) {
  settings.environment = std::move(world);
  return settings;
}

}  // namespace test_settings
