// SPDX-License-Identifier: BSL-1.0
//
// posix_lock.hpp: exclusive file locks across threads, processes and forks.
//
// No lock of POSIX systems meets all requirements:
//   fcntl's F_SETLK belongs to the process. It is released when the process ends and is not inherited by a child.
//     But the process may take it twice, and loses it when it closes any descriptor of the file: a program that copies
//     its store's directory would release the lock.
//   flock and F_OFD_SETLK belong to the open file. A second opening is refused in the same process too, and closing
//     another one has no effect. But a forked child shares the open file: the lock lives as long as the child, and the
//     child can release it for the parent.
// This file uses flock, which at worst holds a lock for too long, and removes the child's share: a fork handler closes
// the descriptors in the child, and only the process that took a lock releases it. The kernel holds the state, so that
// two copies of the library in one process exclude each other. One case remains: a child created by a raw system call,
// for which no fork handler runs, keeps a lock alive until it executes a program or ends.
#pragma once

#include "../../core/detail/process_mark.hpp"
#include "../../core/error.hpp"
#include "../../macros.hpp"
#include "posix_file.hpp"
#include "posix_open.hpp"

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <pthread.h>
#include <sys/file.h>
#include <unistd.h>

namespace quipu::detail::inline QUIPU_MODE {

/// The locks of this process. Thread-safe.
class held_locks {
 public:
  /// Returns the only instance. It is never destroyed, because static objects may release locks at the end of the
  /// program, when the program may still fork.
  [[nodiscard]] static held_locks& of_this_process() {
    static held_locks& all = *new held_locks;
    return all;
  }

  /// Locks a file; creates it if it is missing. Returns the token for `release`. Throws `errc::locked` if the file is
  /// locked, and as `throw_unopened`.
  [[nodiscard]] std::uint64_t acquire(int directory, const std::string& name, const std::string& path) {
    // Held from before the file is opened until the lock is listed: a fork in between would give the child a descriptor
    // that the fork handler does not close.
    const std::lock_guard guard{mutex_};
    held_.reserve(held_.size() + 1);  // here, so that nothing fails after the lock is taken
    unique_fd file = open_regular_file(directory, name.c_str(), O_RDWR | O_CREAT);
    if (!file) throw_unopened("open the lock", path, errno);
    if (retry_interrupted([&] { return ::flock(file.get(), LOCK_EX | LOCK_NB); }) != 0) {
      if (errno == EWOULDBLOCK) throw_held(path);
      throw_system_error("lock the directory", path, errno);
    }
    held_.push_back(holding{++last_token_, {}, std::move(file)});
    return last_token_;
  }

  /// Releases a lock. Does nothing in a forked child: it has none of its parent's locks, and tokens are not reused.
  void release(std::uint64_t token) noexcept {
    const std::lock_guard guard{mutex_};
    for (std::size_t at = 0; at < held_.size(); ++at) {
      if (held_[at].token != token) continue;
      // Closing alone would leave the lock to a child that holds the descriptor until it executes a program.
      if (held_[at].taken_by.has_this_process_id()) ::flock(held_[at].file.get(), LOCK_UN);
      std::swap(held_[at], held_.back());
      held_.pop_back();
      return;
    }
  }

 private:
  struct holding {
    std::uint64_t token;
    process_mark taken_by;
    unique_fd file;
  };

  held_locks() {
    const int failed =
        ::pthread_atfork([] { of_this_process().mutex_.lock(); }, [] { of_this_process().mutex_.unlock(); },
                         [] { of_this_process().close_all(); });
    if (failed != 0) throw_system_error("register a fork handler", {}, failed);
  }

  /// Runs in a forked child, where only closing is safe.
  void close_all() noexcept {
    held_.clear();
    mutex_.unlock();
  }

  std::mutex mutex_;
  std::vector<holding> held_;
  std::uint64_t last_token_{};
};

/// A lock on a file, released by its destructor or by the end of the process that took it. It excludes other locks on
/// the file, not access to its contents. The file remains and must not be removed while it is locked: another process
/// could then lock a new file of that name.
class posix_lock {
 public:
  posix_lock(int directory, const std::string& name, const std::string& path)
      : token_{held_locks::of_this_process().acquire(directory, name, path)} {}
  posix_lock(posix_lock&& other) noexcept : token_{std::exchange(other.token_, 0)}, taken_by_{other.taken_by_} {}
  posix_lock& operator=(posix_lock&& other) noexcept {
    if (this != &other) {
      release();
      token_ = std::exchange(other.token_, 0);
      taken_by_ = other.taken_by_;
    }
    return *this;
  }
  ~posix_lock() { release(); }

  /// Returns false in a forked child. Costs a load and a comparison.
  [[nodiscard]] bool held() const noexcept { return token_ != 0 && taken_by_.is_this_process(); }

 private:
  void release() noexcept {
    if (token_ != 0) held_locks::of_this_process().release(token_);
    token_ = 0;
  }

  std::uint64_t token_;
  process_mark taken_by_;
};

}  // namespace quipu::detail::inline QUIPU_MODE
