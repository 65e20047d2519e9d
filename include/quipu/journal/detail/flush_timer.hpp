// SPDX-License-Identifier: BSL-1.0
//
// flush_timer.hpp: the thread that flushes by time what nobody waits for, and at once when it is asked by somebody who mustn't wait. It is started when
// it is first needed: a program that appends durably and waits never has it.
#pragma once

#include "../../core/detail/monitor.hpp"
#include "../../core/detail/ordering.hpp"
#include "../../core/detail/when_used.hpp"
#include "../../environment/detail/worker_thread.hpp"

#include <cstdint>
#include <utility>

namespace quipu::detail {

/// All members but `join` are called under the journal's lock.
template <class When>
class basic_flush_timer {
 public:
  /// Starts the thread unless it runs or was stopped. Every `interval_ms` (0 is never), and when it was asked, it calls `flush(lock, room)` under the lock:
  /// `flush` must not throw, and `room` is what `ask` was told. Throws `errc::io_failed` where the system gives no thread.
  template <class Flush>
  void start(mutex& guarded_by, std::uint64_t interval_ms, Flush flush) {
    if (running_ || stop_) return;
    thread_.start([this, &guarded_by, interval_ms, flush]() noexcept { run(guarded_by, static_cast<std::int64_t>(interval_ms) * 1000, flush); });
    running_ = true;
  }

  /// Has the thread flush now, and then make room for a commit of so many bytes.
  void ask(std::uint64_t room) noexcept {
    asked_ = true;
    room_ = larger(room_, room);
    wake_.notify_all();
  }

  void stop() noexcept {
    stop_ = true;
    wake_.notify_all();
  }
  /// Returns when the thread has ended; without the lock, after `stop`.
  void join() noexcept {
    const lock_guard joining{join_mutex_};
    thread_.join();
  }

 private:
  template <class Flush>
  void run(mutex& guarded_by, std::int64_t interval_us, Flush& flush) noexcept {
    unique_lock lock{guarded_by};
    while (!stop_) {
      const auto due = [this] { return stop_ || asked_; };
      if (interval_us != 0) wake_.wait_for_us(lock, interval_us, due);
      else
        while (!due()) wake_.wait(lock);
      if (stop_) return;
      asked_ = false;
      flush(lock, std::exchange(room_, std::uint64_t{0}));
    }
  }

  worker_thread thread_;
  mutex join_mutex_;
  condition wake_;
  std::uint64_t room_{};
  bool running_{};
  bool asked_{};
  bool stop_{};
};

}  // namespace quipu::detail
