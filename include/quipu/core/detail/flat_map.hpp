// SPDX-License-Identifier: BSL-1.0
//
// flat_map.hpp: a hash table that only grows, in two arrays: entries in the order they came, and slots that point to
// them. Beside std::unordered_map: half the memory, no allocation an entry, and a tenth of the compile time, which
// every program that includes the library would pay. And a list whose elements keep their addresses. Neither is
// thread-safe.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <utility>
#include <vector>

namespace quipu::detail {

/// Spreads the bits of a number: multiplication by 2^64 divided by the golden ratio, folded (Knuth, "The Art of
/// Computer Programming" 3, 6.4).
[[nodiscard]] constexpr std::uint64_t spread_bits(std::uint64_t value) noexcept {
  value *= 0x9E3779B97F4A7C15U;
  return value ^ value >> 32;
}

struct number_hash {
  [[nodiscard]] std::uint64_t operator()(std::uint64_t value) const noexcept { return spread_bits(value); }
};

/// A hash of a text for tables in memory, carried on from `seed`, that of a text before it. Eight bytes a step, the
/// last ones overlapping; the bits are spread once more at the end, or what differs in a word's last byte wouldn't
/// reach the low bits. Names are as short as a word or three, and the standard library's hash, which isn't inlined,
/// costs as much as all the rest of finding one. Not to be stored: it depends on the byte order.
[[nodiscard]] inline std::uint64_t hash_of_text(std::string_view text, std::uint64_t seed = 0) noexcept {
  const char* at = text.data();
  const std::size_t size = text.size();
  std::uint64_t hash = seed ^ size;
  std::uint64_t word = 0;
  if (size >= sizeof word) {
    for (std::size_t left = size; left > sizeof word; left -= sizeof word, at += sizeof word) {
      std::memcpy(&word, at, sizeof word);
      hash = spread_bits(hash ^ word);
    }
    std::memcpy(&word, text.data() + size - sizeof word, sizeof word);
  } else if (size >= 4) {
    std::uint32_t first;
    std::uint32_t last;
    std::memcpy(&first, at, sizeof first);
    std::memcpy(&last, at + size - sizeof last, sizeof last);
    word = std::uint64_t{first} << 32 | last;
  } else {
    for (std::size_t index = 0; index < size; ++index) word = word << 8 | static_cast<unsigned char>(at[index]);
  }
  return spread_bits(spread_bits(hash ^ word));
}

struct text_hash {
  [[nodiscard]] std::uint64_t operator()(std::string_view text) const noexcept { return hash_of_text(text); }
};

/// Open addressing with linear probing, at most half full. References to values are good until the next insertion.
template <class Key, class Value, class Hash>
class flat_map {
 public:
  struct entry {
    Key key;
    Value value;
  };

  [[nodiscard]] std::size_t size() const noexcept { return entries_.size(); }
  [[nodiscard]] bool empty() const noexcept { return entries_.empty(); }
  /// In the order of insertion.
  [[nodiscard]] const entry* begin() const noexcept { return entries_.data(); }
  [[nodiscard]] const entry* end() const noexcept { return entries_.data() + entries_.size(); }

  [[nodiscard]] const Value* find(const Key& key) const noexcept {
    if (slots_.empty()) return nullptr;
    const std::uint32_t found = slots_[slot_of(key)];
    return found == 0 ? nullptr : &entries_[found - 1].value;
  }
  [[nodiscard]] Value* find(const Key& key) noexcept { return const_cast<Value*>(std::as_const(*this).find(key)); }
  [[nodiscard]] bool contains(const Key& key) const noexcept { return find(key) != nullptr; }

  /// Inserts unless the key is there; returns the value that is.
  Value& insert(const Key& key, Value value) {
    if (2 * (entries_.size() + 1) > slots_.size()) grow();
    const std::size_t slot = slot_of(key);
    if (slots_[slot] != 0) return entries_[slots_[slot] - 1].value;
    entries_.push_back({key, std::move(value)});
    slots_[slot] = static_cast<std::uint32_t>(entries_.size());
    return entries_.back().value;
  }

  void clear() noexcept {
    if (entries_.empty()) return;
    entries_.clear();
    for (std::uint32_t& slot : slots_) slot = 0;
  }
  void swap(flat_map& other) noexcept {
    entries_.swap(other.entries_);
    slots_.swap(other.slots_);
  }

 private:
  /// The slot of a key, or the free one where it belongs.
  [[nodiscard]] std::size_t slot_of(const Key& key) const noexcept {
    const std::size_t mask = slots_.size() - 1;
    std::size_t slot = static_cast<std::size_t>(Hash{}(key)) & mask;
    while (slots_[slot] != 0 && !(entries_[slots_[slot] - 1].key == key)) slot = (slot + 1) & mask;
    return slot;
  }

  void grow() {
    std::vector<std::uint32_t> larger(slots_.empty() ? 16 : 2 * slots_.size());
    slots_.swap(larger);
    std::uint32_t number = 0;
    for (const entry& each : entries_) slots_[slot_of(each.key)] = ++number;
  }

  std::vector<entry> entries_;
  std::vector<std::uint32_t> slots_;  // 0 is free, else one more than the position of an entry
};

/// Elements in blocks, so that they stay where they are. Only grows.
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
        blocks_.reserve(2 * blocks_.size() + 1);  // before: then nothing fails once the block is had
      blocks_.push_back(new Element[block_size]{});
    }
    return (*this)[size_++];
  }
  /// Takes the last element back; its place is given out again as it is.
  void remove_last() noexcept { --size_; }

 private:
  static constexpr std::size_t block_size = 32;
  std::vector<Element*> blocks_;
  std::size_t size_{};
};

}  // namespace quipu::detail
