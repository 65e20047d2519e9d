// SPDX-License-Identifier: BSL-1.0
//
// machine_projection_test.cpp: a stream that keeps to the table gives the state it ends in, and one that doesn't names
// the place.
#ifdef QUIPU_TEST_SINGLE_HEADER
#include <quipu.hpp>
#else
#include <quipu/cache/memory_cache.hpp>
#include <quipu/projection/fingerprint.hpp>
#include <quipu/projection/fold.hpp>
#include <quipu/projection/projection.hpp>
#include <quipu/store/in_memory_store.hpp>
#include <quipu/typestate/machine_projection.hpp>
#endif

#include <catch2/catch.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <type_traits>
#include <variant>
#include <vector>

using quipu::errc;
using quipu::fold;
using quipu::machine_projection;
using quipu::state_machine;
using quipu::transition;

namespace {

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
struct door_painted {
  static constexpr auto kind = quipu::event_kind::custom(2, 9);
  std::string colour{};
};
using closing = transition<is_open, door_closed, is_closed>;
using opening = transition<is_closed, door_opened, is_open>;
using locking = transition<is_closed, door_locked, is_locked>;
using door = state_machine<closing, opening, locking>;
using door_state = machine_projection<door>;

static_assert(quipu::projection<door_state> && quipu::cacheable<door_state>);

// Folded while compiling.
static_assert(door_state{}.is<is_open>() && door_state{}.name() == "is_open");
static_assert(fold<door_state>(door_closed{}, door_opened{}, door_closed{}).is<is_closed>());
static_assert(fold<door_state>(door_closed{}, door_locked{}).is<is_locked>());
static_assert(fold<door_state>(door_closed{}).can_fire<door_locked>() &&
              !fold<door_state>(door_closed{}).can_fire<door_closed>());
static_assert(fold<machine_projection<door, is_closed>>(door_locked{}).is<is_locked>());

// What a cached state means depends on the table, so another table has another fingerprint.
using without_locking = state_machine<closing, opening>;
using reordered = state_machine<closing, locking, opening>;
using locks_open = state_machine<closing, opening, transition<is_open, door_locked, is_locked>>;
static_assert(quipu::fingerprint<door_state>() != quipu::fingerprint<machine_projection<without_locking>>());
static_assert(quipu::fingerprint<door_state>() != quipu::fingerprint<machine_projection<reordered>>());
static_assert(quipu::fingerprint<door_state>() != quipu::fingerprint<machine_projection<locks_open>>());
static_assert(quipu::fingerprint<door_state>() != quipu::fingerprint<machine_projection<door, is_closed>>());
static_assert(door_state::version == 0x77A66518BCF98A46U,
              "caches depend on it: the same on every compiler, and from build to build");

using door_event = std::variant<door_closed, door_opened, door_locked>;
const quipu::coordinate where{"door:1", "hall"};

template <class Action>
std::optional<quipu::error> refusal_of(Action&& action) {
  try {
    action();
  } catch (const quipu::error& refused) {
    return refused;
  }
  return std::nullopt;
}

/// What a door does, in a few lines of its own.
std::optional<std::size_t> first_illegal(const std::vector<door_event>& events, std::string& state) {
  state = "is_open";
  for (std::size_t index = 0; index < events.size(); ++index) {
    const std::size_t event = events[index].index();
    if (state == "is_open" && event == 0)
      state = "is_closed";
    else if (state == "is_closed" && event == 1)
      state = "is_open";
    else if (state == "is_closed" && event == 2)
      state = "is_locked";
    else
      return index;
  }
  return std::nullopt;
}

}  // namespace

