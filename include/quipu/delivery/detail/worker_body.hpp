// SPDX-License-Identifier: BSL-1.0
//
// worker_body.hpp: what a worker's thread does. A *run* reads a named cursor and calls the handler; the supervisor
// begins another run where one ended with a failure, as often as the policy allows.
#pragma once

#include "../../core/bytes.hpp"
#include "../../core/detail/failure_text.hpp"
#include "../../core/detail/steady_time.hpp"
#include "../../core/error.hpp"
#include "../../event/event_id.hpp"
#include "../../event/event_view.hpp"
#include "../../journal/read/log_source.hpp"
#include "../../macros.hpp"
#include "../named_cursor.hpp"
#include "../parked_event.hpp"
#include "../worker_policy.hpp"
#include "name_claims.hpp"
#include "wait_time.hpp"
#include "worker_record.hpp"

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <pthread.h>

namespace quipu::inline QUIPU_MODE {

enum class worker_state : std::uint8_t {
  running,
  stopped,  ///< it was told to, or the store was closed
  failed,   ///< `failure()` says why
};

}  // namespace quipu::inline QUIPU_MODE

namespace quipu::detail::inline QUIPU_MODE {

/// Thrown by a handler of the library's own for what isn't the event's fault: no poison policy is asked. A final one
/// isn't tried again either.
class worker_failure : public error {
 public:
  worker_failure(const error& why, bool is_final) : error{why}, is_final_{is_final} {}
  [[nodiscard]] bool is_final() const noexcept { return is_final_; }

 private:
  bool is_final_;
};

/// What a worker is made of, besides its policy.
struct worker_parts {
  name_claim claim;
  std::shared_ptr<log_source> source;
  /// The named cursor, from its last commit on.
  std::function<named_cursor()> open;
  std::function<void(const event_view&)> handle;
  /// Makes durable what the handler did; called before each commit. May be empty.
  std::function<void()> before_commit;
};

class worker_body {
  using record = worker_record;
  using parked_list = typename record::event_list;
  using text = std::string;

 public:
  /// Opens the cursor: throws as that does, and `errc::invalid_argument` for a policy that can't be, and for a cursor
  /// with another consumer's state.
  worker_body(worker_parts parts, const worker_policy& policy);

  /// The thread.
  void run() noexcept;

  void stop() noexcept;

  [[nodiscard]] bool is_this_thread() const noexcept {
    return is_known_.load() && ::pthread_equal(thread_, ::pthread_self()) != 0;
  }
  [[nodiscard]] const std::string& name() const noexcept { return name_; }
  [[nodiscard]] worker_state state() const noexcept { return state_.load(); }
  [[nodiscard]] std::uint64_t next_sequence() const noexcept { return next_.load(); }
  [[nodiscard]] std::uint64_t restarts() const noexcept { return restarts_.load(); }
  [[nodiscard]] std::string failure() const;
  [[nodiscard]] parked_list parked() const;
  [[nodiscard]] parked_list skipped() const;
  [[nodiscard]] std::uint64_t skipped_count() const;

  std::size_t retry_parked();

 private:
  static constexpr std::size_t most_in_a_commit = 65'536;

  void interrupt() noexcept;

  /// Takes up the cursor and the record where they were committed.
  void begin();

  /// A run; returns when it was told to stop or the store was closed.
  void serve();

  template <class Events>
  void handle_all(const Events& events) {
    const std::uint64_t end = cursor_->next_sequence();
    std::int64_t committed_at_us = steady_now_us();
    for (const event_view& event : events) {
      bool is_done = false;
      try {
        is_done = !stop_.load() && !parts_.source->is_closed() && handle_one(event);
      } catch (...) {
        // What was handled before it stays handled, whatever becomes of this one.
        cursor_->rewind_to(event.sequence());
        commit_quietly();
        throw;
      }
      if (!is_done) {
        cursor_->rewind_to(event.sequence());
        return commit();
      }
      next_.store(event.sequence() + 1);
      if (const std::int64_t now_us = steady_now_us(); now_us - committed_at_us >= policy_.commit_after_ms * 1000) {
        cursor_->rewind_to(event.sequence() + 1);
        commit();
        committed_at_us = now_us;
      }
    }
    if (cursor_->next_sequence() != end) cursor_->rewind_to(end);
    commit();
  }

  /// Calls the handler, as often as the policy says. False where it was told to stop before the event was handled,
  /// parked or skipped.
  [[nodiscard]] bool handle_one(const event_view& event);
  /// What the handler threw at the event. What isn't the event's fault goes through.
  [[nodiscard]] std::exception_ptr call(const event_view& event);
  void set_aside(const event_view& event, std::uint64_t attempts, std::string why);

  void commit();
  void commit_quietly() noexcept;

  void serve_retries();
  /// Whether the event isn't parked any more.
  [[nodiscard]] bool retry(const parked_event& which);

  /// Waits, unless it is told to stop or the store is closed: then it is false.
  [[nodiscard]] bool pause(std::int64_t microseconds);

  [[nodiscard]] bool may_restart();
  [[nodiscard]] std::int64_t restart_pause_us() const noexcept;

  void tell(std::string why);
  void end(worker_state how, std::string why) noexcept;

  worker_parts parts_;
  worker_policy policy_;
  text name_;
  std::optional<named_cursor> cursor_;  // of the thread alone
  std::vector<std::int64_t> restarted_at_us_;

  std::atomic<bool> stop_{false};
  std::atomic<bool> interrupt_{false};  // ends a wait for events
  std::atomic<bool> is_known_{false};
  pthread_t thread_{};
  std::atomic<worker_state> state_{worker_state::running};
  std::atomic<std::uint64_t> next_{0};
  std::atomic<std::uint64_t> restarts_{0};

  mutable std::mutex mutex_;
  std::condition_variable served_;
  text failure_;
  record record_;
  std::uint64_t retries_asked_{};
  std::uint64_t retries_served_{};
  std::size_t retries_result_{};
};

}  // namespace quipu::detail::inline QUIPU_MODE
