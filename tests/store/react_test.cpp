// SPDX-License-Identifier: BSL-1.0
//
// react_test.cpp: a reactor's events have their causes, are appended once whatever happens, and don't go round in
// circles.
#include "../delivery/worker_fixture.hpp"

#include <catch2/catch.hpp>

#include <atomic>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

using namespace worker_tests;

namespace {

const auto doubles = [](const event_view& cause, auto& emit) {
  emit({"derived", "s"}, withdrawn{cause.as<deposited>().cents * 2, "twice"});
};

std::vector<std::int64_t> derived(auto& store) {
  std::vector<std::int64_t> all;
  for (const event_view& each : store.stream("derived")) all.push_back(each.as<withdrawn>().cents);
  return all;
}

}  // namespace

TEST_CASE("a reactor answers each event, in its conversation, with it as the cause", "[store][react]") {
  auto store = quipu::in_memory_store();
  const auto first = store.append({"a", "s"}, deposited{1});
  auto reactor = store.react(region::all().with_events<deposited>(), doubles);
  const auto second = store.append({"a", "s"}, deposited{2}, {.correlation_id = quipu::event_id::from_name("talk")});
  REQUIRE(comes_true([&] { return store.count(region::entity("derived")) == 2; }));
  CHECK(derived(store) == std::vector<std::int64_t>{2, 4});
  const auto effects = store.effects(second.id);
  REQUIRE(effects.size() == 1);
  CHECK(effects[0].header().causation_id == second.id);
  CHECK(effects[0].header().correlation_id == quipu::event_id::from_name("talk"));
  CHECK(store.effects(first.id).at(0).header().correlation_id == first.id);
}

TEST_CASE("what a reactor emits for an event is one commit, and nothing where it throws", "[store][react]") {
  auto store = quipu::in_memory_store();
  const auto before = store.stats().commits;
  std::atomic<std::size_t> emitted{0};
  auto reactor = store.react("r", region::entity("a"),
                             [&](const event_view& cause, auto& emit) {
                               emit({"derived", "s"}, withdrawn{1, "first"});
                               if (cause.sequence() == 0) throw std::runtime_error{"no"};
                               emit.raw({"raw", "s"}, quipu::event_kind::custom(1, 9), "bytes");
                               emit({"derived", "s"}, withdrawn{2, "second"});
                               emitted = emit.size();
                             },
                             {.poison = poison_policy::park()});
  store.append({"a", "s"}, deposited{0});
  store.append({"a", "s"}, deposited{1});
  REQUIRE(comes_true([&] { return reactor.next_sequence() >= 2; }));
  CHECK(store.stats().commits == before + 3);  // two of ours, one of its
  CHECK(derived(store) == std::vector<std::int64_t>{1, 2});
  CHECK(store.stream("raw").begin() != store.stream("raw").end());
  REQUIRE(reactor.parked().size() == 1);
  CHECK(reactor.parked()[0].sequence == 0);
  CHECK(reactor.name() == "react:r");
  CHECK(emitted == 3);
}

TEST_CASE("a reactor that begins at the first event again emits nothing again, though it would emit other things",
          "[store][react]") {
  const scratch_folder folder;
  const auto settings = small_segments(folder / "d");
  {
    quipu::store store{settings};
    append_numbers(store, 1, 50);
    auto reactor = store.react("r", region::entity("a"), doubles);
    REQUIRE(comes_true([&] { return reactor.next_sequence() >= 50; }));
  }
  quipu::store store{settings};
  const std::vector<std::int64_t> expected = derived(store);
  CHECK(expected.size() == 50);
  REQUIRE(store.remove_cursor("react:r"));  // as a crash before the first commit
  std::atomic<int> calls{0};
  auto reactor = store.react("r", region::entity("a"), [&](const event_view&, auto& emit) {
    ++calls;
    emit({"derived", "s"}, withdrawn{calls * 1000, "otherwise"});
    emit({"derived", "s"}, withdrawn{-1, "more"});
  });
  append_numbers(store, 51, 51);
  REQUIRE(comes_true([&] { return store.count(region::entity("derived")) >= 52; }));
  CHECK(calls == 1);
  const std::vector<std::int64_t> now = derived(store);
  CHECK(std::vector<std::int64_t>(now.begin(), now.begin() + 50) == expected);
  CHECK(now.size() == 52);
  // Another reactor is another one.
  auto other = store.react("other", region::entity("a"), doubles);
  REQUIRE(comes_true([&] { return store.count(region::entity("derived")) == 103; }));
}

TEST_CASE("what was emitted is durable before the position is", "[store][react]") {
  const memory_world world;
  quipu::store store{settings_in(world, small_segments())};
  append_numbers(store, 1, 5);
  store.sync();  // so that the position alone asks for no flush
  auto reactor = store.react("r", region::entity("a"), doubles);
  REQUIRE(comes_true([&] { return !store.cursors().empty() && store.cursors()[0].position.next_sequence >= 5; }));
  const auto flushes = store.stats().flushes;
  reactor.stop();
  reactor.join();
  store.sync();
  CHECK(store.stats().flushes == flushes);  // nothing was left to flush
}

