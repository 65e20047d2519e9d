// SPDX-License-Identifier: BSL-1.0
//
// commit_intake.ipp: see journal/write/commit_intake.hpp.
#pragma once

#include "../../../core/error.hpp"
#include "../../../event/event_id.hpp"
#include "../../../journal/append_options.hpp"
#include "../../../journal/config.hpp"
#include "../../../journal/reports.hpp"
#include "../../../journal/write/append_entry.hpp"
#include "../../../journal/write/commit_intake.hpp"
#include "../../../journal/write/fence_gate.hpp"
#include "../../../journal/write/flush_turn.hpp"
#include "../../../journal/write/log_writer.hpp"
#include "../../../journal/write/placement.hpp"
#include "../../../journal/write/staged_commit.hpp"

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <span>

namespace quipu::detail::inline QUIPU_MODE {

QUIPU_DECL void commit_intake::make_room(std::unique_lock<std::mutex>& lock, std::uint64_t bytes, at_fence rule) {
  for (;;) {
    log_.access().check_open();
    if (log_.fence().is_open() && rule != at_fence::pass) {
      log_.fence().wait_or_refuse(lock, rule);
      continue;
    }
    const bool fitting = log_.fits(bytes);
    if (fitting && (!log_.is_buffer_full() || !log_.turn().is_taken())) break;
    if (log_.turn().is_taken()) {
      const flush_turn::caller counted{log_.turn()};
      log_.turn().wait(lock, turn_wait::until_stopped);
    } else if (!fitting && log_.is_buffer_empty()) {
      log_.rotate();
    } else {
      log_.publish(lock, !fitting || log_.progress().must_flush());
    }
  }
  log_.reserve(bytes);
}

QUIPU_DECL placed_commit commit_intake::place(std::unique_lock<std::mutex>& lock, placement& placing,
                                              std::span<receipt> receipts, at_fence rule) {
  if (placing.has_keys()) repeat_known_keys(lock, placing, receipts, rule);
  if (placing.has_conditions()) check_conditions(lock, placing, rule);
  const replica_commit* const replica = placing.replica();
  return log_.place(placing, receipts, replica != nullptr ? replica->time_us : log_.event_time_us());
}

QUIPU_DECL bool commit_intake::record_promise(std::unique_lock<std::mutex>& lock, const placed_commit& made) {
  const bool is_left_to_timer = log_.record_promise(made);
  if (log_.is_sync_due()) {
    log_.flush_until(lock, made.end);
    return false;
  }
  if (!is_left_to_timer) return false;
  if (log_.is_buffer_full() && !log_.turn().is_taken()) log_.publish(lock, false);
  return true;
}

QUIPU_DECL staged_commit commit_intake::open_fence(std::unique_lock<std::mutex>& lock, fence_policy others) {
  for (log_.access().check_open(); log_.fence().is_open(); log_.access().check_open())
    log_.fence().wait_or_refuse(lock);
  return {log_.fence().open(others), log_.progress().placed()};
}

QUIPU_DECL void commit_intake::stage(std::unique_lock<std::mutex>& lock, staged_commit& staged, placement& placing,
                                     std::span<receipt> receipts) {
  continue_fence(staged);
  staged.check_room(placing, options_);
  if (placing.has_keys()) {
    repeat_known_keys(lock, placing, receipts, at_fence::pass);
    continue_fence(staged);
  }
  if (placing.has_conditions()) {
    check_conditions(lock, placing, at_fence::pass);
    continue_fence(staged);
  }
  const std::int64_t now = log_.event_time_us();
  staged.stage(placing, receipts, log_.segments().entities(), log_.segments().schemas(),
               [this, now] { return log_.make_id(now); });
}

QUIPU_DECL placed_commit commit_intake::place_staged(std::unique_lock<std::mutex>& lock, const staged_commit& staged,
                                                     placement& placing, std::span<receipt> receipts) {
  continue_fence(staged);
  placed_commit made{};
  if (placing.size() != 0) {
    make_room(lock, placing.most_bytes(), at_fence::pass);
    continue_fence(staged);  // the lock was open
    made = log_.place_staged(placing, receipts, staged);
  }
  log_.fence().close();
  return made;
}

QUIPU_DECL void commit_intake::cancel(const staged_commit& staged) noexcept {
  if (log_.fence().is_open(staged.fence())) log_.fence().close();
}

QUIPU_DECL writer_pressure commit_intake::pressure() const noexcept {
  return {.waiting_bytes = log_.waiting_bytes(),
          .waiting_bytes_limit = 2 * options_.writer.buffer_bytes,
          .events_not_durable = log_.progress().not_durable(),
          .callers_waiting = log_.turn().callers() + log_.fence().waiting(),
          .flush_us = log_.last_flush_us(),
          .fence_open = log_.fence().is_open()};
}

QUIPU_DECL const char* commit_intake::reason_to_wait(const placement& placing) const {
  if (log_.fence().is_open()) return "a visibility fence is open";
  if (pressure().utilization() >= options_.writer.retry_above) return "too much waits to be written";
  if (!log_.fits(placing.most_bytes())) return "the segment is full and has to be sealed";
  if (log_.has_excluded_events(placing)) return "an event that the append's condition excludes is being written";
  for (std::size_t index = 0; index < placing.size(); ++index) {
    const append_options& each = *placing.entry(index).options;
    if (each.idempotency_key && log_.is_pending(*each.idempotency_key))
      return "an event with this idempotency key is being written";
    if (each.causation_id && log_.progress().placed() != log_.progress().visible() &&
        !log_.visible().find_id(*each.causation_id))
      return "the cause may still have to be written";
  }
  return nullptr;
}

QUIPU_DECL void commit_intake::repeat_known_keys(std::unique_lock<std::mutex>& lock, placement& placing,
                                                 std::span<receipt> receipts, at_fence rule) {
  while (log_.has_pending_keys(placing)) {
    write_waiting(lock);
    make_room(lock, placing.most_bytes(), rule);
  }
  placing.repeat_known(log_.visible(), receipts);
}

QUIPU_DECL void commit_intake::check_conditions(std::unique_lock<std::mutex>& lock, placement& placing, at_fence rule) {
  placing.check_conditions(log_.visible());
  while (log_.has_excluded_events(placing)) {
    write_waiting(lock);
    make_room(lock, placing.most_bytes(), rule);
    placing.check_conditions(log_.visible());
  }
}

QUIPU_DECL void commit_intake::write_waiting(std::unique_lock<std::mutex>& lock) {
  if (log_.turn().is_taken())
    log_.turn().wait(lock, turn_wait::until_stopped);
  else
    log_.publish(lock);
}

QUIPU_DECL void commit_intake::continue_fence(const staged_commit& staged) {
  log_.access().check_open();
  if (!log_.fence().is_open(staged.fence()))
    throw error{errc::cancelled, "the visibility fence was committed or cancelled"};
  log_.fence().hand_to_this_thread();
}

}  // namespace quipu::detail::inline QUIPU_MODE