TEST_CASE("every short stream gives its state or names its first illegal event", "[typestate][machine_projection]") {
  constexpr std::size_t longest = 5;
  std::size_t legal = 0;
  for (std::size_t length = 0; length <= longest; ++length) {
    std::size_t count = 1;
    for (std::size_t power = 0; power < length; ++power) count *= 3;
    for (std::size_t number = 0; number < count; ++number) {
      std::vector<door_event> events;
      for (std::size_t rest = number; events.size() < length; rest /= 3) {
        if (rest % 3 == 0)
          events.emplace_back(door_closed{});
        else if (rest % 3 == 1)
          events.emplace_back(door_opened{});
        else
          events.emplace_back(door_locked{});
      }
      std::string state;
      const auto illegal = first_illegal(events, state);
      std::string found;
      const auto refused = refusal_of([&] { found = fold<door_state>(events).name(); });
      REQUIRE(refused.has_value() == illegal.has_value());
      if (refused) {
        REQUIRE(refused->code() == errc::conflict);
        REQUIRE(refused->actual() == *illegal);
      } else {
        REQUIRE(found == state);
        ++legal;
      }
    }
  }
  CHECK(legal == 8);  // by hand: 1 of no event, 1 of one, 2 of two, 1 of three, 2 of four, 1 of five
}

TEST_CASE("a broken table is told in words", "[typestate][machine_projection]") {
  const auto refused =
      refusal_of([] { static_cast<void>(fold<door_state>(door_closed{}, door_opened{}, door_locked{})); });
  REQUIRE(refused);
  CHECK(refused->code() == errc::conflict);
  CHECK(refused->actual() == 2U);
  CHECK_THAT(refused->what(), Catch::Contains("event 2 of its entity, door_locked (0x2003)") &&
                                  Catch::Contains("in the state is_open") &&
                                  Catch::Contains("these are legal: door_closed"));
  const auto final_state =
      refusal_of([] { static_cast<void>(fold<door_state>(door_closed{}, door_locked{}, door_opened{})); });
  REQUIRE(final_state);
  CHECK_THAT(final_state->what(), Catch::Contains("in the state is_locked nothing is legal"));
  const auto either = refusal_of([] { static_cast<void>(fold<door_state>(door_closed{}, door_closed{})); });
  REQUIRE(either);
  CHECK_THAT(either->what(), Catch::Contains("these are legal: door_opened, door_locked"));
}

TEST_CASE("in a store, the position is the event's place in its stream", "[typestate][machine_projection]") {
  auto store = quipu::in_memory_store({}, quipu::memory_cache{1 << 16});
  store.append({"door:2", "hall"}, door_closed{});
  store.append(where, door_closed{});
  store.append(where, door_painted{"blue"});  // not the machine's, and passed over
  CHECK(store.project<door_state>("door:1")->is<is_closed>());
  store.append(where, door_locked{});
  CHECK(store.project<door_state>("door:1")->is<is_locked>());
  CHECK(store.project<door_state>("door:1", quipu::as_of::entity_sequence(1))->is<is_closed>());
  store.append(where, door_opened{});
  for (int attempt = 0; attempt < 2; ++attempt) {  // a cached state doesn't hide it
    const auto refused = refusal_of([&] { static_cast<void>(store.project<door_state>("door:1")); });
    REQUIRE(refused);
    CHECK(refused->code() == errc::conflict);
    CHECK(refused->actual() == 3U);
  }
  CHECK(store.project<door_state>("door:2")->is<is_closed>());
}

TEST_CASE("a state known at run time becomes a typestate", "[typestate][machine_projection]") {
  auto store = quipu::in_memory_store();
  store.append(where, door_closed{});
  const auto lock = [&](auto state) {
    if constexpr (state.template can_fire<door_locked>()) {
      state.fire(store, where, door_locked{});
      return true;
    } else {
      return false;
    }
  };
  CHECK(store.project<door_state>("door:1")->visit(lock));
  CHECK_FALSE(store.project<door_state>("door:1")->visit(lock));
  CHECK(store.count(quipu::region::all()) == 2);
}

TEST_CASE("a state that no machine made is refused, and harms nothing", "[typestate][machine_projection]") {
  door_state broken{99};
  CHECK(broken.name() == "?");
  CHECK_FALSE(broken.can_fire<door_closed>());
  CHECK(refusal_of([&] { broken.apply(door_closed{}, quipu::event_header{}); })->code() == errc::conflict);
}
