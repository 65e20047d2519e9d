// SPDX-License-Identifier: BSL-1.0
//
// flush_timer.hpp: the thread that flushes by time what nobody waits for, and at once when it is asked by somebody who mustn't wait. It is started when
// it is first needed: a program that appends durably and waits never has it.
#pragma once

#include "../../environment/detail/start_thread.hpp"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <utility>

namespace quipu::detail {

/// All members but `join` are called under the journal's lock.
class flush_timer {
 public:
  /// Starts the thread unless it runs or was stopped. Every `interval_ms` (0 is never), and when it was asked, it calls `flush(lock, room)` under the lock:
  /// `flush` must not throw, and `room` is what `ask` was told. Throws `errc::io_failed` where the system gives no thread.
  template <class Flush>
  void start(std::mutex& guarded_by, std::uint64_t interval_ms, Flush flush) {
    if (running_ || stop_) return;
    thread_ = start_thread(
        [this, &guarded_by, interval_ms, flush]() mutable noexcept { run(guarded_by, static_cast<std::int64_t>(interval_ms) * 1000, flush); });
    running_ = true;
  }

  /// Has the thread flush now, and then make room for a commit of so many bytes.
  void ask(std::uint64_t room) noexcept {
    asked_ = true;
    room_ = std::max(room_, room);
    wake_.notify_all();
  }

  void stop() noexcept {
    stop_ = true;
    wake_.notify_all();
  }
  /// Returns when the thread has ended; without the lock, after `stop`.
  void join() noexcept {
    const std::lock_guard joining{join_mutex_};
    if (thread_.joinable()) thread_.join();
  }

 private:
  template <class Flush>
  void run(std::mutex& guarded_by, std::int64_t interval_us, Flush& flush) noexcept {
    std::unique_lock<std::mutex> lock{guarded_by};
    while (!stop_) {
      const auto due = [this] { return stop_ || asked_; };
      if (interval_us != 0) wake_.wait_for(lock, std::chrono::microseconds{interval_us}, due);
      else
        wake_.wait(lock, due);
      if (stop_) return;
      asked_ = false;
      flush(lock, std::exchange(room_, std::uint64_t{0}));
    }
  }

  std::thread thread_;
  std::mutex join_mutex_;
  std::condition_variable wake_;
  std::uint64_t room_{};
  bool running_{};
  bool asked_{};
  bool stop_{};
};

}  // namespace quipu::detail
