// SPDX-License-Identifier: BSL-1.0
//
// subscription.hpp: the events of a region as they are appended, for those who would rather miss some than fall behind:
// screens, meters, wake-ups.
//
//   auto events = store.subscribe_lossy(quipu::region::all());
//   while (auto event = events.recv()) show(*event);    // ends when the store is closed
//
// The queue has room for the newest `capacity` events. The consumer fills it itself, from the log, when it looks; so
// the writer does nothing for a subscription, however many there are and however slow:
// docs/decisions/0022-lossy-subscriptions.md.
#pragma once

#include "../coordinate/region.hpp"
#include "../core/error.hpp"
#include "../event/event_view.hpp"
#include "../journal/read/log_source.hpp"
#include "../journal/read/region_reader.hpp"
#include "../macros.hpp"
#include "cursor_position.hpp"
#include "detail/wait_time.hpp"
#include "stages.hpp"

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace quipu::inline QUIPU_MODE {

struct subscription_options {
  std::size_t capacity{
      1024};  ///< how many events may wait; when more do, the oldest are dropped. At least 1, at most 2^24
};

/// Receiving and composing: see `receiving`. It may outlive the store, and ends when that is closed: who waits in
/// `recv` then is still given an event that was appended before, and all that waits in the queue is dropped, and
/// counted. Reading a `read_only_store`, members throw as reading does.
class subscription : public receiving<subscription> {
  using log_source = detail::log_source;
  using log_snapshot = detail::log_snapshot;
  using found_frame = typename log_snapshot::found_frame;

 public:
  /// For the store, which makes it.
  subscription(std::shared_ptr<log_source> source, region wanted, const subscription_options& options);
  subscription(subscription&&) noexcept = default;
  subscription& operator=(subscription&&) noexcept = default;

  /// How many events of the region were dropped until now, because more than `capacity` were waiting, or because they
  /// were waiting when the store was closed.
  [[nodiscard]] std::uint64_t dropped();
  /// How many wait to be received.
  [[nodiscard]] std::size_t waiting();
  /// Whether the store was closed.
  [[nodiscard]] bool ended() const noexcept { return source_->is_closed(); }
  [[nodiscard]] const region& selects() const noexcept { return reader_.wanted(); }

  /// For the library's own layers: the next event; waits until `end`.
  [[nodiscard]] std::optional<event_view> receive(const detail::wait_end& end);

 private:
  static constexpr std::size_t most_capacity = std::size_t{1} << 24;

  /// Takes into the queue what was appended since it was looked.
  void look();
  void drop_all() noexcept;
  void put(found_frame found);

  std::shared_ptr<log_source> source_;
  detail::region_reader reader_;
  std::size_t capacity_;
  std::uint64_t next_;              // of the first event that wasn't looked at
  std::vector<found_frame> queue_;  // a ring, which grows up to `capacity_`
  std::size_t first_{};
  std::size_t count_{};
  std::uint64_t dropped_{};
};

}  // namespace quipu::inline QUIPU_MODE
