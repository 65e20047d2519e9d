// SPDX-License-Identifier: BSL-1.0
//
// flush_gate.hpp: how far a log has come, and how threads wait for it to come further. There is no writer thread: whoever waits and finds nobody
// flushing does it, for all that wait. What a flush is, the journal says; who makes it and when, this does.
//
// Four numbers mark the progress, each the number of the first event that it doesn't include:
//
//   durable_ <= visible_ <= next_sequence_      flushed; written and seen by readers; placed
//   returned_                                   callers believe these to be visible: a reader has them written first
//   durable_wanted_                             these were promised to be durable before they are visible
//
// All of it is guarded by `mutex_`.
#pragma once

#include "../../core/detail/failure_text.hpp"
#include "../../core/error.hpp"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <mutex>
#include <string>

namespace quipu::detail {

/// The part of a journal that waits. A `Log` that is passed in is that journal: `log.publish(lock, with_sync)` writes out what was placed, is called under
/// the lock while `flushing_` isn't set, sets it while the lock is open, and throws after `fail`; `log.flush_time_us()` is how long a flush takes;
/// `log.is_owner()` is false in a forked child; `log.throw_failed()`.
class flush_gate {
 protected:
  flush_gate() noexcept = default;
  ~flush_gate() = default;

  /// Counts a caller while it waits.
  class caller {
   public:
    explicit caller(flush_gate& of) noexcept : of_{of} { ++of_.callers_; }
    caller(const caller&) = delete;
    caller& operator=(const caller&) = delete;
    ~caller() { --of_.callers_; }

   private:
    flush_gate& of_;
  };

  /// Returns when all events before `until` are on stable storage. Throws what the flush throws, `errc::writer_failed`, `errc::closed`.
  template <class Log>
  void flush_until(std::unique_lock<std::mutex>& lock, std::uint64_t until, Log& log) {
    if (durable_ >= until) return;
    const caller counted{*this};
    if (++waiting_ >= company_) gathered_.notify_one();
    while (durable_ < until) {
      if (failed_) log.throw_failed();
      if (closed_) throw error{errc::closed, "the store was closed"};
      if (flushing_) {
        flushed_.wait(lock);
        continue;
      }
      gather(lock, log.flush_time_us());
      log.publish(lock, true);
    }
  }

  /// Returns when all events before `until` are visible. Throws as `flush_until`.
  template <class Log>
  void show_until(std::unique_lock<std::mutex>& lock, std::uint64_t until, Log& log) {
    const caller counted{*this};
    while (visible_ < until) {
      if (failed_) log.throw_failed();
      if (closed_) throw error{errc::closed, "the store was closed"};
      if (flushing_) flushed_.wait(lock);
      else log.publish(lock, durable_wanted_ > visible_);
    }
  }

  /// Makes visible what callers believe is there, as far as that goes.
  template <class Log>
  void show_returned(std::unique_lock<std::mutex>& lock, Log& log) {
    if (returned_ > visible_ && !log.is_owner()) return;
    while (returned_ > visible_ && !failed_ && !closed_) {
      if (flushing_) {
        flushed_.wait(lock);
        continue;
      }
      try {
        log.publish(lock, durable_wanted_ > visible_);
      } catch (...) {
        return;  // remembered; whoever appends, syncs or closes next is told
      }
    }
  }

  /// Takes note of a flush that took along `served` callers.
  void count_company(std::size_t served) noexcept { company_ = std::max(served + waiting_, company_ == 0 ? 0 : company_ - 1); }

  void fail(const std::exception_ptr& problem) noexcept {
    failed_ = true;
    failure_ = text_of(problem);
  }

  std::mutex mutex_;
  std::condition_variable flushed_;  // and whenever else a waiting caller has to look again
  bool flushing_{};
  bool failed_{};
  bool closing_{};
  bool closed_{};
  std::atomic<bool> was_closed_{};  // as closed_, to be read without the lock
  std::string failure_;
  std::uint64_t next_sequence_{};   // of the next event
  std::uint64_t returned_{};        // appends that returned: events before this
  std::uint64_t durable_wanted_{};  // events that were promised to be durable: up to this
  std::uint64_t durable_{};         // on stable storage: events before this
  std::uint64_t visible_{};         // published: events before this
  std::size_t waiting_{};           // durable callers whose events aren't in a flush yet
  std::uint64_t callers_{};         // all that wait for something to be written or flushed

 private:
  /// Before a flush, waits a moment for callers that shared the last one and are on their way with their next event: without that, two
  /// callers would flush in turns, each for itself. Never waits for a caller that is alone.
  void gather(std::unique_lock<std::mutex>& lock, std::int64_t flush_time_us) {
    if (waiting_ >= company_) return;
    flushing_ = true;
    gathered_.wait_for(lock, std::chrono::microseconds{std::min<std::int64_t>(flush_time_us / 4, 200)}, [this] { return waiting_ >= company_ || closed_; });
    flushing_ = false;
  }

  std::condition_variable gathered_;
  std::size_t company_{};  // as many as lately came together
};

}  // namespace quipu::detail
