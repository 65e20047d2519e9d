// SPDX-License-Identifier: BSL-1.0
//
// worker.hpp: a background thread that calls a handler with each event of a region and continues after a failure or a
// restart of the program at its last committed position.
//
//   auto mailer = store.cursor_worker("mailer", quipu::region::all().with_events<ordered>(),
//                                     [](const quipu::event_view& event) { send_mail(event); },
//                                     {.poison = quipu::poison_policy::retry(5, 1s).then_park()});
#pragma once

#include "../core/error.hpp"
#include "../event/event_view.hpp"
#include "../macros.hpp"
#include "detail/owned_thread.hpp"
#include "detail/worker_body.hpp"
#include "parked_event.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace quipu::inline QUIPU_MODE {

/// Calls a handler with each event of a region, in log order, *at least once*. An event handled after the last commit
/// is handled again after a crash, after the store was closed in between, or after a failed commit. All other events
/// are handled once. The worker stops when the store is closed; the event in progress is then the last.
///
/// Threading: members may be called from any thread, except for moving, `join` and destruction; the handler may call
/// all but `join` and `retry_parked`. The destructor stops and joins the thread. A worker may outlive its store. The
/// members of a moved-from worker throw `errc::invalid_argument`.
class worker {
 public:
  /// For the store.
  explicit worker(std::shared_ptr<detail::worker_body> body) : thread_{std::move(body)} {}

  [[nodiscard]] const std::string& name() const { return thread_->name(); }

  /// Requests the worker to stop, and returns at once. The event in progress is finished and its position committed; no
  /// further event is handled. A wait or pause ends.
  void stop() { thread_->stop(); }
  /// Waits until the worker has stopped or failed. Does not request the stop. Throws `errc::invalid_argument` in the
  /// handler and `errc::locked` in a forked child.
  void join() { thread_.join(); }

  [[nodiscard]] worker_state state() const { return thread_->state(); }
  /// Returns the reason of the final failure or of the last failed run or attempt; empty if nothing failed.
  [[nodiscard]] std::string failure() const { return thread_->failure(); }
  /// Returns the number of restarts.
  [[nodiscard]] std::uint64_t restarts() const { return thread_->restarts(); }
  /// Returns the sequence of the next event. All earlier events were handled, parked, skipped or not selected. The
  /// commit follows later.
  [[nodiscard]] std::uint64_t next_sequence() const { return thread_->next_sequence(); }

  /// Returns the parked events, oldest first.
  [[nodiscard]] std::vector<parked_event> parked() const { return thread_->parked(); }
  /// `skipped` returns the last 64 skipped events, oldest first; `skipped_count` returns the number of all skipped
  /// events, including those before a restart of the program.
  [[nodiscard]] std::vector<parked_event> skipped() const { return thread_->skipped(); }
  [[nodiscard]] std::uint64_t skipped_count() const { return thread_->skipped_count(); }

  /// Makes the worker's thread call the handler with each parked event, oldest first, after its current events, and
  /// waits for that. Returns the number of events that are no longer parked: the handled ones and those that a
  /// compaction removed. Throws `errc::closed` if the worker stops or fails before, and `errc::invalid_argument` in the
  /// handler.
  std::size_t retry_parked() { return thread_->retry_parked(); }

 private:
  detail::owned_thread<detail::worker_body> thread_;
};

}  // namespace quipu::inline QUIPU_MODE
