// SPDX-License-Identifier: BSL-1.0
//
// store_core.hpp: what a store is made of, apart from the object that the program holds. It is shared with all that the store gives out
// and that may outlive it: cursors, subscriptions, tickets, workers.
#pragma once

#include "../../cache/projection_cache.hpp"
#include "../../core/detail/leak.hpp"
#include "../../delivery/detail/log_source.hpp"
#include "../../delivery/detail/name_claims.hpp"
#include "../../journal/journal_options.hpp"
#include "../config.hpp"

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <utility>

namespace quipu::detail {

/// `Log` is a journal or a follower. After `log.close()` what needs the log is `errc::closed` or at its end; nothing dangles.
template <projection_cache Cache, class Log>
struct store_core final : log_source {

  template <class Environment>
  store_core(const config& chosen, Cache chosen_cache, Environment world, std::uint64_t its_number)
      : settings{validated(chosen)}, cache{std::move(chosen_cache)}, log{std::move(world), journal_options_of(settings)}, number{its_number} {}

  /// The log, or `errc::closed`.
  [[nodiscard]] Log& usable_log() {
    log.check_usable();
    return log;
  }

  // What deliveries ask: see log_source.hpp.
  [[nodiscard]] log_snapshot snapshot() override { return log.snapshot(); }
  void wait_for_event(std::uint64_t sequence, std::int64_t microseconds, const std::atomic<bool>& stop) override {
    log.wait_for_event(sequence, microseconds, stop);
  }
  void wake() noexcept override { log.changes().wake(); }
  [[nodiscard]] bool is_closed() const noexcept override { return log.is_closed(); }
  [[nodiscard]] const store_identity& identity() const noexcept override { return log.identity(); }

  void check_schema(const event_shape& shape) override { log.check_schema(shape.kind, shape.version, shape.hash, shape.text); }
  [[nodiscard]] std::uint64_t schema_changes() const noexcept override { return log.schema_changes(); }
  [[nodiscard]] std::uint64_t generation() override { return log.snapshot_of({}).generation; }

  /// Closes the log. No checkpoint is being written then, or will be.
  void close() {
    if constexpr (requires { log.is_foreign(); }) {
      if (log.is_foreign()) return;
    }
    const std::lock_guard lock{checkpoints};
    log.close();
  }

  config settings;
  Cache cache;
  Log log;
  std::uint64_t number;
  std::mutex checkpoints;  // held while checkpoints of cursors are written
  std::shared_ptr<name_claims> workers = std::make_shared<name_claims>();
};

/// The share of a core that is the store's own: when the store goes, the log is closed, whoever else still has the core.
///
/// In a forked child the copy of an open store has nothing to close, and its core is never destroyed, neither by the store nor by what it gave
/// out: other threads of the parent may have been in its locks.
template <class Core>
class core_owner {
 public:
  explicit core_owner(std::shared_ptr<Core> core) noexcept : core_{std::move(core)} {}
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
  /// Throws `errc::closed` where it was.
  [[nodiscard]] Core* operator->() const {
    if (!core_) throw error{errc::closed, "the store was moved to another object"};
    return core_.get();
  }
  [[nodiscard]] const std::shared_ptr<Core>& share() const noexcept { return core_; }

 private:
  void end() noexcept {
    if (!core_) return;
    if constexpr (requires { core_->log.is_foreign(); }) {
      if (core_->log.is_foreign()) return leak(core_);
    }
    try {
      core_->close();
    } catch (...) {
      static_cast<void>(0);  // store.close() reports what a destructor can only attempt
    }
    core_.reset();
  }

  std::shared_ptr<Core> core_;
};

}  // namespace quipu::detail
