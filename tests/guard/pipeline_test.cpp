// SPDX-License-Identifier: BSL-1.0
//
// pipeline_test.cpp: that a proposal becomes an event only past its gates or by a bypass, which shows in the event.
#ifdef QUIPU_TEST_SINGLE_HEADER
#include <quipu.hpp>
#else
#include <quipu/guard/pipeline.hpp>
#include <quipu/store/in_memory_store.hpp>
#endif

#include <catch2/catch.hpp>

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

using quipu::denial;
using quipu::errc;
using quipu::gate_set;
using quipu::pipeline;
using quipu::proposal;

namespace {

struct deposited {
  static constexpr auto kind = quipu::event_kind::custom(0xF, 1);
  std::int64_t cents{};
};
struct withdrawn {
  static constexpr auto kind = quipu::event_kind::custom(0xF, 2);
  std::int64_t cents{};
};
struct teller {
  std::int64_t limit{};
};
struct limit_gate {
  static constexpr std::string_view name = "limit";
  template <class Payload>
  constexpr std::optional<denial> operator()(const teller& t, const Payload& proposed) const {
    if (proposed.cents > t.limit) return denial{name, "over the limit"};
    return std::nullopt;
  }
};
struct positive_gate {
  static constexpr std::string_view name = "positive";
  template <class Context, class Payload>
  constexpr std::optional<denial> operator()(const Context&, const Payload& proposed) const {
    if (proposed.cents <= 0) return denial{name, "nothing to move"};
    return std::nullopt;
  }
};
struct migration {
  static constexpr std::string_view name = "migration";
  static constexpr std::string_view justification = "opening balances";
};
struct move_only {
  std::unique_ptr<int> cents_held{};
  std::int64_t cents{};
};

constexpr gate_set gates{limit_gate{}, positive_gate{}};
constexpr pipeline counter{gates};
constexpr pipeline other_counter{gate_set{positive_gate{}}};
const quipu::coordinate alice{"account:alice", "branch:zurich"};

static_assert(std::is_same_v<decltype(counter), const pipeline<gate_set<limit_gate, positive_gate>>>);
static_assert(counter.names() == std::array<std::string_view, 2>{"limit", "positive"});
static_assert(counter.evaluate_all(teller{-5}, proposal{withdrawn{-1}}).size() == 2);
// From proposal to what was committed, while compiling.
static_assert(counter.commit(counter.evaluate(teller{100}, proposal{withdrawn{50}}).permit(),
                             [](withdrawn made) { return made.cents; }) == 50);
// A pipeline over the same types of gates takes the permit: they are bound to types, not to objects.
static_assert(
    counter.commit(gate_set{limit_gate{}, positive_gate{}}.evaluate(teller{100}, proposal{withdrawn{50}}).permit(),
                   [](withdrawn made) { return made.cents; }) == 50);

/// Refuses every append, as a store does that is out of space.
struct full_store {
  int asked{};
  template <class Event>
  quipu::receipt append(const quipu::coordinate&, const Event&, const quipu::append_options&) {
    ++asked;
    throw quipu::error{errc::storage_full, "full"};
  }
};

template <class Action>
std::optional<quipu::error> refusal_of(Action&& action) {
  try {
    action();
  } catch (const quipu::error& refused) {
    return refused;
  }
  return std::nullopt;
}

}  // namespace

TEST_CASE("a pipeline judges as its gates do", "[pipeline]") {
  for (std::int64_t limit = -1; limit <= 1; ++limit)
    for (std::int64_t cents = -1; cents <= 2; ++cents) {
      const auto by_counter = counter.evaluate(teller{limit}, proposal{withdrawn{cents}});
      const auto by_gates = gates.evaluate(teller{limit}, proposal{withdrawn{cents}});
      REQUIRE(by_counter.allowed() == by_gates.allowed());
      if (!by_counter.allowed()) REQUIRE(by_counter.denied() == by_gates.denied());
      REQUIRE(counter.evaluate_all(teller{limit}, proposal{withdrawn{cents}}) ==
              gates.evaluate_all(teller{limit}, proposal{withdrawn{cents}}));
    }
}

TEST_CASE("a permit commits to a store: the event is there, and no bypass is recorded", "[pipeline]") {
  auto store = quipu::in_memory_store();
  const auto done = counter.commit(counter.evaluate(teller{100}, proposal{withdrawn{50}}).permit(), store, alice);
  CHECK(done.payload.cents == 50);
  CHECK(done.receipt.sequence == 0);
  const auto stored = store.get(done.receipt.id);
  CHECK(stored.as<withdrawn>().cents == 50);
  CHECK(stored.entity() == "account:alice");
  CHECK(stored.bypass_reason().empty());
}

TEST_CASE("what a commit is told is what the store is told", "[pipeline]") {
  auto store = quipu::in_memory_store();
  const auto commit = [&](quipu::append_options options) {
    return counter.commit(counter.evaluate(teller{100}, proposal{deposited{50}}).permit(), store, alice, options);
  };
  CHECK(commit({.expected = quipu::expected_version::no_stream()}).receipt.entity_sequence == 0);
  const auto refused = refusal_of([&] { commit({.expected = quipu::expected_version::no_stream()}); });
  REQUIRE(refused);
  CHECK(refused->code() == errc::conflict);
  CHECK(store.count(quipu::region::all()) == 1);
  // Options in braces, where they are written.
  const auto buffered = counter.commit(counter.evaluate(teller{100}, proposal{deposited{1}}).permit(), store, alice,
                                       {.durability = quipu::durability::buffered});
  CHECK_FALSE(buffered.receipt.durable);
}

