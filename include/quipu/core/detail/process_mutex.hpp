// SPDX-License-Identifier: BSL-1.0
//
// process_mutex.hpp: a mutex of one process. In a forked child, a thread of the parent may have held it at the fork,
// and no thread of the child would ever release it: there, locking is an error instead of a wait without end.
#pragma once

#include "process_mark.hpp"

#include <mutex>

namespace quipu::detail {

/// For `std::lock_guard` and `std::unique_lock`.
class process_mutex {
 public:
  /// Throws `errc::locked` in a forked child of the process that made it.
  void lock() {
    made_by_.check();
    mutex_.lock();
  }
  void unlock() noexcept { mutex_.unlock(); }

  /// Returns false in such a child. For destructors, which do without the lock there.
  [[nodiscard]] bool is_usable() const noexcept { return made_by_.is_this_process(); }

 private:
  std::mutex mutex_;
  process_mark made_by_;
};

}  // namespace quipu::detail
