// SPDX-License-Identifier: BSL-1.0
//
// cursor_position.ipp: see delivery/cursor_position.hpp.
#pragma once

#include "../../core/error.hpp"
#include "../../delivery/cursor_position.hpp"
#include "../../event/event_id.hpp"

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

namespace quipu::inline QUIPU_MODE {

QUIPU_DECL std::string cursor_position::str() const {
  return store.str() + '/' + std::to_string(next_sequence) + '/' + last.str();
}

}  // namespace quipu::inline QUIPU_MODE
