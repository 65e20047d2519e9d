// SPDX-License-Identifier: BSL-1.0
//
// stop_request.hpp: lets a wait inside the journal end when the waiting thread is told to stop. A worker's handler may
// wait for a visibility fence that is held by the very thread that stops the worker.
#pragma once

#include "../../core/detail/steady_time.hpp"
#include "../../core/error.hpp"
#include "../../macros.hpp"

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <mutex>

namespace quipu::detail::inline QUIPU_MODE {

/// While an object of this class lives, waits of its thread in any store end after `stop` was set. Such a wait throws
/// `errc::cancelled`, and nothing was appended. The setter of `stop` need not notify anyone: a thread that has a
/// request looks every few milliseconds while it waits.
class stop_request {
 public:
  /// How long a wait goes on after the stop.
  enum class patience : std::int64_t {
    none = 0,                ///< what is waited for may depend on the thread that stops this one
    for_a_flush = 2'000'000  ///< what is waited for ends by itself, unless a device hangs; in microseconds
  };

  explicit stop_request(const std::atomic<bool>& stop) noexcept;
  stop_request(const stop_request&) = delete;
  stop_request& operator=(const stop_request&) = delete;
  ~stop_request();

  /// Whether a wait of the calling thread was ended by its request.
  [[nodiscard]] static bool ended_a_wait() noexcept;

  /// Waits until `on` is notified; may return earlier. Throws `errc::cancelled` if the calling thread was told to stop
  /// longer than `wait` ago.
  static void wait_on(std::condition_variable& on, std::unique_lock<std::mutex>& lock, patience wait);

 private:
  [[nodiscard]] static stop_request*& of_this_thread() noexcept;

  void check(patience wait);

  const std::atomic<bool>& stop_;
  stop_request* outer_;
  std::int64_t seen_at_us_{-1};
  bool ended_a_wait_{};
};

}  // namespace quipu::detail::inline QUIPU_MODE
