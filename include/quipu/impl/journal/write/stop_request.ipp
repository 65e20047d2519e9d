// SPDX-License-Identifier: BSL-1.0
//
// stop_request.ipp: see journal/write/stop_request.hpp.
#pragma once

#include "../../../core/detail/steady_time.hpp"
#include "../../../core/error.hpp"
#include "../../../journal/write/stop_request.hpp"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>

namespace quipu::detail::inline QUIPU_MODE {

QUIPU_DECL stop_request::stop_request(const std::atomic<bool>& stop) noexcept : stop_{stop}, outer_{of_this_thread()} {
  of_this_thread() = this;
}

QUIPU_DECL stop_request::~stop_request() { of_this_thread() = outer_; }

QUIPU_DECL bool stop_request::ended_a_wait() noexcept {
  const stop_request* const own = of_this_thread();
  return own != nullptr && own->ended_a_wait_;
}

QUIPU_DECL void stop_request::wait_on(std::condition_variable& on, std::unique_lock<std::mutex>& lock, patience wait) {
  stop_request* const own = of_this_thread();
  if (own == nullptr) return on.wait(lock);
  own->check(wait);
  static_cast<void>(on.wait_for(lock, std::chrono::milliseconds{10}));
}

QUIPU_DECL stop_request*& stop_request::of_this_thread() noexcept {
  static thread_local stop_request* request = nullptr;
  return request;
}

QUIPU_DECL void stop_request::check(patience wait) {
  if (!stop_.load()) return;
  const std::int64_t now_us = steady_now_us();
  if (seen_at_us_ < 0) seen_at_us_ = now_us;
  if (now_us - seen_at_us_ < static_cast<std::int64_t>(wait)) return;
  ended_a_wait_ = true;
  throw error{errc::cancelled, "this thread was told to stop while it waited in the store"};
}

}  // namespace quipu::detail::inline QUIPU_MODE
