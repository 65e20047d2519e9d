// SPDX-License-Identifier: BSL-1.0
//
// worker.hpp: a background thread that calls a handler with each event of a region and continues after a failure or a
// restart of the program at its last committed position.
//
//   auto mailer = store.cursor_worker("mailer", quipu::region::all().with_events<ordered>(),
//                                     [](const quipu::event_view& event) { send_mail(event); },
//                                     {.poison = quipu::poison_policy::retry(5, 1s).then_park()});
#pragma once

#include "../macros.hpp"
#include "detail/owned_thread.hpp"
#include "detail/wait_time.hpp"
#include "parked_event.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace quipu::detail::inline QUIPU_MODE {

class worker_body;

}  // namespace quipu::detail::inline QUIPU_MODE

namespace quipu::inline QUIPU_MODE {

enum class worker_state : std::uint8_t {
  running,
  stopped,  ///< it was told to, or the store was closed or is being closed
  failed,   ///< `failure()` says why
};

/// *At least once*: an event that was handled after the last commit is handled again after a crash, after the store was
/// closed meanwhile, or where committing failed; otherwise each is handled once, in the order of the log. The worker
/// stops by itself when the store is closed: the event that is being handled then is the last.
///
/// Threading: members may be called from any thread, except for moving, `join` and destruction; the handler may call
/// all but `join`, `retry_parked` and `give_up_parked`. The destructor stops and joins the thread. A worker may outlive
/// its store. The members of a moved-from worker throw `errc::invalid_argument`.
class worker {
 public:
  /// For the store, which makes it.
  explicit worker(std::shared_ptr<detail::worker_body> body);

  [[nodiscard]] const std::string& name() const;

  /// Asks it to stop, and returns at once. The event that is being handled is handled, its position committed, and no
  /// other is begun; a wait or a pause ends. A handler that waits in a store for a visibility fence, or for more than
  /// two seconds for room or a flush, gets `errc::cancelled`; its event is not handled then.
  void stop();
  /// Returns when it has stopped or failed, which it may never do without `stop()`. Throws `errc::invalid_argument` in
  /// the handler.
  void join();

  [[nodiscard]] worker_state state() const;
  /// Why it failed, or what its last run ended with; empty while all is well. Begins with the event, if one was the
  /// cause.
  [[nodiscard]] std::string failure() const;
  /// How often it began again.
  [[nodiscard]] std::uint64_t restarts() const;
  /// All events before this number were handled, parked or skipped, or aren't selected. It is committed a little later.
  [[nodiscard]] std::uint64_t next_sequence() const;
  /// Waits until every event that is visible now was handled, parked or skipped, and that is committed; at most for
  /// `timeout`, a `std::chrono` duration. Returns whether it is. Throws `errc::closed` where the worker has stopped or
  /// failed, or does so before, and `errc::invalid_argument` in the handler.
  template <detail::duration_like Duration>
  [[nodiscard]] bool wait_caught_up_for(const Duration& timeout) {
    return wait_until_caught_up(detail::wait_end::after(timeout));
  }

  /// The events that are parked, oldest first.
  [[nodiscard]] std::vector<parked_event> parked() const;
  /// The last 64 events that were skipped, oldest first; `skipped_count` counts them all, also those of earlier lives.
  [[nodiscard]] std::vector<parked_event> skipped() const;
  [[nodiscard]] std::uint64_t skipped_count() const;

  /// Has the worker's thread call the handler with each parked event, oldest first, when it is done with the events
  /// that it has at hand, and waits for that. Returns how many are parked no more: those that were handled, and those
  /// that the region does not select any more, because a compaction dropped or erased them. An erased event that the
  /// region selects is handed over as it is now. Throws `errc::closed` where the worker has stopped or failed, or does
  /// so before, `errc::invalid_argument` in the handler, and `errc::busy` in the thread that has a visibility fence
  /// open, for which the handler might wait.
  std::size_t retry_parked();

  /// Gives a parked event up: the handler is not called with it any more. Returns false if no parked event has this id.
  /// Waits for the worker's thread as `retry_parked` does; when it returns, this is on stable storage. Throws as
  /// `retry_parked` does. For a worker that does not run, see `store.give_up_parked`.
  bool give_up_parked(const event_id& which);

 private:
  [[nodiscard]] bool wait_until_caught_up(const detail::wait_end& end);

  detail::owned_thread<detail::worker_body> thread_;
};

}  // namespace quipu::inline QUIPU_MODE
