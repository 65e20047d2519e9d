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

QUIPU_DECL std::vector<std::uint32_t>& tag_index::list_of(std::string_view tag) { return all_.find_or_add(tag).events; }

QUIPU_DECL const std::vector<std::uint32_t>* tag_index::find(std::string_view tag) const noexcept {
  const tag_places* const found = all_.find(tag);
  return found == nullptr ? nullptr : &found->events;
}

}  // namespace quipu::detail::inline QUIPU_MODE
