// SPDX-License-Identifier: BSL-1.0
//
// flat_map.hpp: hash tables without removal, in two parts: a list of elements in insertion order, and slots with their
// positions. `flat_map` has its entries in an array. Compared with std::unordered_map it uses less memory and does not
// allocate per entry. `named_list` has its elements in a `stable_list`, where they keep their addresses. No class here
// is thread-safe.
#pragma once

#include "keyed_hash.hpp"
#include "prefetch.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

namespace quipu::detail {

/// Where the elements of a list are, by their hashes: open addressing and linear probing, at most half full. It has the
/// hash of each element, so that only elements with the wanted hash are read, which may be far away in memory, and
/// growing reads none. Hashes must be made by keyed_hash.hpp where others choose what is hashed.
class hash_slots {
 public:
  struct slot {
    std::uint32_t number{};  ///< 0: free; otherwise the position of an element plus 1
    std::uint32_t hash{};
  };

  /// Makes room for one more than `size` elements, which is all that there are. Throws `std::bad_alloc`.
  void make_room(std::size_t size) {
    if (2 * (size + 1) > slots_.size()) grow();
  }
  /// The slot of the element for which `is(position)`, or the free one for it. There is room.
  template <class Is>
  [[nodiscard]] slot& find(std::uint64_t hash, Is&& is) noexcept {
    return slots_[position_of(hash, is)];
  }
  /// The position of the element for which `is(position)`, plus 1; 0 if there is none.
  template <class Is>
  [[nodiscard]] std::uint32_t number_of(std::uint64_t hash, Is&& is) const noexcept {
    return slots_.empty() ? 0 : slots_[position_of(hash, is)].number;
  }

  /// Lets the processor load the slot of an element that will be looked up.
  void expect(std::uint64_t hash) const noexcept {
    if (!slots_.empty()) prefetch(&slots_[hash & (slots_.size() - 1)]);
  }

  void clear() noexcept {
    for (slot& each : slots_) each = {};
  }
  void swap(hash_slots& other) noexcept { slots_.swap(other.slots_); }

 private:
  template <class Is>
  [[nodiscard]] std::size_t position_of(std::uint64_t hash, Is&& is) const noexcept {
    const auto wanted = static_cast<std::uint32_t>(hash);
    const std::size_t mask = slots_.size() - 1;
    std::size_t at = wanted & mask;
    while (slots_[at].number != 0 && !(slots_[at].hash == wanted && is(std::size_t{slots_[at].number} - 1)))
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

  std::vector<slot> slots_;
};

/// A hash table. `Hash` must be one of keyed_hash.hpp, or be made of it, where others choose the keys. References to
/// values are valid until the next insertion.
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
    const std::uint32_t found = slots_.number_of(Hash{}(key), has(key));
    return found == 0 ? nullptr : &entries_[found - 1].value;
  }
  [[nodiscard]] Value* find(const Key& key) noexcept { return const_cast<Value*>(std::as_const(*this).find(key)); }
  [[nodiscard]] bool contains(const Key& key) const noexcept { return find(key) != nullptr; }

  /// Inserts the value unless the key exists. Returns the value in the table.
  Value& insert(const Key& key, Value value) {
    slots_.make_room(entries_.size());
    const std::uint64_t hash = Hash{}(key);
    hash_slots::slot& at = slots_.find(hash, has(key));
    if (at.number != 0) return entries_[at.number - 1].value;
    entries_.push_back({key, std::move(value)});
    at = {static_cast<std::uint32_t>(entries_.size()), static_cast<std::uint32_t>(hash)};
    return entries_.back().value;
  }

  void clear() noexcept {
    if (entries_.empty()) return;
    entries_.clear();
    slots_.clear();
  }
  void swap(flat_map& other) noexcept {
    entries_.swap(other.entries_);
    slots_.swap(other.slots_);
  }

 private:
  [[nodiscard]] auto has(const Key& key) const noexcept {
    return [this, &key](std::size_t position) { return entries_[position].key == key; };
  }

  std::vector<entry> entries_;
  hash_slots slots_;
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

/// A list of elements that have a `name`, and are found by it. Elements keep their addresses and positions.
template <class Element>
class named_list {
 public:
  [[nodiscard]] std::size_t size() const noexcept { return all_.size(); }
  [[nodiscard]] Element& operator[](std::size_t position) const noexcept { return all_[position]; }

  /// Null if no element has the name.
  [[nodiscard]] Element* find(std::string_view name) const noexcept { return find(name, text_hash{}(name)); }
  /// As above; `hash` is the `text_hash` of the name.
  [[nodiscard]] Element* find(std::string_view name, std::uint64_t hash) const noexcept {
    const std::uint32_t found = slots_.number_of(hash, has(name));
    return found == 0 ? nullptr : &all_[found - 1];
  }

  /// Lets the processor load what finding an element reads first.
  void expect(std::string_view name) const noexcept { slots_.expect(text_hash{}(name)); }

  /// Finds an element, or adds one. Throws `std::bad_alloc`.
  Element& find_or_add(std::string_view name) {
    return find_or_add(name, text_hash{}(name), [name](Element& made) { made.name = name; });
  }
  /// As above; `fill(element)` fills in what was added, and its name. Throws what that throws.
  template <class Fill>
  Element& find_or_add(std::string_view name, std::uint64_t hash, Fill&& fill) {
    slots_.make_room(all_.size());
    hash_slots::slot& at = slots_.find(hash, has(name));
    if (at.number != 0) return all_[at.number - 1];
    Element& made = all_.add();
    try {
      fill(made);
    } catch (...) {
      all_.remove_last();
      throw;
    }
    at = {static_cast<std::uint32_t>(all_.size()), static_cast<std::uint32_t>(hash)};
    return made;
  }

 private:
  [[nodiscard]] auto has(std::string_view name) const noexcept {
    return [this, name](std::size_t position) { return all_[position].name == name; };
  }

  stable_list<Element> all_;
  hash_slots slots_;
};

}  // namespace quipu::detail
