// SPDX-License-Identifier: BSL-1.0
//
// worker_body.hpp: the thread of a worker. A *run* reads a named cursor and calls the handler. When a run fails, the
// thread starts another one, as often as the policy allows.
#pragma once

#include "../../core/bytes.hpp"
#include "../../core/detail/failure_text.hpp"
#include "../../core/detail/steady_time.hpp"
#include "../../core/detail/thread_mark.hpp"
#include "../../core/error.hpp"
#include "../../event/event_id.hpp"
#include "../../event/event_view.hpp"
#include "../../journal/observer.hpp"
#include "../../journal/read/log_source.hpp"
#include "../../macros.hpp"
#include "../named_cursor.hpp"
#include "../parked_event.hpp"
#include "../worker.hpp"
#include "../worker_policy.hpp"
#include "name_claims.hpp"
#include "owned_thread.hpp"
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

namespace quipu::detail::inline QUIPU_MODE {

/// Thrown by the library's own handlers for a failure that the event did not cause. The poison policy does not apply.
/// If it is final, the restart policy does not apply either.
class worker_failure : public error {
 public:
  worker_failure(const error& why, bool is_final) : error{why}, is_final_{is_final} {}
  [[nodiscard]] bool is_final() const noexcept { return is_final_; }

 private:
  bool is_final_;
};

/// The parts of a worker besides its policy.
struct worker_parts {
  name_claim claim;
  std::shared_ptr<log_source> source;
  /// Opens the named cursor at its last commit.
  std::function<named_cursor()> open;
  std::function<void(const event_view&)> handle;
  /// Makes the effects of the handler durable; called before each commit. May be empty.
  std::function<void()> before_commit;
  /// Throws if the calling thread must not wait for the worker. May be empty.
  std::function<void()> check_waiting{};
  std::shared_ptr<observer> told{};
};

class worker_body final : public thread_body {
  using record = worker_record;
  using parked_list = typename record::event_list;
  using text = std::string;

 public:
  /// Opens the cursor and throws as that does. Throws `errc::invalid_argument` for a policy out of range and for a
  /// cursor with the state of another consumer.
  worker_body(worker_parts parts, const worker_policy& policy);

  QUIPU_DECL void run() noexcept override;
  QUIPU_DECL void stop() noexcept override;
  [[nodiscard]] QUIPU_DECL bool is_this_thread() const noexcept override;

  [[nodiscard]] const std::string& name() const noexcept { return name_; }
  [[nodiscard]] worker_state state() const noexcept { return state_.load(); }
  [[nodiscard]] std::uint64_t next_sequence() const noexcept { return next_.load(); }
  [[nodiscard]] std::uint64_t restarts() const noexcept { return restarts_.load(); }
  [[nodiscard]] std::string failure() const;
  [[nodiscard]] parked_list parked() const;
  [[nodiscard]] parked_list skipped() const;
  [[nodiscard]] std::uint64_t skipped_count() const;

  [[nodiscard]] bool wait_until_caught_up(const wait_end& end);

  std::size_t retry_parked() { return ask(std::nullopt); }
  bool give_up_parked(const event_id& which) { return ask(which) != 0; }

 private:
  static constexpr std::size_t commit_events_max = 65'536;

  void end_wait() noexcept;

  /// Whether no event may be begun any more.
  [[nodiscard]] bool is_ending() const noexcept;
  /// Whether a failure, of the handler or of a run, came of the end: the store is being closed, or a wait for a fence
  /// or a flush ended because of `stop()`.
  [[nodiscard]] bool is_interrupted() const noexcept;

  /// Opens the cursor and reads the record from its committed state.
  void open_cursor();

  /// One run. Returns when a stop is requested or the store is closed.
  void run_once();

  /// Handles the available events, at most as many as one commit may have, and commits. Returns false if there was
  /// none.
  [[nodiscard]] bool handle_some();
  /// Handles the next event. Returns false if there is none, or if a stop was requested before it was handled, parked
  /// or skipped. If it throws, the events handled before are committed.
  [[nodiscard]] bool handle_next();
  /// Calls the handler as often as the policy allows. Returns false if a stop was requested before the event was
  /// handled, parked or skipped. An event that was dropped or erased between two calls, and that the region does not
  /// select any more, needs no further call.
  [[nodiscard]] bool handle_one(event_view event);
  /// As `handle_one`; a failure that ends the run leaves the event in `failed_at_`.
  [[nodiscard]] bool handle_named(const event_view& event);
  /// Calls the handler once and returns its exception. Rethrows a `worker_failure`.
  [[nodiscard]] std::exception_ptr call_handler(const event_view& event);
  void park_or_skip(const event_view& event, std::uint64_t attempts, std::string why);
  void record_poison(parked_event made, bool parks);

  void commit();
  void commit_quietly() noexcept;
  /// Tells those who wait that everything before the cursor is handled and committed.
  void report_done();
  [[noreturn]] void throw_not_running() const;

  /// A call of `retry_parked` or `give_up_parked`, which waits for the worker's thread.
  struct parked_request {
    std::optional<event_id> given_up{};  ///< the event to give up; if there is none, all are tried again
    std::size_t result{};                ///< number of events that are not parked any more
    bool is_served{};
  };
  std::size_t ask(const std::optional<event_id>& given_up);
  void serve_requests();

  [[nodiscard]] std::size_t retry_all();
  /// Calls the handler with a parked event, unless it was dropped or erased and the region does not select it any more.
  /// Returns true if it is no longer parked.
  [[nodiscard]] bool retry_one(const parked_event& which);

  /// Waits; returns false if a stop is requested or the store is closed meanwhile.
  [[nodiscard]] bool pause(std::int64_t microseconds);

  [[nodiscard]] bool may_restart();
  [[nodiscard]] std::int64_t restart_pause_us() const noexcept;

  void set_failure(std::string why);
  void set_final_state(worker_state how, std::string why) noexcept;

  worker_parts parts_;
  worker_policy policy_;
  text name_;
  std::optional<named_cursor> cursor_;  // used by the thread only
  std::vector<std::int64_t> restarted_at_us_;
  text failed_at_;  // begins the message of a failure of one event; used by the thread only

  std::atomic<bool> stop_{false};
  std::atomic<bool> end_wait_{false};  // ends a wait for events
  thread_mark thread_;
  std::atomic<worker_state> state_{worker_state::running};
  std::atomic<std::uint64_t> next_{0};
  std::atomic<std::uint64_t> restarts_{0};

  mutable std::mutex mutex_;
  std::condition_variable requests_changed_;
  std::condition_variable done_changed_;
  std::uint64_t done_{};  // everything before this sequence is handled and committed
  text failure_;
  record record_;
  std::vector<std::shared_ptr<parked_request>> requests_;
};

}  // namespace quipu::detail::inline QUIPU_MODE
