// SPDX-License-Identifier: BSL-1.0
//
// process_mark.hpp: remembers the process that something belongs to. A forked child has a copy of everything that its
// parent had, but none of the parent's threads and locks; whatever depends on those compares its mark before it goes
// on.
#pragma once

#include <atomic>
#include <cstdint>
#include <new>

#include <pthread.h>
#include <sys/types.h>
#include <unistd.h>

namespace quipu::detail {

/// A value, thread-safe as an integer is.
class process_mark {
 public:
  /// Marks the calling process. The first mark of a process registers a handler that counts forks; throws
  /// `std::bad_alloc` if the system has no memory for that.
  process_mark() : forks_{forks_so_far()}, id_{::getpid()} {}

  /// False in a child that `fork` made since. A load and a comparison. It does not see a child that was made by a raw
  /// system call, which runs no handler.
  [[nodiscard]] bool is_this_process() const noexcept { return forks_ == fork_count_.load(); }
  /// False in a child, however it was made. A system call.
  [[nodiscard]] bool has_this_process_id() const noexcept { return id_ == ::getpid(); }

  [[nodiscard]] pid_t process_id() const noexcept { return id_; }

 private:
  [[nodiscard]] static std::uint64_t forks_so_far();

  static inline std::atomic<std::uint64_t> fork_count_{0};

  std::uint64_t forks_;
  pid_t id_;
};

}  // namespace quipu::detail
