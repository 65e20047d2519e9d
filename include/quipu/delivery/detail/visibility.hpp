// SPDX-License-Identifier: BSL-1.0
//
// visibility.hpp: whether an event that somebody has a receipt of is visible here.
#pragma once

#include "../../core/error.hpp"
#include "../../journal/append_options.hpp"
#include "../../journal/read/log_source.hpp"
#include "../../journal/segment/segment.hpp"
#include "../../macros.hpp"
#include "wait_time.hpp"

#include <atomic>

namespace quipu::detail::inline QUIPU_MODE {

[[nodiscard]] bool wait_until_visible(log_source& source, const receipt& of, const wait_end& end);

}  // namespace quipu::detail::inline QUIPU_MODE
