// SPDX-License-Identifier: BSL-1.0
//
// shape_list.hpp: the shapes of an event list, as data; and the rule on a region that is read for it.
#pragma once

#include "../../coordinate/region.hpp"
#include "../event_list.hpp"
#include "../event_view.hpp"

#include <cstddef>
#include <span>

namespace quipu::detail {

/// The newest shape of each listed event.
using shape_span = std::span<const event_shape* const>;

template <class... Events>
struct listed_shapes {
  static constexpr const event_shape* shapes[sizeof...(Events)]{&event_shape_of<Events>...};
};

[[nodiscard]] constexpr shape_span shapes_of(any_event) noexcept { return {}; }
template <class... Events>
[[nodiscard]] constexpr shape_span shapes_of(event_list<Events...>) noexcept {
  if constexpr (sizeof...(Events) == 0)
    return {};
  else
    return listed_shapes<Events...>::shapes;
}

/// Throws `errc::invalid_argument` if a region selects a kind of the list, and leaves out another one of the list whose
/// events become events of that kind: new events would be read, and old ones missed. Each alternative of a region is
/// judged by itself. The message names the kinds that are left out. This is the rule for everything that reads a region
/// for a list of events (docs/upcasting.md).
void check_selects_sources(const region& wanted, shape_span listed);

}  // namespace quipu::detail
