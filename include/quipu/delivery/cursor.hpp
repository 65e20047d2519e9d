// SPDX-License-Identifier: BSL-1.0
//
// cursor.hpp: the events of a region one after the other, those that are there and then those that are appended: each
// of them once, in the order of the log, at the pace of whoever asks.
//
//   auto cursor = store.cursor_guaranteed(quipu::region::entity_prefix("account:"));
//   while (auto event = cursor.wait_for(std::chrono::seconds{1})) handle(*event);
//
// There is no queue and no thread: a cursor is a number, and reads the log from there. So it costs the writer nothing,
// whether it is polled or not, and the way from the past to what is being appended right now is no special case.
#pragma once

#include "../coordinate/region.hpp"
#include "../core/error.hpp"
#include "../event/event_view.hpp"
#include "../journal/read/log_source.hpp"
#include "../journal/read/region_reader.hpp"
#include "../macros.hpp"
#include "../outcome/detail/attempt.hpp"
#include "../outcome/outcome.hpp"
#include "cursor_position.hpp"
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

namespace quipu::detail::inline QUIPU_MODE {

/// Where a cursor that is made from a position begins. A position that isn't of this log is `errc::invalid_argument`;
/// where a checkpoint has it, whose file that is, `errc::corrupt`.
[[nodiscard]] std::uint64_t begin_of(log_source& from, const cursor_position& position, const std::string& file = {});

}  // namespace quipu::detail::inline QUIPU_MODE

namespace quipu::inline QUIPU_MODE {

/// It may outlive the store: when that is closed, what it had is still given, and then nothing; `ended()` says so. One
/// thread at a time may use a cursor, any number of cursors may be used at once. Reading a `read_only_store`, members
/// throw as reading does (`errc::corrupt`, `errc::io_failed`); what they haven't returned is then still to come.
class cursor {
 protected:
  using log_source = detail::log_source;
  using event_list = std::vector<event_view>;

 public:
  /// For the store, which makes it.
  cursor(std::shared_ptr<log_source> source, region wanted, const cursor_position& from);

  cursor(cursor&&) noexcept = default;
  cursor& operator=(cursor&&) noexcept = default;

  /// The next event, if there is one now. Doesn't wait.
  [[nodiscard]] std::optional<event_view> poll();

  /// The next events, as many as there are now, at most `most`. Doesn't wait. Takes time in proportion to what it
  /// returns and skips, at any size of the log.
  [[nodiscard]] event_list poll_batch(std::size_t most);

  /// The next event. Waits for it up to `timeout`, a duration of any unit. Empty when the time is over, and, without
  /// waiting, when the store was closed and has no more.
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
  [[nodiscard]] outcome<std::optional<event_view>> try_poll();
  [[nodiscard]] outcome<event_list> try_poll_batch(std::size_t most);

  /// Where it is: behind the last event that was given, and behind what was skipped then. A cursor of an equal region
  /// that is made from it, now or after the store was opened again, gives what comes next.
  [[nodiscard]] cursor_position position() const;
  /// The number of the event that comes next, selected or not.
  [[nodiscard]] std::uint64_t next_sequence() const noexcept { return next_; }
  [[nodiscard]] const region& selects() const noexcept { return reader_.wanted(); }

  /// Whether the store was closed, and all that it had was given.
  [[nodiscard]] bool ended() { return source_->is_closed() && !advance(); }

  /// For the library's own layers: as `wait_batch_for`, or until `stop` is set; the setter must wake the source.
  [[nodiscard]] event_list wait_events(std::size_t most, const detail::wait_end& end, const std::atomic<bool>& stop);
  void rewind_to(std::uint64_t next) noexcept;
  [[nodiscard]] log_source& source() const noexcept { return *source_; }

 protected:
  cursor(std::shared_ptr<log_source> source, region wanted, std::uint64_t next)
      : source_{std::move(source)}, reader_{std::move(wanted)}, next_{next} {}

 private:
  enum class ahead : unsigned char { unknown, event };

  /// Finds the next event; false where there is none now. Moves over what isn't selected.
  [[nodiscard]] bool advance();
  /// All of the snapshot was given: whether there is more by now. Looks once, so that a poll ends though others go on
  /// appending.
  [[nodiscard]] bool look_again();
  /// The event that `advance` found.
  [[nodiscard]] event_view take();
  [[nodiscard]] bool wait_next(const detail::wait_end& end, const std::atomic<bool>& stop);
  [[nodiscard]] std::optional<event_view> wait_event(const detail::wait_end& end);

  std::shared_ptr<log_source> source_;
  detail::region_reader reader_;
  std::uint64_t next_;
  ahead ahead_{ahead::unknown};
};

}  // namespace quipu::inline QUIPU_MODE
