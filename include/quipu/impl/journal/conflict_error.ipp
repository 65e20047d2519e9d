// SPDX-License-Identifier: BSL-1.0
//
// conflict_error.ipp: see journal/conflict_error.hpp.
#pragma once

#include "../../core/error.hpp"
#include "../../journal/append_options.hpp"
#include "../../journal/conflict_error.hpp"
#include "../../journal/read/event_range.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>

namespace quipu::inline QUIPU_MODE {

QUIPU_DECL event_range conflict_error::between() const {
  return {seen_, region::entity(entity_).with_entity_sequence_range(first_unexpected_, UINT64_MAX)};
}

}  // namespace quipu::inline QUIPU_MODE
