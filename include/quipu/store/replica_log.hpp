// SPDX-License-Identifier: BSL-1.0
//
// replica_log.hpp: the local log of a replica, as the layer replication writes it: commits come from the records of a
// shared log, with everything that decides on their ids, times and hashes. For the library; programs use
// `replicated_store`.
#pragma once

#include "../cache/detail/cache_interface.hpp"
#include "../event/event_id.hpp"
#include "../hash/digest.hpp"
#include "../journal/config.hpp"
#include "../journal/read/log_source.hpp"
#include "../journal/write/append_entry.hpp"
#include "../journal/write/log_head.hpp"
#include "../journal/write/replica_commit.hpp"
#include "../macros.hpp"
#include "detail/store_core.hpp"
#include "receipts.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <span>

namespace quipu::inline QUIPU_MODE {

/// One thread at a time places commits; the other members are thread-safe.
class replica_log {
 public:
  /// Opens the log; a new one gets this lineage. The limits of `settings` on sizes hold for `check` alone: a replica
  /// accepts what another one proposed. Throws as `store`, and `errc::configuration` for a log without a chain.
  replica_log(const config& settings, std::unique_ptr<detail::cache_interface> cache, const event_id& lineage);

  /// The lineage of the store in a directory; nothing if there is none. Throws as `read_only_store`.
  [[nodiscard]] static std::optional<event_id> lineage_in(const config& settings);

  [[nodiscard]] const std::shared_ptr<detail::store_core>& core() const noexcept { return core_; }
  [[nodiscard]] detail::log_source& source() const noexcept { return core_->source(); }

  /// The place of the last commit in the shared log; nothing if the last event came from none, or from another one.
  [[nodiscard]] std::optional<detail::shared_place> last_place() const;
  /// The id of the last event; nil if there is none.
  [[nodiscard]] event_id last_id() const;
  /// The last event came from another shared log. To be said before anything is placed.
  void forget_place() noexcept { forgets_place_ = true; }
  /// Whether a `store` has taken the log out of replication, and may have changed it. Its last event then has no place.
  [[nodiscard]] bool has_left() const noexcept { return has_left_; }
  /// Marks the log as a replica's, which nothing else writes to. To be said before anything is placed. Throws as
  /// opening.
  void claim();

  /// Throws what an append of these entries throws before it looks at the log.
  void check(std::span<const detail::append_entry> entries) const;

  /// Places a commit, or refuses it. Throws as `journal::submit`; what is refused depends on the log and the entries
  /// alone.
  detail::placed_commit place(std::span<const detail::append_entry> entries, std::span<receipt> receipts,
                              const detail::replica_commit& as);
  /// Writes what was placed, and flushes it if `settings.sync.mode` is durable. Throws as `journal::sync`.
  void keep();
  /// Completes the receipts of a commit that was kept.
  void complete(const detail::placed_commit& made, std::span<receipt> receipts);
  /// The log's head before the event with this sequence. Must be asked in ascending order, for events that are kept.
  [[nodiscard]] digest head_before(std::uint64_t sequence);

 private:
  config limits_;
  std::shared_ptr<detail::store_core> core_;
  detail::log_head head_;
  bool has_left_{};
  bool forgets_place_{};
};

}  // namespace quipu::inline QUIPU_MODE
