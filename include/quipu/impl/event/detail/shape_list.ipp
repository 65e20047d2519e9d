// SPDX-License-Identifier: BSL-1.0
//
// shape_list.ipp: see event/detail/shape_list.hpp.
#pragma once

#include "../../../coordinate/region.hpp"
#include "../../../core/error.hpp"
#include "../../../core/event_kind.hpp"
#include "../../../event/detail/shape_list.hpp"

#include <algorithm>
#include <string>

namespace quipu::detail {

QUIPU_DECL void check_selects_sources(const region& wanted, shape_span listed) {
  if (!wanted.alternatives().empty()) {
    for (const region& each : wanted.alternatives()) check_selects_sources(each, listed);
    return;
  }
  const auto is_read = [&](event_kind kind) {
    return wanted.matches_kind(kind) &&
           std::any_of(listed.begin(), listed.end(), [kind](const event_shape* each) { return each->kind == kind; });
  };
  std::string missing;
  for (const event_shape* each : listed) {
    if (wanted.matches_kind(each->kind) || std::none_of(each->yields.begin(), each->yields.end(), is_read)) continue;
    missing.append(missing.empty() ? "" : ", ").append(each->kind.str());
  }
  if (missing.empty()) return;
  throw error{errc::invalid_argument,
              "the region selects events that old events of other kinds are read as, and leaves out those kinds: " +
                  missing + "; add them to the region, or name no kinds in it"};
}

}  // namespace quipu::detail
