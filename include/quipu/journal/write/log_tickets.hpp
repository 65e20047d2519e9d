// SPDX-License-Identifier: BSL-1.0
//
// log_tickets.hpp: an append in two halves. `submit` gives a commit its place in the log, with numbers and ids, and returns; `wait` sees to it that the
// commit is what its receipts promise. Of many commits that were submitted, the first that is waited for has all of them flushed.
//
// A commit that nobody waits for is flushed with the next one, by the timer, by a sync or when the log is closed. What is submitted durably is never visible
// before it is on stable storage.
#pragma once

#include "../../event/event_id.hpp"
#include "../append_options.hpp"
#include "../config.hpp"
#include "../reports.hpp"
#include "append_entry.hpp"
#include "placement.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <span>

namespace quipu::detail {

/// The part of a journal that submits; a journal derives from it. All members are thread-safe.
template <class Journal>
class log_tickets {

 public:
  /// Gives entries their place as one commit and returns. Where the buffer is full, waits for room first, or makes it. Throws what `append` throws before
  /// an entry has its place; what fails later, `wait` throws.
  placed_commit submit(std::span<const append_entry> entries, std::span<receipt> receipts) {
    if (entries.empty()) return {};
    Journal& log = self();
    log.check_fork();
    placement placing{entries, log.options_, log.identity().chained};
    placing.resolve_causes([&](const event_id& id) { return log.snapshot().find_id(id); });
    std::unique_lock<std::mutex> lock{log.mutex_};
    log.make_room(lock, placing.most_bytes());
    log.start_timer();  // somebody may never wait
    const placed_commit made = log.enter(lock, placing, receipts);
    try {
      log.note(lock, made);
      if (is_buffer_full() && !log.flushing_ && !log.failed_) log.publish(lock, log.durable_wanted_ > log.visible_);
    } catch (...) {
      return made;  // remembered, and told to who waits
    }
    return made;
  }

  /// As `submit`, but never waits for a write, a flush or a fence: instead returns nothing, says why, and has the timer's thread write and flush. Throws as
  /// `submit` does, `errc::busy` where the calling thread has a fence open, and `errc::io_failed` where the system gives no thread.
  std::optional<placed_commit> try_submit(std::span<const append_entry> entries, std::span<receipt> receipts, const char*& why) {
    if (entries.empty()) return placed_commit{};
    Journal& log = self();
    log.check_fork();
    placement placing{entries, log.options_, log.identity().chained};
    std::unique_lock<std::mutex> lock{log.mutex_};
    log.check_open();
    log.fence_.check_thread();
    log.start_timer();
    why = reason_to_wait(placing);
    if (why != nullptr) {
      if (!log.fence_.is_open()) log.ask_flush(placing.most_bytes());
      return std::nullopt;
    }
    if (is_buffer_full()) log.ask_flush(0);
    placing.resolve_causes([&log](const event_id& id) { return log.seen_now().find_id(id); });
    log.reserve_room(placing.most_bytes());
    const placed_commit made = log.enter(lock, placing, receipts);
    if (log.promise(made) && log.is_sync_due()) log.timer_.ask(0);
    return made;
  }

  /// Returns when a commit is what its receipts promise, and completes them. Flushes where nobody does. Throws `errc::io_failed`, `errc::writer_failed`,
  /// `errc::closed`, and `errc::locked` in a forked child.
  void wait(const placed_commit& made, std::span<receipt> receipts) {
    self().check_fork();
    std::unique_lock<std::mutex> lock{self().mutex_};
    conclude(lock, made, receipts);
  }
  /// As `wait`, but not for longer: then false. Leaves the flush to the timer's thread.
  bool wait_for(const placed_commit& made, std::span<receipt> receipts, std::int64_t microseconds) {
    Journal& log = self();
    log.check_fork();
    std::unique_lock<std::mutex> lock{log.mutex_};
    const auto is_ready = [&] { return ready_now(made); };
    if (!is_ready()) {
      if (microseconds <= 0) return false;
      if (!log.is_owner()) log.check_open();
      log.ask_flush(0);
      const typename Journal::caller counted{log};
      if (!log.flushed_.wait_for(lock, std::chrono::microseconds{microseconds}, is_ready)) return false;
    }
    conclude(lock, made, receipts);
    return true;
  }
  /// Whether `wait` would return or throw at once.
  [[nodiscard]] bool ready(const placed_commit& made) {
    if (self().is_foreign()) return true;
    const std::lock_guard lock{self().mutex_};
    return ready_now(made);
  }

  /// What waits to be written or flushed.
  [[nodiscard]] writer_pressure pressure() {
    self().check_fork();
    const std::lock_guard lock{self().mutex_};
    return pressure_now();
  }

 protected:
  log_tickets() noexcept = default;
  ~log_tickets() = default;

 private:
  [[nodiscard]] Journal& self() noexcept { return static_cast<Journal&>(*this); }

  [[nodiscard]] bool is_buffer_full() { return self().tail_.size() >= self().options_.writer.buffer_bytes; }

  [[nodiscard]] bool is_kept(const placed_commit& made) {
    const Journal& log = self();
    return log.durable_ >= made.durable_until && (log.durable_wanted_ <= log.visible_ || log.visible_ >= made.end);
  }
  [[nodiscard]] bool ready_now(const placed_commit& made) { return is_kept(made) || self().closed_ || self().failed_; }

  void conclude(std::unique_lock<std::mutex>& lock, const placed_commit& made, std::span<receipt> receipts) {
    Journal& log = self();
    if (!is_kept(made)) {
      if (!log.closed_ && !log.is_owner()) log.check_open();
      log.await(lock, made);
    }
    log.fill_receipts(receipts);
  }

  [[nodiscard]] writer_pressure pressure_now() {
    const Journal& log = self();
    return {.waiting_bytes = log.tail_.size() + (log.flushing_ ? log.flight_.size() : 0),
            .waiting_bytes_limit = 2 * log.options_.writer.buffer_bytes,
            .events_not_durable = log.next_sequence_ - log.durable_,
            .callers_waiting = log.callers_ + log.fence_.waiting(),
            .flush_us = log.last_flush_us_,
            .fence_open = log.fence_.is_open()};
  }

  /// Why a commit can't have its place now without waiting for something; null where it can.
  [[nodiscard]] const char* reason_to_wait(const placement& placing) {
    Journal& log = self();
    if (log.fence_.is_open()) return "a visibility fence is open";
    if (pressure_now().utilization() >= log.options_.writer.retry_above) return "too much waits to be written";
    if (!log.fits(placing.most_bytes())) return "the segment is full and has to be sealed";
    for (std::size_t index = 0; index < placing.size(); ++index) {
      const append_options& each = placing.entry(index).options;
      if (each.idempotency_key && log.is_pending(*each.idempotency_key)) return "an event with this idempotency key is being written";
      if (each.causation_id && log.next_sequence_ != log.visible_ && !log.seen_now().find_id(*each.causation_id))
        return "the cause may still have to be written";
    }
    return nullptr;
  }
};

}  // namespace quipu::detail
