// SPDX-License-Identifier: BSL-1.0
//
// commit_progress.hpp: how far a log has come. Each number is the sequence of the first event that it does not include:
//
//   durable <= visible <= placed     on stable storage; written, and seen by readers; numbered and laid out in memory
//   returned <= placed               appends of events before it have returned, so that a reader must see them
//   promised <= placed               events before it were promised to be durable before they become visible; if it
//                                    is beyond `visible`, the next write must flush
#pragma once

#include "../../macros.hpp"
#include "append_entry.hpp"

#include <algorithm>
#include <cstdint>

namespace quipu::detail::inline QUIPU_MODE {

/// Not thread-safe: guarded by the journal's lock.
class commit_progress {
 public:
  /// A log whose events before `end` are all on stable storage.
  explicit commit_progress(std::uint64_t end = 0) noexcept
      : placed_{end}, visible_{end}, durable_{end}, returned_{end}, promised_{end} {}

  /// The sequence that the next event gets.
  [[nodiscard]] std::uint64_t placed() const noexcept { return placed_; }
  [[nodiscard]] std::uint64_t visible() const noexcept { return visible_; }
  [[nodiscard]] std::uint64_t durable() const noexcept { return durable_; }
  [[nodiscard]] std::uint64_t returned() const noexcept { return returned_; }
  [[nodiscard]] std::uint64_t not_durable() const noexcept { return placed_ - durable_; }

  /// Whether the next write must be flushed before its events become visible.
  [[nodiscard]] bool must_flush() const noexcept { return promised_ > visible_; }
  /// Whether readers must see events that are not written yet.
  [[nodiscard]] bool must_write() const noexcept { return returned_ > visible_; }
  /// Whether everything is so that the receipts of a commit promise.
  [[nodiscard]] bool fulfils(const placed_commit& made) const noexcept;

  /// The events before `end` have their places.
  void record_placed(std::uint64_t end) noexcept { placed_ = end; }

  /// Records what the receipts of a commit promise: that its events become durable before they become visible, or that
  /// readers see them from now on. Returns whether it was the latter.
  bool record_promise(const placed_commit& made) noexcept {
    if (made.durable_until > durable_) {
      if (made.durable_until > made.begin) promised_ = std::max(promised_, made.end);
      return false;
    }
    // An event must not become visible before a durable one that precedes it.
    if (made.end == made.begin || must_flush()) return false;
    returned_ = std::max(returned_, made.end);
    return true;
  }

  /// The append of a commit returns. Returns false if that was recorded before.
  bool record_returned(std::uint64_t end) noexcept;

  /// The events before `end` are written, and flushed if `flushed` says so.
  void record_written(std::uint64_t end, bool flushed) noexcept;

 private:
  std::uint64_t placed_;
  std::uint64_t visible_;
  std::uint64_t durable_;
  std::uint64_t returned_;
  std::uint64_t promised_;
};

}  // namespace quipu::detail::inline QUIPU_MODE
