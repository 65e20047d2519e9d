// SPDX-License-Identifier: BSL-1.0
//
// projection_cache.hpp: the concept of a cache of projected states. A cache maps byte strings to byte strings and may
// discard entries at any time. The store wraps each value in an envelope (store identity, fingerprint, place in the
// hash chain) and validates it on reading. An entry of another store is therefore never used, whatever cache holds it.
#pragma once

#include "../core/bytes.hpp"
#include "../macros.hpp"

#include <concepts>
#include <cstdint>
#include <optional>

namespace quipu::inline QUIPU_MODE {

/// Metadata of an entry.
struct cache_meta {
  std::uint64_t watermark{};    ///< the part of the log that the value covers; the store defines the unit
  std::int64_t cached_at_us{};  ///< time of `put`, in microseconds since the Unix epoch

  friend bool operator==(const cache_meta&, const cache_meta&) = default;
};

/// A value with its metadata.
struct cache_entry {
  bytes value;
  cache_meta meta;

  friend bool operator==(const cache_entry&, const cache_entry&) = default;
};

/// What a cache supports.
struct cache_capabilities {
  bool supports_prefetch{};  ///< `prefetch` makes a later read cheaper; it is called only if this is true
  bool is_noop{};            ///< the cache never stores an entry; the store then encodes no states for it

  friend bool operator==(const cache_capabilities&, const cache_capabilities&) = default;
};

/// Statistics of a cache since its construction. Each counter is exact; the set of counters may not be from one moment.
struct cache_stats {
  std::uint64_t hits{};
  std::uint64_t misses{};  ///< including damaged entries
  std::uint64_t puts{};
  std::uint64_t healed{};   ///< damaged entries that were removed
  std::uint64_t evicted{};  ///< entries removed to respect the size limit

  friend bool operator==(const cache_stats&, const cache_stats&) = default;
};

// The clauses are named concepts, so that the compiler's note names the missing member.

template <class Cache>
concept reports_cache_capabilities = requires(Cache& cache) {
  { cache.capabilities() } -> std::convertible_to<cache_capabilities>;
};

template <class Cache>
concept gets_cache_entries = requires(Cache& cache, bytes_view key) {
  { cache.get(key) } -> std::convertible_to<std::optional<cache_entry>>;
};

template <class Cache>
concept puts_cache_entries = requires(Cache& cache, bytes_view key, bytes_view value, cache_meta meta) {
  cache.put(key, value, meta);
};

template <class Cache>
concept deletes_cache_entries_by_prefix = requires(Cache& cache, bytes_view prefix) {
  { cache.delete_prefix(prefix) } -> std::convertible_to<std::uint64_t>;
};

template <class Cache>
concept syncs_cache_entries = requires(Cache& cache) {
  cache.sync();
};

/// A cache of projected states.
///   capabilities()         what the cache supports
///   get(key)               the last entry put under this key, complete, or nothing
///   put(key, value, meta)  replaces the entry as a whole
///   delete_prefix(prefix)  removes every entry whose key starts with `prefix` (all if it is empty); returns the count
///   sync()                 flushes the entries to stable storage, if the cache is persistent
///   prefetch(key, meta)    optional: announces a read of `key`; `meta` is a prediction. A store calls it before it
///                          reads the states of many entities
/// A store calls `delete_prefix` for all entries, and then `sync`, after a compaction that dropped or erased events.
/// All members must be thread-safe. Keys and values are arbitrary bytes. A failure that is not a miss is thrown; what a
/// store then does, `config.cache.on_failure` says.
template <class Cache>
concept projection_cache =
    std::move_constructible<Cache> && reports_cache_capabilities<Cache> && gets_cache_entries<Cache> &&
    puts_cache_entries<Cache> && deletes_cache_entries_by_prefix<Cache> && syncs_cache_entries<Cache>;

/// The cache provides `prefetch`. Call it only if `capabilities().supports_prefetch` is true.
template <class Cache>
concept prefetching_cache = projection_cache<Cache> && requires(Cache& cache, bytes_view key, cache_meta predicted) {
  cache.prefetch(key, predicted);
};

/// The cache provides `get_into(key, value, meta)`, a `get` into a buffer that the caller reuses. Returns false on a
/// miss; `value` and `meta` are then unspecified.
template <class Cache>
concept buffered_cache = projection_cache<Cache> &&
    requires(Cache& cache, bytes_view key, bytes& value, cache_meta& meta) {
  { cache.get_into(key, value, meta) } -> std::convertible_to<bool>;
};

}  // namespace quipu::inline QUIPU_MODE

namespace quipu::detail::inline QUIPU_MODE {

/// `get_into` for any cache; falls back to `get`.
template <projection_cache Cache>
[[nodiscard]] bool cache_get_into(Cache& cache, bytes_view key, bytes& value, cache_meta& meta) {
  if constexpr (buffered_cache<Cache>) {
    return cache.get_into(key, value, meta);
  } else {
    std::optional<cache_entry> found = cache.get(key);
    if (!found) return false;
    value.swap(found->value);
    meta = found->meta;
    return true;
  }
}

/// Calls `prefetch` if the cache provides and supports it.
template <projection_cache Cache>
void cache_prefetch(Cache& cache, bytes_view key, cache_meta predicted) {
  if constexpr (prefetching_cache<Cache>) {
    if (static_cast<cache_capabilities>(cache.capabilities()).supports_prefetch) cache.prefetch(key, predicted);
  }
}

}  // namespace quipu::detail::inline QUIPU_MODE
