// SPDX-License-Identifier: BSL-1.0
//
// flush_timer.ipp: see journal/write/flush_timer.hpp.
#pragma once

#include "../../../environment/detail/start_thread.hpp"
#include "../../../journal/write/flush_timer.hpp"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <thread>
#include <utility>

namespace quipu::detail::inline QUIPU_MODE {

QUIPU_DECL void flush_timer::start() {
  if (running_ || stop_) return;
  thread_ = start_thread([this]() noexcept { run(); });
  running_ = true;
}

QUIPU_DECL bool flush_timer::try_start() noexcept {
  try {
    start();
  } catch (...) {
    return false;
  }
  return true;
}

QUIPU_DECL bool flush_timer::try_start_interval() noexcept { return interval_.count() == 0 || try_start(); }

QUIPU_DECL void flush_timer::ask(std::uint64_t room) noexcept {
  asked_ = true;
  room_ = std::max(room_, room);
  wake_.notify_all();
}

QUIPU_DECL void flush_timer::stop() noexcept {
  stop_ = true;
  wake_.notify_all();
}

QUIPU_DECL void flush_timer::join() noexcept {
  const std::lock_guard joining{join_mutex_};
  if (thread_.joinable()) thread_.join();
}

QUIPU_DECL void flush_timer::run() noexcept {
  std::unique_lock<std::mutex> lock{mutex_};
  while (!stop_) {
    const auto due = [this] { return stop_ || asked_; };
    if (interval_.count() != 0)
      wake_.wait_for(lock, interval_, due);
    else
      wake_.wait(lock, due);
    if (stop_) return;
    asked_ = false;
    flush_(lock, std::exchange(room_, std::uint64_t{0}));
  }
}

}  // namespace quipu::detail::inline QUIPU_MODE
