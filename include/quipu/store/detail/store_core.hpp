// SPDX-License-Identifier: BSL-1.0
//
// store_core.hpp: what a store consists of, apart from the object that the program holds. Cursors, subscriptions, tickets and workers
// share it and may outlive that object.
#pragma once

#include "../../cache/detail/cache_interface.hpp"
#include "../../core/detail/leak.hpp"
#include "../../core/error.hpp"
#include "../../delivery/detail/name_claims.hpp"
#include "../../journal/config.hpp"
#include "../../journal/read/follower.hpp"
#include "../../journal/read/log_source.hpp"
#include "../../journal/write/journal.hpp"

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <utility>

namespace quipu::detail {

/// Distinguishes a store from every other store of this process.
[[nodiscard]] inline std::uint64_t next_store_number() noexcept {
  static std::atomic<std::uint64_t> last{0};
  return ++last;
}

/// What stores that write and stores that only read have in common.
class store_core {
 public:
  store_core(config chosen, std::unique_ptr<cache_interface> chosen_cache)
      : settings{std::move(chosen)}, cache{std::move(chosen_cache)}, number{next_store_number()} {}
  store_core(const store_core&) = delete;
  store_core& operator=(const store_core&) = delete;
  virtual ~store_core() = default;

  [[nodiscard]] virtual log_source& source() noexcept = 0;
  /// Closes the log.
  virtual void close() = 0;
  /// True in a forked child of the process that opened a store for writing. There nothing that takes a lock may be called, and the core
  /// must not be destroyed: another thread of the parent may have held the lock at the fork.
  [[nodiscard]] virtual bool is_foreign() const noexcept = 0;

  const config settings;
  const std::unique_ptr<cache_interface> cache;  ///< null where nothing is cached
  const std::uint64_t number;
};

/// The core of a store that writes.
class writer_core final : public store_core {
 public:
  writer_core(const config& chosen, std::unique_ptr<cache_interface> chosen_cache)
      : store_core{validated_for_writing(chosen), std::move(chosen_cache)}, log{settings} {}

  [[nodiscard]] log_source& source() noexcept override { return log; }
  /// The log. Throws `errc::closed`; `errc::locked` in a forked child.
  [[nodiscard]] journal& usable_log() {
    log.check_usable();
    return log;
  }
  /// No checkpoint is being written when the log closes, or will be.
  void close() override {
    if (log.is_foreign()) return;
    const std::lock_guard lock{checkpoints};
    log.close();
  }
  [[nodiscard]] bool is_foreign() const noexcept override { return log.is_foreign(); }

  journal log;
  std::mutex checkpoints;  ///< held while checkpoints of cursors are written
  const std::shared_ptr<name_claims> workers = std::make_shared<name_claims>();
};

/// The core of a store that only reads.
class reader_core final : public store_core {
 public:
  reader_core(const config& chosen, std::unique_ptr<cache_interface> chosen_cache)
      : store_core{settings_for_reading(validated(chosen)), std::move(chosen_cache)}, log{settings} {}

  [[nodiscard]] log_source& source() noexcept override { return log; }
  void close() noexcept override { log.close(); }
  [[nodiscard]] bool is_foreign() const noexcept override { return false; }

  follower log;
};

/// Compares the log's head with `settings.expected_head`, if there is one. Throws `errc::corrupt` where they differ.
inline void check_expected_head(const config& settings, log_source& log) {
  if (!settings.expected_head) return;
  const digest found = log.head();
  if (found != *settings.expected_head)
    throw error{errc::corrupt, "the log isn't the one that was expected: its head is " + found.str() + ", not " + settings.expected_head->str(),
                {.path = settings.directory.string()}};
}

/// The store object's own share of its core. When the store goes, the log is closed, whoever else still shares the core.
class core_owner {
 public:
  explicit core_owner(std::shared_ptr<store_core> core) noexcept : core_{std::move(core)} {}
  core_owner(core_owner&&) noexcept = default;
  core_owner& operator=(core_owner&& other) noexcept {
    if (this != &other) {
      end();
      core_ = std::move(other.core_);
    }
    return *this;
  }
  ~core_owner() { end(); }

  /// False where the store was moved from.
  [[nodiscard]] explicit operator bool() const noexcept { return static_cast<bool>(core_); }
  /// Throws `errc::closed` where the store was moved from.
  [[nodiscard]] store_core* operator->() const { return share().get(); }
  [[nodiscard]] const std::shared_ptr<store_core>& share() const {
    if (!core_) throw error{errc::closed, "the store was moved to another object"};
    return core_;
  }

 private:
  void end() noexcept {
    if (!core_) return;
    if (core_->is_foreign()) return leak(core_);
    try {
      core_->close();
    } catch (...) {
      static_cast<void>(0);  // store.close() reports what a destructor can only attempt
    }
    core_.reset();
  }

  std::shared_ptr<store_core> core_;
};

}  // namespace quipu::detail
