// SPDX-License-Identifier: BSL-1.0
//
// tag_index.ipp: see journal/segment/tag_index.hpp.
#pragma once

#include "../../../core/detail/flat_map.hpp"
#include "../../../event/event_tags.hpp"
#include "../../../event/frame.hpp"
#include "../../../journal/segment/tag_index.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace quipu::detail::inline QUIPU_MODE {

QUIPU_DECL void tag_index::add(const frame_view& frame, std::uint32_t place) {
  for (const std::string_view tag : event_tags{frame}) list_of(tag).push_back(place);
}

QUIPU_DECL std::vector<std::uint32_t>& tag_index::list_of(std::string_view tag) {
  if (tag_places** const found = by_name_.find(tag)) return (*found)->events;
  tag_places& made = all_.add();
  try {
    made.name = tag;
    by_name_.insert(made.name, &made);
  } catch (...) {
    all_.remove_last();
    throw;
  }
  return made.events;
}

QUIPU_DECL const std::vector<std::uint32_t>* tag_index::find(std::string_view tag) const noexcept {
  tag_places* const* const found = by_name_.find(tag);
  return found == nullptr ? nullptr : &(*found)->events;
}

}  // namespace quipu::detail::inline QUIPU_MODE
