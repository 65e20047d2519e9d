// SPDX-License-Identifier: BSL-1.0
//
// commit_intake.hpp: what lies between a commit and its place in the log: an open visibility fence, room in the segment and in
// the buffer, and idempotency keys, whose events may still have to be written. Each may take time, and the lock is open
// meanwhile; so what was checked before is checked again.
#pragma once

#include "../../core/error.hpp"
#include "../../event/event_id.hpp"
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

namespace quipu::detail {

/// Guarded by the journal's lock, which is passed to members that open it for a while.
class commit_intake {
 public:
  /// Both must outlive this.
  commit_intake(log_writer& log, const config& options) noexcept : log_{log}, options_{options} {}

  /// Returns when the active segment and the buffer have room for `bytes`, and no fence is open, unless `past_fence`. Throws
  /// `errc::closed`, `errc::locked`, `errc::writer_failed`, `errc::busy`, `errc::storage_full`, and what writing throws.
  void make_room(std::unique_lock<std::mutex>& lock, std::uint64_t bytes, bool past_fence = false) {
    for (;;) {
      log_.access().check_open();
      if (log_.fence().is_open() && !past_fence) {
        log_.fence().wait_or_refuse(lock);
        continue;
      }
      const bool fitting = log_.fits(bytes);
      if (fitting && (!log_.is_buffer_full() || !log_.turn().is_taken())) break;
      if (log_.turn().is_taken()) {
        const flush_turn::caller counted{log_.turn()};
        log_.turn().wait(lock);
      } else if (!fitting && log_.is_buffer_empty()) {
        log_.rotate();
      } else {
        log_.publish(lock, !fitting || log_.progress().must_flush());
      }
    }
    log_.reserve(bytes);
  }

  /// Places a commit, for which there is room. Entries whose keys are in the log get the receipts of those events. Throws as
  /// `make_room` and `log_writer::place`.
  placed_commit place(std::unique_lock<std::mutex>& lock, placement& placing, std::span<receipt> receipts) {
    if (placing.has_keys()) repeat_known_keys(lock, placing, receipts, false);
    return log_.place(placing, receipts, log_.now_us());
  }

  /// Records what the receipts of a commit promise, and writes and flushes what is due by now. Returns whether the rest is left
  /// to the timer. Throws what writing throws.
  [[nodiscard]] bool record_promise(std::unique_lock<std::mutex>& lock, const placed_commit& made) {
    if (!log_.record_promise(made)) return false;
    if (log_.is_sync_due()) {
      log_.flush_until(lock, made.end);
      return false;
    }
    if (log_.is_buffer_full() && !log_.turn().is_taken()) log_.publish(lock, false);
    return true;
  }

  // ---- fences ------------------------------------------------------------------------------------------------------------

  /// Opens a fence. If one is open, waits or throws `errc::busy`, as that one says. Throws `errc::closed`,
  /// `errc::writer_failed`, `errc::locked`.
  [[nodiscard]] staged_commit open_fence(std::unique_lock<std::mutex>& lock, fence_policy others) {
    for (log_.access().check_open(); log_.fence().is_open(); log_.access().check_open())
      log_.fence().wait_or_refuse(lock);
    return {log_.fence().open(others), log_.progress().placed()};
  }
  /// Stages all entries or none. Throws as `place`, and `errc::cancelled` if the fence is not open any more.
  void stage(std::unique_lock<std::mutex>& lock, staged_commit& staged, placement& placing, std::span<receipt> receipts) {
    continue_fence(staged);
    staged.check_room(placing, options_);
    if (placing.has_keys()) {
      repeat_known_keys(lock, placing, receipts, true);
      continue_fence(staged);
    }
    const std::int64_t now = log_.now_us();
    staged.stage(placing, receipts, log_.segments().entities(), log_.segments().schemas(),
                 [this, now] { return log_.make_id(now); });
  }
  /// Places what was staged, which `placing` has, and closes the fence. Throws as `stage`, and the fence is still open.
  placed_commit place_staged(std::unique_lock<std::mutex>& lock, const staged_commit& staged, placement& placing,
                             std::span<receipt> receipts) {
    continue_fence(staged);
    placed_commit made{};
    if (placing.size() != 0) {
      make_room(lock, placing.most_bytes(), true);
      continue_fence(staged);  // the lock was open
      made = log_.place_staged(placing, receipts, staged);
    }
    log_.fence().close();
    return made;
  }
  /// Closes the fence, if it is open.
  void cancel(const staged_commit& staged) noexcept {
    if (log_.fence().is_open(staged.fence())) log_.fence().close();
  }

  // ---- pressure ----------------------------------------------------------------------------------------------------------

  /// What waits to be written or flushed.
  [[nodiscard]] writer_pressure pressure() const noexcept {
    return {.waiting_bytes = log_.waiting_bytes(),
            .waiting_bytes_limit = 2 * options_.writer.buffer_bytes,
            .events_not_durable = log_.progress().not_durable(),
            .callers_waiting = log_.turn().callers() + log_.fence().waiting(),
            .flush_us = log_.last_flush_us(),
            .fence_open = log_.fence().is_open()};
  }
  /// Why a commit could not have its place now without waiting; null if it could.
  [[nodiscard]] const char* reason_to_wait(const placement& placing) const {
    if (log_.fence().is_open()) return "a visibility fence is open";
    if (pressure().utilization() >= options_.writer.retry_above) return "too much waits to be written";
    if (!log_.fits(placing.most_bytes())) return "the segment is full and has to be sealed";
    for (std::size_t index = 0; index < placing.size(); ++index) {
      const append_options& each = placing.entry(index).options;
      if (each.idempotency_key && log_.is_pending(*each.idempotency_key))
        return "an event with this idempotency key is being written";
      if (each.causation_id && log_.progress().placed() != log_.progress().visible() &&
          !log_.visible().find_id(*each.causation_id))
        return "the cause may still have to be written";
    }
    return nullptr;
  }

 private:
  /// Looks up the keys of a commit; entries whose events are in the log get their receipts. Events that are not written are
  /// not in the index yet: writes those first, or waits for the thread that does.
  void repeat_known_keys(std::unique_lock<std::mutex>& lock, placement& placing, std::span<receipt> receipts,
                         bool past_fence) {
    while (log_.has_pending_keys(placing)) {
      if (log_.turn().is_taken()) log_.turn().wait(lock);
      else log_.publish(lock);
      make_room(lock, placing.most_bytes(), past_fence);
    }
    placing.repeat_known(log_.visible(), receipts);
  }

  /// The calling thread goes on with its fence. Throws `errc::cancelled` if it is not open any more.
  void continue_fence(const staged_commit& staged) {
    log_.access().check_open();
    if (!log_.fence().is_open(staged.fence()))
      throw error{errc::cancelled, "the visibility fence was committed or cancelled"};
    log_.fence().hand_to_this_thread();
  }

  log_writer& log_;
  const config& options_;
};

}  // namespace quipu::detail
