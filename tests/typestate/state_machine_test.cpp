// SPDX-License-Identifier: BSL-1.0
//
// state_machine_test.cpp: what a table says of itself, all of it while compiling.
#ifdef QUIPU_TEST_SINGLE_HEADER
#include <quipu.hpp>
#else
#include <quipu/core/event_kind.hpp>
#include <quipu/typestate/state_machine.hpp>
#endif

#include <catch2/catch.hpp>

#include <string_view>
#include <type_traits>

using quipu::can_fire;
using quipu::event_list;
using quipu::legal_events;
using quipu::legal_moves;
using quipu::next_state;
using quipu::state_list;
using quipu::state_machine;
using quipu::transition;
using quipu::transition_list;

namespace {

struct is_open {};
struct is_closed {};
struct is_locked {
  static constexpr std::string_view name = "locked for good";
};
struct is_elsewhere {};
/// A member called `name` names no type.
struct with_a_name {
  const char* name{"no"};
};
struct door_closed {
  static constexpr auto kind = quipu::event_kind::custom(2, 1);
};
struct door_opened {
  static constexpr auto kind = quipu::event_kind::custom(2, 2);
};
struct door_locked {
  static constexpr auto kind = quipu::event_kind::custom(2, 3);
};

using closing = transition<is_open, door_closed, is_closed>;
using opening = transition<is_closed, door_opened, is_open>;
using locking = transition<is_closed, door_locked, is_locked>;
using door = state_machine<closing, opening, locking>;

static_assert(can_fire<door, is_open, door_closed> && can_fire<door, is_closed, door_opened> &&
              can_fire<door, is_closed, door_locked>);
static_assert(!can_fire<door, is_open, door_opened> && !can_fire<door, is_open, door_locked> &&
              !can_fire<door, is_closed, door_closed>);
static_assert(!can_fire<door, is_locked, door_opened> && !can_fire<door, is_elsewhere, door_opened> &&
              !can_fire<door, is_open, int>);

static_assert(std::is_same_v<next_state<door, is_open, door_closed>, is_closed>);
static_assert(std::is_same_v<next_state<door, is_closed, door_locked>, is_locked>);

static_assert(std::is_same_v<legal_moves<door, is_open>, transition_list<closing>>);
static_assert(std::is_same_v<legal_moves<door, is_closed>, transition_list<opening, locking>>);
static_assert(std::is_same_v<legal_moves<door, is_locked>, transition_list<>>);
static_assert(std::is_same_v<legal_events<door, is_closed>, event_list<door_opened, door_locked>>);
static_assert(std::is_same_v<legal_events<door, is_locked>, event_list<>>);
static_assert(std::is_same_v<legal_events<door, is_elsewhere>, event_list<>>);

static_assert(std::is_same_v<door::states, state_list<is_open, is_closed, is_locked>>);
static_assert(std::is_same_v<door::events, event_list<door_closed, door_opened, door_locked>>);
static_assert(std::is_same_v<door::initial, is_open>);
static_assert(std::is_same_v<door::transitions, transition_list<closing, opening, locking>>);
static_assert(door::has_state<is_locked> && !door::has_state<is_elsewhere> && door::has_event<door_opened> &&
              !door::has_event<is_open>);

// One event in several states, back to where it began, and states that are only reached.
struct ticked {
  static constexpr auto kind = quipu::event_kind::custom(2, 4);
};
using clock_hand = state_machine<transition<is_open, ticked, is_closed>, transition<is_closed, ticked, is_open>,
                                 transition<is_locked, ticked, is_locked>>;
static_assert(quipu::event_type<ticked> && ticked::kind.type() == 4);
static_assert(clock_hand::events::size == 1 && clock_hand::states::size == 3);
static_assert(std::is_same_v<next_state<clock_hand, is_locked, ticked>, is_locked>);

static_assert(clock_hand::table[1].from == 1 && clock_hand::table[1].event == 0 && clock_hand::table[1].to == 0);

static_assert(quipu::state_name<is_open>() == "is_open" && quipu::state_name<is_locked>() == "locked for good");
static_assert(quipu::state_name<with_a_name>() == "with_a_name");

template <class Of>
struct nested {
  struct inside {};
};
struct colon_free {};
static_assert(quipu::state_name<nested<int>::inside>() == "inside");
static_assert(quipu::state_name<nested<colon_free>>().starts_with("nested<"));

}  // namespace

TEST_CASE("a machine's transitions agree with what can be fired", "[typestate][state_machine]") {
  // One bit for each state and event, as the table has it and as can_fire says.
  unsigned by_table = 0;
  for (const auto& row : door::table) by_table |= 1U << (row.from * 3 + row.event);
  const auto bit = [](bool legal, unsigned place) { return legal ? 1U << place : 0U; };
  const unsigned by_types =
      bit(can_fire<door, is_open, door_closed>, 0) | bit(can_fire<door, is_open, door_opened>, 1) |
      bit(can_fire<door, is_open, door_locked>, 2) | bit(can_fire<door, is_closed, door_closed>, 3) |
      bit(can_fire<door, is_closed, door_opened>, 4) | bit(can_fire<door, is_closed, door_locked>, 5) |
      bit(can_fire<door, is_locked, door_closed>, 6) | bit(can_fire<door, is_locked, door_opened>, 7) |
      bit(can_fire<door, is_locked, door_locked>, 8);
  CHECK(by_table == by_types);
  CHECK(by_table == 0b000'110'001U);
}
