// SPDX-License-Identifier: BSL-1.0
//
// machine_projection.hpp: the state of an entity that follows a state machine, folded from its stream:
//   const auto now = store.project<quipu::machine_projection<door>>("door:1");
//   now->is<is_locked>();
//   now->visit([&](auto state) { ... });   // a typestate<door, ...> of the current state
// A stream whose events violate the table is `errc::conflict`, with the entity sequence of the event.
#pragma once

#include "../event/event_header.hpp"
#include "detail/machine_table.hpp"
#include "state_machine.hpp"
#include "typestate.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <type_traits>
#include <utility>

namespace quipu {

/// A projection (see projection/projection.hpp) of a machine's events. It begins in `Initial`. The version is a hash of
/// the table, so that a cached state of another table is not used.
template <class Machine, class Initial = typename Machine::initial>
struct machine_projection {
  static_assert(detail::checked_state<Machine, Initial>::value);

  using events = typename Machine::events;
  using machine = Machine;
  static constexpr std::uint64_t version =
      detail::hash_table(Machine::table, events{}, detail::index_in<Initial, typename Machine::states>);

  /// The index of the state in `Machine::states`.
  std::uint32_t current{static_cast<std::uint32_t>(detail::index_in<Initial, typename Machine::states>)};

  /// Applies an event. Throws `errc::conflict` for an event that is illegal in the current state; the state is then
  /// unchanged. `actual()` is the event's entity sequence; the message names the state, the event, and the legal
  /// events.
  template <class Event>
  requires(Machine::template has_event<Event>) constexpr void apply(const Event&, const event_header& header) {
    const std::size_t next = detail::find_next_state<Machine>(current, detail::index_in<Event, events>);
    if (next == detail::nowhere) {
      detail::throw_illegal_move<Machine>(
          current,
          {.event = detail::type_name<Event>(), .kind = kind_of<Event>, .entity_sequence = header.position.sequence});
    }
    current = static_cast<std::uint32_t>(next);
  }

  template <class State>
  [[nodiscard]] constexpr bool is() const noexcept {
    static_assert(detail::checked_state<Machine, State>::value);
    return current == detail::index_in<State, typename Machine::states>;
  }
  /// Returns the name of the current state.
  [[nodiscard]] constexpr std::string_view name() const noexcept {
    constexpr auto& names = detail::names_of_types<typename Machine::states>::names;
    return current < names.size() ? names[current] : "?";
  }
  /// Returns whether an event is legal in the current state.
  template <class Event>
  [[nodiscard]] constexpr bool can_fire() const noexcept {
    return detail::find_next_state<Machine>(current, detail::index_in<Event, events>) != detail::nowhere;
  }

  /// Returns `visitor(typestate)` with the typestate of the current state. The result must have the same type for every
  /// state.
  template <class Visitor>
  constexpr decltype(auto) visit(Visitor&& visitor) const {
    return visit_states(typename Machine::states{}, visitor);
  }

  friend constexpr bool operator==(const machine_projection&, const machine_projection&) noexcept = default;

 private:
  template <class First, class... Rest, class Visitor>
  constexpr decltype(auto) visit_states(state_list<First, Rest...>, Visitor& visitor) const {
    if constexpr (sizeof...(Rest) > 0) {
      if (!is<First>()) return visit_states(state_list<Rest...>{}, visitor);
    }
    return visitor(typestate<Machine, First>{});
  }
};

}  // namespace quipu
