// SPDX-License-Identifier: BSL-1.0
//
// unknown_kinds.ipp: see delivery/unknown_kinds.hpp.
#pragma once

#include "../../coordinate/region.hpp"
#include "../../core/error.hpp"
#include "../../core/event_kind.hpp"
#include "../../delivery/detail/event_text.hpp"
#include "../../delivery/unknown_kinds.hpp"
#include "../../event/detail/shape_list.hpp"
#include "../../event/event_view.hpp"

#include <algorithm>
#include <string>

namespace quipu::inline QUIPU_MODE {

QUIPU_DECL void unknown_kinds::check_region(const region& wanted) const {
  detail::check_selects_sources(wanted, named_);
  detail::check_selects_sources(wanted, projected_);
}

QUIPU_DECL bool unknown_kinds::allows(event_kind kind) const noexcept {
  const auto is_in = [kind](detail::shape_span listed) {
    return std::any_of(listed.begin(), listed.end(),
                       [kind](const detail::event_shape* each) { return each->kind == kind; });
  };
  return !stops_ || kind.is_reserved() || is_in(named_) || is_in(projected_);
}

}  // namespace quipu::inline QUIPU_MODE

namespace quipu::detail::inline QUIPU_MODE {

QUIPU_DECL unknown_kind_error::unknown_kind_error(const event_view& event)
    : error{errc::kind_mismatch,
            text_at(event) + "this consumer does not know the kind" +
                (event.schema().empty() ? std::string{} : ", whose schema is " + event.schema()) +
                ", and is told to stop (unknown_kinds)",
            {.actual = event.kind().raw()}} {}

}  // namespace quipu::detail::inline QUIPU_MODE
