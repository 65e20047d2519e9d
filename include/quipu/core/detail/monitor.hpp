// SPDX-License-Identifier: BSL-1.0
//
// monitor.hpp: a mutex, locks on it, conditions to wait for under it, and the clock to wait by. They do what std::mutex,
// std::unique_lock and std::condition_variable do and are the same thread primitives underneath, without <mutex>, <condition_variable> and
// <chrono>, whose compile time every program that includes the library would pay.
#pragma once

#include <cstdint>

#include <pthread.h>
#include <time.h>

namespace quipu::detail {

class mutex {
 public:
  mutex() noexcept = default;
  mutex(const mutex&) = delete;
  mutex& operator=(const mutex&) = delete;
  ~mutex() { ::pthread_mutex_destroy(&native_); }

  /// Waits until nobody else has it. Not to be taken twice by one thread.
  void lock() noexcept { ::pthread_mutex_lock(&native_); }
  void unlock() noexcept { ::pthread_mutex_unlock(&native_); }

 private:
  friend class condition;
  pthread_mutex_t native_ = PTHREAD_MUTEX_INITIALIZER;
};

/// Holds a mutex while it lives, but for when it is told to let go.
class unique_lock {
 public:
  explicit unique_lock(mutex& of) noexcept : mutex_{of} { lock(); }
  unique_lock(const unique_lock&) = delete;
  unique_lock& operator=(const unique_lock&) = delete;
  ~unique_lock() {
    if (held_) mutex_.unlock();
  }

  void lock() noexcept {
    mutex_.lock();
    held_ = true;
  }
  void unlock() noexcept {
    held_ = false;
    mutex_.unlock();
  }

 private:
  friend class condition;
  mutex& mutex_;
  bool held_{};
};

/// Holds a mutex while it lives.
class lock_guard {
 public:
  explicit lock_guard(mutex& of) noexcept : mutex_{of} { mutex_.lock(); }
  lock_guard(const lock_guard&) = delete;
  lock_guard& operator=(const lock_guard&) = delete;
  ~lock_guard() { mutex_.unlock(); }

 private:
  mutex& mutex_;
};

/// Microseconds by a clock that nobody sets.
[[nodiscard]] inline std::int64_t steady_now_us() noexcept {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  return std::int64_t{now.tv_sec} * 1'000'000 + now.tv_nsec / 1000;
}

/// What threads wait for while they let go of a lock. They may wake without a reason: ask again.
class condition {
 public:
  condition() noexcept {
#if defined(__APPLE__)
    ::pthread_cond_init(&native_, nullptr);
#else
    pthread_condattr_t attributes;
    ::pthread_condattr_init(&attributes);
    ::pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    ::pthread_cond_init(&native_, &attributes);
    ::pthread_condattr_destroy(&attributes);
#endif
  }
  condition(const condition&) = delete;
  condition& operator=(const condition&) = delete;
  ~condition() { ::pthread_cond_destroy(&native_); }

  void notify_one() noexcept { ::pthread_cond_signal(&native_); }
  void notify_all() noexcept { ::pthread_cond_broadcast(&native_); }

  void wait(unique_lock& lock) noexcept { ::pthread_cond_wait(&native_, &lock.mutex_.native_); }
  /// Waits until `ready()`, which is asked under the lock, and no longer than so many microseconds; returns what it said last.
  template <class Ready>
  bool wait_for_us(unique_lock& lock, std::int64_t microseconds, Ready&& ready) {
    const std::int64_t end_us = steady_now_us() + microseconds;
    while (!ready()) {
      const std::int64_t left_us = end_us - steady_now_us();
      if (left_us <= 0) return false;
#if defined(__APPLE__)
      const timespec left = time_of(left_us);
      ::pthread_cond_timedwait_relative_np(&native_, &lock.mutex_.native_, &left);
#else
      const timespec end = time_of(end_us);
      ::pthread_cond_timedwait(&native_, &lock.mutex_.native_, &end);
#endif
    }
    return true;
  }

 private:
  [[nodiscard]] static timespec time_of(std::int64_t microseconds) noexcept {
    timespec time{};
    time.tv_sec = static_cast<decltype(time.tv_sec)>(microseconds / 1'000'000);
    time.tv_nsec = static_cast<decltype(time.tv_nsec)>(microseconds % 1'000'000 * 1000);
    return time;
  }

  pthread_cond_t native_;
};

}  // namespace quipu::detail
