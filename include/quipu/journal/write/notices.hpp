// SPDX-License-Identifier: BSL-1.0
//
// notices.hpp: what happens under the journal's lock, kept for the observer, which is told without it. An observer may
// so read the store.
#pragma once

#include "../../macros.hpp"
#include "../observer.hpp"

#include <mutex>
#include <string>
#include <variant>
#include <vector>

namespace quipu::detail::inline QUIPU_MODE {

/// Guarded by the journal's lock.
class notices {
 public:
  /// `to` may be null, and must outlive this.
  explicit notices(observer* to) noexcept : to_{to} {}

  /// Whom to tell; null if no one is. No lock: does not change.
  [[nodiscard]] observer* to() const noexcept { return to_; }

  void add(const observer::flushed& what) noexcept { keep(what); }
  void add(const observer::rotated& what) noexcept { keep(what); }
  /// Why writing to the log failed.
  void add_failure(const std::string& reason) noexcept { keep(reason); }

  /// Opens the lock, and tells the observer what was added.
  void tell(std::unique_lock<std::mutex>& lock) noexcept;

 private:
  using notice = std::variant<observer::flushed, observer::rotated, std::string>;

  template <class What>
  void keep(const What& what) noexcept {
    if (to_ == nullptr) return;
    try {
      kept_.emplace_back(what);
    } catch (...) {
      return;  // no memory for it: what it tells of has happened nevertheless
    }
  }

  observer* to_;
  std::vector<notice> kept_;
};

/// The journal's lock. When it is released for good, the observer is told what happened under it.
class journal_lock {
 public:
  journal_lock(std::mutex& mutex, notices& kept) : lock_{mutex}, kept_{kept} {}
  journal_lock(const journal_lock&) = delete;
  journal_lock& operator=(const journal_lock&) = delete;
  ~journal_lock() {
    if (kept_.to() != nullptr) tell();
  }

  /// For members that open the lock for a while.
  operator std::unique_lock<std::mutex>&() noexcept { return lock_; }
  void unlock() { lock_.unlock(); }

 private:
  void tell() noexcept;

  std::unique_lock<std::mutex> lock_;
  notices& kept_;
};

}  // namespace quipu::detail::inline QUIPU_MODE
