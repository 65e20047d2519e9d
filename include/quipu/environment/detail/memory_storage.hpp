// SPDX-License-Identifier: BSL-1.0
//
// memory_storage.hpp: the bytes of one file of a `memory_environment`.
//
// The bytes lie in a reservation: pages that the system allocates on the first write, so that a large mapping of a
// small file costs little. A file that outgrows its reservation gets a larger one. The old reservation stays, and
// receives all writes, while a mapping refers to it. A mapping therefore keeps its address and sees every write.
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
  /// Returns a reservation, or null if the system has no memory. Precondition: `capacity` is not 0.
  [[nodiscard]] static std::shared_ptr<memory_reservation> of(std::size_t capacity) {
    auto made = std::make_shared<memory_reservation>();
    constexpr int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE;
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

/// The bytes of a file. Not thread-safe. A member that returns bool returns false, without any change, if there is no
/// memory.
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
    if (offset > max_bytes || data.size() > max_bytes - offset || !make_room(offset + data.size(), true)) return false;
    release_unused();
    each_reservation(offset, data.size(),
                     [&](std::byte* to, std::size_t count) { std::memcpy(to, data.data(), count); });
    touched_ = std::max(touched_, offset + data.size());
    size_ = std::max(size_, offset + data.size());
    return true;
  }

  /// Bytes after the size are always zero: growing only sets the size, and shrinking clears the rest.
  [[nodiscard]] bool resize(std::uint64_t size) {
    if (!make_room(size, false)) return false;
    if (size < touched_) {
      each_reservation(size, touched_ - size, [](std::byte* to, std::size_t count) { std::memset(to, 0, count); });
      touched_ = size;
    }
    size_ = size;
    return true;
  }

  /// Returns a reservation of at least `count` bytes, or null if there is no memory. Precondition: `count` is not 0.
  [[nodiscard]] std::shared_ptr<const memory_reservation> window(std::size_t count) {
    if (!make_room(count, false)) return nullptr;
    return current_;
  }

  /// Copies the bytes of `other`. Precondition: this storage is empty.
  [[nodiscard]] bool copy_from(const memory_storage& other) {
    return resize(other.size_) &&
           (other.touched_ == 0 || write({other.current_->data(), static_cast<std::size_t>(other.touched_)}, 0));
  }

 private:
  static constexpr std::uint64_t max_bytes = std::numeric_limits<std::ptrdiff_t>::max();
  static constexpr std::uint64_t page_bytes = 4096;

  /// Ensures a capacity of `needed` bytes. With `by_writing`, at least doubles the capacity if possible, so that
  /// repeated writes copy the bytes a logarithmic number of times.
  [[nodiscard]] bool make_room(std::uint64_t needed, bool by_writing) {
    const std::uint64_t capacity = current_ ? current_->capacity() : 0;
    if (needed <= capacity) return true;
    if (needed > max_bytes - page_bytes) return false;
    older_.reserve(older_.size() + 1);  // here, so that nothing fails after the allocation
    std::shared_ptr<memory_reservation> larger;
    if (by_writing && needed < capacity * 2) larger = memory_reservation::of(static_cast<std::size_t>(capacity * 2));
    if (!larger)
      larger = memory_reservation::of(static_cast<std::size_t>((needed + page_bytes - 1) / page_bytes * page_bytes));
    if (!larger) return false;
    if (touched_ > 0) std::memcpy(larger->data(), current_->data(), static_cast<std::size_t>(touched_));
    release_unused();
    if (current_) older_.push_back(current_);
    current_ = std::move(larger);
    return true;
  }

  /// Releases the reservations that no mapping refers to. New mappings always refer to the current one.
  void release_unused() noexcept {
    std::size_t kept = 0;
    for (auto& reservation : older_)
      if (reservation.use_count() != 1) older_[kept++].swap(reservation);
    older_.resize(kept);
  }

  /// Calls `change(to, count)` with the part of [offset, offset + count) in each living reservation.
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
  std::vector<std::shared_ptr<memory_reservation>> older_;  // reservations that mappings may refer to
  std::uint64_t size_{};
  /// End of the bytes ever written. Clearing and copying stop here and leave later pages unused.
  std::uint64_t touched_{};
};

}  // namespace quipu::detail::inline QUIPU_MODE
