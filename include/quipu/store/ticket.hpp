// SPDX-License-Identifier: BSL-1.0
//
// ticket.hpp: what `submit` returns: an event, or a batch, that has its place in the log, and the right to wait for its
// receipt. See docs/writing.md.
#pragma once

#include "../core/error.hpp"
#include "../delivery/detail/wait_time.hpp"
#include "../journal/append_options.hpp"
#include "../journal/config.hpp"
#include "../journal/reports.hpp"
#include "../journal/write/append_entry.hpp"
#include "../macros.hpp"
#include "../outcome/detail/attempt.hpp"
#include "../outcome/outcome.hpp"
#include "../projection/detail/milliseconds.hpp"
#include "detail/store_core.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <utility>
#include <vector>

namespace quipu::detail::inline QUIPU_MODE {

/// A commit that has its place in the log, and the core that keeps the log alive.
class claim {
 public:
  claim(std::shared_ptr<writer_core> core, const placed_commit& made) noexcept : core_{std::move(core)}, made_{made} {}
  claim(claim&&) noexcept = default;
  claim& operator=(claim&&) noexcept = default;

  void wait(std::span<receipt> receipts);
  [[nodiscard]] bool wait_for(std::span<receipt> receipts, std::int64_t microseconds);
  [[nodiscard]] bool ready() const;

 private:
  [[nodiscard]] journal& log() const;
  std::shared_ptr<writer_core> core_;
  placed_commit made_;
};

}  // namespace quipu::detail::inline QUIPU_MODE

namespace quipu::inline QUIPU_MODE {

/// One submitted event. Its place is final; what its receipt promises is so when `wait` returns. Many tickets share a
/// flush: the first that is waited for has everything flushed that was submitted before. No thread writes by itself:
/// who waits, flushes. An event whose ticket is dropped stays, and is flushed with the next flush, after
/// `sync.interval_ms`, by a sync or by `close()`.
///
/// May outlive the store. Movable; not thread-safe, but tickets are independent of each other. One that was moved away
/// throws `errc::invalid_argument`.
class ticket {
 public:
  /// For the store.
  ticket(detail::claim claim, const receipt& given) noexcept : claim_{std::move(claim)}, given_{given} {}

  [[nodiscard]] const event_id& id() const noexcept { return given_.id; }
  /// The event's number in the store.
  [[nodiscard]] std::uint64_t sequence() const noexcept { return given_.sequence; }
  [[nodiscard]] std::uint64_t entity_sequence() const noexcept { return given_.entity_sequence; }

  /// Returns the receipt when all that it promises is so: the event is visible, and durable where it was submitted so.
  /// Again: the same. Also after the store was closed, which flushes. Throws `errc::io_failed` or `errc::writer_failed`
  /// where the event couldn't be written or flushed (it may be found after reopening, or not), `errc::closed` where it
  /// wasn't before the store was closed, `errc::locked` in a forked child.
  receipt wait();
  /// As `wait`, but not for longer than this (a duration of any unit): then nothing. A thread of the store's makes the
  /// flush, so that the limit holds however long that takes; with a limit of zero nothing is begun.
  template <detail::duration_like Duration>
  std::optional<receipt> wait_for(const Duration& timeout) {
    if (!claim_.wait_for({&given_, 1}, detail::wait_end::after(timeout).left_us())) return std::nullopt;
    return given_;
  }
  /// Whether `wait` would return, or throw, at once.
  [[nodiscard]] bool ready() const { return claim_.ready(); }

  [[nodiscard]] outcome<receipt> try_wait();

 private:
  detail::claim claim_;
  receipt given_;
};

/// A submitted batch; as `ticket`, with a receipt for each event.
class batch_ticket {
 public:
  /// For the store.
  batch_ticket(detail::claim claim, std::vector<receipt> given) noexcept
      : claim_{std::move(claim)}, given_{std::move(given)} {}

  [[nodiscard]] std::size_t size() const noexcept { return given_.size(); }
  [[nodiscard]] const event_id& id(std::size_t index) const { return given_.at(index).id; }

  std::vector<receipt> wait();
  template <detail::duration_like Duration>
  std::optional<std::vector<receipt>> wait_for(const Duration& timeout) {
    if (!claim_.wait_for(given_, detail::wait_end::after(timeout).left_us())) return std::nullopt;
    return given_;
  }
  [[nodiscard]] bool ready() const { return claim_.ready(); }

  [[nodiscard]] outcome<std::vector<receipt>> try_wait();

 private:
  detail::claim claim_;
  std::vector<receipt> given_;
};

}  // namespace quipu::inline QUIPU_MODE
