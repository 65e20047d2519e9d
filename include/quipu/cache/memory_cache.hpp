// SPDX-License-Identifier: BSL-1.0
//
// memory_cache.hpp: a bounded cache in memory that evicts the least recently used entries first.
#pragma once

#include "../core/bytes.hpp"
#include "../macros.hpp"
#include "projection_cache.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>

namespace quipu::inline QUIPU_MODE {

/// A handle: copies share one set of entries. All members may be called from several threads at once.
class memory_cache {
 public:
  /// What an entry costs beside its key and its value, in bytes: list node, table entry and what an allocator adds.
  static constexpr std::size_t entry_overhead_bytes = 208;

  /// Keeps at most `max_bytes` of keys, values and overhead. An entry that would not fit even alone is not kept.
  explicit memory_cache(std::size_t max_bytes);

  [[nodiscard]] cache_capabilities capabilities() const noexcept { return {}; }

  [[nodiscard]] std::optional<cache_entry> get(bytes_view key) const;
  /// As `get`, into a buffer that the caller reuses; untouched on a miss.
  [[nodiscard]] bool get_into(bytes_view key, bytes& value, cache_meta& meta) const;
  /// Replaces the entry. Throws only `std::bad_alloc`; then the old entry is there or gone, never mixed.
  void put(bytes_view key, bytes_view value, cache_meta meta);
  /// Returns how many entries were removed. Looks at every key.
  std::uint64_t delete_prefix(bytes_view prefix);
  /// Does nothing: no entry outlives the process.
  void sync() const noexcept {}

  [[nodiscard]] cache_stats stats() const;
  /// What the entries cost now, never more than `max_bytes`.
  [[nodiscard]] std::size_t used_bytes() const;

 private:
  struct state;
  std::shared_ptr<state> state_;
};

}  // namespace quipu::inline QUIPU_MODE
