// SPDX-License-Identifier: BSL-1.0
//
// fence_gate.hpp: whether a visibility fence is open, whose it is, and what becomes of writers that come meanwhile.
#pragma once

#include "../../core/error.hpp"
#include "../config.hpp"
#include "../reports.hpp"
#include "append_entry.hpp"

#include <condition_variable>
#include <cstdint>
#include <mutex>

#include <pthread.h>

namespace quipu::detail {

/// All members are called under the journal's lock.
class fence_gate {
 public:
  [[nodiscard]] bool is_open() const noexcept { return open_ != 0; }
  [[nodiscard]] bool is_open(std::uint64_t number) const noexcept { return number != 0 && open_ == number; }

  /// Opens a fence for the calling thread, where none is open; returns its number.
  [[nodiscard]] std::uint64_t open(fence_policy others) noexcept {
    open_ = ++last_;
    others_ = others;
    holder_ = ::pthread_self();
    return open_;
  }
  /// The calling thread is the one that uses the fence.
  void take() noexcept { holder_ = ::pthread_self(); }
  void close() noexcept {
    open_ = 0;
    closed_.notify_all();
  }
  /// Has those that wait look again.
  void wake() noexcept { closed_.notify_all(); }

  /// Throws `errc::busy` where the calling thread holds the open fence: nobody else would end it.
  void check_thread() const {
    if (is_open() && ::pthread_equal(holder_, ::pthread_self()) != 0)
      throw error{errc::busy, "this thread has a visibility fence open: append through the fence, or end it first"};
  }
  /// Where a fence is open, waits for a while or throws `errc::busy`, as that fence says.
  void hold_up(std::unique_lock<std::mutex>& lock) {
    check_thread();
    if (others_ == fence_policy::refuse) throw error{errc::busy, "a visibility fence is open: other writers are refused until it ends"};
    ++waiting_;
    closed_.wait(lock);
    --waiting_;
  }
  [[nodiscard]] std::uint64_t waiting() const noexcept { return waiting_; }

 private:
  std::condition_variable closed_;
  std::uint64_t open_{};  // the number of the open fence, or 0
  std::uint64_t last_{};
  std::uint64_t waiting_{};
  fence_policy others_{};
  pthread_t holder_{};
};

}  // namespace quipu::detail
