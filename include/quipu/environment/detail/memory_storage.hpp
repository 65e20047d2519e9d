// SPDX-License-Identifier: BSL-1.0
//
// memory_storage.hpp: the bytes of one file in memory, as `memory` keeps them.
//
// They lie in a reservation: pages that the system hands out when they are first written, so that a large window onto a
// small file costs next to nothing. A file that outgrows its reservation gets another one; the old one stays for as
// long as a mapping refers to it, and is written to as well. So every mapping keeps its address and sees every write,
// however the file has grown since.
#pragma once

#include "../../core/bytes.hpp"
#include "../../macros.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <memory>
#include <utility>
#include <vector>

#include <sys/mman.h>

namespace quipu::detail::inline QUIPU_MODE {

/// Zeroed pages at one address.
class memory_reservation {
 public:
  /// Nothing where the system has no room. `capacity` isn't 0.
  [[nodiscard]] static std::shared_ptr<memory_reservation> of(std::size_t capacity) {
    auto made = std::make_shared<memory_reservation>();
    int flags = MAP_PRIVATE | MAP_ANONYMOUS;
#if defined(MAP_NORESERVE)
    flags |= MAP_NORESERVE;
#endif
    void* const pages = ::mmap(nullptr, capacity, PROT_READ | PROT_WRITE, flags, -1, 0);
    if (pages == MAP_FAILED) return nullptr;
    made->data_ = static_cast<std::byte*>(pages);
    made->capacity_ = capacity;
    return made;
  }

  memory_reservation() noexcept = default;
  memory_reservation(const memory_reservation&) = delete;
  memory_reservation& operator=(const memory_reservation&) = delete;
  ~memory_reservation() {
    if (data_ != nullptr) ::munmap(data_, capacity_);
  }

  [[nodiscard]] std::byte* data() const noexcept { return data_; }
  [[nodiscard]] std::size_t capacity() const noexcept { return capacity_; }

 private:
  std::byte* data_{};
  std::size_t capacity_{};
};

/// Not thread-safe. Members that return bool are false where there is no room; nothing has changed then.
class memory_storage {
 public:
  [[nodiscard]] std::uint64_t size() const noexcept { return size_; }

  [[nodiscard]] std::size_t read(std::byte* to, std::size_t count, std::uint64_t offset) const noexcept {
    if (count == 0 || offset >= size_) return 0;
    count = static_cast<std::size_t>(std::min<std::uint64_t>(count, size_ - offset));
    std::memcpy(to, current_->data() + offset, count);
    return count;
  }

  [[nodiscard]] bool write(bytes_view data, std::uint64_t offset) {
    if (data.empty()) return true;
    if (offset > most_bytes || data.size() > most_bytes - offset || !make_room(offset + data.size(), true))
      return false;
    forget_unused();
    each_reservation(offset, data.size(),
                     [&](std::byte* to, std::size_t count) { std::memcpy(to, data.data(), count); });
    touched_ = std::max(touched_, offset + data.size());
    size_ = std::max(size_, offset + data.size());
    return true;
  }

  /// What lies behind the size is always zero, so growing is no more than a new size, and shrinking has to clear.
  [[nodiscard]] bool resize(std::uint64_t size) {
    if (!make_room(size, false)) return false;
    if (size < touched_) {
      each_reservation(size, touched_ - size, [](std::byte* to, std::size_t count) { std::memset(to, 0, count); });
      touched_ = size;
    }
    size_ = size;
    return true;
  }

  /// A reservation that has `count` bytes at least, or nothing where there is no room. `count` isn't 0.
  [[nodiscard]] std::shared_ptr<const memory_reservation> window(std::size_t count) {
    if (!make_room(count, false)) return nullptr;
    return current_;
  }

  /// Takes the other's bytes; called on an empty storage.
  [[nodiscard]] bool copy_from(const memory_storage& other) {
    return resize(other.size_) &&
           (other.touched_ == 0 || write({other.current_->data(), static_cast<std::size_t>(other.touched_)}, 0));
  }

 private:
  static constexpr std::uint64_t most_bytes = std::numeric_limits<std::ptrdiff_t>::max();
  static constexpr std::uint64_t page_bytes = 4096;

  /// `again`: the file is growing by being written, so there is to be room for twice as much, lest each write copies
  /// all of it.
  [[nodiscard]] bool make_room(std::uint64_t needed, bool again) {
    const std::uint64_t capacity = current_ ? current_->capacity() : 0;
    if (needed <= capacity) return true;
    if (needed > most_bytes - page_bytes) return false;
    older_.reserve(older_.size() + 1);  // now, so that nothing fails half-way
    std::shared_ptr<memory_reservation> larger;
    if (again && needed < capacity * 2) larger = memory_reservation::of(static_cast<std::size_t>(capacity * 2));
    if (!larger)
      larger = memory_reservation::of(static_cast<std::size_t>((needed + page_bytes - 1) / page_bytes * page_bytes));
    if (!larger) return false;
    if (touched_ > 0) std::memcpy(larger->data(), current_->data(), static_cast<std::size_t>(touched_));
    forget_unused();
    if (current_) older_.push_back(current_);
    current_ = std::move(larger);
    return true;
  }

  /// Lets go of those that no mapping refers to any more. (None can begin to: new mappings get the current one.)
  void forget_unused() noexcept {
    std::size_t kept = 0;
    for (auto& reservation : older_)
      if (reservation.use_count() != 1) older_[kept++].swap(reservation);
    older_.resize(kept);
  }

  /// Calls `change(to, count)` with the part of [offset, offset + count) that each living reservation has.
  template <class Change>
  void each_reservation(std::uint64_t offset, std::uint64_t count, Change change) const {
    const auto change_in = [&](const memory_reservation& reservation) {
      if (offset >= reservation.capacity()) return;
      change(reservation.data() + offset, static_cast<std::size_t>(std::min(count, reservation.capacity() - offset)));
    };
    if (current_) change_in(*current_);
    for (const auto& reservation : older_) change_in(*reservation);
  }

  std::shared_ptr<memory_reservation> current_;
  std::vector<std::shared_ptr<memory_reservation>> older_;  // those that mappings may still refer to
  std::uint64_t size_{};
  std::uint64_t
      touched_{};  // nothing behind this was ever written, so that clearing and copying leave those pages unused
};

}  // namespace quipu::detail::inline QUIPU_MODE
