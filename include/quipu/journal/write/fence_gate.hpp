// SPDX-License-Identifier: BSL-1.0
//
// fence_gate.hpp: whether a visibility fence is open, which thread uses it, and whether writers that come meanwhile
// wait or are refused.
#pragma once

#include "../../core/detail/thread_mark.hpp"
#include "../../core/error.hpp"
#include "../../macros.hpp"
#include "../config.hpp"

#include <condition_variable>
#include <cstdint>
#include <mutex>

namespace quipu::detail::inline QUIPU_MODE {

/// How a writer treats an open fence.
enum class at_fence : std::uint8_t {
  obey,  ///< waits or is refused, as the fence says
  wait,  ///< waits, whatever the fence says: there is no caller who could try again
  pass,  ///< the fence is the writer's own
};

/// Guarded by the journal's lock, which is passed where a member waits.
class fence_gate {
 public:
  [[nodiscard]] bool is_open() const noexcept { return open_ != 0; }
  [[nodiscard]] bool is_open(std::uint64_t number) const noexcept { return number != 0 && open_ == number; }
  /// How many threads wait for the fence to end.
  [[nodiscard]] std::uint64_t waiting() const noexcept { return waiting_; }

  /// Opens a fence for the calling thread; none may be open. Returns its number, which is not 0 and never given again.
  [[nodiscard]] std::uint64_t open(fence_policy others) noexcept;
  /// The calling thread uses the fence from now on.
  void hand_to_this_thread() noexcept { holder_.set(); }
  void close() noexcept;
  /// Wakes all that wait, so that they look again.
  void wake_all() noexcept { changed_.notify_all(); }

  /// Throws `errc::busy` if the calling thread uses the open fence: it would wait for itself.
  void check_thread() const;
  /// While a fence is open: waits until it may have ended, or throws `errc::busy`, as the fence and `rule` say. Throws
  /// `errc::cancelled` if the thread is told to stop meanwhile.
  void wait_or_refuse(std::unique_lock<std::mutex>& lock, at_fence rule = at_fence::obey);

 private:
  struct waiter {
    explicit waiter(std::uint64_t& in) noexcept : count{in} { ++count; }
    waiter(const waiter&) = delete;
    waiter& operator=(const waiter&) = delete;
    ~waiter() { --count; }
    std::uint64_t& count;
  };

  std::condition_variable changed_;
  std::uint64_t open_{};  // the number of the open fence, or 0
  std::uint64_t last_{};
  std::uint64_t waiting_{};
  fence_policy others_{};
  thread_mark holder_;
};

}  // namespace quipu::detail::inline QUIPU_MODE
