// SPDX-License-Identifier: BSL-1.0
//
// repeating_thread.hpp: threads that do one thing again and again, and the first problem that one of them meets.
#pragma once

#include <atomic>
#include <exception>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <utility>

namespace torture {

/// The first problem that any thread meets.
class first_problem {
 public:
  void set(const std::string& what) {
    const std::lock_guard held{lock_};
    if (text_.empty()) text_ = what;
  }
  [[nodiscard]] std::string text() const {
    const std::lock_guard held{lock_};
    return text_;
  }

 private:
  mutable std::mutex lock_{};
  std::string text_{};
};

/// A thread that does one step after the other until it is destroyed or a step throws.
class repeating_thread {
 public:
  repeating_thread(const std::string& name, std::function<void()> step, first_problem& problem)
      : thread_{[this, name, step = std::move(step), &problem] {
          try {
            while (!is_over_) step();
          } catch (const std::exception& failure) {
            problem.set(name + ": " + failure.what());
          }
        }} {}
  repeating_thread(const repeating_thread&) = delete;
  repeating_thread& operator=(const repeating_thread&) = delete;
  ~repeating_thread() {
    is_over_ = true;
    thread_.join();
  }

 private:
  std::atomic<bool> is_over_{};
  std::thread thread_{};
};

}  // namespace torture
