// SPDX-License-Identifier: BSL-1.0
//
// memory_cache.hpp: a bounded cache in memory that gives up the least recently used entries first.
//
// A memory_cache is a handle: copies share one set of entries. All members may be called from several threads at once.
#pragma once

#include "../core/detail/monitor.hpp"
#include "../core/detail/when_used.hpp"
#include "projection_cache.hpp"

#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace quipu {

template <class When>
class basic_memory_cache {
 public:
  /// Keeps at most `max_bytes` of keys, values and what it takes to hold them (`entry_overhead_bytes` each). An entry that wouldn't
  /// fit even alone isn't kept.
  explicit basic_memory_cache(std::size_t max_bytes) : state_{std::make_shared<state>()} { state_->max_bytes = max_bytes; }

  [[nodiscard]] cache_capabilities capabilities() const noexcept { return {}; }

  [[nodiscard]] std::optional<cache_entry> get(bytes_view key) const {
    std::optional<cache_entry> found{std::in_place};
    if (!get_into(key, found->value, found->meta)) found.reset();
    return found;
  }

  /// `get` into a buffer that the caller reuses; untouched on a miss.
  [[nodiscard]] bool get_into(bytes_view key, bytes& value, cache_meta& meta) const {
    const detail::lock_guard lock{state_->mutex};
    const auto found = state_->by_key.find(key.text());
    if (found == state_->by_key.end()) {
      ++state_->counts.misses;
      return false;
    }
    ++state_->counts.hits;
    state_->by_use.splice(state_->by_use.begin(), state_->by_use, found->second);
    value.assign(found->second->value.begin(), found->second->value.end());
    meta = found->second->meta;
    return true;
  }

  /// Replaces the entry; throws only std::bad_alloc, and then the old entry is there or gone, never mixed.
  void put(bytes_view key, bytes_view value, cache_meta meta) {
    const std::size_t cost = cost_of(key.size(), value.size());
    const detail::lock_guard lock{state_->mutex};
    ++state_->counts.puts;
    state_->remove(key.text());
    if (cost > state_->max_bytes) {
      ++state_->counts.evicted;
      return;
    }
    std::list<node> added;  // made apart: whatever throws, the cache is whole
    added.push_front(node{std::string{key.text()}, value.copy(), meta});
    state_->by_key.emplace(added.front().key, added.begin());
    state_->by_use.splice(state_->by_use.begin(), added);
    state_->used_bytes += cost;
    while (state_->used_bytes > state_->max_bytes) {
      state_->remove(state_->by_use.back().key);
      ++state_->counts.evicted;
    }
  }

  /// Returns how many entries were removed. Looks at every key.
  std::uint64_t delete_prefix(bytes_view prefix) {
    const detail::lock_guard lock{state_->mutex};
    std::uint64_t removed = 0;
    for (auto entry = state_->by_use.begin(); entry != state_->by_use.end();) {
      const auto current = entry++;
      if (!std::string_view{current->key}.starts_with(prefix.text())) continue;
      state_->remove(current->key);
      ++removed;
    }
    return removed;
  }

  /// Nothing here outlives the process.
  void sync() const noexcept {}

  [[nodiscard]] cache_stats stats() const {
    const detail::lock_guard lock{state_->mutex};
    return state_->counts;
  }

  /// What the entries take now, never more than `max_bytes`.
  [[nodiscard]] std::size_t used_bytes() const {
    const detail::lock_guard lock{state_->mutex};
    return state_->used_bytes;
  }

 private:
  struct node {
    std::string key;
    bytes value;
    cache_meta meta;
  };
  using node_list = std::list<node>;
  using key_map = std::unordered_map<std::string_view, typename node_list::iterator>;  // the views refer to the nodes' keys

 public:
  /// A node in the list and one in the map with their links, a bucket, and what an allocator adds to each of four allocations.
  static constexpr std::size_t entry_overhead_bytes = sizeof(node) + sizeof(typename key_map::value_type) + 5 * sizeof(void*) + 4 * 16;

 private:
  struct state {
    detail::mutex mutex;
    node_list by_use;  // most recent first
    key_map by_key;
    std::size_t used_bytes{};
    std::size_t max_bytes{};
    cache_stats counts;

    void remove(std::string_view key) noexcept {
      const auto found = by_key.find(key);
      if (found == by_key.end()) return;
      const auto entry = found->second;
      used_bytes -= cost_of(entry->key.size(), entry->value.size());
      by_key.erase(found);
      by_use.erase(entry);
    }
  };

  static std::size_t cost_of(std::size_t key_size, std::size_t value_size) noexcept {
    return key_size + value_size + entry_overhead_bytes;
  }

  std::shared_ptr<state> state_;
};

using memory_cache = basic_memory_cache<detail::when_used>;

}  // namespace quipu
