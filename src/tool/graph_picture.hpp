// SPDX-License-Identifier: BSL-1.0
//
// graph_picture.hpp: a conversation as a picture.
#pragma once

#include "context.hpp"

#include <string>

namespace quipu::tool {

/// The most events that a picture has.
inline constexpr std::size_t pictured_events = 60;

/// The events of a conversation from left to right by time, in a row for each entity, with arrows from causes to
/// effects: an SVG image without external parts. It has its colours from CSS variables of the page that it is in, and
/// its own where there are none. Draws the first `pictured_events`.
[[nodiscard]] std::string graph_picture(const context& of, const causal_graph& graph);

/// Text for HTML and SVG.
[[nodiscard]] std::string escaped(std::string_view text);

}  // namespace quipu::tool
