// SPDX-License-Identifier: BSL-1.0
//
// causal_graph.hpp: the events of a conversation and which of them caused which, to be drawn.
#pragma once

#include "../event/event_view.hpp"
#include "../macros.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace quipu::inline QUIPU_MODE {

/// A value. Events are numbered in the order of the log.
class causal_graph {
 public:
  /// Points from a cause to its effect.
  struct edge {
    std::size_t cause{};
    std::size_t effect{};
    friend bool operator==(const edge&, const edge&) = default;
  };

  /// Of some events, in the order of the log; causes outside of them aren't drawn.
  explicit causal_graph(std::vector<event_view> events);

  [[nodiscard]] const std::vector<event_view>& events() const noexcept { return events_; }
  [[nodiscard]] const std::vector<edge>& edges() const noexcept { return edges_; }

  /// For Graphviz.
  [[nodiscard]] std::string dot() const;
  /// For Mermaid, as a flowchart.
  [[nodiscard]] std::string mermaid() const { return draw("flowchart TD\n", "", "  e", "[\"", "\"]\n", " --> ", "\n"); }

 private:
  /// The place of an event before `end`, or `end`. Ids ascend with the log.
  [[nodiscard]] std::size_t find_before(std::size_t end, const event_id& id) const;

  [[nodiscard]] std::string draw(std::string_view begin, std::string_view end, std::string_view node,
                                 std::string_view open, std::string_view close, std::string_view arrow,
                                 std::string_view stop) const;

  /// `kind entity #number`; what could end a label in either language is a question mark.
  [[nodiscard]] static std::string label(const event_view& event);

  std::vector<event_view> events_;
  std::vector<edge> edges_;
};

}  // namespace quipu::inline QUIPU_MODE
