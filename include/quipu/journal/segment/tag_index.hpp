// SPDX-License-Identifier: BSL-1.0
//
// tag_index.hpp: the places of one segment's events by tag. Not thread-safe.
#pragma once

#include "../../core/detail/flat_map.hpp"
#include "../../event/frame.hpp"
#include "../../macros.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace quipu::detail::inline QUIPU_MODE {

struct tag_places {
  std::string name;
  std::vector<std::uint32_t> events;
};

/// Lists keep their addresses while others are added.
class tag_index {
 public:
  /// Adds an event to the lists of its tags.
  void add(const frame_view& frame, std::uint32_t place);
  /// The list of a tag, made if there is none.
  [[nodiscard]] std::vector<std::uint32_t>& list_of(std::string_view tag);

  /// The events with a tag; null if there are none.
  [[nodiscard]] const std::vector<std::uint32_t>* find(std::string_view tag) const noexcept;
  [[nodiscard]] const named_list<tag_places>& all() const noexcept { return all_; }

 private:
  named_list<tag_places> all_;
};

}  // namespace quipu::detail::inline QUIPU_MODE
