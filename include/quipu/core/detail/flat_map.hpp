// SPDX-License-Identifier: BSL-1.0
//
// flat_map.hpp: `flat_map`, a hash table without removal in two arrays: entries in insertion order, and slots with
// their positions. Compared with std::unordered_map it uses less memory and does not allocate per entry. And
// `stable_list`, a list whose elements keep their addresses. Neither class is thread-safe.
#pragma once

#include "keyed_hash.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace quipu::detail {

/// A hash table with open addressing and linear probing, at most half full. `Hash` must be one of keyed_hash.hpp, or be
/// made of it, where others choose the keys. References to values are valid until the
/// next insertion.
template <class Key, class Value, class Hash>
class flat_map {
 public:
  struct entry {
    Key key;
    Value value;
  };

  [[nodiscard]] std::size_t size() const noexcept { return entries_.size(); }
  [[nodiscard]] bool empty() const noexcept { return entries_.empty(); }
  /// Iterates in insertion order.
  [[nodiscard]] const entry* begin() const noexcept { return entries_.data(); }
  [[nodiscard]] const entry* end() const noexcept { return entries_.data() + entries_.size(); }

  [[nodiscard]] const Value* find(const Key& key) const noexcept {
    if (slots_.empty()) return nullptr;
    const std::uint32_t found = slots_[slot_of(key, hash_of(key))].number;
    return found == 0 ? nullptr : &entries_[found - 1].value;
  }
  [[nodiscard]] Value* find(const Key& key) noexcept { return const_cast<Value*>(std::as_const(*this).find(key)); }
  [[nodiscard]] bool contains(const Key& key) const noexcept { return find(key) != nullptr; }

  /// Inserts the value unless the key exists. Returns the value in the table.
  Value& insert(const Key& key, Value value) {
    if (2 * (entries_.size() + 1) > slots_.size()) grow();
    const std::uint32_t hash = hash_of(key);
    slot& at = slots_[slot_of(key, hash)];
    if (at.number != 0) return entries_[at.number - 1].value;
    entries_.push_back({key, std::move(value)});
    at = {static_cast<std::uint32_t>(entries_.size()), hash};
    return entries_.back().value;
  }

  void clear() noexcept {
    if (entries_.empty()) return;
    entries_.clear();
    for (slot& each : slots_) each = {};
  }
  void swap(flat_map& other) noexcept {
    entries_.swap(other.entries_);
    slots_.swap(other.slots_);
  }

 private:
  /// Has its entry's hash, so that only entries with the wanted hash are read, which may be far away in memory.
  struct slot {
    std::uint32_t number{};  ///< 0: free; otherwise the position of an entry plus 1
    std::uint32_t hash{};
  };

  [[nodiscard]] static std::uint32_t hash_of(const Key& key) noexcept {
    return static_cast<std::uint32_t>(Hash{}(key));
  }

  /// Returns the position of a key's slot, or of the free slot for it.
  [[nodiscard]] std::size_t slot_of(const Key& key, std::uint32_t hash) const noexcept {
    const std::size_t mask = slots_.size() - 1;
    std::size_t at = hash & mask;
    while (slots_[at].number != 0 && !(slots_[at].hash == hash && entries_[slots_[at].number - 1].key == key))
      at = (at + 1) & mask;
    return at;
  }

  void grow() {
    std::vector<slot> larger(slots_.empty() ? 16 : 2 * slots_.size());
    const std::size_t mask = larger.size() - 1;
    for (const slot& each : slots_) {
      if (each.number == 0) continue;
      std::size_t at = each.hash & mask;
      while (larger[at].number != 0) at = (at + 1) & mask;
      larger[at] = each;
    }
    slots_.swap(larger);
  }

  std::vector<entry> entries_;
  std::vector<slot> slots_;
};

/// A list in blocks, so that elements keep their addresses.
template <class Element>
class stable_list {
 public:
  stable_list() noexcept = default;
  stable_list(stable_list&& other) noexcept : blocks_{std::move(other.blocks_)}, size_{std::exchange(other.size_, 0)} {
    other.blocks_.clear();
  }
  stable_list& operator=(stable_list&& other) noexcept {
    blocks_.swap(other.blocks_);
    std::swap(size_, other.size_);
    return *this;
  }
  ~stable_list() {
    for (Element* const block : blocks_) delete[] block;
  }

  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] Element& operator[](std::size_t position) const noexcept {
    return blocks_[position / block_size][position % block_size];
  }
  [[nodiscard]] Element& back() const noexcept { return (*this)[size_ - 1]; }

  Element& add() {
    if (size_ == blocks_.size() * block_size) {
      if (blocks_.size() == blocks_.capacity())
        blocks_.reserve(2 * blocks_.size() + 1);  // first, so that push_back does not fail
      blocks_.push_back(new Element[block_size]{});
    }
    return (*this)[size_++];
  }
  /// Removes the last element without resetting it; `add` returns it again.
  void remove_last() noexcept { --size_; }

 private:
  static constexpr std::size_t block_size = 32;
  std::vector<Element*> blocks_;
  std::size_t size_{};
};

}  // namespace quipu::detail
