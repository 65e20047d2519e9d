// SPDX-License-Identifier: BSL-1.0
//
// writer_core.ipp: see store/detail/writer_core.hpp.
#pragma once

#include "../../../event/event_id.hpp"
#include "../../../journal/observer.hpp"
#include "../../../journal/write/journal.hpp"
#include "../../../store/detail/writer_core.hpp"

#include <memory>
#include <mutex>
#include <utility>

namespace quipu::detail::inline QUIPU_MODE {

QUIPU_DECL writer_core::writer_core(const config& chosen, std::unique_ptr<cache_interface> chosen_cache,
                                    const event_id& lineage)
    : store_core{validated_for_writing(chosen), std::move(chosen_cache)}, log{settings, lineage} {
  if (settings.observer) settings.observer->on_open(log.opening());
}

QUIPU_DECL journal& writer_core::usable_log() {
  log.check_usable();
  return log;
}

QUIPU_DECL void writer_core::close() {
  if (log.is_foreign()) return;
  const std::lock_guard lock{checkpoints};
  log.close();
}

QUIPU_DECL std::shared_ptr<log_source> source_of(const std::shared_ptr<writer_core>& core) {
  return {core, &core->log};
}

}  // namespace quipu::detail::inline QUIPU_MODE
