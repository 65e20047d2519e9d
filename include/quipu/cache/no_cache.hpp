// SPDX-License-Identifier: BSL-1.0
//
// no_cache.hpp: the cache that stores nothing. It reports `is_noop`, so that a store does not encode states for it.
#pragma once

#include "../macros.hpp"
#include "projection_cache.hpp"

#include <cstdint>
#include <optional>

namespace quipu::inline QUIPU_MODE {

/// Misses on every read and ignores every write. Stateless and thread-safe.
class no_cache {
 public:
  [[nodiscard]] constexpr cache_capabilities capabilities() const noexcept {
    return {.supports_prefetch = false, .is_noop = true};
  }
  [[nodiscard]] std::optional<cache_entry> get(bytes_view) const noexcept { return std::nullopt; }
  void put(bytes_view, bytes_view, cache_meta) const noexcept {}
  constexpr std::uint64_t delete_prefix(bytes_view) const noexcept { return 0; }
  constexpr void sync() const noexcept {}
};

static_assert(projection_cache<no_cache>);

}  // namespace quipu::inline QUIPU_MODE
