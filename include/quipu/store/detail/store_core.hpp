// SPDX-License-Identifier: BSL-1.0
//
// store_core.hpp: what a store consists of, apart from the object that the program holds. Cursors, subscriptions,
// tickets and workers share it and may outlive that object.
#pragma once

#include "../../cache/detail/cache_interface.hpp"
#include "../../cache/detail/guarded_cache.hpp"
#include "../../journal/config.hpp"
#include "../../journal/read/log_source.hpp"
#include "../../macros.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <utility>

namespace quipu::detail::inline QUIPU_MODE {

class journal;
class writer_core;
class reader_core;

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
  /// True in a forked child of the process that opened the store. There nothing that takes a lock may be
  /// called, and the core must not be destroyed: another thread of the parent may have held the lock at the fork.
  [[nodiscard]] virtual bool is_foreign() const noexcept = 0;

  /// How often the cache has failed, and what failed last.
  [[nodiscard]] std::uint64_t cache_failures() const noexcept { return cache ? cache->failures() : 0; }
  [[nodiscard]] std::string last_cache_failure() const { return cache ? cache->last_failure() : std::string{}; }

  const config settings;
  const std::unique_ptr<guarded_cache> cache;  ///< null where nothing is cached
  const std::uint64_t number;
};

/// Compares the log's head with `settings.expected_head`, if there is one. Throws `errc::corrupt` where they differ.
void check_expected_head(const config& settings, log_source& log);

/// The store object's own share of its core. Its destructor closes the log, also if cursors or tickets still share the
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
