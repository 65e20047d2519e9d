// SPDX-License-Identifier: BSL-1.0
//
// subscription.hpp: a bounded, lossy reader of the events of a region as they are appended. If the consumer is too
// slow, the oldest waiting events are dropped. Use it for displays, meters and wake-ups; use a cursor if every event
// matters.
//
//   auto events = store.subscribe_lossy(quipu::region::all());
//   while (auto event = events.recv()) show(*event);    // ends when the store is closed
//
// The queue holds the newest `capacity` events. The consumer fills it from the log when it receives, so that the writer
// does no work for subscriptions: docs/decisions/0022-lossy-subscriptions.md.
#pragma once

#include "../coordinate/region.hpp"
#include "../core/error.hpp"
#include "../event/event_view.hpp"
#include "../journal/read/log_source.hpp"
#include "../macros.hpp"
#include "cursor_position.hpp"
#include "detail/wait_time.hpp"
#include "stages.hpp"
#include "unknown_kinds.hpp"

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace quipu::detail::inline QUIPU_MODE {

class region_reader;

}  // namespace quipu::detail::inline QUIPU_MODE

namespace quipu::inline QUIPU_MODE {

/// Options of `store.subscribe_lossy`.
struct subscription_options {
  /// Maximum number of waiting events; the oldest are dropped if there are more. 1 to 2^24.
  std::size_t capacity{1024};
  /// Whether receiving throws `errc::kind_mismatch` instead of returning an event of a kind that the program does not
  /// know. The event keeps waiting, so each call throws until it is dropped.
  quipu::unknown_kinds unknown_kinds = quipu::unknown_kinds::pass_over();
};

/// The events of a region appended after the subscription was made. `receiving` documents `recv` and the stages.
///
/// Waiting events that a compaction dropped are not received; those that it erased are received as erased events, if
/// the region selects that.
///
/// A subscription may outlive its store and ends when the store is closed. A thread that waits in `recv` at that time
/// still receives one event appended before; the other waiting events are dropped and counted. On a `read_only_store`,
/// members that read throw `errc::corrupt` and `errc::io_failed`.
class subscription : public receiving<subscription> {
  using log_source = detail::log_source;
  using log_snapshot = detail::log_snapshot;
  using found_frame = typename log_snapshot::found_frame;

 public:
  /// For the store. Throws `errc::invalid_argument` if `options.capacity` is out of range, and as
  /// `unknown_kinds::check_region` does.
  subscription(std::shared_ptr<log_source> source, region wanted, const subscription_options& options);
  subscription(subscription&&) noexcept;
  subscription& operator=(subscription&&) noexcept;
  ~subscription();

  /// Returns the number of dropped events of the region: those that exceeded `capacity`, and those that were waiting
  /// when the store was closed.
  [[nodiscard]] std::uint64_t dropped();
  /// Returns the number of waiting events.
  [[nodiscard]] std::size_t waiting();
  /// Returns true if the store is closed.
  [[nodiscard]] bool ended() const noexcept { return source_->is_closed(); }
  [[nodiscard]] const region& selects() const noexcept;

  /// For the library's own layers: returns the next event; waits until `end`.
  [[nodiscard]] std::optional<event_view> receive(const detail::wait_end& end);

 private:
  static constexpr std::size_t most_capacity = std::size_t{1} << 24;

  /// Reads the events appended since the last call into the queue; reads those that wait again if events were dropped
  /// or erased since.
  void read_new_events();
  void drop_all() noexcept;
  void enqueue(found_frame found);

  std::shared_ptr<log_source> source_;
  std::unique_ptr<detail::region_reader> reader_;
  std::size_t capacity_;
  std::uint64_t next_;              // sequence of the first event not yet read
  std::uint64_t generation_{};      // of the log when it was read last
  std::vector<found_frame> queue_;  // ring buffer that grows up to `capacity_`
  std::size_t first_{};
  std::size_t count_{};
  std::uint64_t dropped_{};
  unknown_kinds unknown_;
};

}  // namespace quipu::inline QUIPU_MODE
