// SPDX-License-Identifier: BSL-1.0
//
// A state that the machine doesn't have.
// expect: this_state_is_none_of_the_machine<.*is_ajar
// max-errors: 2
#ifdef QUIPU_TEST_SINGLE_HEADER
#include <quipu.hpp>
#else
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
struct is_ajar {};
using door = quipu::state_machine<quipu::transition<is_open, door_closed, is_closed>, quipu::transition<is_closed, door_opened, is_open>,
                                  quipu::transition<is_closed, door_locked, is_locked>>;

int main() {
#ifdef ACCEPT
  const quipu::typestate<door, is_open> now;
#else
  const quipu::typestate<door, is_ajar> now;
#endif
  return now.is_final() ? 1 : 0;
}
