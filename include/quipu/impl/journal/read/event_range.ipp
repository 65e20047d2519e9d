// SPDX-License-Identifier: BSL-1.0
//
// event_range.ipp: see journal/read/event_range.hpp.
#pragma once

#include "../../../coordinate/region.hpp"
#include "../../../journal/read/event_range.hpp"
#include "../../../journal/read/log_snapshot.hpp"
#include "../../../journal/read/range_reader.hpp"

#include <memory>
#include <utility>

namespace quipu::inline QUIPU_MODE {

QUIPU_DECL event_range::event_range(detail::log_snapshot seen, region wanted)
    : from_{std::make_shared<const detail::range_source>(detail::range_source{std::move(seen), std::move(wanted)})} {}

QUIPU_DECL event_range::iterator event_range::begin() const {
  return iterator{std::make_unique<detail::range_reader>(from_)};
}

QUIPU_DECL const region& event_range::selects() const noexcept { return from_->wanted; }

}  // namespace quipu::inline QUIPU_MODE
