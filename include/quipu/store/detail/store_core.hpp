// SPDX-License-Identifier: BSL-1.0
//
// store_core.hpp: what a store consists of, apart from the object that the program holds. Cursors, subscriptions,
// tickets and workers share it and may outlive that object.
#pragma once

#include "../../cache/detail/cache_interface.hpp"
#include "../../core/detail/leak.hpp"
#include "../../core/error.hpp"
#include "../../delivery/detail/name_claims.hpp"
#include "../../journal/config.hpp"
#include "../../journal/read/follower.hpp"
#include "../../journal/read/log_source.hpp"
#include "../../journal/write/journal.hpp"
#include "../../macros.hpp"

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <utility>

namespace quipu::detail::inline QUIPU_MODE {

/// Distinguishes a store from every other store of this process.
[[nodiscard]] std::uint64_t next_store_number() noexcept;

/// What stores that write and stores that only read have in common.
class store_core {
 public:
  store_core(config chosen, std::unique_ptr<cache_interface> chosen_cache);
  store_core(const store_core&) = delete;
  store_core& operator=(const store_core&) = delete;
  virtual ~store_core() = default;

  [[nodiscard]] virtual log_source& source() noexcept = 0;
  /// Closes the log.
  virtual void close() = 0;
  /// True in a forked child of the process that opened a store for writing. There nothing that takes a lock may be
  /// called, and the core must not be destroyed: another thread of the parent may have held the lock at the fork.
  [[nodiscard]] virtual bool is_foreign() const noexcept = 0;

  const config settings;
  const std::unique_ptr<cache_interface> cache;  ///< null where nothing is cached
  const std::uint64_t number;
};

/// The core of a store that writes.
class writer_core final : public store_core {
 public:
  writer_core(const config& chosen, std::unique_ptr<cache_interface> chosen_cache);

  [[nodiscard]] log_source& source() noexcept override { return log; }
  /// The log. Throws `errc::closed`; `errc::locked` in a forked child.
  [[nodiscard]] journal& usable_log();
  /// No checkpoint is being written when the log closes, or will be.
  void close() override;
  [[nodiscard]] bool is_foreign() const noexcept override { return log.is_foreign(); }

  journal log;
  std::mutex checkpoints;  ///< held while checkpoints of cursors are written
  const std::shared_ptr<name_claims> workers = std::make_shared<name_claims>();
};

/// The core of a store that only reads.
class reader_core final : public store_core {
 public:
  reader_core(const config& chosen, std::unique_ptr<cache_interface> chosen_cache);

  [[nodiscard]] log_source& source() noexcept override { return log; }
  void close() noexcept override { log.close(); }
  [[nodiscard]] bool is_foreign() const noexcept override { return false; }

  follower log;
};

/// Compares the log's head with `settings.expected_head`, if there is one. Throws `errc::corrupt` where they differ.
void check_expected_head(const config& settings, log_source& log);

/// The store object's own share of its core. When the store goes, the log is closed, whoever else still shares the
/// core.
class core_owner {
 public:
  explicit core_owner(std::shared_ptr<store_core> core) noexcept : core_{std::move(core)} {}
  core_owner(core_owner&&) noexcept = default;
  core_owner& operator=(core_owner&& other) noexcept;
  ~core_owner() { end(); }

  /// False where the store was moved from.
  [[nodiscard]] explicit operator bool() const noexcept { return static_cast<bool>(core_); }
  /// Throws `errc::closed` where the store was moved from.
  [[nodiscard]] store_core* operator->() const { return share().get(); }
  [[nodiscard]] const std::shared_ptr<store_core>& share() const;

 private:
  void end() noexcept;

  std::shared_ptr<store_core> core_;
};

}  // namespace quipu::detail::inline QUIPU_MODE
