// SPDX-License-Identifier: BSL-1.0
//
// owned_thread.hpp: a thread that is stopped and joined by its owner's destructor.
#pragma once

#include "../../core/detail/leak.hpp"
#include "../../core/detail/process_mark.hpp"
#include "../../core/error.hpp"
#include "../../environment/detail/start_thread.hpp"
#include "../../macros.hpp"

#include <memory>
#include <thread>
#include <utility>

namespace quipu::detail::inline QUIPU_MODE {

/// Runs `body.run()` in a thread that shares `Body`. The destructor calls `body.stop()` and joins the thread. In a
/// forked child there is no such thread: the destructor does not wait, and it leaks the body, because the thread may
/// have held its locks.
template <class Body>
class owned_thread {
 public:
  explicit owned_thread(std::shared_ptr<Body> body) : body_{std::move(body)} {
    thread_ = std::make_unique<std::thread>(start_thread([kept = body_]() noexcept { kept->run(); }));
  }
  owned_thread(owned_thread&& other) noexcept = default;
  owned_thread& operator=(owned_thread&& other) noexcept {
    if (this != &other) {
      stop_and_join();
      body_ = std::move(other.body_);
      thread_ = std::move(other.thread_);
      started_by_ = other.started_by_;
    }
    return *this;
  }
  ~owned_thread() { stop_and_join(); }

  [[nodiscard]] Body* operator->() const {
    if (!body_) throw error{errc::invalid_argument, "the worker or read model was moved from"};
    return body_.get();
  }

  /// Waits until the thread has ended. Throws `errc::invalid_argument` in the thread itself, and `errc::locked` in a
  /// forked child.
  void join() {
    if (!thread_) return;
    if (!started_by_.has_this_process_id())
      throw error{errc::locked, "a forked child cannot join a thread of its parent"};
    if (body_->is_this_thread()) throw error{errc::invalid_argument, "a thread cannot join itself"};
    if (thread_->joinable()) thread_->join();
  }

 private:
  void stop_and_join() noexcept {
    if (!thread_) return;
    if (!started_by_.has_this_process_id()) {
      static_cast<void>(thread_.release());
      leak(body_);
      return;
    }
    body_->stop();
    if (thread_->joinable()) thread_->join();
    thread_.reset();
    body_.reset();
  }

  std::shared_ptr<Body> body_;
  std::unique_ptr<std::thread> thread_;
  process_mark started_by_;
};

}  // namespace quipu::detail::inline QUIPU_MODE