TEST_CASE("a reactor that reacts to itself fails, and says so", "[store][react]") {
  auto store = quipu::in_memory_store();
  store.append({"a", "s"}, deposited{1});
  SECTION("at once") {
    auto reactor = store.react("echo", region::all(),
                               [](const event_view& cause, auto& emit) {
                                 emit({"a", "s"}, deposited{cause.as<deposited>().cents + 1});
                               },
                               {.poison = poison_policy::park(), .own_reactions_limit = 4});
    reactor.join();
    CHECK(reactor.state() == worker_state::failed);
    CHECK(reactor.failure().find("reacts to itself") != std::string::npos);
    CHECK(reactor.restarts() == 0);
    CHECK(reactor.parked().empty());
    CHECK(store.count(region::all()) == 6);  // the first one and 5 reactions, of which the last has too many behind it
  }
  SECTION("through another one") {
    const auto echo = [](const event_view& cause, auto& emit) {
      emit({cause.entity() == "a" ? "b" : "a", "s"}, deposited{cause.as<deposited>().cents + 1});
    };
    auto there = store.react("there", region::entity("a"), echo, {.own_reactions_limit = 3});
    auto back = store.react("back", region::entity("b"), echo, {.own_reactions_limit = 3});
    REQUIRE(comes_true([&] { return there.state() == worker_state::failed || back.state() == worker_state::failed; }));
    CHECK(store.count(region::all()) == 9);
  }
  SECTION("as often as it may, it does") {
    auto reactor = store.react("countdown", region::all(), [](const event_view& cause, auto& emit) {
      const std::int64_t cents = cause.as<deposited>().cents;
      if (cents < 10) emit({"a", "s"}, deposited{cents + 1});
    });
    REQUIRE(comes_true([&] { return reactor.next_sequence() == 10; }));
    CHECK(store.count(region::all()) == 10);
    CHECK(reactor.state() == worker_state::running);
  }
}

TEST_CASE("a reactor can't say what its events' causes and keys are", "[store][react]") {
  auto store = quipu::in_memory_store();
  const auto cause = store.append({"a", "s"}, deposited{1});
  std::atomic<int> refused{0};
  auto reactor = store.react(region::entity("a"), [&](const event_view&, auto& emit) {
    if (code_of([&] { emit({"b", "s"}, deposited{1}, {.causation_id = cause.id}); }) == errc::invalid_argument)
      ++refused;
    if (code_of([&] { emit({"b", "s"}, deposited{1}, {.idempotency_key = cause.id}); }) == errc::invalid_argument)
      ++refused;
    emit({"b", "s"}, deposited{1}, {.flags = quipu::event_flags::requires_ack});
  });
  REQUIRE(comes_true([&] { return store.count(region::entity("b")) == 1; }));
  CHECK(refused == 2);
  CHECK(store.effects(cause.id).at(0).header().requires_ack());
}

TEST_CASE("reactors of one region need names", "[store][react]") {
  auto store = quipu::in_memory_store();
  auto first = store.react(region::all().with_events<deposited>(), doubles);
  CHECK(code_of([&] { static_cast<void>(store.react(region::all().with_events<deposited>(), doubles)); }) ==
        errc::busy);
  CHECK_NOTHROW(store.react("second", region::all().with_events<deposited>(), doubles));
  CHECK_NOTHROW(store.react(region::entity("a"), doubles));
  CHECK(code_of([&] { static_cast<void>(store.react(std::string(75, 'x'), region::entity("a"), doubles)); }) ==
        errc::invalid_argument);
  CHECK(store.try_react("", region::all(), doubles).is_ok());  // an empty name is one, too: the cursor's isn't
}

TEST_CASE("a reactor ends with its store, and what the log refuses isn't the event's fault", "[store][react]") {
  std::optional<quipu::worker> reactor;
  std::atomic<bool> closed{false};
  std::atomic<bool> called{false};
  {
    auto store = quipu::in_memory_store();
    store.append({"a", "s"}, deposited{1});
    reactor.emplace(store.react("r", region::entity("a"),
                                [&](const event_view&, auto& emit) {
                                  called = true;
                                  while (!closed) std::this_thread::sleep_for(1ms);
                                  emit({"derived", "s"}, withdrawn{1, ""});
                                },
                                {.poison = poison_policy::park()}));
    REQUIRE(comes_true([&] { return called.load(); }));
    store.close();
    closed = true;
    reactor->join();
  }
  CHECK(reactor->state() == worker_state::stopped);
  CHECK(reactor->parked().empty());
}

TEST_CASE("a reactor's events may have a durability, and answer events that have keys of their own", "[store][react]") {
  auto store = quipu::in_memory_store();
  const auto cause = store.append({"a", "s"}, deposited{1}, {.idempotency_key = quipu::event_id::generate()});
  std::atomic<int> calls{0};
  auto reactor = store.react(region::entity("a"), [&](const event_view&, auto& emit) {
    ++calls;
    emit({"b", "s"}, deposited{1}, {.durability = durability::durable});
  });
  REQUIRE(comes_true([&] { return store.count(region::entity("b")) == 1; }));
  CHECK(store.effects(cause.id).size() == 1);
  CHECK(calls == 1);
}

TEST_CASE("an event whose reactions the store can't take is the event's fault", "[store][react]") {
  quipu::config settings;
  settings.payload_max_bytes = 1024;
  auto store = quipu::in_memory_store(settings);
  auto reactor = store.react("r", region::entity("a"),
                             [](const event_view& cause, auto& emit) {
                               const std::size_t size = cause.sequence() == 0 ? 2000 : 10;
                               emit.raw({"b", "s"}, quipu::event_kind::custom(1, 9), std::string(size, 'x'));
                             },
                             {.poison = poison_policy::park()});
  append_numbers(store, 0, 1);
  REQUIRE(comes_true([&] { return reactor.next_sequence() >= 2; }));
  REQUIRE(reactor.parked().size() == 1);
  CHECK(reactor.parked()[0].sequence == 0);
  CHECK_THAT(reactor.parked()[0].error, Catch::Contains("payload_too_large"));
  CHECK(store.count(region::entity("b")) == 1);
}
