// SPDX-License-Identifier: BSL-1.0
#ifdef QUIPU_TEST_SINGLE_HEADER
#include <quipu.hpp>
#else
#include <quipu/store/in_memory_store.hpp>
#include <quipu/typestate/typestate.hpp>
#endif

#include <catch2/catch.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>
#include <vector>

using quipu::errc;
using quipu::state_machine;
using quipu::transition;
using quipu::typestate;

namespace {

struct is_open {};
struct is_closed {};
struct is_locked {};
struct door_closed {
  static constexpr auto kind = quipu::event_kind::custom(2, 1);
};
struct door_opened {
  static constexpr auto kind = quipu::event_kind::custom(2, 2);
  std::int32_t degrees{};
};
struct door_locked {
  static constexpr auto kind = quipu::event_kind::custom(2, 3);
};
using door = state_machine<transition<is_open, door_closed, is_closed>, transition<is_closed, door_opened, is_open>,
                           transition<is_closed, door_locked, is_locked>>;

/// Looks at one kind of event.
struct widest {
  std::int32_t degrees{};
  constexpr void apply(const door_opened& event) {
    if (event.degrees > degrees) degrees = event.degrees;
  }
};
struct move_only {
  std::unique_ptr<int> value{};
};

// Without a store, while compiling.
constexpr auto opened_twice =
    typestate<door, is_closed, widest>{}.after(door_opened{40}).after(door_closed{}).after(door_opened{30});
static_assert(std::is_same_v<decltype(opened_twice)::state, is_open> && opened_twice.data().degrees == 40);
static_assert(std::is_same_v<decltype(opened_twice), const typestate<door, is_open, widest>>);
static_assert(typestate<door, is_open>::can_fire<door_closed>() && !typestate<door, is_open>::can_fire<door_locked>());
static_assert(typestate<door, is_locked>::is_final() && !typestate<door, is_closed>::is_final());
static_assert(typestate<door, is_locked>::name() == "is_locked");
static_assert(typestate<door, is_closed, int>{7}.after(door_locked{}).data() == 7, "data goes from state to state");

const quipu::coordinate where{"door:1", "hall"};

}  // namespace

TEST_CASE("what is fired is in the stream, and the type has moved on", "[typestate]") {
  auto store = quipu::in_memory_store();
  const auto shut = typestate<door, is_open>{}.fire(store, where, door_closed{});
  static_assert(std::is_same_v<decltype(shut), const typestate<door, is_closed>>);
  const auto open = shut.fire(store, where, door_opened{30});
  static_assert(std::is_same_v<decltype(open)::state, is_open>);
  open.fire(store, where, door_closed{}).fire(store, where, door_locked{});
  std::vector<quipu::event_kind> kinds;
  for (const auto& event : store.stream("door:1")) kinds.push_back(event.kind());
  CHECK(kinds == std::vector{door_closed::kind, door_opened::kind, door_closed::kind, door_locked::kind});
  CHECK(store.count(quipu::region::scope("hall")) == 4);
}

TEST_CASE("what the store refuses isn't a move, and the typestate is as it was", "[typestate]") {
  auto store = quipu::in_memory_store();
  const quipu::append_options first{.expected = quipu::expected_version::no_stream()};
  const typestate<door, is_closed, widest> shut{};
  CHECK(shut.fire(store, where, door_opened{10}, first).data().degrees == 10);
  auto other = shut;
  bool refused = false;
  try {
    static_cast<void>(std::move(other).fire(store, where, door_opened{20}, first));
  } catch (const quipu::error& conflict) {
    refused = conflict.code() == errc::conflict;
  }
  CHECK(refused);
  CHECK(other.data().degrees == 0);
  CHECK(store.count(quipu::region::all()) == 1);
  // Options in braces, where they are written.
  static_cast<void>(shut.fire(store, where, door_locked{}, {.expected = quipu::expected_version::exactly(0)}));
  CHECK(store.count(quipu::region::all()) == 2);
}

TEST_CASE("move-only data goes from state to state", "[typestate]") {
  auto store = quipu::in_memory_store();
  auto open = typestate<door, is_open, move_only>{move_only{std::make_unique<int>(7)}};
  auto shut = std::move(open).fire(store, where, door_closed{});
  CHECK(*shut.data().value == 7);
  const move_only taken = std::move(shut).fire(store, where, door_locked{}).data();
  CHECK(*taken.value == 7);
}
