// SPDX-License-Identifier: BSL-1.0
//
// watcher.hpp: the state of an entity, anew after each change: for whoever shows or checks a state rather than events.
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
#include "detail/wait_time.hpp"

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <type_traits>
#include <utility>

namespace quipu::detail::inline QUIPU_MODE {

/// The events of an entity that a state folds, and how their shapes are compared with the log's.
template <class Events>
struct watched_events {  // any_event
  [[nodiscard]] static region of(std::string_view entity) { return region::entity(entity); }
  static void check(log_source&) {}
};
template <class... Events>
struct watched_events<event_list<Events...>> {
  [[nodiscard]] static region of(std::string_view entity) {
    return region::entity(entity).template with_events<Events...>();
  }
  static void check(log_source& source) {
    for (const event_shape* newest : {&event_shape_of<Events>...})
      for (const event_shape* each = newest; each != nullptr; each = each->previous) source.check_schema(*each);
  }
};

}  // namespace quipu::detail::inline QUIPU_MODE

namespace quipu::inline QUIPU_MODE {

/// Several changes that come close together are one: what is received is always the newest state, and nothing is missed
/// by who is slow. The state is kept and folded on, so that a change costs what its events cost (a state that can't be
/// copied is folded anew). It may outlive the store. One thread at a time may use a watcher. Throws as `project` does;
/// then nothing is lost, and the next call tries again.
template <projection State>
class watcher {
  using log_source = detail::log_source;
  using events = detail::watched_events<typename State::events>;

 public:
  /// For the store, which makes it. Changes are those from now on.
  watcher(std::shared_ptr<log_source> source, std::string_view entity)
      : source_{std::move(source)},
        cursor_{source_, events::of(entity), cursor_position::start()},
        told_{source_->snapshot().end_sequence} {}

  /// The state after the next change; waits for it. Nothing when the store was closed and the last change was told.
  [[nodiscard]] std::optional<State> recv() { return receive(detail::wait_end::never()); }
  /// The state after the next change; waits no longer than `timeout`, a duration of any unit.
  template <detail::duration_like Duration>
  [[nodiscard]] std::optional<State> recv_for(const Duration& timeout) {
    return receive(detail::wait_end::after(timeout));
  }
  /// The state, if it changed since it was last told. Doesn't wait.
  [[nodiscard]] std::optional<State> try_recv() { return receive(detail::wait_end::now()); }
  /// Whether the store was closed, and its last change was told.
  [[nodiscard]] bool ended() { return source_->is_closed() && !catch_up(); }

 private:
  [[nodiscard]] std::optional<State> receive(const detail::wait_end& end) {
    const std::atomic<bool> never{false};
    for (;;) {
      const bool closed = source_->is_closed();  // asked first: what was appended before it was closed is found
      if (catch_up()) return tell();
      const std::int64_t left_us = end.left_us();
      if (closed || left_us == 0) return std::nullopt;
      source_->wait_for_event(cursor_.next_sequence(), left_us, never);
    }
  }

  /// Folds what there is; whether it has something that wasn't told.
  [[nodiscard]] bool catch_up() {
    const std::uint64_t end = source_->snapshot().end_sequence;
    if (const std::uint64_t changes = source_->schema_changes(); !checked_ || changes != schema_changes_) {
      events::check(*source_);
      checked_ = true;
      schema_changes_ = changes;
    }
    try {
      while (cursor_.next_sequence() < end) {
        const std::optional<event_view> event = cursor_.poll();
        if (!event) break;
        detail::folder<State>::fold_view(state_, *event);
        if (event->sequence() >= told_) news_ = true;
      }
    } catch (...) {
      begin_again();
      throw;
    }
    return news_;
  }
  [[nodiscard]] std::optional<State> tell() {
    std::optional<State> now;
    if constexpr (std::is_copy_constructible_v<State>) {
      now.emplace(std::as_const(state_));
      told_ = cursor_.next_sequence();
      news_ = false;
    } else {
      now.emplace(std::move(state_));
      told_ = cursor_.next_sequence();
      begin_again();
    }
    return now;
  }
  /// What was folded may be half of an event, or given away.
  void begin_again() {
    state_ = State{};
    news_ = false;
    cursor_.rewind_to(0);
  }

  std::shared_ptr<log_source> source_;
  cursor cursor_;
  State state_{};
  std::uint64_t told_;  // events before this are in what was told, or were there before
  bool news_{};
  bool checked_{};
  std::uint64_t schema_changes_{};
};

}  // namespace quipu::inline QUIPU_MODE
