// SPDX-License-Identifier: BSL-1.0
//
// tagged_events_test.cpp: whatever delivers events by a region delivers by tags and alternatives: subscriptions, which
// see events before they are on disk, workers, read models, watchers, and conditions of appends.
#include "../store/store_fixture.hpp"

#ifndef QUIPU_TEST_SINGLE_HEADER
#include <quipu/store/read_only_store.hpp>
#endif

#include <catch2/catch.hpp>

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

using namespace store_tests;
using namespace std::chrono_literals;
using quipu::durability;
using quipu::errc;
using quipu::none_ever;
using quipu::none_since;
using quipu::region;

namespace {

void append(quipu::store& store, std::int64_t cents, const char* entity, std::vector<std::string> tags) {
  store.append({entity, "s"}, deposited{cents}, {.durability = durability::buffered, .tags = std::move(tags)});
}
const region red_or_a = region::any_of({region::tag("red"), region::entity("a")});

struct total {
  using events = quipu::event_list<deposited>;
  std::int64_t cents{};
  void apply(const deposited& event) { cents += event.cents; }
  struct add_if_less {
    std::int64_t limit{};
  };
  static quipu::outcome<deposited> decide(const total& now, const add_if_less& command) {
    if (now.cents >= command.limit) return quipu::outcome_error{quipu::error_kind::validation, "enough"};
    return deposited{1};
  }
};

void append_some(quipu::store& store) {
  append(store, 1, "a", {"blue"});
  append(store, 10, "b", {"red", "blue"});
  append(store, 100, "b", {"blue"});
  append(store, 1000, "a", {"red"});
  append(store, 10000, "c", {});
}

}  // namespace

TEST_CASE("subscriptions, workers and read models select by tags and alternatives", "[delivery][tags]") {
  auto store = quipu::in_memory_store();
  auto red = store.subscribe_lossy(region::tag("red"));
  auto both = store.subscribe_lossy(red_or_a.with_tag("blue"));
  std::mutex lock;
  std::vector<std::int64_t> handled;
  auto worker = store.cursor_worker("red", red_or_a, [&](const quipu::event_view& event) {
    const std::lock_guard held{lock};
    handled.push_back(event.as<deposited>().cents);
  });
  auto model = store.read_model<total>("red", red_or_a);
  append_some(store);
  CHECK(red.recv_for(patience)->as<deposited>().cents == 10);
  CHECK(red.recv_for(patience)->as<deposited>().cents == 1000);
  CHECK_FALSE(red.try_recv());
  CHECK(both.recv_for(patience)->as<deposited>().cents == 1);
  CHECK(both.recv_for(patience)->as<deposited>().cents == 10);
  CHECK_FALSE(both.try_recv());
  REQUIRE(worker.wait_caught_up_for(patience));
  REQUIRE(model.wait_caught_up_for(patience));
  CHECK(model.state().cents == 1011);
  const std::lock_guard held{lock};
  CHECK(handled == std::vector<std::int64_t>{1, 10, 1000});
}

TEST_CASE("a watched entity is told of its events with tags, as of the others", "[delivery][tags]") {
  auto store = quipu::in_memory_store();
  auto watch = store.watch<total>("a");
  append(store, 1, "a", {"blue"});
  CHECK(watch.recv_for(patience)->cents == 1);
  append(store, 10, "b", {"red"});
  CHECK_FALSE(watch.try_recv());
  append(store, 100, "a", {"red", "blue"});
  append(store, 1000, "a", {});
  CHECK(watch.recv_for(patience)->cents == 1101);
}

