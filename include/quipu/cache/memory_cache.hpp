// SPDX-License-Identifier: BSL-1.0
//
// memory_cache.hpp: a cache in memory with a bounded size. It evicts the least recently used entries first.
#pragma once

#include "../core/bytes.hpp"
#include "../macros.hpp"
#include "projection_cache.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>

namespace quipu::inline QUIPU_MODE {

/// A handle: copies share one set of entries. All members are thread-safe. Only `put`, `get` and `get_into` throw, and
/// only `std::bad_alloc`.
class memory_cache {
 public:
  /// Bytes that an entry costs in addition to its key and its value: list node, table entry and allocator overhead.
  static constexpr std::size_t entry_overhead_bytes = 208;

  /// Keeps at most `max_bytes` of keys, values and overhead. A larger entry is not kept.
  explicit memory_cache(std::size_t max_bytes);

  [[nodiscard]] cache_capabilities capabilities() const noexcept { return {}; }

  [[nodiscard]] std::optional<cache_entry> get(bytes_view key) const;
  /// Like `get`, but copies into a buffer that the caller reuses. Returns false on a miss; `value` and `meta` are then
  /// unchanged.
  [[nodiscard]] bool get_into(bytes_view key, bytes& value, cache_meta& meta) const;
  /// Replaces the entry. Throws only `std::bad_alloc`; the old entry is then either kept or removed.
  void put(bytes_view key, bytes_view value, cache_meta meta);
  /// Removes every entry whose key starts with `prefix`. Returns the number of removed entries. Time is linear in the
  /// number of entries.
  std::uint64_t delete_prefix(bytes_view prefix);
  /// Does nothing: entries do not outlive the process.
  void sync() const noexcept {}

  [[nodiscard]] cache_stats stats() const;
  /// Returns the size of the entries, including overhead; at most `max_bytes`.
  [[nodiscard]] std::size_t used_bytes() const;

 private:
  struct state;
  std::shared_ptr<state> state_;
};

}  // namespace quipu::inline QUIPU_MODE
