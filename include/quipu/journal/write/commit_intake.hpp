// SPDX-License-Identifier: BSL-1.0
//
// commit_intake.hpp: what lies between a commit and its place in the log: an open visibility fence, room in the segment
// and in the buffer, idempotency keys, whose events may still have to be written, and conditions. Each may take time,
// and the lock is open meanwhile; so what was checked before is checked again.
#pragma once

#include "../../core/error.hpp"
#include "../../event/event_id.hpp"
#include "../../macros.hpp"
#include "../append_options.hpp"
#include "../config.hpp"
#include "../reports.hpp"
#include "append_entry.hpp"
#include "fence_gate.hpp"
#include "flush_turn.hpp"
#include "log_writer.hpp"
#include "placement.hpp"
#include "staged_commit.hpp"

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <span>

namespace quipu::detail::inline QUIPU_MODE {

/// Guarded by the journal's lock, which is passed to members that open it for a while.
class commit_intake {
 public:
  /// Both must outlive this.
  commit_intake(log_writer& log, const config& options) noexcept : log_{log}, options_{options} {}

  /// Returns when the active segment and the buffer have room for `bytes`, and no fence is in the way. Throws
  /// `errc::closed`, `errc::locked`, `errc::writer_failed`, `errc::busy`, `errc::storage_full`, `errc::cancelled` if
  /// the thread is told to stop meanwhile, and what writing throws.
  void make_room(std::unique_lock<std::mutex>& lock, std::uint64_t bytes, at_fence rule = at_fence::obey);

  /// Places a commit, for which there is room. Entries whose keys are in the log get the receipts of those events.
  /// Throws as `make_room` and `log_writer::place`.
  placed_commit place(std::unique_lock<std::mutex>& lock, placement& placing, std::span<receipt> receipts,
                      at_fence rule = at_fence::obey);

  /// Records what the receipts of a commit promise, and writes and flushes what is due by now. Returns whether the rest
  /// is left to the timer. Throws what writing throws.
  [[nodiscard]] bool record_promise(std::unique_lock<std::mutex>& lock, const placed_commit& made);

  // ---- fences

  /// Opens a fence. If one is open, waits or throws `errc::busy`, as that one says. Throws `errc::closed`,
  /// `errc::writer_failed`, `errc::locked`.
  [[nodiscard]] staged_commit open_fence(std::unique_lock<std::mutex>& lock, fence_policy others);
  /// Stages all entries or none. Throws as `place`, and `errc::cancelled` if the fence is not open any more.
  void stage(std::unique_lock<std::mutex>& lock, staged_commit& staged, placement& placing,
             std::span<receipt> receipts);
  /// Places what was staged, which `placing` has, and closes the fence. Throws as `stage`, and the fence is still open.
  placed_commit place_staged(std::unique_lock<std::mutex>& lock, const staged_commit& staged, placement& placing,
                             std::span<receipt> receipts);
  /// Closes the fence, if it is open.
  void cancel(const staged_commit& staged) noexcept;

  // ---- pressure

  /// What waits to be written or flushed.
  [[nodiscard]] writer_pressure pressure() const noexcept;
  /// Why a commit could not have its place now without waiting; null if it could.
  [[nodiscard]] const char* reason_to_wait(const placement& placing) const;

 private:
  /// Looks up the keys of a commit; entries whose events are in the log get their receipts. Events that are not written
  /// are not in the index yet: writes those first, or waits for the thread that does.
  void repeat_known_keys(std::unique_lock<std::mutex>& lock, placement& placing, std::span<receipt> receipts,
                         at_fence rule);

  /// Throws `errc::conflict` if a condition of a commit excludes an event that has its place. If that event is not
  /// visible yet, writes it first, or waits for the thread that does: the caller then sees what is in between.
  void check_conditions(std::unique_lock<std::mutex>& lock, placement& placing, at_fence rule);
  /// Writes the events that have their places, or waits until another thread has written some.
  void write_waiting(std::unique_lock<std::mutex>& lock);

  /// Makes the calling thread the one that uses the fence. Throws `errc::cancelled` if it is not open any more.
  void continue_fence(const staged_commit& staged);

  log_writer& log_;
  const config& options_;
};

}  // namespace quipu::detail::inline QUIPU_MODE
