// SPDX-License-Identifier: BSL-1.0
//
// A table that lists something else.
// expect: a_state_machine_lists_transitions_and_nothing_else<door_opened>
// max-errors: 1
#ifdef QUIPU_TEST_SINGLE_HEADER
#include <quipu.hpp>
#else
#include <quipu/typestate/state_machine.hpp>
#endif

struct is_open {};
struct is_closed {};
struct is_locked {};
struct door_closed {
  static constexpr auto kind = quipu::event_kind::custom(2, 1);
};
struct door_opened {
  static constexpr auto kind = quipu::event_kind::custom(2, 2);
};
struct door_locked {
  static constexpr auto kind = quipu::event_kind::custom(2, 3);
};
#ifdef ACCEPT
using door = quipu::state_machine<quipu::transition<is_open, door_closed, is_closed>, quipu::transition<is_closed, door_opened, is_open>>;
#else
using door = quipu::state_machine<quipu::transition<is_open, door_closed, is_closed>, door_opened>;
#endif

constexpr std::size_t states = door::states::size;

int main() { return static_cast<int>(states - states); }
