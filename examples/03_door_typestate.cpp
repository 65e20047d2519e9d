// SPDX-License-Identifier: BSL-1.0
//
// 03_door_typestate: a door that only moves as its table says. What is illegal doesn't compile; a stream that was
// written by someone else and breaks the table says where. What it prints is in 03_door_typestate.output.
#include <quipu.hpp>

#include <iostream>
#include <optional>
#include <type_traits>

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

// The state of a door, folded from its stream.
using door_state = quipu::machine_projection<door>;

// The compiler knows the table.
static_assert(quipu::can_fire<door, is_closed, door_locked> && !quipu::can_fire<door, is_open, door_locked>);
static_assert(std::is_same_v<quipu::legal_events<door, is_closed>, quipu::event_list<door_opened, door_locked>>);
static_assert(quipu::fold<door_state>(door_closed{}, door_locked{}).is<is_locked>());

void show_door(quipu::store& store) {
  if (const std::optional<door_state> now = store.project<door_state>("door:front"))
    std::cout << "the log says " << now->name() << '\n';
}

int main() {
  std::cout << quipu::mermaid<door>();

  auto store = quipu::in_memory_store();
  const quipu::coordinate front{"door:front", "house"};
  const auto shut = quipu::typestate<door, is_open>{}.fire(store, front, door_closed{});
  const auto bolted = shut.fire(store, front, door_locked{});
  // bolted.fire(store, front, door_opened{});
  //   error: ... this_event_is_illegal_in_this_state<is_locked, door_opened, legal_events_are<door_unlocked>>
  std::cout << "the type says " << bolted.name() << '\n';
  show_door(store);

  // Which state it is in is only known at run time: each of them becomes a type again.
  if (const std::optional<door_state> now = store.project<door_state>("door:front")) {
    now->visit([&](auto state) {
      if constexpr (state.template can_fire<door_unlocked>()) state.fire(store, front, door_unlocked{});
    });
  }
  show_door(store);

  // Someone who doesn't use the types can write anything, and is found out.
  store.append(front, door_unlocked{});
  try {
    show_door(store);
  } catch (const quipu::error& broken) {
    std::cout << broken.what() << '\n';
  }
}
