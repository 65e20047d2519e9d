// SPDX-License-Identifier: BSL-1.0
//
// pending_keys.hpp: the idempotency keys of events that have their places and are not in an index yet. A commit that
// uses one of them again has to wait until the event is written: only then is there a receipt to repeat.
#pragma once

#include "../../core/detail/flat_map.hpp"
#include "../../macros.hpp"
#include "placement.hpp"

#include <cstddef>

namespace quipu::detail::inline QUIPU_MODE {

/// Not thread-safe: guarded by the journal's lock.
class pending_keys {
 public:
  [[nodiscard]] bool contains(const event_id& key) const noexcept;
  /// Whether a commit uses one of the keys.
  [[nodiscard]] bool has_any_of(const placement& placing) const noexcept;

  /// Adds the keys of the entries that will be written.
  void add_new(const placement& placing);

  /// The events that have the keys are being written from now on. Those of the group before must have been removed.
  void begin_writing() noexcept { being_written_.swap(placed_); }
  /// The events that were being written are in the index, or never will be.
  void remove_written() noexcept { being_written_.clear(); }

 private:
  key_set placed_;
  key_set being_written_;
};

}  // namespace quipu::detail::inline QUIPU_MODE
