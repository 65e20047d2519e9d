// SPDX-License-Identifier: BSL-1.0
//
// flush_turn.hpp: whose turn it is to write and flush. There is no writer thread: of all threads that wait, one takes
// the turn and writes for the others. Before it flushes, it waits a moment for threads that shared the last flush and
// are on their way with their next event: otherwise two threads would flush in turns, each for itself. A thread that is
// alone never waits.
#pragma once

#include "../../macros.hpp"
#include "stop_request.hpp"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <utility>

namespace quipu::detail::inline QUIPU_MODE {

/// How long a thread waits for another one's write or flush.
enum class turn_wait : std::uint8_t {
  to_the_end,     ///< its own event has its place
  until_stopped,  ///< it throws `errc::cancelled` some time after it was told to stop: see stop_request.hpp
};

/// Guarded by the journal's lock, which is passed where a member waits.
class flush_turn {
 public:
  /// Counts a caller while it waits.
  class caller {
   public:
    explicit caller(flush_turn& of) noexcept : of_{of} { ++of_.callers_; }
    caller(const caller&) = delete;
    caller& operator=(const caller&) = delete;
    ~caller() { --of_.callers_; }

   private:
    flush_turn& of_;
  };
  /// How many callers wait for something to be written or flushed.
  [[nodiscard]] std::uint64_t callers() const noexcept { return callers_; }

  /// Whether a thread writes, or is about to. The lock may be open meanwhile.
  [[nodiscard]] bool is_taken() const noexcept { return taken_; }

  /// Takes the turn, which is free. Returns how many threads the flush is for.
  [[nodiscard]] std::size_t take() noexcept;
  void give_back() noexcept { taken_ = false; }

  /// Waits until `wake_all` is called; may return earlier. Throws as `how` says.
  void wait(std::unique_lock<std::mutex>& lock, turn_wait how = turn_wait::to_the_end) {
    if (how == turn_wait::to_the_end) return changed_.wait(lock);
    stop_request::wait_on(changed_, lock, stop_request::patience::for_a_flush);
  }
  /// Waits until the turn is free.
  void wait_until_free(std::unique_lock<std::mutex>& lock);
  /// Waits until `ready()` returns true, and at most `microseconds`. Returns its last result.
  template <class Ready>
  [[nodiscard]] bool wait_for(std::unique_lock<std::mutex>& lock, std::int64_t microseconds, Ready&& ready) {
    return changed_.wait_for(lock, std::chrono::microseconds{microseconds}, ready);
  }
  /// Wakes all that wait, so that they look again.
  void wake_all() noexcept { changed_.notify_all(); }

  /// The calling thread waits for the next flush.
  void join() noexcept;
  /// Waits for the threads that shared the last flush, a quarter of the time that it took and at most 200 microseconds.
  /// The turn must be free, and is free afterwards.
  void gather(std::unique_lock<std::mutex>& lock, std::int64_t flush_time_us);
  /// How many threads `gather` waits for.
  [[nodiscard]] std::size_t company() const noexcept { return company_; }
  /// Records that a flush served this many threads while others arrived.
  void record_company(std::size_t served) noexcept;

 private:
  std::condition_variable changed_;
  std::condition_variable gathered_;
  bool taken_{};
  std::size_t waiting_{};  // threads that wait for a flush that no thread has begun
  std::size_t company_{};  // as many as lately came together
  std::uint64_t callers_{};
};

}  // namespace quipu::detail::inline QUIPU_MODE
