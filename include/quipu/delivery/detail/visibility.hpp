// SPDX-License-Identifier: BSL-1.0
//
// visibility.hpp: waits until the event of a receipt is visible in a log.
#pragma once

#include "../../core/error.hpp"
#include "../../journal/append_options.hpp"
#include "../../journal/read/log_source.hpp"
#include "../../macros.hpp"
#include "wait_time.hpp"

#include <atomic>

namespace quipu::detail::inline QUIPU_MODE {

/// Waits until the event of the receipt is visible, or until `end`. Returns whether it is. Throws
/// `errc::invalid_argument` for a receipt of another store, and `errc::closed` if the store was closed before the
/// event.
[[nodiscard]] bool wait_until_visible(log_source& source, const receipt& of, const wait_end& end);

}  // namespace quipu::detail::inline QUIPU_MODE
