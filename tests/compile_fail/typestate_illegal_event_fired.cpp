// SPDX-License-Identifier: BSL-1.0
//
// An event that is illegal in a state in which none is legal any more.
// expect: this_event_is_illegal_in_this_state<is_locked, door_opened, (quipu::)?legal_events_are<> ?>
// max-errors: 1
#ifdef QUIPU_TEST_SINGLE_HEADER
#include <quipu.hpp>
#else
#include <quipu/store/in_memory_store.hpp>
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
  auto store = quipu::in_memory_store();
#ifdef ACCEPT
  const quipu::typestate<door, is_closed> now;
#else
  const quipu::typestate<door, is_locked> now;
#endif
  const auto next = now.fire(store, {"door:1", "hall"}, door_opened{});
  return static_cast<int>(next.data() == quipu::none{}) - 1;
}
