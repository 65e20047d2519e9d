// SPDX-License-Identifier: BSL-1.0
//
// event_text.hpp: names the event at which a consumer failed.
#pragma once

#include "../../core/error.hpp"
#include "../../event/event_view.hpp"
#include "../../macros.hpp"

#include <string>

namespace quipu::detail::inline QUIPU_MODE {

/// The beginning of a message about an event: `event 7, 0xF001 of "account:alice": `.
[[nodiscard]] std::string text_at(const event_view& event);
/// The same error, whose message begins with the event.
[[nodiscard]] error error_at(const event_view& event, const error& why);

}  // namespace quipu::detail::inline QUIPU_MODE
