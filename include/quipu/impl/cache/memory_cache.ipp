// SPDX-License-Identifier: BSL-1.0
//
// memory_cache.ipp: see cache/memory_cache.hpp.
#pragma once

#include "../../cache/memory_cache.hpp"
#include "../../core/bytes.hpp"
#include "../../core/detail/keyed_hash.hpp"
#include "../../core/detail/process_mark.hpp"

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace quipu::inline QUIPU_MODE {

struct memory_cache::state {
  struct node {
    std::string key;
    bytes value;
    cache_meta meta;
  };
  using node_list = std::list<node>;

  /// Requires `mutex`.
  void remove(node_list::iterator gone) noexcept {
    used_bytes -= cost_of(gone->key.size(), gone->value.size());
    by_key.erase(gone->key);
    by_use.erase(gone);
  }
  [[nodiscard]] static std::size_t cost_of(std::size_t key_size, std::size_t value_size) noexcept {
    return key_size + value_size + entry_overhead_bytes;
  }

  /// A forked child has the cache of a parent whose threads may have held the mutex: there, nothing is kept.
  [[nodiscard]] bool is_foreign() const noexcept { return !made_by.is_this_process(); }

  const detail::process_mark made_by{};
  std::mutex mutex{};
  const std::size_t max_bytes;
  node_list by_use{};  // most recently used first
  // The keys are views of the nodes' keys. Others choose the names of entities, so the hash has a secret.
  std::unordered_map<std::string_view, node_list::iterator, detail::text_hash> by_key{};
  std::size_t used_bytes{};
  cache_stats counts{};

  explicit state(std::size_t limit) : max_bytes{limit} {}
};

QUIPU_DECL memory_cache::memory_cache(std::size_t max_bytes) : state_{std::make_shared<state>(max_bytes)} {}

QUIPU_DECL std::optional<cache_entry> memory_cache::get(bytes_view key) const {
  std::optional<cache_entry> found{std::in_place};
  if (!get_into(key, found->value, found->meta)) found.reset();
  return found;
}

QUIPU_DECL bool memory_cache::get_into(bytes_view key, bytes& value, cache_meta& meta) const {
  if (state_->is_foreign()) return false;
  const std::lock_guard lock{state_->mutex};
  const auto found = state_->by_key.find(key.text());
  if (found == state_->by_key.end()) {
    ++state_->counts.misses;
    return false;
  }
  ++state_->counts.hits;
  state_->by_use.splice(state_->by_use.begin(), state_->by_use, found->second);
  const state::node& entry = state_->by_use.front();
  value.assign(entry.value.begin(), entry.value.end());
  meta = entry.meta;
  return true;
}

QUIPU_DECL void memory_cache::put(bytes_view key, bytes_view value, cache_meta meta) {
  const std::size_t cost = state::cost_of(key.size(), value.size());
  if (state_->is_foreign()) return;
  const std::lock_guard lock{state_->mutex};
  ++state_->counts.puts;
  if (const auto old = state_->by_key.find(key.text()); old != state_->by_key.end()) state_->remove(old->second);
  if (cost > state_->max_bytes) {
    ++state_->counts.evicted;
    return;
  }
  // The node is built in a separate list, so that an exception leaves the cache consistent.
  state::node_list added;
  added.push_back({std::string{key.text()}, value.copy(), meta});
  state_->by_key.emplace(added.front().key, added.begin());
  state_->by_use.splice(state_->by_use.begin(), added);
  state_->used_bytes += cost;
  while (state_->used_bytes > state_->max_bytes) {
    state_->remove(std::prev(state_->by_use.end()));
    ++state_->counts.evicted;
  }
}

QUIPU_DECL std::uint64_t memory_cache::delete_prefix(bytes_view prefix) {
  if (state_->is_foreign()) return 0;
  const std::lock_guard lock{state_->mutex};
  std::uint64_t removed = 0;
  for (auto each = state_->by_use.begin(); each != state_->by_use.end();) {
    const auto current = each++;
    if (!current->key.starts_with(prefix.text())) continue;
    state_->remove(current);
    ++removed;
  }
  return removed;
}

QUIPU_DECL cache_stats memory_cache::stats() const {
  if (state_->is_foreign()) return {};
  const std::lock_guard lock{state_->mutex};
  return state_->counts;
}

QUIPU_DECL std::size_t memory_cache::used_bytes() const {
  if (state_->is_foreign()) return 0;
  const std::lock_guard lock{state_->mutex};
  return state_->used_bytes;
}

}  // namespace quipu::inline QUIPU_MODE
