// SPDX-License-Identifier: BSL-1.0
//
// tiered_cache.hpp: a fast cache in front of a large one, as memory_cache before file_cache. Both hold what is put;
// what only the second has is copied into the first when it is read.
//
// Safe for several threads at once where both caches are. What another process, or another object on the same folder,
// does to the second cache isn't seen through the first: an older entry may come back, as it may from any cache, with
// its older watermark.
#pragma once

#include "../macros.hpp"
#include "projection_cache.hpp"

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>

namespace quipu::inline QUIPU_MODE {

/// A handle, as the caches it is made of: copies share the order in which entries are changed.
template <projection_cache First, projection_cache Second>
class tiered_cache {
 public:
  tiered_cache(First first, Second second)
      : first_{std::move(first)}, second_{std::move(second)}, changes_{std::make_shared<changes>()} {}

  [[nodiscard]] First& first() noexcept { return first_; }
  [[nodiscard]] Second& second() noexcept { return second_; }

  /// Prefetching helps where it helps the second; nothing is a no-op unless both are.
  [[nodiscard]] cache_capabilities capabilities() {
    const cache_capabilities first = first_.capabilities();
    const cache_capabilities second = second_.capabilities();
    return {.supports_prefetch = prefetching_cache<Second> && second.supports_prefetch,
            .is_noop = first.is_noop && second.is_noop};
  }

  /// From the first cache, or else from the second and then copied into the first. Throws what they throw.
  [[nodiscard]] std::optional<cache_entry> get(bytes_view key) {
    std::optional<cache_entry> found{std::in_place};
    if (!get_into(key, found->value, found->meta)) found.reset();
    return found;
  }

  [[nodiscard]] bool get_into(bytes_view key, bytes& value, cache_meta& meta) {
    if (detail::cache_get_into(first_, key, value, meta)) return true;
    std::uint64_t before = 0;
    {
      const std::lock_guard lock{changes_->mutex};
      before = changes_->count;
    }
    if (!detail::cache_get_into(second_, key, value, meta)) return false;
    // An entry that was replaced or deleted since it was read mustn't come back to life in the first cache.
    const std::lock_guard lock{changes_->mutex};
    if (changes_->count == before) first_.put(key, value, meta);
    return true;
  }

  /// Into both. Where the second fails, the first doesn't hold the new entry either.
  void put(bytes_view key, bytes_view value, cache_meta meta) {
    const std::lock_guard lock{changes_->mutex};
    ++changes_->count;
    second_.put(key, value, meta);
    first_.put(key, value, meta);
  }

  /// From both. Returns the larger of their counts: the number of keys, unless something else removed entries of the
  /// second.
  std::uint64_t delete_prefix(bytes_view prefix) {
    const std::lock_guard lock{changes_->mutex};
    ++changes_->count;
    const std::uint64_t from_first = first_.delete_prefix(prefix);
    const std::uint64_t from_second = second_.delete_prefix(prefix);
    return from_first < from_second ? from_second : from_first;
  }

  void sync() {
    first_.sync();
    second_.sync();
  }

  void prefetch(bytes_view key, cache_meta predicted) { detail::cache_prefetch(second_, key, predicted); }

 private:
  struct changes {
    std::mutex mutex;
    std::uint64_t count{};
  };

  First first_;
  Second second_;
  std::shared_ptr<changes> changes_;
};

}  // namespace quipu::inline QUIPU_MODE
