// SPDX-License-Identifier: BSL-1.0
//
// writer_core.ipp: see store/detail/writer_core.hpp.
#pragma once

#include "../../../coordinate/clock_guard.hpp"
#include "../../../event/event_id.hpp"
#include "../../../journal/observer.hpp"
#include "../../../journal/write/append_entry.hpp"
#include "../../../journal/write/journal.hpp"
#include "../../../store/detail/writer_core.hpp"
#include "../../../store/receipts.hpp"

#include <memory>
#include <mutex>
#include <utility>

namespace quipu::detail::inline QUIPU_MODE {

QUIPU_DECL writer_core::writer_core(const config& chosen, std::unique_ptr<cache_interface> chosen_cache,
                                    const std::optional<event_id>& replica_of)
    : store_core{validated_for_writing(chosen), std::move(chosen_cache)}, log{settings, replica_of} {
  if (settings.observer) settings.observer->on_open(log.opening());
}

QUIPU_DECL journal& writer_core::usable_log() {
  log.check_usable();
  return log;
}

QUIPU_DECL void writer_core::close() {
  if (log.is_foreign()) return;
  log.begin_closing();  // without the lock: the functions of a compaction may ask for cursors and workers
  const std::lock_guard lock{checkpoints};
  log.close();
}

QUIPU_DECL store_stats writer_core::stats() {
  const auto seen = usable_log().snapshot();
  const journal_counts counts = log.counts();
  return {.events = seen.end_sequence,
          .entities = counts.entities,
          .segments = counts.segments,
          .commits = counts.appends,
          .flushes = counts.flushes,
          .written_bytes = counts.written_bytes};
}

QUIPU_DECL store_diagnostics writer_core::diagnostics() {
  const clock_guard clock = log.guarded_clock();
  return {.directory = settings.directory.string(),
          .opening = log.opening(),
          .recovered = log.recovered(),
          .failure = log.failure(),
          .chained = log.identity().chained,
          .created_at_us = log.created_at_us(),
          .cache_failures = cache_failures(),
          .cache_failure = last_cache_failure(),
          .refused_clock_readings = clock.refused(),
          .refused_clock_us = clock.last_refused_us(),
          .shared_kinds = log.shared_kinds()};
}

QUIPU_DECL std::shared_ptr<log_source> source_of(const std::shared_ptr<writer_core>& core) {
  return {core, &core->log};
}

}  // namespace quipu::detail::inline QUIPU_MODE
