// SPDX-License-Identifier: BSL-1.0
//
// owned_thread.ipp: see delivery/detail/owned_thread.hpp.
#pragma once

#include "../../../core/detail/leak.hpp"
#include "../../../core/error.hpp"
#include "../../../delivery/detail/owned_thread.hpp"
#include "../../../environment/detail/start_thread.hpp"

#include <memory>
#include <thread>
#include <utility>

namespace quipu::detail::inline QUIPU_MODE {

struct thread_owner::running {
  std::thread thread;
};

QUIPU_DECL thread_owner::thread_owner(std::shared_ptr<thread_body> body) : body_{std::move(body)} {
  thread_ = std::make_unique<running>();
  thread_->thread = start_thread([kept = body_]() noexcept { kept->run(); });
}

QUIPU_DECL thread_owner::thread_owner(thread_owner&&) noexcept = default;

QUIPU_DECL thread_owner& thread_owner::operator=(thread_owner&& other) noexcept {
  if (this != &other) {
    end();
    body_ = std::move(other.body_);
    thread_ = std::move(other.thread_);
    started_by_ = other.started_by_;
  }
  return *this;
}

QUIPU_DECL thread_owner::~thread_owner() { end(); }

QUIPU_DECL void thread_owner::join() {
  if (!thread_) return;
  if (!started_by_.has_this_process_id()) throw error{errc::locked, "a forked child has none of its parent's threads"};
  if (body_->is_this_thread()) throw error{errc::invalid_argument, "a thread can't wait for its own end"};
  if (thread_->thread.joinable()) thread_->thread.join();
}

QUIPU_DECL thread_body& thread_owner::body() const {
  if (!body_) throw error{errc::invalid_argument, "what ran here was moved away"};
  started_by_.check();
  return *body_;
}

QUIPU_DECL void thread_owner::end() noexcept {
  if (!thread_) return;
  if (!started_by_.has_this_process_id()) {
    static_cast<void>(thread_.release());
    leak(body_);
    return;
  }
  body_->stop();
  if (thread_->thread.joinable()) thread_->thread.join();
  thread_.reset();
  body_.reset();
}

}  // namespace quipu::detail::inline QUIPU_MODE