TEST_CASE("the states of all entities are folded from what a tag selects, and never taken from the cache",
          "[delivery][tags]") {
  quipu::config settings{.directory = "memory"};
  settings.environment = std::make_shared<quipu::memory_environment>();
  quipu::store store{settings, quipu::memory_cache{1 << 20}};
  append_some(store);
  for (int number = 0; number < 500; ++number)
    for (const char* const entity : {"a", "b", "c"}) append(store, 1, entity, {number < 3 ? "rare" : "often"});
  using sums = std::map<std::string, std::int64_t>;
  const auto all_of = [&](const region& wanted) {
    sums found;
    store.project_all<total>(
        wanted, [&](std::string_view entity, const total& state) { CHECK(found.emplace(entity, state.cents).second); });
    return found;
  };
  CHECK(all_of(region::all()) == sums{{"a", 1501}, {"b", 610}, {"c", 10500}});  // these are cached
  CHECK(all_of(region::tag("red")) == sums{{"a", 1000}, {"b", 10}});
  CHECK(all_of(region::tag("red").with_tag("blue")) == sums{{"b", 10}});
  CHECK(all_of(region::entity("c").with_tag("rare")) == sums{{"c", 3}});
  CHECK(all_of(region::any_of({region::tag("rare"), region::tag("red")})) == sums{{"a", 1003}, {"b", 13}, {"c", 3}});
  CHECK(all_of(red_or_a) == sums{{"a", 1501}, {"b", 10}});
  CHECK(all_of(region::tag("nobody")).empty());
  CHECK(all_of(region::all()) == sums{{"a", 1501}, {"b", 610}, {"c", 10500}});
}

TEST_CASE("a named cursor of tags and alternatives goes on, and is not taken for another one", "[delivery][tags]") {
  auto store = quipu::in_memory_store();
  append_some(store);
  {
    auto cursor = store.cursor_guaranteed("c", red_or_a);
    CHECK(cursor.poll()->sequence() == 0);
    cursor.commit();
  }
  CHECK(error_of([&] { static_cast<void>(store.cursor_guaranteed("c", region::tag("red"))); }).code() ==
        errc::invalid_argument);
  auto cursor = store.cursor_guaranteed("c", red_or_a);
  CHECK(cursor.poll()->sequence() == 1);
  CHECK(cursor.poll()->sequence() == 3);
  CHECK_FALSE(cursor.poll());
}

TEST_CASE("a condition excludes by tags and alternatives, also events that are not written yet",
          "[store][condition][tags]") {
  auto store = quipu::in_memory_store();
  append_some(store);
  const auto appends = [&](const quipu::append_condition& condition) {
    return store.try_append({"d", "s"}, withdrawn{1, ""}, {.condition = condition}).is_ok();
  };
  CHECK_FALSE(appends(none_ever(region::tag("red"))));
  CHECK(appends(none_ever(region::tag("red").with_kind(withdrawn::kind))));
  CHECK_FALSE(appends(none_since(region::tag("red"), 2)));
  CHECK(appends(none_since(region::tag("red"), 3)));
  CHECK_FALSE(appends(none_since(red_or_a, 2)));
  CHECK(appends(none_since(red_or_a, 3)));
  CHECK_FALSE(appends(none_ever(region::tag("red").with_tag("blue"))));
  CHECK(appends(none_since(region::tag("red").with_tag("blue"), 1)));
  const std::uint64_t end = store.count(region::all());
  auto waiting = store.submit({"e", "s"}, deposited{1}, {.tags = {"green"}});
  CHECK_FALSE(appends(none_since(region::any_of({region::tag("green"), region::entity("f")}), end - 1)));
  CHECK(appends(none_since(region::any_of({region::tag("yellow"), region::entity("f")}), end - 1)));
  static_cast<void>(waiting.wait());
}

TEST_CASE("a command over a tag is decided again when an event with the tag came, and only then", "[store][tags]") {
  auto store = quipu::in_memory_store();
  append(store, 5, "a", {"red"});
  const region red = region::tag("red");
  CHECK(store.execute<total>(red, {"b", "s"}, total::add_if_less{6}).is_ok());
  // What was decided has no tag, so the decision did not change.
  CHECK(store.execute<total>(red, {"b", "s"}, total::add_if_less{6}).is_ok());
  append(store, 1, "a", {"red"});
  CHECK_FALSE(store.execute<total>(red, {"b", "s"}, total::add_if_less{6}).is_ok());
}
