// SPDX-License-Identifier: BSL-1.0
//
// writer_core.hpp: the core of a store that writes: a store_core with a journal. Only definitions
// files include it, so that a file that uses a store compiles nothing of the journal.
#pragma once

#include "../../cache/detail/cache_interface.hpp"
#include "../../core/detail/process_mutex.hpp"
#include "../../delivery/detail/name_claims.hpp"
#include "../../event/event_id.hpp"
#include "../../journal/config.hpp"
#include "../../journal/read/log_source.hpp"
#include "../../journal/write/journal.hpp"
#include "../../macros.hpp"
#include "../receipts.hpp"
#include "store_core.hpp"

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>

namespace quipu::detail::inline QUIPU_MODE {

/// The core of a store that writes.
class writer_core final : public store_core {
 public:
  /// `replica_of` as for `journal`.
  writer_core(const config& chosen, std::unique_ptr<cache_interface> chosen_cache,
              const std::optional<event_id>& replica_of = std::nullopt);

  [[nodiscard]] log_source& source() noexcept override { return log; }
  /// The log. Throws `errc::closed`; `errc::locked` in a forked child.
  [[nodiscard]] journal& usable_log();
  /// No checkpoint is being written when the log closes, or will be.
  QUIPU_DECL void close() override;
  [[nodiscard]] bool is_foreign() const noexcept override { return log.is_foreign(); }

  /// See `store::stats` and `store::diagnostics`.
  [[nodiscard]] store_stats stats();
  [[nodiscard]] store_diagnostics diagnostics();

  journal log;
  /// The generation of the log for which a compaction has removed the cache's states; 0 if none has. What was folded
  /// from events that an earlier process removed may still be cached.
  std::atomic<std::uint64_t> cache_generation{0};
  process_mutex checkpoints;  ///< held while checkpoints of cursors are written
  const std::shared_ptr<name_claims> workers = std::make_shared<name_claims>();
};

/// The core's log, which keeps the core alive.
[[nodiscard]] std::shared_ptr<log_source> source_of(const std::shared_ptr<writer_core>& core);

}  // namespace quipu::detail::inline QUIPU_MODE
