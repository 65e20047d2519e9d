// SPDX-License-Identifier: BSL-1.0
//
// owned_thread.hpp: a thread that consumes events for the program, and the end of it.
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

/// Runs `body.run()` in a thread. When it goes, it calls `body.stop()`, and waits for the thread. `Body` is shared with
/// the thread. In a forked child there is no thread: nothing is waited for, and the body, in whose locks it may have
/// been, is never destroyed.
template <class Body>
class owned_thread {
 public:
  explicit owned_thread(std::shared_ptr<Body> body) : body_{std::move(body)} {
    thread_ = std::make_unique<std::thread>(start_thread([kept = body_]() noexcept { kept->run(); }));
  }
  owned_thread(owned_thread&& other) noexcept = default;
  owned_thread& operator=(owned_thread&& other) noexcept {
    if (this != &other) {
      end();
      body_ = std::move(other.body_);
      thread_ = std::move(other.thread_);
      started_by_ = other.started_by_;
    }
    return *this;
  }
  ~owned_thread() { end(); }

  [[nodiscard]] Body* operator->() const {
    if (!body_) throw error{errc::invalid_argument, "what ran here was moved away"};
    return body_.get();
  }

  /// Returns when the thread has ended. Throws `errc::invalid_argument` in that thread itself, and `errc::locked` in a
  /// forked child.
  void join() {
    if (!thread_) return;
    if (!started_by_.has_this_process_id())
      throw error{errc::locked, "a forked child has none of its parent's threads"};
    if (body_->is_this_thread()) throw error{errc::invalid_argument, "a thread can't wait for its own end"};
    if (thread_->joinable()) thread_->join();
  }

 private:
  void end() noexcept {
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
