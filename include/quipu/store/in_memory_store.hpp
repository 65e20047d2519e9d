// SPDX-License-Identifier: BSL-1.0
//
// in_memory_store.hpp: a store without a disk, for experiments and tests. It runs the code of any other store, on files that are in
// the process.
#pragma once

#include "../environment/memory.hpp"
#include "store.hpp"

#include <utility>

namespace quipu {

/// A new, empty store in memory, with a cache or without. Its directory is called `memory` unless the configuration says otherwise. Throws as
/// `store` does.
template <projection_cache Cache = no_cache>
[[nodiscard]] store<Cache, memory> in_memory_store(config settings = {}, Cache cache = {}) {
  if (settings.directory.empty()) settings.directory = "memory";
  return store<Cache, memory>{settings, std::move(cache)};
}

}  // namespace quipu
