// SPDX-License-Identifier: BSL-1.0
//
// region_reader.hpp: the events that a region selects, one after the other, beginning at any sequence.
#pragma once

#include "../../coordinate/region.hpp"
#include "../../event/event_view.hpp"
#include "../../macros.hpp"
#include "../segment/segment.hpp"
#include "log_snapshot.hpp"
#include "selection.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>

namespace quipu::detail::inline QUIPU_MODE {

/// The event with this sequence and id, if the region selects it as it is now: it may have been dropped or erased since
/// it was selected.
[[nodiscard]] std::optional<event_view> find_selected(const log_snapshot& seen, const region& wanted,
                                                      std::uint64_t sequence, const event_id& id);

/// Reads one snapshot at a time. `begin` takes time logarithmic in the size of the log. `advance` takes time in
/// proportion to the candidates of the region's runs that it passes over. Not thread-safe.
class region_reader {
 public:
  explicit region_reader(region wanted) : wanted_{std::move(wanted)} {}

  [[nodiscard]] const region& wanted() const noexcept { return wanted_; }

  /// Starts reading `seen` at the first event whose sequence is `next` or greater.
  void begin(log_snapshot seen, std::uint64_t next);
  /// Releases the snapshot.
  void end() noexcept;
  [[nodiscard]] bool has_snapshot() const noexcept { return seen_.segments != nullptr; }
  /// The snapshot's. If the log has another one now, the snapshot may show events that were dropped or erased since.
  [[nodiscard]] std::uint64_t generation() const noexcept { return seen_.generation; }

  /// Moves to the next event; false where the snapshot has no more.
  [[nodiscard]] bool advance();
  /// The event that `advance` moved to.
  [[nodiscard]] std::uint64_t sequence() const noexcept { return frame_.sequence(); }
  [[nodiscard]] typename log_snapshot::found_frame found() const { return {seen_.at(segment_), frame_}; }
  [[nodiscard]] event_view view() const { return found().view(); }

 private:
  [[nodiscard]] const segment& owner() const noexcept { return *seen_.at(segment_); }

  void enter(std::size_t position, std::uint64_t next);

  region wanted_;
  log_snapshot seen_{};
  std::size_t segment_{};
  selection selected_;
  place_reader reader_;
  frame_view frame_{};
};

}  // namespace quipu::detail::inline QUIPU_MODE
