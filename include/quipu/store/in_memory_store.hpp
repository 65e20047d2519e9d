// SPDX-License-Identifier: BSL-1.0
//
// in_memory_store.hpp: a store without a disk, for experiments and tests. It runs the code of any other store, on files
// that are in the process.
#pragma once

#include "../cache/no_cache.hpp"
#include "../environment/memory_environment.hpp"
#include "../macros.hpp"
#include "store.hpp"

#include <memory>
#include <utility>

namespace quipu::inline QUIPU_MODE {

/// A new store in memory, with a cache or without. Its directory is called `memory` unless the configuration says
/// otherwise, and its world is a new `memory_environment` unless the configuration has an environment. Throws as the
/// constructor of `store` does.
template <projection_cache Cache = no_cache>
[[nodiscard]] store in_memory_store(config settings = {}, Cache cache = {}) {
  if (settings.directory.empty()) settings.directory = "memory";
  if (!settings.environment) settings.environment = std::make_shared<memory_environment>();
  return store{settings, std::move(cache)};
}

}  // namespace quipu::inline QUIPU_MODE
