// SPDX-License-Identifier: BSL-1.0
//
// posix_lock.hpp: one owner of a file at a time, over threads, processes and forks.
//
// Of the three kinds of lock that POSIX systems have, none does the whole of it:
//   fcntl's F_SETLK belongs to the process: dies with it, and no forked child has it. But the process may take it
//   twice, and loses it
//     without a sign when it closes any descriptor of that file: a program that copies its store's directory would
//     unlock it.
//   flock and F_OFD_SETLK belong to the open file: a second opening is refused, in the same process too, and closing
//   another one does
//     no harm. But a forked child shares the open file: while it lives, the lock does, and the child can undo it for
//     the parent.
// So it is flock, which errs on the side of being locked, and the share of the child is taken away: a handler that runs
// at fork closes the child's descriptors, and a lock is undone only by the process that took it. What is held is known
// to the kernel, not to this library, so that two copies of the library in one process respect each other. What
// remains: a child made by a raw system call, behind the C library's back, keeps the lock alive (locked for too long,
// never for two) until it executes a program or ends.
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

/// Every lock that this process holds.
class held_locks {
 public:
  /// Never destroyed: locks in static objects are released after everything else, and programs fork while they end.
  [[nodiscard]] static held_locks& of_this_process() {
    static held_locks& all = *new held_locks;
    return all;
  }

  /// Locks a file, which is created where it is missing, and returns what `release` takes.
  [[nodiscard]] std::uint64_t take(int directory, const std::string& name, const std::string& path) {
    // Held from before the file is opened until the lock is listed: a fork in between would give a child a descriptor
    // of it that nobody closes.
    const std::lock_guard guard{mutex_};
    held_.reserve(held_.size() + 1);  // now, so that nothing fails once the lock is had
    unique_fd file = open_regular_file(directory, name.c_str(), O_RDWR | O_CREAT);
    if (!file) throw_system_error("open the lock", path, errno);
    if (retry_interrupted([&] { return ::flock(file.get(), LOCK_EX | LOCK_NB); }) != 0) {
      if (errno == EWOULDBLOCK) throw_system_error("held by another store or process", path, errno, errc::locked);
      throw_system_error("lock", path, errno);
    }
    held_.push_back(holding{++last_token_, {}, std::move(file)});
    return last_token_;
  }

  /// Does nothing in a forked child: it has none of its parent's locks, and no token is used twice.
  void release(std::uint64_t token) noexcept {
    const std::lock_guard guard{mutex_};
    for (std::size_t at = 0; at < held_.size(); ++at) {
      if (held_[at].token != token) continue;
      // Closing alone would leave the lock to a child that is about to execute a program and has the descriptor until
      // then.
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
    const int failed = ::pthread_atfork([] { of_this_process().mutex_.lock(); },
                                        [] { of_this_process().mutex_.unlock(); }, [] { of_this_process().forget(); });
    if (failed != 0) throw_system_error("watch for forks", {}, failed);
  }

  /// In a forked child, where nothing but closing is sure to work.
  void forget() noexcept {
    held_.clear();
    mutex_.unlock();
  }

  std::mutex mutex_;
  std::vector<holding> held_;
  std::uint64_t last_token_{};
};

/// A lock on a file, until it is destroyed or the process that took it dies. Not the contents but the file is locked,
/// against those who ask for the same lock; the file stays. Removing it while it is held would let another process lock
/// a new one of that name.
class posix_lock {
 public:
  posix_lock(int directory, const std::string& name, const std::string& path)
      : token_{held_locks::of_this_process().take(directory, name, path)} {}
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

  /// False in a forked child, which has its parent's objects and none of its locks. A load and a comparison.
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
