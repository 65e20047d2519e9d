// SPDX-License-Identifier: BSL-1.0
//
// memory_cache.hpp: a bounded cache in memory that gives up the least recently used entries first.
//
// A memory_cache is a handle: copies share one set of entries. All members may be called from several threads at once.
#pragma once

#include "projection_cache.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace quipu {

class memory_cache {
 public:
  /// Keeps at most `max_bytes` of keys, values and what it takes to hold them (`entry_overhead_bytes` each). An entry that wouldn't
  /// fit even alone isn't kept.
  explicit memory_cache(std::size_t max_bytes) : state_{std::make_shared<state>()} { state_->max_bytes = max_bytes; }

  [[nodiscard]] cache_capabilities capabilities() const noexcept { return {}; }

  [[nodiscard]] std::optional<cache_entry> get(bytes_view key) const {
    std::optional<cache_entry> found{std::in_place};
    if (!get_into(key, found->value, found->meta)) found.reset();
    return found;
  }

  /// `get` into a buffer that the caller reuses; untouched on a miss.
  [[nodiscard]] bool get_into(bytes_view key, bytes& value, cache_meta& meta) const {
    const std::lock_guard lock{state_->mutex};
    node* const found = state_->find(key.text());
    if (found == nullptr) {
      ++state_->counts.misses;
      return false;
    }
    ++state_->counts.hits;
    state_->unlink_use(found);
    state_->link_newest(found);
    bytes& to = value;
    to.assign(found->value.begin(), found->value.end());
    meta = found->meta;
    return true;
  }

  /// Replaces the entry; throws only std::bad_alloc, and then the old entry is there or gone, never mixed.
  void put(bytes_view key, bytes_view value, cache_meta meta) {
    const std::size_t cost = cost_of(key.size(), value.size());
    const std::lock_guard lock{state_->mutex};
    ++state_->counts.puts;
    if (node* const old = state_->find(key.text())) state_->remove(old);
    if (cost > state_->max_bytes) {
      ++state_->counts.evicted;
      return;
    }
    // Made apart: whatever throws, the cache is whole.
    auto added = std::make_unique<node>();
    added->key = key.text();
    added->value = value.copy();
    added->meta = meta;
    state_->make_room_for_one();
    state_->insert(added.release());
    state_->used_bytes += cost;
    while (state_->used_bytes > state_->max_bytes) {
      state_->remove(state_->oldest);
      ++state_->counts.evicted;
    }
  }

  /// Returns how many entries were removed. Looks at every key.
  std::uint64_t delete_prefix(bytes_view prefix) {
    const std::lock_guard lock{state_->mutex};
    std::uint64_t removed = 0;
    for (node* each = state_->newest; each != nullptr;) {
      node* const current = each;
      each = each->older;
      if (!std::string_view{current->key}.starts_with(prefix.text())) continue;
      state_->remove(current);
      ++removed;
    }
    return removed;
  }

  /// Nothing here outlives the process.
  void sync() const noexcept {}

  [[nodiscard]] cache_stats stats() const {
    const std::lock_guard lock{state_->mutex};
    return state_->counts;
  }

  /// What the entries take now, never more than `max_bytes`.
  [[nodiscard]] std::size_t used_bytes() const {
    const std::lock_guard lock{state_->mutex};
    return state_->used_bytes;
  }

 private:
  struct node {
    std::string key;
    bytes value;
    cache_meta meta;
    std::uint64_t hash{};
    node* next_in_bucket{};
    node* newer{};
    node* older{};
  };

 public:
  /// A node, up to two buckets that refer to it, and what an allocator adds to each of three allocations.
  static constexpr std::size_t entry_overhead_bytes = sizeof(node) + 2 * sizeof(void*) + 3 * 16;

 private:
  /// A table of chains, and a list of the same nodes in the order of their use. (Beside std::list and std::unordered_map: an allocation less
  /// an entry, and headers that every program would pay for.)
  struct state {
    std::mutex mutex;
    std::vector<node*> buckets;  // a power of two of them, or none
    std::size_t count{};
    node* newest{};
    node* oldest{};
    std::size_t used_bytes{};
    std::size_t max_bytes{};
    cache_stats counts;

    state() = default;
    state(const state&) = delete;
    state& operator=(const state&) = delete;
    ~state() {
      while (newest != nullptr) remove(newest);
    }

    [[nodiscard]] static std::uint64_t hash_of(std::string_view key) noexcept { return std::hash<std::string_view>{}(key); }
    [[nodiscard]] node*& bucket_of(std::uint64_t hash) noexcept { return buckets[static_cast<std::size_t>(hash) & (buckets.size() - 1)]; }

    [[nodiscard]] node* find(std::string_view key) noexcept {
      if (buckets.empty()) return nullptr;
      const std::uint64_t hash = hash_of(key);
      node* each = bucket_of(hash);
      while (each != nullptr && (each->hash != hash || each->key != key)) each = each->next_in_bucket;
      return each;
    }

    void make_room_for_one() {
      if (count < buckets.size()) return;
      std::vector<node*> more(buckets.empty() ? 16 : 2 * buckets.size());
      buckets.swap(more);
      for (node* each = newest; each != nullptr; each = each->older) link_bucket(each);
    }
    void insert(node* added) noexcept {
      added->hash = hash_of(added->key);
      link_bucket(added);
      link_newest(added);
      ++count;
    }
    void remove(node* gone) noexcept {
      used_bytes -= cost_of(gone->key.size(), gone->value.size());
      node** link = &bucket_of(gone->hash);
      while (*link != gone) link = &(*link)->next_in_bucket;
      *link = gone->next_in_bucket;
      unlink_use(gone);
      --count;
      delete gone;
    }

    void link_bucket(node* added) noexcept {
      node*& first = bucket_of(added->hash);
      added->next_in_bucket = first;
      first = added;
    }
    void link_newest(node* used) noexcept {
      used->newer = nullptr;
      used->older = newest;
      (newest != nullptr ? newest->newer : oldest) = used;
      newest = used;
    }
    void unlink_use(node* used) noexcept {
      (used->newer != nullptr ? used->newer->older : newest) = used->older;
      (used->older != nullptr ? used->older->newer : oldest) = used->newer;
    }
  };

  static std::size_t cost_of(std::size_t key_size, std::size_t value_size) noexcept {
    return key_size + value_size + entry_overhead_bytes;
  }

  std::shared_ptr<state> state_;
};


}  // namespace quipu
