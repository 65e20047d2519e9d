// SPDX-License-Identifier: BSL-1.0
//
// cursor.hpp: a pull reader of the events of a region. It returns the existing events first, then those appended later,
// each exactly once, in log order.
//
//   auto cursor = store.cursor_guaranteed(quipu::region::entity_prefix("account:"));
//   while (auto event = cursor.wait_for(std::chrono::seconds{1})) handle(*event);
//
// A cursor holds a sequence and reads the log from there. It has no queue and no thread, and the writer does no work
// for it. It never returns what a compaction dropped or erased before the call.
#pragma once

#include "../coordinate/region.hpp"
#include "../core/error.hpp"
#include "../event/event_view.hpp"
#include "../journal/read/log_source.hpp"
#include "../macros.hpp"
#include "../outcome/detail/attempt.hpp"
#include "../outcome/outcome.hpp"
#include "cursor_position.hpp"
#include "detail/wait_time.hpp"
#include "unknown_kinds.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace quipu::detail::inline QUIPU_MODE {

class region_reader;

/// Returns the sequence at which a cursor made from `position` begins. `file` is the path of the checkpoint that holds
/// the position; empty if there is none. Throws `errc::invalid_argument` if the position belongs to another log, and
/// `errc::corrupt` instead if `file` is not empty.
[[nodiscard]] std::uint64_t begin_of(log_source& from, const cursor_position& position, const std::string& file = {});

}  // namespace quipu::detail::inline QUIPU_MODE

namespace quipu::inline QUIPU_MODE {

/// Reads the events of a region in order. Made by `store.cursor_guaranteed` and `read_only_store.cursor_guaranteed`.
///
/// Threading: one thread at a time may use a cursor. Any number of cursors may be used concurrently.
///
/// Lifetime: a cursor may outlive its store. After the store is closed, the cursor still returns the remaining events,
/// and then nothing; `ended()` is then true.
///
/// Compaction: what was dropped before a call is not returned by it; what was erased is returned as an erased event, if
/// the region selects that. A `read_only_store` finds out as its other members do.
///
/// Errors: members that read throw `errc::kind_mismatch` before an event at which `unknown_kinds` says to stop, and on
/// a `read_only_store` `errc::corrupt` and `errc::io_failed`. After a throw, the cursor has not moved; the next call
/// returns the same events. A batch ends before an event that would throw; the next call throws.
class cursor {
 protected:
  using log_source = detail::log_source;
  using event_list = std::vector<event_view>;

 public:
  /// For the store. Throws as `begin_of` and `unknown_kinds::check_region` do.
  cursor(std::shared_ptr<log_source> source, region wanted, const cursor_position& from,
         const unknown_kinds& unknown = {});

  cursor(cursor&&) noexcept;
  cursor& operator=(cursor&&) noexcept;
  ~cursor();

  /// Returns the next event, or nothing if there is none yet. Does not wait.
  [[nodiscard]] std::optional<event_view> poll();

  /// Returns the available events, at most `most`. Does not wait. The time is proportional to the number of events
  /// returned and skipped; it does not depend on the size of the log.
  [[nodiscard]] event_list poll_batch(std::size_t most);

  /// Returns the next event; waits for it for at most `timeout`, a `std::chrono` duration. Returns nothing if the
  /// timeout expires. Returns nothing without waiting if the store is closed and no event is left.
  template <detail::duration_like Duration>
  [[nodiscard]] std::optional<event_view> wait_for(const Duration& timeout) {
    return wait_event(detail::wait_end::after(timeout));
  }
  /// Returns the next event; waits for it without a limit. Returns nothing if the store is closed and no event is left.
  [[nodiscard]] std::optional<event_view> wait() { return wait_event(detail::wait_end::never()); }

  /// Returns the available events, at most `most`; waits for the first one for at most `timeout`. Returns an empty list
  /// in the cases in which `wait_for` returns nothing.
  template <detail::duration_like Duration>
  [[nodiscard]] event_list wait_batch_for(std::size_t most, const Duration& timeout) {
    const std::atomic<bool> never{false};
    return wait_events(most, detail::wait_end::after(timeout), never);
  }

  /// Like `poll` and `poll_batch`; return a `quipu::error` in the outcome instead of throwing it.
  [[nodiscard]] outcome<std::optional<event_view>> try_poll();
  [[nodiscard]] outcome<event_list> try_poll_batch(std::size_t most);

  /// Returns the position after the last returned event and the events skipped with it. A cursor with an equal region
  /// that is made from this position continues with the next event, also after the store was reopened.
  [[nodiscard]] cursor_position position() const;
  /// Returns the sequence from which the cursor reads on. The event with this sequence may not be selected by the
  /// region.
  [[nodiscard]] std::uint64_t next_sequence() const noexcept { return next_; }
  [[nodiscard]] const region& selects() const noexcept;

  /// Returns true if the store is closed and the cursor has returned all its events.
  [[nodiscard]] bool ended();

  /// For the library's own layers: like `wait_batch_for`, but also returns when `stop` is set. The setter must call
  /// `log_source::wake()`.
  [[nodiscard]] event_list wait_events(std::size_t most, const detail::wait_end& end, const std::atomic<bool>& stop);
  void rewind_to(std::uint64_t next) noexcept;
  [[nodiscard]] const unknown_kinds& unknown() const noexcept { return unknown_; }
  [[nodiscard]] log_source& source() const noexcept { return *source_; }

 protected:
  cursor(std::shared_ptr<log_source> source, region wanted, std::uint64_t next, const unknown_kinds& unknown);

 private:
  enum class ahead : unsigned char { unknown, event };

  /// Releases the snapshot if events were dropped or erased since it was taken.
  void refresh();
  /// Finds the next selected event and skips the others. Returns false if there is none yet.
  [[nodiscard]] bool advance();
  /// Takes a new snapshot after the old one is exhausted, and finds the next selected event in it. Takes one snapshot
  /// only, so that `poll` returns while other threads keep appending.
  [[nodiscard]] bool advance_in_new_snapshot();
  /// Returns the event that `advance` found; the cursor is then after it. Throws if it has to stop there.
  [[nodiscard]] event_view take_found();
  [[nodiscard]] bool wait_next(const detail::wait_end& end, const std::atomic<bool>& stop);
  [[nodiscard]] std::optional<event_view> wait_event(const detail::wait_end& end);

  std::shared_ptr<log_source> source_;
  std::unique_ptr<detail::region_reader> reader_;
  std::uint64_t next_;
  unknown_kinds unknown_;
  ahead ahead_{ahead::unknown};
};

}  // namespace quipu::inline QUIPU_MODE
