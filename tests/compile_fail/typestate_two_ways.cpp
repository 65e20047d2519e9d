// SPDX-License-Identifier: BSL-1.0
//
// A table in which an event leads from one state to two.
// expect: two_transitions_of_a_state_machine_begin_in_one_state_with_one_event<is_closed, door_opened>
// max-errors: 2
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
using door = quipu::state_machine<quipu::transition<is_open, door_closed, is_closed>, quipu::transition<is_closed, door_opened, is_open>,
#ifdef ACCEPT
                                  quipu::transition<is_closed, door_locked, is_locked>>;
#else
                                  quipu::transition<is_closed, door_opened, is_locked>>;
#endif

static_assert(quipu::can_fire<door, is_open, door_closed>);

int main() {}