TEST_CASE("a permit commits to a batch, which is appended later", "[pipeline]") {
  auto store = quipu::in_memory_store();
  quipu::batch batch;
  const auto first = counter.commit(counter.evaluate(teller{100}, proposal{withdrawn{50}}).permit(), batch, alice);
  CHECK(first.payload.cents == 50);
  CHECK(first.item.index == 0);
  const auto second = counter.commit(quipu::bypass(proposal{deposited{5000}}, migration{}), batch, alice);
  CHECK(second.item.index == 1);
  CHECK(store.count(quipu::region::all()) == 0);
  const auto receipts = store.append(batch);
  REQUIRE(receipts.size() == 2);
  CHECK(store.get(receipts[0].id).bypass_reason().empty());
  CHECK(store.get(receipts[1].id).bypass_reason() == "migration: opening balances");
}

TEST_CASE("a bypass leaves its reason in the event", "[pipeline]") {
  auto store = quipu::in_memory_store();
  const auto done = counter.commit(quipu::bypass(proposal{deposited{5000}}, migration{}), store, alice,
                                   {.flags = quipu::event_flags::replay, .bypass_reason = "another"});
  CHECK(done.payload.cents == 5000);
  const auto stored = store.get(done.receipt.id);
  CHECK(stored.bypass_reason() == "migration: opening balances");
  CHECK(stored.header().replay());
  CHECK_THAT(stored.to_json(), Catch::Contains("\"bypass_reason\":\"migration: opening balances\""));
}

TEST_CASE("a reason that doesn't fit into an event is refused before anything is written", "[pipeline]") {
  auto store = quipu::in_memory_store();
  const quipu::append_options longest{.bypass_reason = std::string(quipu::bypass_reason_limit, 'w')};
  CHECK(store.get(store.append(alice, deposited{1}, longest).id).bypass_reason() == longest.bypass_reason);
  const quipu::append_options too_long{.bypass_reason = std::string(quipu::bypass_reason_limit + 1, 'w')};
  CHECK(refusal_of([&] { store.append(alice, deposited{1}, too_long); })->code() == errc::payload_too_large);
  CHECK(store.count(quipu::region::all()) == 1);
}

TEST_CASE("a permit is spent by a commit, also by one that fails", "[pipeline]") {
  full_store store;
  auto given = counter.evaluate(teller{100}, proposal{withdrawn{50}}).permit();
  CHECK(refusal_of([&] { counter.commit(std::move(given), store, alice); })->code() == errc::storage_full);
  CHECK(given.is_spent());
  const auto again = refusal_of([&] { counter.commit(std::move(given), store, alice); });
  REQUIRE(again);
  CHECK(again->code() == errc::invalid_argument);
  CHECK(store.asked == 1);
}

TEST_CASE("a permit from other gates is refused before anything happens, and stays good", "[pipeline]") {
  auto store = quipu::in_memory_store();
  auto given = other_counter.evaluate(teller{0}, proposal{withdrawn{50}}).permit();
  const auto refused = refusal_of([&] { counter.commit(std::move(given), store, alice); });
  REQUIRE(refused);
  CHECK(refused->code() == errc::invalid_argument);
  CHECK_THAT(refused->what(), Catch::Contains("other gates"));
  CHECK(store.count(quipu::region::all()) == 0);
  CHECK(other_counter.commit(std::move(given), store, alice).receipt.sequence == 0);
}

TEST_CASE("a permit commits to a function, whose result comes back as it is", "[pipeline]") {
  int total = 0;
  int& same =
      counter.commit(counter.evaluate(teller{100}, proposal{withdrawn{50}}).permit(), [&](withdrawn made) -> int& {
        total += static_cast<int>(made.cents);
        return total;
      });
  CHECK(&same == &total);
  CHECK(total == 50);
  auto held = counter.evaluate(teller{100}, proposal{move_only{std::make_unique<int>(7), 50}}).permit();
  CHECK(*counter.commit(std::move(held), [](move_only made) { return std::move(made.cents_held); }) == 7);
}

TEST_CASE("try_commit returns what commit throws", "[pipeline]") {
  auto store = quipu::in_memory_store();
  const auto done = counter.try_commit(counter.evaluate(teller{100}, proposal{withdrawn{50}}).permit(), store, alice);
  REQUIRE(done.is_ok());
  CHECK(done.value().payload.cents == 50);
  const auto bypassed = counter.try_commit(quipu::bypass(proposal{deposited{1}}, migration{}), store, alice);
  REQUIRE(bypassed.is_ok());
  CHECK(store.get(bypassed.value().receipt.id).bypass_reason() == "migration: opening balances");
  full_store full;
  const auto failed = counter.try_commit(counter.evaluate(teller{100}, proposal{withdrawn{50}}).permit(), full, alice);
  REQUIRE(failed.is_error());
  CHECK(failed.error().kind == quipu::error_kind::storage);
}
