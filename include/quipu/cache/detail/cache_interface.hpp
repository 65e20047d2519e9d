// SPDX-License-Identifier: BSL-1.0
//
// cache_interface.hpp: type erasure of caches, so that a store is one type for every cache.
#pragma once

#include "../../core/bytes.hpp"
#include "../../macros.hpp"
#include "../projection_cache.hpp"

#include <memory>
#include <utility>

namespace quipu::detail::inline QUIPU_MODE {

/// The part of a projection cache that a store uses. Thread-safe if the cache is.
class cache_interface {
 public:
  cache_interface() = default;
  cache_interface(const cache_interface&) = delete;
  cache_interface& operator=(const cache_interface&) = delete;
  virtual ~cache_interface() = default;

  [[nodiscard]] virtual bool get_into(bytes_view key, bytes& value, cache_meta& meta) = 0;
  virtual void put(bytes_view key, bytes_view value, cache_meta meta) = 0;
  /// Does nothing if the cache doesn't support it.
  virtual void prefetch(bytes_view key, cache_meta predicted) = 0;
  /// Removes every entry, from stable storage too.
  virtual void remove_all() = 0;
};

/// Implements the interface with a cache of any type.
template <projection_cache Cache>
class cache_holder final : public cache_interface {
 public:
  explicit cache_holder(Cache cache) : cache_{std::move(cache)} {}

  [[nodiscard]] bool get_into(bytes_view key, bytes& value, cache_meta& meta) override {
    return cache_get_into(cache_, key, value, meta);
  }
  void put(bytes_view key, bytes_view value, cache_meta meta) override { cache_.put(key, value, meta); }
  void prefetch(bytes_view key, cache_meta predicted) override { cache_prefetch(cache_, key, predicted); }
  void remove_all() override {
    static_cast<void>(cache_.delete_prefix(bytes_view{}));
    cache_.sync();
  }

 private:
  Cache cache_;
};

/// Wraps a cache. Returns null for a cache that is a no-op; a store then uses none.
template <projection_cache Cache>
[[nodiscard]] std::unique_ptr<cache_interface> hold_cache(Cache cache) {
  if (static_cast<cache_capabilities>(cache.capabilities()).is_noop) return nullptr;
  return std::make_unique<cache_holder<Cache>>(std::move(cache));
}

}  // namespace quipu::detail::inline QUIPU_MODE
