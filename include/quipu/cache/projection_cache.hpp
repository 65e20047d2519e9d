// SPDX-License-Identifier: BSL-1.0
//
// projection_cache.hpp: what a cache of projected states is. A cache maps byte strings to byte strings and may forget
// anything at any time; the store decides what an entry is worth. The store wraps each value in an envelope of its own
// (store identity, fingerprint, place in the hash chain), so that no cache, a user's own included, can make it believe
// another store's state.
#pragma once

#include "../core/bytes.hpp"
#include "../macros.hpp"

#include <concepts>
#include <cstdint>
#include <optional>

namespace quipu::inline QUIPU_MODE {

/// What is kept beside a value.
struct cache_meta {
  std::uint64_t watermark{};    ///< how much of the log the value accounts for; its meaning is the store's
  std::int64_t cached_at_us{};  ///< when it was put, microseconds since 1970-01-01 UTC

  friend bool operator==(const cache_meta&, const cache_meta&) = default;
};

struct cache_entry {
  bytes value;
  cache_meta meta;

  friend bool operator==(const cache_entry&, const cache_entry&) = default;
};

struct cache_capabilities {
  bool supports_prefetch{};  ///< announcing a read ahead of it makes that read cheaper: only then is `prefetch` called
  bool is_noop{};            ///< never holds anything: the store doesn't encode states for it at all

  friend bool operator==(const cache_capabilities&, const cache_capabilities&) = default;
};

/// What a cache did since it was made. Counted without locks: each number is right, the set needn't be of one moment.
struct cache_stats {
  std::uint64_t hits{};
  std::uint64_t misses{};  ///< damaged entries included
  std::uint64_t puts{};
  std::uint64_t healed{};   ///< damaged entries that were removed
  std::uint64_t evicted{};  ///< entries given up to stay within bounds

  friend bool operator==(const cache_stats&, const cache_stats&) = default;
};

// The clauses have names, so that a compiler's note says which one a type lacks.

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
///   capabilities()         what the store may leave out
///   get(key)               the entry last put under exactly this key, or nothing; never part of one, never another
///   key's put(key, value, meta)  replaces the entry as a whole delete_prefix(prefix)  removes every entry whose key
///   starts with `prefix` (all, where it is empty); returns how many sync()                 puts what was put on stable
///   storage, where the cache has any prefetch(key, meta)    optional: `key` will be wanted soon, with about this meta
/// Everything may be called from several threads at once. Keys and values are arbitrary bytes. A failure that isn't a
/// miss is thrown.
template <class Cache>
concept projection_cache =
    std::move_constructible<Cache> && reports_cache_capabilities<Cache> && gets_cache_entries<Cache> &&
    puts_cache_entries<Cache> && deletes_cache_entries_by_prefix<Cache> && syncs_cache_entries<Cache>;

/// The cache provides `prefetch`. To be called only where `capabilities().supports_prefetch` says that it helps.
template <class Cache>
concept prefetching_cache = projection_cache<Cache> && requires(Cache& cache, bytes_view key, cache_meta predicted) {
  cache.prefetch(key, predicted);
};

/// The cache provides `get_into(key, value, meta)`: `get` into a buffer that the caller reuses. Returns whether there
/// was an entry; where there was none, `value` and `meta` are unspecified.
template <class Cache>
concept buffered_cache = projection_cache<Cache> &&
    requires(Cache& cache, bytes_view key, bytes& value, cache_meta& meta) {
  { cache.get_into(key, value, meta) } -> std::convertible_to<bool>;
};

}  // namespace quipu::inline QUIPU_MODE

namespace quipu::detail::inline QUIPU_MODE {

/// `get_into` for any cache.
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

/// Announces a read to a cache that provides `prefetch` and says that it helps; otherwise does nothing.
template <projection_cache Cache>
void cache_prefetch(Cache& cache, bytes_view key, cache_meta predicted) {
  if constexpr (prefetching_cache<Cache>) {
    if (static_cast<cache_capabilities>(cache.capabilities()).supports_prefetch) cache.prefetch(key, predicted);
  }
}

}  // namespace quipu::detail::inline QUIPU_MODE
