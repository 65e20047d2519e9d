// SPDX-License-Identifier: BSL-1.0
//
// append_watch.ipp: see journal/write/append_watch.hpp.
#pragma once

#include "../../../journal/append_options.hpp"
#include "../../../journal/observer.hpp"
#include "../../../journal/write/append_entry.hpp"
#include "../../../journal/write/append_watch.hpp"

namespace quipu::detail::inline QUIPU_MODE {

QUIPU_DECL void append_watch::tell() const noexcept {
  observer::appended what{.events = entries_.size()};
  what.repeated = what.events - (made_->end - made_->begin);
  for (const append_entry& each : entries_) what.bytes += each.payload.size();
  what.durability = made_->durable_until != 0 ? durability::durable : durability::buffered;
  what.took = time_.elapsed();
  to_->on_append(what);
}

}  // namespace quipu::detail::inline QUIPU_MODE
