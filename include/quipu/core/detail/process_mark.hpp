// SPDX-License-Identifier: BSL-1.0
//
// process_mark.hpp: identifies the process that owns an object. A forked child has copies of its parent's objects, but
// none of its parent's threads and locks. Code that depends on those checks the mark first.
#pragma once

#include <atomic>
#include <cstdint>
#include <new>

#include <pthread.h>
#include <sys/types.h>
#include <unistd.h>

namespace quipu::detail {

/// A value; as thread-safe as an integer.
class process_mark {
 public:
  /// Marks the calling process. The first mark registers a handler that counts forks. Throws `std::bad_alloc` if the
  /// system has no memory for the handler.
  process_mark() : forks_{forks_so_far()}, id_{::getpid()} {}

  /// Returns false in a child created by `fork` since. Costs a load and a comparison. Does not detect a child created
  /// by a raw system call, for which no handler runs.
  [[nodiscard]] bool is_this_process() const noexcept { return forks_ == fork_count_.load(); }
  /// Returns false in any child. Costs a system call.
  [[nodiscard]] bool has_this_process_id() const noexcept { return id_ == ::getpid(); }

  /// Throws `errc::locked` where `is_this_process()` is false.
  void check() const {
    if (!is_this_process()) throw_forked();
  }

  [[nodiscard]] pid_t process_id() const noexcept { return id_; }

  /// A number that each forked child has for itself; never 0. Throws as the constructor.
  [[nodiscard]] static std::uint64_t process_number() { return 1 + forks_so_far(); }

 private:
  [[nodiscard]] static std::uint64_t forks_so_far();
  [[noreturn]] static void throw_forked();

  static inline std::atomic<std::uint64_t> fork_count_{0};
  static inline std::atomic<bool> is_counting_{false};

  std::uint64_t forks_;
  pid_t id_;
};

}  // namespace quipu::detail
