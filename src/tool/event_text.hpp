// SPDX-License-Identifier: BSL-1.0
//
// event_text.hpp: events and parts of them as text.
#pragma once

#include "context.hpp"

#include <string>

namespace quipu::tool {

/// The event as one JSON object. A payload that is not of its schema is told as damage and given as bytes.
[[nodiscard]] std::string event_json(context& of, const event_view& event);

/// The payload as JSON, on one line; `0x` and hexadecimal digits if the log has no schema for it; what an erased event
/// was. Printable.
[[nodiscard]] std::string payload_text(context& of, const event_view& event);

/// The event's tags, separated by commas. Printable.
[[nodiscard]] std::string tags_text(const event_view& event);

/// `#3 order:1002 ordered {"what":"a lamp"}`.
[[nodiscard]] std::string event_line(context& of, const event_view& event);

}  // namespace quipu::tool
