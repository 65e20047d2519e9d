// SPDX-License-Identifier: BSL-1.0
//
// log_source.hpp: what deliveries ask of a store, whatever its environment and its cache are. So a cursor is one type, compiled once, and it
// keeps alive what it reads from while the store may be gone.
#pragma once

#include "../../event/event_view.hpp"
#include "../../journal/format/layout.hpp"
#include "../../journal/read/log_snapshot.hpp"

#include <atomic>
#include <cstdint>

namespace quipu::detail {

/// All members are thread-safe.
class log_source {
 public:
  log_source() = default;
  log_source(const log_source&) = delete;
  log_source& operator=(const log_source&) = delete;

  /// What is visible; after closing, what was visible then. A follower's may throw as reading does.
  [[nodiscard]] virtual log_snapshot snapshot() = 0;
  /// Waits until a snapshot would have the event with this number, the store is closed, `stop` is set and `wake` was called, or that many
  /// microseconds are over.
  virtual void wait_for_event(std::uint64_t sequence, std::int64_t microseconds, const std::atomic<bool>& stop) = 0;
  /// Wakes whoever waits.
  virtual void wake() noexcept = 0;
  [[nodiscard]] virtual bool is_closed() const noexcept = 0;
  /// Which store it is.
  [[nodiscard]] virtual const store_identity& identity() const noexcept = 0;
  /// Throws `errc::schema_drift` where the log has another shape for an event type.
  virtual void check_schema(const event_shape& shape) = 0;
  /// Rises when the log gets a schema.
  [[nodiscard]] virtual std::uint64_t schema_changes() const noexcept = 0;
  /// Another number when events were dropped or erased.
  [[nodiscard]] virtual std::uint64_t generation() = 0;

 protected:
  ~log_source() = default;
};

}  // namespace quipu::detail
