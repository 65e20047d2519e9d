// SPDX-License-Identifier: BSL-1.0
//
// cursor.hpp: the events of a region one after the other, those that are there and then those that are appended: each of them once, in the order
// of the log, at the pace of whoever asks.
//
//   auto cursor = store.cursor_guaranteed(quipu::region::entity_prefix("account:"));
//   while (auto event = cursor.wait_for(std::chrono::seconds{1})) handle(*event);
//
// There is no queue and no thread: a cursor is a number, and reads the log from there. So it costs the writer nothing, whether it is polled or not, and
// the way from the past to what is being appended right now is no special case.
#pragma once

#include "../coordinate/region.hpp"
#include "../core/error.hpp"
#include "../event/event_view.hpp"
#include "../journal/read/region_reader.hpp"
#include "../outcome/detail/attempt.hpp"
#include "../outcome/outcome.hpp"
#include "cursor_position.hpp"
#include "../journal/read/log_source.hpp"
#include "detail/wait_time.hpp"

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace quipu {
namespace detail {

/// Where a cursor that is made from a position begins. A position that isn't of this log is `errc::invalid_argument`; where a checkpoint has it, whose
/// file that is, `errc::corrupt`.
[[nodiscard]] inline std::uint64_t begin_of(log_source& from, const cursor_position& position, const std::string& file = {}) {
  const errc code = file.empty() ? errc::invalid_argument : errc::corrupt;
  const std::string what = file.empty() ? "the position is" : "the checkpoint is";
  if (!position.store.is_nil() && position.store != from.identity().lineage)
    throw error{code, what + " of another store: " + position.store.str() + "; this one is " + from.identity().lineage.str(), {.path = file}};
  const log_snapshot seen = from.snapshot();
  if (position.is_end()) return seen.end_sequence;
  if (position.next_sequence > seen.end_sequence)
    throw error{code, what + " ahead of the log", {.path = file, .expected = position.next_sequence, .actual = seen.end_sequence}};
  if (position.next_sequence != 0 && !position.last.is_nil()) {
    const auto found = seen.find_sequence(position.next_sequence - 1);
    if (found && found.frame.sequence() == position.next_sequence - 1 && found.frame.id() != position.last)
      throw error{code, what + " of a log that went on in another way: it was behind " + position.last.str() + ", and here " + found.frame.id().str() +
                            " has that number",
                  {.path = file, .expected = position.next_sequence}};
  }
  return position.next_sequence;
}

}  // namespace detail

/// It may outlive the store: when that is closed, what it had is still given, and then nothing; `ended()` says so. One thread at a time may use a
/// cursor, any number of cursors may be used at once. Reading a `read_only_store`, members throw as reading does (`errc::corrupt`, `errc::io_failed`);
/// what they haven't returned is then still to come.
class cursor {
 protected:
  using log_source = detail::log_source;
  using event_list = std::vector<event_view>;

 public:
  /// For the store, which makes it.
  cursor(std::shared_ptr<log_source> source, region wanted, const cursor_position& from)
      : cursor{source, std::move(wanted), detail::begin_of(*source, from)} {}

  cursor(cursor&&) noexcept = default;
  cursor& operator=(cursor&&) noexcept = default;

  /// The next event, if there is one now. Doesn't wait.
  [[nodiscard]] std::optional<event_view> poll() {
    std::optional<event_view> event;
    if (advance()) event.emplace(take());
    return event;
  }

  /// The next events, as many as there are now, at most `most`. Doesn't wait. Takes time in proportion to what it returns and skips, at any size of
  /// the log.
  [[nodiscard]] event_list poll_batch(std::size_t most) {
    event_list events;
    const std::uint64_t begin = next_;
    try {
      while (events.size() < most && advance()) events.push_back(take());
    } catch (...) {
      rewind_to(begin);
      throw;
    }
    return events;
  }

  /// The next event. Waits for it up to `timeout`, a duration of any unit. Empty when the time is over, and, without waiting, when the
  /// store was closed and has no more.
  template <detail::duration_like Duration>
  [[nodiscard]] std::optional<event_view> wait_for(const Duration& timeout) {
    return wait_event(detail::wait_end::after(timeout));
  }
  /// The next event. Waits for it without a limit; empty when the store was closed and has no more.
  [[nodiscard]] std::optional<event_view> wait() { return wait_event(detail::wait_end::never()); }

  /// The next events, at most `most`. Waits for the first of them as `wait_for` does; empty where that returns nothing.
  template <detail::duration_like Duration>
  [[nodiscard]] event_list wait_batch_for(std::size_t most, const Duration& timeout) {
    const std::atomic<bool> never{false};
    return wait_events(most, detail::wait_end::after(timeout), never);
  }

  /// As `poll` and `poll_batch`, without throwing a `quipu::error`.
  [[nodiscard]] outcome<std::optional<event_view>> try_poll() {
    return detail::attempt([this] { return poll(); });
  }
  [[nodiscard]] outcome<event_list> try_poll_batch(std::size_t most) {
    return detail::attempt([this, most] { return poll_batch(most); });
  }

  /// Where it is: behind the last event that was given, and behind what was skipped then. A cursor of an equal region that is made from it, now or
  /// after the store was opened again, gives what comes next.
  [[nodiscard]] cursor_position position() const {
    cursor_position here{source_->identity().lineage, next_, {}};
    if (next_ == 0) return here;
    const auto found = source_->snapshot().find_sequence(next_ - 1);
    if (found && found.frame.sequence() == next_ - 1) here.last = found.frame.id();
    return here;
  }
  /// The number of the event that comes next, selected or not.
  [[nodiscard]] std::uint64_t next_sequence() const noexcept { return next_; }
  [[nodiscard]] const region& selects() const noexcept { return reader_.wanted(); }

  /// Whether the store was closed, and all that it had was given.
  [[nodiscard]] bool ended() { return source_->is_closed() && !advance(); }

  /// For the library's own layers: as `wait_batch_for`, or until `stop` is set; the setter must wake the source.
  [[nodiscard]] event_list wait_events(std::size_t most, const detail::wait_end& end, const std::atomic<bool>& stop) {
    event_list events;
    if (most != 0 && wait_next(end, stop)) events = poll_batch(most);
    return events;
  }
  void rewind_to(std::uint64_t next) noexcept {
    reader_.end();
    ahead_ = ahead::unknown;
    next_ = next;
  }
  [[nodiscard]] log_source& source() const noexcept { return *source_; }

 protected:
  cursor(std::shared_ptr<log_source> source, region wanted, std::uint64_t next)
      : source_{std::move(source)}, reader_{std::move(wanted)}, next_{next} {}

 private:
  enum class ahead : unsigned char { unknown, event };

  /// Finds the next event; false where there is none now. Moves over what isn't selected.
  [[nodiscard]] bool advance() {
    if (ahead_ == ahead::event) return true;
    try {
      if (!reader_.advance() && !look_again()) return false;
    } catch (...) {
      rewind_to(next_);
      throw;
    }
    ahead_ = ahead::event;
    return true;
  }
  /// All of the snapshot was given: whether there is more by now. Looks once, so that a poll ends though others go on appending.
  [[nodiscard]] bool look_again() {
    reader_.end();
    detail::log_snapshot seen = source_->snapshot();
    const std::uint64_t end = seen.end_sequence;
    if (end <= next_) return false;
    reader_.begin(std::move(seen), next_);
    if (reader_.advance()) return true;
    reader_.end();
    next_ = end;
    return false;
  }
  /// The event that `advance` found.
  [[nodiscard]] event_view take() {
    event_view event = reader_.view();
    next_ = reader_.sequence() + 1;
    ahead_ = ahead::unknown;
    return event;
  }
  [[nodiscard]] bool wait_next(const detail::wait_end& end, const std::atomic<bool>& stop) {
    for (;;) {
      const bool closed = source_->is_closed();  // asked first: what was appended before it was closed is found
      if (advance()) return true;
      const std::int64_t left_us = end.left_us();
      if (closed || left_us == 0 || stop.load()) return false;
      source_->wait_for_event(next_, left_us, stop);
    }
  }
  [[nodiscard]] std::optional<event_view> wait_event(const detail::wait_end& end) {
    const std::atomic<bool> never{false};
    std::optional<event_view> event;
    if (wait_next(end, never)) event.emplace(take());
    return event;
  }

  std::shared_ptr<log_source> source_;
  detail::region_reader reader_;
  std::uint64_t next_;
  ahead ahead_{ahead::unknown};
};

}  // namespace quipu
