// SPDX-License-Identifier: BSL-1.0
//
// read_only_store.hpp: a store that can only be read, while another process, or another object in this one, writes it. It has no writing
// member at all and takes no lock; any number of them may follow one writer.
#pragma once

#include "../cache/no_cache.hpp"
#include "../cache/projection_cache.hpp"
#include "../environment/environment.hpp"
#include "../environment/posix.hpp"
#include "../journal/read/follower.hpp"
#include "config.hpp"
#include "delivering.hpp"
#include "detail/store_core.hpp"
#include "reading.hpp"
#include "receipts.hpp"

#include <cstdint>
#include <memory>
#include <utility>

namespace quipu {

/// Each answer is of the log as it is when the question is asked. An event is seen when it is in the file, which may be a moment before
/// the writer's append returns; never half a batch, never with a gap. Everything may be called from several threads at once, but
/// for construction, moving and destruction.
template <projection_cache Cache = no_cache, environment Environment = posix>
class read_only_store : public reading<read_only_store<Cache, Environment>, Cache>, public delivering<read_only_store<Cache, Environment>, Cache> {
 public:
  /// Opens what is in `settings.directory`. Of the settings, those of the cache and the clock count, and `segment_max_bytes`, which must be no
  /// smaller than the writer's. Throws `errc::not_found` where there is no store, `errc::configuration`, `errc::corrupt`,
  /// `errc::unsupported_format`, `errc::io_failed`. An unfinished commit at the end isn't seen, and left to the writer.
  explicit read_only_store(const config& settings, Cache cache = Cache{}, Environment world = Environment{})
      : core_{std::make_shared<core>(detail::settings_for_reading(settings), std::move(cache), std::move(world), detail::next_store_number())} {
    detail::check_expected_head(core_->settings, [this] { return core_->log.head(); });
  }

  /// Every later call is `errc::closed`; ranges and views that were given out go on.
  void close() noexcept {
    if (core_) core_->close();
  }

  [[nodiscard]] store_stats stats() {
    const auto seen = log().snapshot();
    return {.events = seen.end_sequence, .entities = log().entity_count(), .segments = seen.segment_count()};
  }
  [[nodiscard]] store_diagnostics diagnostics() {
    return {.directory = core_->settings.directory.string(),
            .chained = core_->log.identity().chained,
            .created_at_us = core_->log.created_at_us(),
            .damage = core_->log.damage()};
  }
  [[nodiscard]] const config& settings() const { return core_->settings; }
  [[nodiscard]] Cache& cache() { return core_->cache; }

 private:
  friend class reading<read_only_store, Cache>;
  friend class delivering<read_only_store, Cache>;
  using follower = detail::follower<Environment>;

  using core = detail::store_core<Cache, follower>;

  [[nodiscard]] follower& log() { return core_->usable_log(); }
  [[nodiscard]] const std::shared_ptr<core>& shared_core() const noexcept { return core_.share(); }
  [[nodiscard]] std::uint64_t number() const { return core_->number; }

  detail::core_owner<core> core_;
};

template <environment Environment = posix>
read_only_store(const config&) -> read_only_store<no_cache, Environment>;
template <projection_cache Cache>
read_only_store(const config&, Cache) -> read_only_store<Cache, posix>;
template <projection_cache Cache, environment Environment>
read_only_store(const config&, Cache, Environment) -> read_only_store<Cache, Environment>;

}  // namespace quipu
