// SPDX-License-Identifier: BSL-1.0
//
// machine_table.hpp: a state machine at run time: the next state for an event, and the error for an illegal event.
#pragma once

#include "../../core/error.hpp"
#include "../../core/event_kind.hpp"
#include "../state_machine.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace quipu::detail {

/// The result for an illegal event.
inline constexpr std::size_t nowhere = ~std::size_t{0};

template <class Machine>
[[nodiscard]] constexpr std::size_t find_next_state(std::size_t from, std::size_t event) noexcept {
  for (const table_row& row : Machine::table)
    if (row.from == from && row.event == event) return row.to;
  return nowhere;
}

/// Returns FNV-1a (Fowler, Noll, Vo) over the table, the kinds and the initial state. Names are excluded, because
/// compilers spell them differently.
template <class... Events, std::size_t rows>
[[nodiscard]] consteval std::uint64_t hash_table(const std::array<table_row, rows>& table, event_list<Events...>,
                                                 std::size_t initial) {
  constexpr std::array<event_kind, sizeof...(Events)> kinds{kind_of<Events>...};
  std::uint64_t hash = 0xCBF29CE484222325U;
  const auto add = [&hash](std::uint64_t number) {
    for (int byte = 0; byte < 8; ++byte) hash = (hash ^ (number >> (8 * byte) & 0xFF)) * 0x100000001B3U;
  };
  add(initial);
  for (const table_row& row : table) {
    add(row.from);
    add(kinds[row.event].raw());
    add(row.to);
  }
  return hash;
}

/// An event that is illegal in the current state.
struct illegal_move {
  std::string_view event{};
  event_kind kind{};
  std::uint64_t entity_sequence{};
};

template <class Machine>
[[noreturn]] void throw_illegal_move(std::size_t from, illegal_move move) {
  constexpr auto& state_names = names_of_types<typename Machine::states>::names;
  constexpr auto& event_names = names_of_types<typename Machine::events>::names;
  std::string message = "event " + std::to_string(move.entity_sequence) + " of its entity, ";
  message.append(move.event).append(" (").append(move.kind.str()).append("), breaks the state machine: in the state ");
  message.append(from < state_names.size() ? state_names[from] : "?");
  std::string legal;
  for (const table_row& row : Machine::table) {
    if (row.from != from) continue;
    if (!legal.empty()) legal.append(", ");
    legal.append(event_names[row.event]);
  }
  message.append(legal.empty() ? " nothing is legal" : " these are legal: ").append(legal);
  throw error{errc::conflict, message, {.actual = move.entity_sequence}};
}

}  // namespace quipu::detail
