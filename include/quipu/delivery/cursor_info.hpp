// SPDX-License-Identifier: BSL-1.0
//
// cursor_info.hpp: what a store tells of its named cursors.
#pragma once

#include "../macros.hpp"
#include "cursor_position.hpp"

#include <cstdint>
#include <string>

namespace quipu::inline QUIPU_MODE {

/// What a store knows of a named cursor.
struct cursor_info {
  std::string name{};
  cursor_position position{};  ///< as last committed
  std::string region{};        ///< what it selects, as text
  std::int64_t committed_at_us{};
  std::uint64_t state_bytes{};  ///< size of the state that was committed with the position
};

}  // namespace quipu::inline QUIPU_MODE
