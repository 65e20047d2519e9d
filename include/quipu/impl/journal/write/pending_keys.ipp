// SPDX-License-Identifier: BSL-1.0
//
// pending_keys.ipp: see journal/write/pending_keys.hpp.
#pragma once

#include "../../../core/detail/flat_map.hpp"
#include "../../../journal/write/pending_keys.hpp"
#include "../../../journal/write/placement.hpp"

#include <cstddef>

namespace quipu::detail::inline QUIPU_MODE {

QUIPU_DECL bool pending_keys::contains(const event_id& key) const noexcept {
  return placed_.contains(key) || being_written_.contains(key);
}

QUIPU_DECL bool pending_keys::has_any_of(const placement& placing) const noexcept {
  for (std::size_t index = 0; index < placing.size(); ++index)
    if (const auto& key = placing.entry(index).options->idempotency_key; key && contains(*key)) return true;
  return false;
}

QUIPU_DECL void pending_keys::add_new(const placement& placing) {
  for (std::size_t index = 0; index < placing.size(); ++index)
    if (const auto& key = placing.entry(index).options->idempotency_key; key && placing.is_new(index))
      placed_.insert(*key, {});
}

}  // namespace quipu::detail::inline QUIPU_MODE
