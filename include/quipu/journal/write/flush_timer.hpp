// SPDX-License-Identifier: BSL-1.0
//
// flush_timer.hpp: a thread that flushes what no other thread waits for, after an interval, and at once when it is
// asked by a thread that must not wait. It is started when it is first needed: a program that appends durably and waits
// never has it.
#pragma once

#include "../../environment/detail/start_thread.hpp"
#include "../../macros.hpp"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <thread>
#include <utility>

namespace quipu::detail::inline QUIPU_MODE {

/// Guarded by the lock that it is given, except for `join`.
class flush_timer {
 public:
  /// Called under the lock, which it may open; must not throw. `room` is what `ask` was told.
  using flush_function = std::function<void(std::unique_lock<std::mutex>& lock, std::uint64_t room)>;

  /// After `interval_ms` each (0 is never), and when it is asked, the thread calls `flush`.
  flush_timer(std::mutex& guarded_by, std::uint64_t interval_ms, flush_function flush)
      : mutex_{guarded_by}, interval_{std::chrono::milliseconds{interval_ms}}, flush_{std::move(flush)} {}
  flush_timer(const flush_timer&) = delete;
  flush_timer& operator=(const flush_timer&) = delete;

  /// Starts the thread, unless it runs or was stopped. Throws `errc::io_failed` if the system refuses a thread.
  void start();
  /// As `start`, but returns false if the system refuses a thread: then no thread will flush.
  [[nodiscard]] bool try_start() noexcept;
  /// As `try_start`, if there is an interval; true if there is none.
  [[nodiscard]] bool try_start_interval() noexcept;

  /// Makes the thread, if it was started, flush now and then make room for a commit of `room` bytes.
  void ask(std::uint64_t room) noexcept;

  void stop() noexcept;
  /// Returns when the thread has ended. Called after `stop`, without the lock.
  void join() noexcept;

 private:
  void run() noexcept;

  std::mutex& mutex_;
  std::chrono::microseconds interval_;
  flush_function flush_;
  std::thread thread_;
  std::mutex join_mutex_;
  std::condition_variable wake_;
  std::uint64_t room_{};
  bool running_{};
  bool asked_{};
  bool stop_{};
};

}  // namespace quipu::detail::inline QUIPU_MODE
