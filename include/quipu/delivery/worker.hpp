// SPDX-License-Identifier: BSL-1.0
//
// worker.hpp: a thread that calls a function with each event of a region, and goes on where it was, whatever happened
// to the function or to the program.
//
//   auto mailer = store.cursor_worker("mailer", quipu::region::all().with_events<ordered>(), [](const
//   quipu::event_view& event) { send_mail(event); },
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

/// *At least once*: an event that was handled after the last commit is handled again after a crash, after the store was
/// closed meanwhile, or where committing failed; otherwise each is handled once, in the order of the log. The worker
/// stops by itself when the store is closed: the event that is being handled then is the last.
///
/// Stops and joins when it is destroyed. It may outlive the store. Members may be called from any thread, but for
/// moving, `join` and destruction; and from the handler, but for `join` and `retry_parked`. Those of a worker that was
/// moved away throw `errc::invalid_argument`.
class worker {
 public:
  /// For the store, which makes it.
  explicit worker(std::shared_ptr<detail::worker_body> body) : thread_{std::move(body)} {}

  [[nodiscard]] const std::string& name() const { return thread_->name(); }

  /// Asks it to stop, and returns at once. The event that is being handled is handled, its position committed, and no
  /// other is begun; a wait or a pause ends.
  void stop() { thread_->stop(); }
  /// Returns when it has stopped or failed, which it may never do without `stop()`. Throws `errc::invalid_argument` in
  /// the handler.
  void join() { thread_.join(); }

  [[nodiscard]] worker_state state() const { return thread_->state(); }
  /// Why it failed, or what its last run ended with; empty while all is well.
  [[nodiscard]] std::string failure() const { return thread_->failure(); }
  /// How often it began again.
  [[nodiscard]] std::uint64_t restarts() const { return thread_->restarts(); }
  /// All events before this number were handled, parked or skipped, or aren't selected. It is committed a little later.
  [[nodiscard]] std::uint64_t next_sequence() const { return thread_->next_sequence(); }

  /// The events that are parked, oldest first.
  [[nodiscard]] std::vector<parked_event> parked() const { return thread_->parked(); }
  /// The last 64 events that were skipped, oldest first; `skipped_count` counts them all, also those of earlier lives.
  [[nodiscard]] std::vector<parked_event> skipped() const { return thread_->skipped(); }
  [[nodiscard]] std::uint64_t skipped_count() const { return thread_->skipped_count(); }

  /// Has the worker's thread call the handler with each parked event, oldest first, when it is done with the events
  /// that it has at hand, and waits for that. Returns how many are parked no more: those that were handled, and those
  /// that a compaction took away. Throws `errc::closed` where the worker has stopped or failed, or does so before, and
  /// `errc::invalid_argument` in the handler.
  std::size_t retry_parked() { return thread_->retry_parked(); }

 private:
  detail::owned_thread<detail::worker_body> thread_;
};

}  // namespace quipu::inline QUIPU_MODE
