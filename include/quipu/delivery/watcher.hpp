// SPDX-License-Identifier: BSL-1.0
//
// watcher.hpp: the state of an entity after each change.
//
//   auto watcher = store.watch<account>("account:alice");
//   while (const std::optional<account> now = watcher.recv()) show(*now);    // ends when the store is closed
#pragma once

#include "../coordinate/region.hpp"
#include "../event/event_list.hpp"
#include "../event/event_view.hpp"
#include "../journal/read/log_source.hpp"
#include "../macros.hpp"
#include "../projection/folder.hpp"
#include "../projection/projection.hpp"
#include "cursor.hpp"
#include "cursor_position.hpp"
#include "detail/event_text.hpp"
#include "detail/wait_time.hpp"

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <type_traits>
#include <utility>

namespace quipu::detail::inline QUIPU_MODE {

/// The region of the events that a state folds for an entity. The primary template is for `any_event`.
template <class Events>
struct watched_events {
  [[nodiscard]] static region of(std::string_view entity) { return region::entity(entity); }
};
template <class... Events>
struct watched_events<event_list<Events...>> {
  [[nodiscard]] static region of(std::string_view entity) {
    return region::entity(entity).template with_events<Events...>();
  }
};

}  // namespace quipu::detail::inline QUIPU_MODE

namespace quipu::inline QUIPU_MODE {

/// Receives the newest state of an entity after changes. Changes that are close together are merged: each call returns
/// the newest state. The state is kept, so that a change costs what its events cost; a state that cannot be copied is
/// folded from the first event each time.
///
/// After a compaction dropped or erased events, the state is folded again from those that are left. That alone is not a
/// change: the next state that is returned is without them.
///
/// A watcher may outlive its store. One thread at a time may use it. Members that receive throw as `project` does; a
/// later call tries again and loses nothing.
template <projection State>
class watcher {
  using log_source = detail::log_source;
  using events = detail::watched_events<typename State::events>;

 public:
  /// For the store. Changes count from this moment on.
  watcher(std::shared_ptr<log_source> source, std::string_view entity)
      : source_{std::move(source)},
        cursor_{source_, events::of(entity), cursor_position::start()},
        returned_before_{source_->snapshot().end_sequence} {}

  /// Returns the state after the next change; waits for it without a limit. Returns nothing if the store is closed and
  /// the last change was returned.
  [[nodiscard]] std::optional<State> recv() { return receive(detail::wait_end::never()); }
  /// Returns the state after the next change; waits for it for at most `timeout`, a `std::chrono` duration.
  template <detail::duration_like Duration>
  [[nodiscard]] std::optional<State> recv_for(const Duration& timeout) {
    return receive(detail::wait_end::after(timeout));
  }
  /// Returns the state if it changed since the last call, or nothing. Does not wait.
  [[nodiscard]] std::optional<State> try_recv() { return receive(detail::wait_end::now()); }
  /// Returns true if the store is closed and its last change was returned.
  [[nodiscard]] bool ended() { return source_->is_closed() && !catch_up(); }

 private:
  [[nodiscard]] std::optional<State> receive(const detail::wait_end& end) {
    const std::atomic<bool> never{false};
    for (;;) {
      const bool closed = source_->is_closed();  // read first, so that the last change is found
      if (catch_up()) return take_state();
      const std::int64_t left_us = end.left_us();
      if (closed || left_us == 0) return std::nullopt;
      source_->wait_for_event(cursor_.next_sequence(), left_us, never);
    }
  }

  /// Folds the new events. Returns whether the state has a change that was not returned yet.
  [[nodiscard]] bool catch_up() {
    const detail::log_snapshot now = source_->snapshot();
    if (std::exchange(generation_, now.generation) != now.generation) reset_state();
    if (const std::uint64_t changes = source_->schema_changes(); !checked_ || changes != schema_changes_) {
      source_->check_schemas(detail::shapes_of(typename State::events{}));
      checked_ = true;
      schema_changes_ = changes;
    }
    try {
      while (cursor_.next_sequence() < now.end_sequence && fold_some(now.end_sequence)) continue;
    } catch (...) {
      reset_state();
      throw;
    }
    return has_change_;
  }
  /// Folds a few events before sequence `end`; later ones may have shapes that were not checked. Returns whether there
  /// may be more.
  /// A `quipu::error` names the event; what else `apply` throws passes through.
  [[nodiscard]] bool fold_one(const event_view& event) {
    try {
      return detail::folder<State>::fold_view(state_, event);
    } catch (const error& why) {
      throw detail::error_at(event, why);
    }
  }
  [[nodiscard]] bool fold_some(std::uint64_t end) {
    const auto some = cursor_.poll_batch(fold_batch_events);
    for (const event_view& event : some) {
      if (event.sequence() >= end) {
        cursor_.rewind_to(event.sequence());
        return false;
      }
      if (fold_one(event) && event.sequence() >= returned_before_) has_change_ = true;
    }
    return !some.empty();
  }
  [[nodiscard]] std::optional<State> take_state() {
    std::optional<State> now;
    if constexpr (std::is_copy_constructible_v<State>) {
      now.emplace(std::as_const(state_));
      returned_before_ = cursor_.next_sequence();
      has_change_ = false;
    } else {
      now.emplace(std::move(state_));
      returned_before_ = cursor_.next_sequence();
      reset_state();
    }
    return now;
  }
  /// Discards the state, which may contain half of an event or be moved from, and reads from the first event again.
  void reset_state() {
    state_ = State{};
    has_change_ = false;
    cursor_.rewind_to(0);
  }

  static constexpr std::size_t fold_batch_events = 64;

  std::shared_ptr<log_source> source_;
  cursor cursor_;
  State state_{};
  std::uint64_t returned_before_;  // events before this sequence are not changes
  bool has_change_{};
  std::uint64_t generation_{};  // of the log that `state_` was folded from
  bool checked_{};
  std::uint64_t schema_changes_{};
};

}  // namespace quipu::inline QUIPU_MODE
