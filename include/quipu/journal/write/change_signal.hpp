// SPDX-License-Identifier: BSL-1.0
//
// change_signal.hpp: tells waiting threads that a log has changed. It costs the writer one load while no thread waits.
#pragma once

#include "../../core/detail/process_mark.hpp"
#include "../../core/detail/steady_time.hpp"
#include "../../macros.hpp"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>

namespace quipu::detail::inline QUIPU_MODE {

/// The longest wait: longer than machines live, and short enough to be added to the current time, also in nanoseconds,
/// in which condition variables count.
inline constexpr std::int64_t longest_wait_us = std::int64_t{1} << 52;

/// All members are thread-safe.
class change_signal {
 public:
  /// Wakes waiting threads, which then check their conditions again. Must be called under the lock that guards the
  /// condition, so that no change is missed.
  void ring() noexcept {
    if (waiting_.load() != 0) wake();
  }
  /// As `ring`, for a change that is made without the lock. Does nothing in a forked child, where no thread waits.
  void wake() noexcept;

  /// Waits until `ready()` returns true, and at most `microseconds`; returns its last result. `ready` is called without
  /// a lock, first at once and then after each ring; it may take the lock that `ring` is called under.
  template <class Ready>
  bool wait_for(std::int64_t microseconds, Ready&& ready) {
    const presence here{waiting_};
    const std::int64_t end_us = steady_now_us() + (microseconds < longest_wait_us ? microseconds : longest_wait_us);
    for (;;) {
      const std::uint64_t heard = rung();
      if (ready()) return true;
      const std::int64_t left_us = end_us - steady_now_us();
      if (left_us <= 0) return false;
      std::unique_lock<std::mutex> lock{mutex_};
      static_cast<void>(rings_.wait_for(lock, std::chrono::microseconds{left_us}, [&] { return rung_ != heard; }));
    }
  }

 private:
  struct presence {
    explicit presence(std::atomic<std::uint32_t>& in) noexcept : count{in} { ++count; }
    presence(const presence&) = delete;
    presence& operator=(const presence&) = delete;
    ~presence() { count.fetch_sub(1); }
    std::atomic<std::uint32_t>& count;
  };

  [[nodiscard]] std::uint64_t rung() noexcept;

  process_mark made_by_;
  std::atomic<std::uint32_t> waiting_{0};
  std::mutex mutex_;
  std::condition_variable rings_;
  std::uint64_t rung_{};
};

}  // namespace quipu::detail::inline QUIPU_MODE
