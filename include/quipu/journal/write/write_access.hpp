// SPDX-License-Identifier: BSL-1.0
//
// write_access.hpp: whether this process may write a log: it holds the directory's lock, the log is open, and no write
// or flush has failed. A failure is final: the log must be opened again.
#pragma once

#include "../../core/detail/failure_text.hpp"
#include "../../core/detail/process_mark.hpp"
#include "../../core/error.hpp"
#include "../../environment/environment.hpp"
#include "../../macros.hpp"

#include <atomic>
#include <exception>
#include <memory>
#include <string>
#include <utility>

namespace quipu::detail::inline QUIPU_MODE {

/// Guarded by the journal's lock, except for members that need no lock.
class write_access {
 public:
  /// `directory` is for messages.
  write_access(std::unique_ptr<environment_lock> lock, std::string directory)
      : lock_{std::move(lock)}, directory_{std::move(directory)} {}

  // ---- without the journal's lock

  /// Whether this is a forked child's copy of the log. Then no member that takes a lock may be called, and nothing may
  /// be destroyed: a thread of the parent may have held the lock at the fork, and no thread of the child will release
  /// it.
  [[nodiscard]] bool is_foreign() const noexcept { return !opened_by_.is_this_process(); }
  /// Throws `errc::locked` in a forked child. To be called before a lock is taken.
  void check_process() const;
  [[nodiscard]] bool was_closed() const noexcept { return was_closed_.load(); }
  /// Whether `begin_closing` was called.
  [[nodiscard]] bool is_closing() const noexcept { return closing_.load(); }
  /// Throws `errc::locked` in a forked child, and `errc::closed` once the log is closed.
  void check_usable() const;

  // ---- under the lock

  /// False in a forked child, which would write its parent's events a second time; and once the lock is released.
  [[nodiscard]] bool is_owner() const noexcept { return lock_ && lock_->held(); }
  [[nodiscard]] bool is_closed() const noexcept { return closed_; }
  [[nodiscard]] bool has_failed() const noexcept { return failed_; }
  /// Why nothing more is accepted; empty while no write has failed.
  [[nodiscard]] const std::string& failure() const noexcept { return failure_; }

  /// Whether something new may be placed. Throws `errc::closed`, from the beginning of closing on, `errc::locked`,
  /// `errc::writer_failed`.
  void check_open() const;
  /// Whether what was placed may still be written. Throws `errc::writer_failed`, `errc::closed`.
  void check_writable() const;
  /// Throws `errc::writer_failed`.
  void check_sound() const;
  [[noreturn]] void throw_forked() const;

  /// A write or a flush failed.
  void record_failure(const std::exception_ptr& problem) noexcept;
  /// Nothing more may be placed; what has its place may still be written.
  void begin_closing() noexcept { closing_.store(true); }
  void record_closed() noexcept;
  /// Keeps the lock on the file with the store's identity.
  void hold(std::unique_ptr<environment_lock> identity) noexcept { identity_lock_ = std::move(identity); }
  /// Releases the locks.
  void release() noexcept {
    identity_lock_.reset();
    lock_.reset();
  }

 private:
  [[noreturn]] void throw_closed() const;

  std::unique_ptr<environment_lock> lock_;
  std::unique_ptr<environment_lock> identity_lock_;
  std::string directory_;
  process_mark opened_by_;
  bool failed_{};
  std::atomic<bool> closing_{};
  bool closed_{};
  std::atomic<bool> was_closed_{};  // as closed_
  std::string failure_;
};

}  // namespace quipu::detail::inline QUIPU_MODE
