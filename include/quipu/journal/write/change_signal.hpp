// SPDX-License-Identifier: BSL-1.0
//
// change_signal.hpp: how whoever waits for a log to change learns that it has. The writer pays one load while nobody
// waits.
#pragma once

#include "../../core/detail/steady_time.hpp"
#include "../../macros.hpp"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>

namespace quipu::detail::inline QUIPU_MODE {

/// The longest time that anybody waits: longer than machines live, and short enough to be added to the time that it is.
inline constexpr std::int64_t longest_wait_us = std::int64_t{1} << 61;

/// All members are thread-safe.
class change_signal {
 public:
  /// Wakes those who wait, so that they look again. Called under the lock under which what they look at is changed, and
  /// under which they look: so either they see the change, or it is seen here that they wait.
  void ring() noexcept;
  /// The same, for a change that is made under no lock.
  void wake() noexcept;

  /// Waits until `ready()`, and no longer than so many microseconds; returns what it said last. It is asked without a
  /// lock, at first and after each ring, and may take the lock that `ring` is called under.
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

  std::atomic<std::uint32_t> waiting_{0};
  std::mutex mutex_;
  std::condition_variable rings_;
  std::uint64_t rung_{};
};

}  // namespace quipu::detail::inline QUIPU_MODE
