// SPDX-License-Identifier: BSL-1.0
//
// tiered_cache.hpp: a fast cache in front of a large one, such as memory_cache before file_cache. `put` writes to both;
// a read that only the second cache answers copies the entry into the first.
//
// Thread-safe if both caches are. A change that another process or another object makes to the second cache is not
// visible through the first: a read may return an older entry, with its older watermark.
#pragma once

#include "../core/detail/process_mark.hpp"
#include "../macros.hpp"
#include "projection_cache.hpp"

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>

namespace quipu::inline QUIPU_MODE {

/// A handle like the caches it consists of: copies share the order of changes.
template <projection_cache First, projection_cache Second>
class tiered_cache {
 public:
  tiered_cache(First first, Second second)
      : first_{std::move(first)}, second_{std::move(second)}, changes_{std::make_shared<changes>()} {}

  [[nodiscard]] First& first() noexcept { return first_; }
  [[nodiscard]] Second& second() noexcept { return second_; }

  /// Supports prefetching if the second cache does. A no-op if both caches are.
  [[nodiscard]] cache_capabilities capabilities() {
    const cache_capabilities first = first_.capabilities();
    const cache_capabilities second = second_.capabilities();
    return {.supports_prefetch = prefetching_cache<Second> && second.supports_prefetch,
            .is_noop = first.is_noop && second.is_noop};
  }

  /// Returns the entry of the first cache, or else of the second; copies the latter into the first. Throws as the
  /// caches do.
  [[nodiscard]] std::optional<cache_entry> get(bytes_view key) {
    std::optional<cache_entry> found{std::in_place};
    if (!get_into(key, found->value, found->meta)) found.reset();
    return found;
  }

  [[nodiscard]] bool get_into(bytes_view key, bytes& value, cache_meta& meta) {
    if (is_foreign()) return detail::cache_get_into(second_, key, value, meta);
    if (detail::cache_get_into(first_, key, value, meta)) return true;
    std::uint64_t before = 0;
    {
      const std::lock_guard lock{changes_->mutex};
      before = changes_->count;
    }
    if (!detail::cache_get_into(second_, key, value, meta)) return false;
    // An entry that was replaced or deleted since it was read must not reappear in the first cache.
    const std::lock_guard lock{changes_->mutex};
    if (changes_->count == before) first_.put(key, value, meta);
    return true;
  }

  /// Writes to both caches. If the second one throws, the first one does not get the new entry. Throws as the caches
  /// do.
  void put(bytes_view key, bytes_view value, cache_meta meta) {
    if (is_foreign()) return static_cast<void>(second_.put(key, value, meta));
    const std::lock_guard lock{changes_->mutex};
    ++changes_->count;
    second_.put(key, value, meta);
    first_.put(key, value, meta);
  }

  /// Removes from both caches. Returns the larger of their counts: the number of keys, unless another process removed
  /// entries from the second. Throws as the caches do.
  std::uint64_t delete_prefix(bytes_view prefix) {
    if (is_foreign()) return second_.delete_prefix(prefix);
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
  /// A forked child may find the mutex locked for ever, and its entries outdated: it uses the second cache alone.
  [[nodiscard]] bool is_foreign() const noexcept { return !changes_->made_by.is_this_process(); }

  struct changes {
    detail::process_mark made_by{};
    std::mutex mutex{};
    std::uint64_t count{};
  };

  First first_;
  Second second_;
  std::shared_ptr<changes> changes_;
};

}  // namespace quipu::inline QUIPU_MODE
