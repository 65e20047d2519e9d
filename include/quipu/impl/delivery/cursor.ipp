// SPDX-License-Identifier: BSL-1.0
//
// cursor.ipp: see delivery/cursor.hpp.
#pragma once

#include "../../coordinate/region.hpp"
#include "../../core/error.hpp"
#include "../../delivery/cursor.hpp"
#include "../../delivery/cursor_position.hpp"
#include "../../delivery/detail/wait_time.hpp"
#include "../../event/event_view.hpp"
#include "../../journal/read/log_source.hpp"
#include "../../journal/read/region_reader.hpp"
#include "../../outcome/detail/attempt.hpp"
#include "../../outcome/outcome.hpp"

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

QUIPU_DECL std::uint64_t begin_of(log_source& from, const cursor_position& position, const std::string& file) {
  const errc code = file.empty() ? errc::invalid_argument : errc::corrupt;
  const std::string what = file.empty() ? "the position is" : "the checkpoint is";
  if (!position.store.is_nil() && position.store != from.identity().lineage)
    throw error{code,
                what + " of another store: its id is " + position.store.str() + ", this store's id is " +
                    from.identity().lineage.str(),
                {.path = file}};
  const log_snapshot seen = from.snapshot();
  if (position.is_end()) return seen.end_sequence;
  if (position.next_sequence > seen.end_sequence)
    throw error{code,
                what + " ahead of the log",
                {.path = file, .expected = position.next_sequence, .actual = seen.end_sequence}};
  if (position.next_sequence != 0 && !position.last.is_nil()) {
    const auto found = seen.find_sequence(position.next_sequence - 1);
    if (found && found.frame.sequence() == position.next_sequence - 1 && found.frame.id() != position.last)
      throw error{code,
                  what + " of a log that went on in another way: the event before the position has the id " +
                      position.last.str() + ", this log has " + found.frame.id().str(),
                  {.path = file, .expected = position.next_sequence}};
  }
  return position.next_sequence;
}

}  // namespace quipu::detail::inline QUIPU_MODE

namespace quipu::inline QUIPU_MODE {

QUIPU_DECL cursor::cursor(std::shared_ptr<log_source> source, region wanted, const cursor_position& from,
                          const unknown_kinds& unknown)
    : cursor{source, std::move(wanted), detail::begin_of(*source, from), unknown} {}

QUIPU_DECL cursor::cursor(std::shared_ptr<log_source> source, region wanted, std::uint64_t next,
                          const unknown_kinds& unknown)
    : source_{std::move(source)},
      reader_{std::make_unique<detail::region_reader>(std::move(wanted))},
      next_{next},
      unknown_{unknown} {
  unknown_.check_region(selects());
}

QUIPU_DECL cursor::cursor(cursor&&) noexcept = default;
QUIPU_DECL cursor& cursor::operator=(cursor&&) noexcept = default;
QUIPU_DECL cursor::~cursor() = default;

QUIPU_DECL const region& cursor::selects() const noexcept { return reader_->wanted(); }

QUIPU_DECL std::optional<event_view> cursor::poll() {
  std::optional<event_view> event;
  refresh();
  if (advance()) event.emplace(take_found());
  return event;
}

QUIPU_DECL cursor::event_list cursor::poll_batch(std::size_t most) {
  event_list events;
  refresh();
  const std::uint64_t begin = next_;
  try {
    while (events.size() < most && advance()) {
      if (!events.empty() && !unknown_.allows(reader_->found().frame.kind())) break;
      events.push_back(take_found());
    }
  } catch (...) {
    rewind_to(begin);
    throw;
  }
  return events;
}

QUIPU_DECL outcome<std::optional<event_view>> cursor::try_poll() {
  return detail::attempt([this] { return poll(); });
}

QUIPU_DECL outcome<cursor::event_list> cursor::try_poll_batch(std::size_t most) {
  return detail::attempt([this, most] { return poll_batch(most); });
}

QUIPU_DECL cursor_position cursor::position() const {
  cursor_position here{source_->identity().lineage, next_, {}};
  if (next_ == 0) return here;
  const auto found = source_->snapshot().find_sequence(next_ - 1);
  if (found && found.frame.sequence() == next_ - 1) here.last = found.frame.id();
  return here;
}

QUIPU_DECL cursor::event_list cursor::wait_events(std::size_t most, const detail::wait_end& end,
                                                  const std::atomic<bool>& stop) {
  event_list events;
  if (most != 0 && wait_next(end, stop)) events = poll_batch(most);
  return events;
}

QUIPU_DECL bool cursor::ended() {
  if (!source_->is_closed()) return false;
  refresh();
  return !advance();
}

QUIPU_DECL void cursor::rewind_to(std::uint64_t next) noexcept {
  reader_->end();
  ahead_ = ahead::unknown;
  next_ = next;
}

QUIPU_DECL void cursor::refresh() {
  if (reader_->has_snapshot() && reader_->generation() != source_->generation()) rewind_to(next_);
}

QUIPU_DECL bool cursor::advance() {
  source_->check_process();  // a snapshot that is half read would be read on without a lock
  if (ahead_ == ahead::event) return true;
  try {
    if (!reader_->advance() && !advance_in_new_snapshot()) return false;
  } catch (...) {
    rewind_to(next_);
    throw;
  }
  ahead_ = ahead::event;
  return true;
}

QUIPU_DECL bool cursor::advance_in_new_snapshot() {
  reader_->end();
  detail::log_snapshot seen = source_->snapshot();
  const std::uint64_t end = seen.end_sequence;
  if (end <= next_) return false;
  reader_->begin(std::move(seen), next_);
  if (reader_->advance()) return true;
  reader_->end();
  next_ = end;
  return false;
}

QUIPU_DECL event_view cursor::take_found() {
  event_view event = reader_->view();
  if (!unknown_.allows(event.kind())) throw detail::unknown_kind_error{event};
  next_ = reader_->sequence() + 1;
  ahead_ = ahead::unknown;
  return event;
}

QUIPU_DECL bool cursor::wait_next(const detail::wait_end& end, const std::atomic<bool>& stop) {
  for (;;) {
    const bool closed = source_->is_closed();  // read first, so that the last events are found
    refresh();
    if (advance()) return true;
    const std::int64_t left_us = end.left_us();
    if (closed || left_us == 0 || stop.load()) return false;
    source_->wait_for_event(next_, left_us, stop);
  }
}

QUIPU_DECL std::optional<event_view> cursor::wait_event(const detail::wait_end& end) {
  const std::atomic<bool> never{false};
  std::optional<event_view> event;
  if (wait_next(end, never)) event.emplace(take_found());
  return event;
}

}  // namespace quipu::inline QUIPU_MODE
