// SPDX-License-Identifier: BSL-1.0
//
// read_only_store.ipp: see store/read_only_store.hpp.
#pragma once

#include "../../store/detail/reader_core.hpp"
#include "../../store/read_only_store.hpp"

#include <memory>
#include <utility>

namespace quipu::inline QUIPU_MODE {

QUIPU_DECL read_only_store::read_only_store(const config& settings) : read_only_store{settings, nullptr} {}

QUIPU_DECL read_only_store::read_only_store(const config& settings, std::unique_ptr<detail::cache_interface> cache)
    : store_reader{std::make_shared<detail::reader_core>(settings, std::move(cache))} {}

QUIPU_DECL store_stats read_only_store::stats() {
  const detail::log_snapshot seen = log().snapshot();
  return {.events = seen.end_sequence, .entities = reader().log.entity_count(), .segments = seen.segment_count()};
}

QUIPU_DECL store_diagnostics read_only_store::diagnostics() {
  detail::follower& from = reader().log;
  from.check_process();
  return {.directory = settings().directory.string(),
          .opening = from.opening(),
          .chained = from.identity().chained,
          .created_at_us = from.created_at_us(),
          .damage = from.damage(),
          .cache_failures = core()->cache_failures(),
          .cache_failure = core()->last_cache_failure(),
          .shared_kinds = from.shared_kinds()};
}

QUIPU_DECL detail::reader_core& read_only_store::reader() const {
  return static_cast<detail::reader_core&>(*core().share());
}

}  // namespace quipu::inline QUIPU_MODE
