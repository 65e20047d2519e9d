// SPDX-License-Identifier: BSL-1.0
//
// cursor_info.hpp: the description of a named cursor that `store.cursors()` returns.
#pragma once

#include "../macros.hpp"
#include "cursor_position.hpp"

#include <cstdint>
#include <string>

namespace quipu::inline QUIPU_MODE {

/// The committed state of a named cursor. A value without behaviour.
struct cursor_info {
  std::string name{};
  cursor_position position{};      ///< the last committed position
  std::string region{};            ///< the selected region, as text
  std::int64_t committed_at_us{};  ///< time of the last commit, in microseconds since the Unix epoch
  std::uint64_t state_bytes{};     ///< size of the state committed with the position
};

}  // namespace quipu::inline QUIPU_MODE
