// SPDX-License-Identifier: BSL-1.0
//
// An event that is illegal in a state: the state, the event and what would be legal are in one error.
// expect: this_event_is_illegal_in_this_state<is_closed, door_closed, (quipu::)?legal_events_are<door_opened, door_locked> ?>
// max-errors: 1
#ifdef QUIPU_TEST_SINGLE_HEADER
#include <quipu.hpp>
#else
#include <quipu/event/event_list.hpp>
#include <quipu/typestate/typestate.hpp>
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
                                  quipu::transition<is_closed, door_locked, is_locked>>;

int main() {
  const quipu::typestate<door, is_closed> shut;
#ifdef ACCEPT
  const auto next = shut.after(door_locked{});
#else
  const auto next = shut.after(door_closed{});
#endif
  return next.is_final() ? 0 : 1;
}
