// SPDX-License-Identifier: BSL-1.0
//
// A state machine is a type, and an event that is illegal in a state does not compile. Try the marked line: the error
// names the state, the event, and the events that are legal instead.
#include <quipu_model.hpp>

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
struct door_unlocked {
  static constexpr auto kind = quipu::event_kind::custom(2, 4);
};

using door = quipu::state_machine<
    quipu::transition<is_open, door_closed, is_closed>, quipu::transition<is_closed, door_opened, is_open>,
    quipu::transition<is_closed, door_locked, is_locked>, quipu::transition<is_locked, door_unlocked, is_closed>>;

int main() {
  constexpr quipu::typestate<door, is_closed> closed;
  constexpr auto locked = closed.after(door_locked{});
  // try: constexpr auto opened = locked.after(door_opened{});
  return locked.can_fire<door_unlocked>() ? 0 : 1;
}
