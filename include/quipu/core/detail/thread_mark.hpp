// SPDX-License-Identifier: BSL-1.0
//
// thread_mark.hpp: which thread uses an object. The system gives the ids of threads that have ended to new ones, so a
// thread is known by a number of its own.
#pragma once

#include <atomic>
#include <cstdint>

namespace quipu::detail {

/// Marks no thread at first. Thread-safe.
class thread_mark {
 public:
  /// Marks the calling thread.
  void set() noexcept { number_.store(own_number()); }
  [[nodiscard]] bool is_this_thread() const noexcept { return number_.load() == own_number(); }

 private:
  [[nodiscard]] static std::uint64_t own_number() noexcept {
    static thread_local const std::uint64_t number = ++last_number_;
    return number;
  }
  static inline std::atomic<std::uint64_t> last_number_{0};

  std::atomic<std::uint64_t> number_{0};
};

}  // namespace quipu::detail
