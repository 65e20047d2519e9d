// SPDX-License-Identifier: BSL-1.0
//
// subscription.ipp: see delivery/subscription.hpp.
#pragma once

#include "../../coordinate/region.hpp"
#include "../../core/error.hpp"
#include "../../delivery/cursor_position.hpp"
#include "../../delivery/detail/wait_time.hpp"
#include "../../delivery/stages.hpp"
#include "../../delivery/subscription.hpp"
#include "../../delivery/unknown_kinds.hpp"
#include "../../event/event_view.hpp"
#include "../../journal/read/log_source.hpp"
#include "../../journal/read/region_reader.hpp"

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace quipu::inline QUIPU_MODE {

QUIPU_DECL subscription::subscription(std::shared_ptr<log_source> source, region wanted,
                                      const subscription_options& options)
    : source_{std::move(source)},
      reader_{std::make_unique<detail::region_reader>(std::move(wanted))},
      capacity_{options.capacity},
      next_{source_->snapshot().end_sequence},
      unknown_{options.unknown_kinds} {
  unknown_.check_region(selects());
  if (capacity_ == 0 || capacity_ > most_capacity)
    throw error{errc::invalid_argument,
                "subscription_options.capacity must be 1 to 2^24",
                {.expected = most_capacity, .actual = capacity_}};
}

QUIPU_DECL subscription::subscription(subscription&&) noexcept = default;
QUIPU_DECL subscription& subscription::operator=(subscription&&) noexcept = default;
QUIPU_DECL subscription::~subscription() = default;

QUIPU_DECL const region& subscription::selects() const noexcept { return reader_->wanted(); }

QUIPU_DECL std::uint64_t subscription::dropped() {
  static_cast<void>(waiting());
  return dropped_;
}

QUIPU_DECL std::size_t subscription::waiting() {
  const bool closed = source_->is_closed();  // read first, so that the last events are counted
  read_new_events();
  if (closed) drop_all();
  return count_;
}

QUIPU_DECL std::optional<event_view> subscription::receive(const detail::wait_end& end) {
  const std::atomic<bool> never{false};
  std::optional<event_view> event;
  if (source_->is_closed()) return event;
  for (;;) {
    const bool closed = source_->is_closed();  // read first, so that the last events are found
    read_new_events();
    if (count_ != 0) {
      event.emplace(queue_[first_].view());
      if (!unknown_.allows(event->kind())) throw detail::unknown_kind_error{*event};
      queue_[first_] = {};
      first_ = (first_ + 1) % queue_.size();
      --count_;
      return event;
    }
    const std::int64_t left_us = end.left_us();
    if (closed || left_us == 0) return event;
    source_->wait_for_event(next_, left_us, never);
  }
}

QUIPU_DECL void subscription::read_new_events() {
  log_snapshot seen = source_->snapshot();
  if (std::exchange(generation_, seen.generation) != seen.generation && count_ != 0) {
    next_ = queue_[first_].frame.sequence();
    queue_.clear();
    first_ = count_ = 0;
  }
  if (seen.end_sequence <= next_) return;
  const std::uint64_t end = seen.end_sequence;
  reader_->begin(std::move(seen), next_);
  while (reader_->advance()) {
    enqueue(reader_->found());
    next_ = reader_->sequence() + 1;
  }
  reader_->end();
  next_ = end;
}

QUIPU_DECL void subscription::drop_all() noexcept {
  dropped_ += count_;
  queue_.clear();
  first_ = count_ = 0;
}

QUIPU_DECL void subscription::enqueue(found_frame found) {
  if (count_ == capacity_) {
    queue_[first_] = std::move(found);
    first_ = (first_ + 1) % capacity_;
    ++dropped_;
    return;
  }
  if (count_ == queue_.size()) {
    // The ring is full and may grow. Its events are put in order first, so that the new room follows the last one.
    std::vector<found_frame> grown(std::min(capacity_, std::max<std::size_t>(16, 2 * count_)));
    for (std::size_t index = 0; index < count_; ++index)
      grown[index] = std::move(queue_[(first_ + index) % queue_.size()]);
    queue_ = std::move(grown);
    first_ = 0;
  }
  queue_[(first_ + count_) % queue_.size()] = std::move(found);
  ++count_;
}

}  // namespace quipu::inline QUIPU_MODE
