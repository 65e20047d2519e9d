// SPDX-License-Identifier: BSL-1.0
//
// Two events of a table that a log couldn't tell apart.
// expect: two_events_of_a_state_machine_have_the_same_kind<door_closed, door_slammed>
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
struct door_slammed {
#ifdef ACCEPT
  static constexpr auto kind = quipu::event_kind::custom(2, 4);
#else
  static constexpr auto kind = quipu::event_kind::custom(2, 1);
#endif
};
using door = quipu::state_machine<quipu::transition<is_open, door_closed, is_closed>, quipu::transition<is_open, door_slammed, is_closed>>;

static_assert(quipu::can_fire<door, is_open, door_closed>);

int main() {}
