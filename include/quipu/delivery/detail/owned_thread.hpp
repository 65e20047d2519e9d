// SPDX-License-Identifier: BSL-1.0
//
// owned_thread.hpp: a thread that is stopped and joined by its owner's destructor.
#pragma once

#include "../../core/detail/process_mark.hpp"
#include "../../macros.hpp"

#include <memory>
#include <utility>

namespace quipu::detail::inline QUIPU_MODE {

/// What a thread of the store's does. Shared with the thread.
class thread_body {
 public:
  thread_body() = default;
  thread_body(const thread_body&) = delete;
  thread_body& operator=(const thread_body&) = delete;
  virtual ~thread_body() = default;

  /// The thread.
  virtual void run() noexcept = 0;
  /// Asks `run` to return, and returns at once.
  virtual void stop() noexcept = 0;
  /// Whether it is called in the thread.
  [[nodiscard]] virtual bool is_this_thread() const noexcept = 0;
};

/// Runs `body.run()` in a thread. The destructor calls `body.stop()` and waits for the thread. In a forked child there
/// is no thread: nothing is waited for, and the body is never destroyed, because the thread may have held its locks at
/// the fork.
class thread_owner {
 public:
  explicit thread_owner(std::shared_ptr<thread_body> body);
  thread_owner(thread_owner&& other) noexcept;
  thread_owner& operator=(thread_owner&& other) noexcept;
  ~thread_owner();

  /// Waits until the thread has ended. Throws `errc::invalid_argument` in the thread itself, and `errc::locked` in a
  /// forked child.
  void join();

 protected:
  /// Throws `errc::invalid_argument` where the thread was moved to another object, and `errc::locked` in a forked
  /// child.
  [[nodiscard]] thread_body& body() const;

 private:
  struct running;  // a std::thread, whose header is expensive

  void end() noexcept;

  std::shared_ptr<thread_body> body_;
  std::unique_ptr<running> thread_;
  process_mark started_by_;
};

/// A thread_owner that knows the type of its body.
template <class Body>
class owned_thread : public thread_owner {
 public:
  explicit owned_thread(std::shared_ptr<Body> body) : thread_owner{std::move(body)} {}

  [[nodiscard]] Body* operator->() const { return static_cast<Body*>(&body()); }
};

}  // namespace quipu::detail::inline QUIPU_MODE
