// SPDX-License-Identifier: BSL-1.0
//
// causal_graph.ipp: see store/causal_graph.hpp.
#pragma once

#include "../../event/event_view.hpp"
#include "../../store/causal_graph.hpp"

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace quipu::inline QUIPU_MODE {

QUIPU_DECL causal_graph::causal_graph(std::vector<event_view> events) : events_{std::move(events)} {
  for (std::size_t effect = 0; effect < events_.size(); ++effect) {
    const auto cause = events_[effect].header().causation_id;
    if (!cause) continue;
    const std::size_t index = find_before(effect, *cause);
    if (index != effect) edges_.push_back({index, effect});
  }
}

QUIPU_DECL std::string causal_graph::dot() const {
  return draw("digraph causes {\n", "}\n", "  e", " [label=\"", "\"];\n", " -> ", ";\n");
}

QUIPU_DECL std::size_t causal_graph::find_before(std::size_t end, const event_id& id) const {
  const auto last = events_.begin() + static_cast<std::ptrdiff_t>(end);
  const auto found = std::partition_point(events_.begin(), last, [&id](const auto& event) { return event.id() < id; });
  return found != last && found->id() == id ? static_cast<std::size_t>(found - events_.begin()) : end;
}

QUIPU_DECL std::string causal_graph::draw(std::string_view begin, std::string_view end, std::string_view node,
                                          std::string_view open, std::string_view close, std::string_view arrow,
                                          std::string_view stop) const {
  std::string text{begin};
  for (std::size_t index = 0; index < events_.size(); ++index)
    text.append(node).append(std::to_string(index)).append(open).append(label(events_[index])).append(close);
  for (const edge& each : edges_)
    text.append(node)
        .append(std::to_string(each.cause))
        .append(arrow)
        .append("e")
        .append(std::to_string(each.effect))
        .append(stop);
  return text.append(end);
}

QUIPU_DECL std::string causal_graph::label(const event_view& event) {
  std::string text = event.kind().str() + " ";
  for (const char letter : event.entity()) {
    const bool plain = static_cast<unsigned char>(letter) >= 0x20 && letter != 0x7F &&
                       std::string_view{"\"\\<>[]{}|;#&"}.find(letter) == std::string_view::npos;
    text.push_back(plain ? letter : '?');
  }
  return text + " " + std::to_string(event.entity_sequence());
}

}  // namespace quipu::inline QUIPU_MODE
