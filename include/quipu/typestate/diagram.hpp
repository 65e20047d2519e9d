// SPDX-License-Identifier: BSL-1.0
//
// diagram.hpp: draws a state machine at compile time: `mermaid<door>()` for Markdown, `dot<door>()` for Graphviz.
#pragma once

#include "state_machine.hpp"

#include <array>
#include <cstddef>
#include <string_view>

namespace quipu {
namespace detail {

/// The output of a drawing. If `out` is null, only counts the characters.
struct diagram_writer {
  char* out{};
  std::size_t size{};

  constexpr void put(char letter) {
    if (out != nullptr) out[size] = letter;
    ++size;
  }
  constexpr void put(std::string_view text) {
    for (const char letter : text) put(letter);
  }
  /// Writes the id of a state, `s0`, `s1` and so on: names of states may contain characters that ids may not.
  constexpr void put_state(std::size_t place) {
    put('s');
    std::size_t scale = 1;
    while (place / scale >= 10) scale *= 10;
    for (; scale != 0; scale /= 10) put(static_cast<char>('0' + place / scale % 10));
  }
};

/// Mermaid: names in quotes, and the diagram.
struct mermaid_language {
  static constexpr void put_name(diagram_writer& writer, std::string_view name) {
    for (const char letter : name) {
      if (letter == '"')
        writer.put("#quot;");
      else if (letter == ';')
        writer.put("#59;");
      else if (letter == '#')
        writer.put("#35;");
      else if (letter == ':')
        writer.put("#58;");
      else
        writer.put(static_cast<unsigned char>(letter) < 0x20 ? ' ' : letter);
    }
  }
  template <class Machine>
  static constexpr void draw(diagram_writer& writer) {
    constexpr auto& states = names_of_types<typename Machine::states>::names;
    constexpr auto& events = names_of_types<typename Machine::events>::names;
    writer.put("stateDiagram-v2\n");
    for (std::size_t state = 0; state < states.size(); ++state) {
      writer.put("  state \"");
      put_name(writer, states[state]);
      writer.put("\" as ");
      writer.put_state(state);
      writer.put('\n');
    }
    writer.put("  [*] --> s0\n");
    for (const table_row& row : Machine::table) {
      writer.put("  ");
      writer.put_state(row.from);
      writer.put(" --> ");
      writer.put_state(row.to);
      writer.put(" : ");
      put_name(writer, events[row.event]);
      writer.put('\n');
    }
    for (std::size_t state = 0; state < states.size(); ++state) {
      if (has_transition(Machine::table, state)) continue;
      writer.put("  ");
      writer.put_state(state);
      writer.put(" --> [*]\n");
    }
  }
  template <std::size_t rows>
  static constexpr bool has_transition(const std::array<table_row, rows>& table, std::size_t state) {
    for (const table_row& row : table)
      if (row.from == state) return true;
    return false;
  }
};

/// Graphviz: names in quotes, and the graph.
struct dot_language {
  static constexpr void put_name(diagram_writer& writer, std::string_view name) {
    for (const char letter : name) {
      if (letter == '"' || letter == '\\') writer.put('\\');
      writer.put(static_cast<unsigned char>(letter) < 0x20 ? ' ' : letter);
    }
  }
  template <class Machine>
  static constexpr void draw(diagram_writer& writer) {
    constexpr auto& states = names_of_types<typename Machine::states>::names;
    constexpr auto& events = names_of_types<typename Machine::events>::names;
    writer.put("digraph {\n  rankdir=LR;\n  start [shape=point];\n");
    for (std::size_t state = 0; state < states.size(); ++state) {
      writer.put("  ");
      writer.put_state(state);
      writer.put(" [label=\"");
      put_name(writer, states[state]);
      writer.put(mermaid_language::has_transition(Machine::table, state) ? "\"];\n" : "\", peripheries=2];\n");
    }
    writer.put("  start -> s0;\n");
    for (const table_row& row : Machine::table) {
      writer.put("  ");
      writer.put_state(row.from);
      writer.put(" -> ");
      writer.put_state(row.to);
      writer.put(" [label=\"");
      put_name(writer, events[row.event]);
      writer.put("\"];\n");
    }
    writer.put("}\n");
  }
};

template <class Language, class Machine>
consteval auto draw_diagram() {
  constexpr std::size_t size = [] {
    diagram_writer counted;
    Language::template draw<Machine>(counted);
    return counted.size;
  }();
  std::array<char, size> drawn{};
  diagram_writer writer{drawn.data()};
  Language::template draw<Machine>(writer);
  return drawn;
}

template <class Language, class Machine>
inline constexpr auto drawn_diagram = draw_diagram<Language, Machine>();

}  // namespace detail

/// Returns the machine as a Mermaid state diagram. The text has static storage duration.
template <class Machine>
[[nodiscard]] constexpr std::string_view mermaid() noexcept {
  constexpr auto& drawn = detail::drawn_diagram<detail::mermaid_language, Machine>;
  return {drawn.data(), drawn.size()};
}

/// Returns the machine as a graph in Graphviz's language. The text has static storage duration.
template <class Machine>
[[nodiscard]] constexpr std::string_view dot() noexcept {
  constexpr auto& drawn = detail::drawn_diagram<detail::dot_language, Machine>;
  return {drawn.data(), drawn.size()};
}

}  // namespace quipu
