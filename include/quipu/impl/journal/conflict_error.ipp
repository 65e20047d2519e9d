// SPDX-License-Identifier: BSL-1.0
//
// conflict_error.ipp: see journal/conflict_error.hpp.
#pragma once

#include "../../journal/conflict_error.hpp"
#include "../../journal/read/event_range.hpp"

namespace quipu::inline QUIPU_MODE {

QUIPU_DECL event_range conflict_error::between() const { return {seen_, unexpected_}; }

}  // namespace quipu::inline QUIPU_MODE
