// SPDX-License-Identifier: BSL-1.0
//
// erased_events_fold_test.cpp: no way to fold gives an erased event to a state, whether it names its events or takes
// any.
#include "store_fixture.hpp"

#ifndef QUIPU_TEST_SINGLE_HEADER
#include <quipu/projection/fold.hpp>
#endif

#include <catch2/catch.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

using namespace store_tests;
using quipu::compaction;
using quipu::region;

namespace {

struct any_count {
  using events = quipu::any_event;
  std::uint64_t events_seen{};
  std::uint64_t bytes{};
  void apply(const quipu::event_view& event) {
    ++events_seen;
    bytes += event.payload().size();
  }
  friend bool operator==(const any_count&, const any_count&) = default;
};

template <class State>
State watched(quipu::store& store, std::string_view entity) {
  auto watcher = store.watch<State>(entity);
  store.append({std::string{entity}, "s"}, deposited{1});
  return *watcher.recv();
}

template <class State, class Cache>
void all_pass_over_erased_events(Cache cache, std::uint64_t left) {
  const memory_world world;
  quipu::store store{settings_in(world, small_segments("d")), cache};
  for (int number = 0; number < 20; ++number) store.append({number % 2 == 0 ? "a" : "b", "s"}, deposited{number});
  CHECK(store.project<State>("a") == quipu::fold<State>(store.stream("a")));
  store.compact(compaction::tombstone([](const quipu::event_view& event) { return event.sequence() % 4 != 0; }));
  std::optional<State> expected;
  std::uint64_t count = 0;
  const auto fold_what_is_left = [&](const region& wanted) {
    expected.emplace();
    count = 0;
    for (const auto& event : store.query(wanted))
      if (!event.erased()) {
        *expected = quipu::fold<State>(store.query(wanted.with_sequence_range(0, event.sequence())));
        ++count;
      }
  };
  fold_what_is_left(region::entity("a"));
  CHECK(count == left);
  CHECK(quipu::fold<State>(store.stream("a")) == *expected);
  CHECK(store.project<State>("a") == expected);
  CHECK(store.project<State>("a") == expected);
  CHECK(store.project<State>("a", quipu::as_of::entity_sequence(99)) == expected);
  CHECK(store.project<State>(region::entity("a")) == *expected);
  CHECK(store.read_model_by_entity<State>("e", region::entity("a")).find("c") == std::nullopt);
  store.project_all<State>(region::entity("a"), [&](auto, const State& state) { CHECK(state == *expected); });
  auto whole = store.read_model<State>("whole", region::all());
  auto each = store.read_model_by_entity<State>("each", region::all());
  const State seen = watched<State>(store, "a");
  fold_what_is_left(region::entity("a"));
  CHECK(seen == *expected);
  const auto last = store.append({"c", "s"}, deposited{1});
  REQUIRE(whole.wait_visible_for(last, patience));
  REQUIRE(each.wait_visible_for(last, patience));
  CHECK(each.find("a") == expected);
  CHECK(whole.state() == store.project<State>(region::all()));
  CHECK(whole.state() == quipu::fold<State>(store.query(region::all())));
}

}  // namespace

TEST_CASE("no way to fold gives an erased event to a state", "[store][project][compaction]") {
  all_pass_over_erased_events<account>(quipu::memory_cache{1 << 20}, 5);
  all_pass_over_erased_events<any_count>(quipu::memory_cache{1 << 20}, 5);
  all_pass_over_erased_events<any_count>(quipu::no_cache{}, 5);
}

TEST_CASE("of erased events, a fold has seen none", "[store][project][compaction]") {
  auto store = quipu::in_memory_store();
  for (int number = 0; number < 3; ++number) store.append({"a", "s"}, deposited{number});
  store.compact(compaction::tombstone([](const quipu::event_view&) { return false; }));
  CHECK(quipu::fold<any_count>(store.stream("a")) == any_count{});
  CHECK(quipu::fold<any_count>(*store.stream("a").begin()) == any_count{});
  CHECK(store.project<any_count>("a") == any_count{});
  CHECK(watched<any_count>(store, "a").events_seen == 1);
}

TEST_CASE("an event that was erased before a watcher saw it is no change", "[store][watcher][compaction]") {
  auto store = quipu::in_memory_store();
  auto watcher = store.watch<any_count>("a");
  store.append({"a", "s"}, deposited{1});
  store.compact(compaction::tombstone([](const quipu::event_view&) { return false; }));
  CHECK_FALSE(watcher.try_recv());
  store.append({"a", "s"}, deposited{1});
  CHECK(watcher.try_recv()->events_seen == 1);
}
