// SPDX-License-Identifier: BSL-1.0
//
// prefetch_test.cpp: project_all takes states from the cache where entities have many events, and tells a cache that
// supports it beforehand; no other cache, and nothing else does.
#include "store_fixture.hpp"

#ifndef QUIPU_TEST_SINGLE_HEADER
#include <quipu/projection/cache_key.hpp>
#include <quipu/store/read_only_store.hpp>
#endif

#include <catch2/catch.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

using namespace store_tests;
using quipu::errc;
using quipu::region;

namespace {

/// A cache that writes down what it is asked. Copies share it.
class telling_cache {
 public:
  struct call {
    std::string what{};
    std::string key{};
    std::uint64_t watermark{};
    std::int64_t at_us{};
  };
  struct shared {
    std::mutex mutex{};
    std::map<std::string, quipu::cache_entry> entries{};
    std::vector<call> calls{};
    bool prefetch_fails{false};
  };
  std::shared_ptr<shared> of = std::make_shared<shared>();
  bool supports_prefetch{true};

  [[nodiscard]] std::vector<call> calls(std::string_view what) const {
    const std::lock_guard lock{of->mutex};
    std::vector<call> found;
    std::copy_if(of->calls.begin(), of->calls.end(), std::back_inserter(found),
                 [&](const call& each) { return each.what == what; });
    return found;
  }
  void forget_calls() const {
    const std::lock_guard lock{of->mutex};
    of->calls.clear();
  }

  quipu::cache_capabilities capabilities() const { return {.supports_prefetch = supports_prefetch}; }
  std::optional<quipu::cache_entry> get(quipu::bytes_view key) {
    const std::lock_guard lock{of->mutex};
    of->calls.push_back({"get", std::string{key.text()}});
    const auto found = of->entries.find(std::string{key.text()});
    return found == of->entries.end() ? std::nullopt : std::optional{found->second};
  }
  void put(quipu::bytes_view key, quipu::bytes_view value, quipu::cache_meta meta) {
    const std::lock_guard lock{of->mutex};
    of->calls.push_back({"put", std::string{key.text()}, meta.watermark, meta.cached_at_us});
    of->entries[std::string{key.text()}] = {value.copy(), meta};
  }
  std::uint64_t delete_prefix(quipu::bytes_view) { return 0; }
  void sync() {}
  void prefetch(quipu::bytes_view key, quipu::cache_meta predicted) {
    const std::lock_guard lock{of->mutex};
    of->calls.push_back({"prefetch", std::string{key.text()}, predicted.watermark, predicted.cached_at_us});
    if (of->prefetch_fails) throw quipu::error{errc::cache_failed, "no forecast"};
  }
};

using all_states = std::map<std::string, account>;

template <class Store>
all_states project_all_of(Store& store, const region& wanted) {
  all_states found;
  store.template project_all<account>(wanted, [&](std::string_view entity, const account& state) {
    CHECK(found.emplace(std::string{entity}, state).second);
  });
  return found;
}

/// Appends `each` events to each of `entities` entities, in turns.
template <class Store>
void append_to_each(Store& store, int entities, int each, int first = 0) {
  for (int number = first; number < first + each; ++number)
    for (int entity = 0; entity < entities; ++entity)
      store.append({"e" + std::to_string(entity), number % 3 == 0 ? "s" : "t"}, deposited{number + 1000 * entity},
                   {.durability = quipu::durability::buffered});
}

template <class Store>
all_states folded_one_by_one(Store& store, int entities) {
  all_states expected;
  for (int entity = 0; entity < entities; ++entity) {
    const std::string name = "e" + std::to_string(entity);
    if (const auto state = store.template project<account>(name, quipu::as_of::sequence(UINT64_MAX)))
      expected.emplace(name, *state);
  }
  return expected;
}

std::string key_of(int entity) {
  const quipu::bytes key = quipu::cache_key<account>("e" + std::to_string(entity));
  return std::string{quipu::bytes_view{key}.text()};
}

}  // namespace

TEST_CASE("project_all announces the states of its entities, with their numbers of events, before it reads them",
          "[store][cache][prefetch]") {
  const telling_cache cache;
  const memory_world world;
  std::int64_t now = 77'000'000;
  quipu::config settings = settings_in(world, {.directory = "d"});
  settings.clock = [&] { return now; };
  quipu::store store{settings, cache};
  append_to_each(store, 10, 100);
  for (int entity = 0; entity < 10; ++entity) CHECK(store.project<account>("e" + std::to_string(entity)));
  append_to_each(store, 4, 7, 100);
  CHECK(cache.calls("prefetch").empty());
  cache.forget_calls();
  CHECK(project_all_of(store, region::all()) == folded_one_by_one(store, 10));
  const auto announced = cache.calls("prefetch");
  REQUIRE(announced.size() == 10);
  for (int entity = 0; entity < 10; ++entity) {
    const auto found =
        std::find_if(announced.begin(), announced.end(), [&](const auto& each) { return each.key == key_of(entity); });
    REQUIRE(found != announced.end());
    CHECK(found->watermark == (entity < 4 ? 107 : 100));
    CHECK(found->at_us == now);
  }
  CHECK(cache.calls("get").size() == 10);
  CHECK(cache.of->calls[9].what == "prefetch");  // all of a chunk before the first is read
  CHECK(cache.calls("put").empty());             // seven new events aren't worth a put
  cache.forget_calls();
  CHECK(project_all_of(store, region::entity_prefix("e3")).size() == 1);
  CHECK(cache.calls("prefetch").size() == 1);
  quipu::read_only_store reader{settings, cache};
  cache.forget_calls();
  CHECK(project_all_of(reader, region::all()) == folded_one_by_one(store, 10));
  CHECK(cache.calls("prefetch").size() == 10);
}

TEST_CASE("a cache that doesn't support prefetching isn't told", "[store][cache][prefetch]") {
  telling_cache cache;
  cache.supports_prefetch = false;
  auto store = quipu::in_memory_store({}, cache);
  append_to_each(store, 5, 100);
  for (int entity = 0; entity < 5; ++entity) CHECK(store.project<account>("e" + std::to_string(entity)));
  CHECK(project_all_of(store, region::all()) == folded_one_by_one(store, 5));
  CHECK(cache.calls("get").size() == 5 + 5);
  CHECK(cache.calls("prefetch").empty());
}

TEST_CASE("what folds one state announces none", "[store][cache][prefetch]") {
  const telling_cache cache;
  auto store = quipu::in_memory_store({}, cache);
  append_to_each(store, 2, 100);
  CHECK(store.project<account>("e0"));
  CHECK(store.project_if_changed<account>("e0", 0));
  CHECK(store.project<account>(region::all()).order != 0);
  CHECK(store.project<account>("e0", quipu::as_of::sequence(50)));
  auto watcher = store.watch<account>("e0");
  auto model = store.read_model<account>("m", region::all());
  const auto last = store.append({"e0", "s"}, deposited{1});
  REQUIRE(model.wait_visible_for(last, patience));
  CHECK(watcher.try_recv());
  CHECK(cache.calls("prefetch").empty());
}

TEST_CASE("project_all leaves the cache alone where looking states up costs more than folding",
          "[store][cache][prefetch]") {
  const telling_cache cache;
  auto store = quipu::in_memory_store({}, cache);
  append_to_each(store, 50, 8);  // few events each
  CHECK(project_all_of(store, region::all()) == folded_one_by_one(store, 50));
  CHECK(cache.of->calls.empty());
  append_to_each(store, 50, 100, 8);
  for (const region& part :
       {region::scope("s"), region::all().with_events<deposited>(), region::all().with_sequence_range(0, 4000),
        region::all().with_category(15), region::all().with_entity_sequence_range(0, 50),
        region::all().with_entity_sequence_range(1, UINT64_MAX), region::all().with_sequence_range(50, UINT64_MAX)})
    CHECK(project_all_of(store, part).size() == 50);  // states of a part of an entity's events
  CHECK(cache.of->calls.empty());
}

TEST_CASE("project_all folds the few events that are selected among many, and nothing of nothing",
          "[store][cache][prefetch]") {
  const telling_cache cache;
  auto store = quipu::in_memory_store({}, cache);
  append_to_each(store, 2, 200);
  store.append({"small", "s"}, deposited{1});
  cache.forget_calls();
  CHECK(project_all_of(store, region::entity("small")).size() == 1);
  CHECK(project_all_of(store, region::scope("s").with_scope("t")).empty());
  CHECK(cache.of->calls.empty());
}

TEST_CASE("project_all stops asking a cache that has nothing", "[store][cache][prefetch]") {
  const telling_cache cache;
  auto store = quipu::in_memory_store({}, cache);
  append_to_each(store, 1000, 70);
  CHECK(project_all_of(store, region::all()) == folded_one_by_one(store, 1000));
  const std::size_t asked = cache.calls("get").size();
  CHECK(asked != 0);
  CHECK(asked <= 64 * std::max(1U, quipu::detail::processor_count()));
  CHECK(cache.calls("prefetch").size() == asked);
}

TEST_CASE("project_all puts states that took long to fold", "[store][cache][prefetch]") {
  const telling_cache cache;
  auto store = quipu::in_memory_store({}, cache);
  append_to_each(store, 2, 3000);
  CHECK(project_all_of(store, region::all()) == folded_one_by_one(store, 2));
  CHECK(cache.calls("put").size() == 2);
  CHECK(project_all_of(store, region::all()) == folded_one_by_one(store, 2));
  CHECK(cache.calls("put").size() == 2);
  CHECK(store.project<account>("e1")->cents == folded_one_by_one(store, 2).at("e1").cents);
  CHECK(cache.calls("put").size() == 2);
}

TEST_CASE("project_all with a cache agrees with folding, whatever the cache has", "[store][cache][prefetch]") {
  const scratch_folder folder;
  const quipu::file_cache files{folder / "cache"};
  const memory_world world;
  seeded random{11};
  for (int round = 0; round < 6; ++round) {
    quipu::store store{settings_in(world, {.directory = "d"}), files};
    append_to_each(store, 6, 40, round * 40);
    for (int entity = 0; entity < 6; ++entity)
      if (random.below(2) == 0) CHECK(store.project<account>("e" + std::to_string(entity)));
    if (round == 2)
      store.compact(quipu::compaction::retain([](const quipu::event_view& event) { return event.entity() != "e2"; }));
    if (round == 4)
      store.compact(
          quipu::compaction::tombstone([](const quipu::event_view& event) { return event.sequence() % 3 != 0; }));
    CHECK(project_all_of(store, region::all()) == folded_one_by_one(store, 6));
    CHECK(project_all_of(store, region::entity("e1")).size() == 1);
    CHECK(project_all_of(store, region::entity("none")).empty());
  }
}

TEST_CASE("an entity whose events are all dropped has no state, cache or not", "[store][cache][prefetch]") {
  auto store = quipu::in_memory_store({}, telling_cache{});
  append_to_each(store, 3, 100);
  for (int entity = 0; entity < 3; ++entity) CHECK(store.project<account>("e" + std::to_string(entity)));
  store.compact(quipu::compaction::retain([](const quipu::event_view& event) { return event.entity() != "e1"; }));
  const all_states found = project_all_of(store, region::all());
  CHECK(found == folded_one_by_one(store, 3));
  CHECK(found.size() == 2);
}

TEST_CASE("a cache whose prefetch fails changes no answer", "[store][cache][prefetch][cache_failure]") {
  const telling_cache cache;
  auto store = quipu::in_memory_store({}, cache);
  append_to_each(store, 3, 100);
  cache.of->prefetch_fails = true;
  CHECK(project_all_of(store, region::all()) == folded_one_by_one(store, 3));
  CHECK(store.diagnostics().cache_failures == 3);
  CHECK_THAT(store.diagnostics().cache_failure, Catch::Contains("no forecast"));
}

TEST_CASE("a cache whose prefetch fails again and again isn't told for a while, unless its errors are wanted",
          "[store][cache][prefetch][cache_failure]") {
  for (const auto on_failure : {quipu::cache_failure::fold, quipu::cache_failure::refuse}) {
    const telling_cache cache;
    quipu::config settings;
    settings.cache.on_failure = on_failure;
    auto store = quipu::in_memory_store(settings, cache);
    append_to_each(store, 20, 100);
    cache.of->prefetch_fails = true;
    if (on_failure == quipu::cache_failure::refuse) {
      CHECK(code_of([&] { project_all_of(store, region::all()); }) == errc::cache_failed);
      CHECK(code_of([&] { project_all_of(store, region::all()); }) == errc::cache_failed);
      CHECK(cache.calls("prefetch").size() == 2);
    } else {
      const auto begin = std::chrono::steady_clock::now();
      CHECK(project_all_of(store, region::all()) == folded_one_by_one(store, 20));
      if (std::chrono::steady_clock::now() - begin < std::chrono::milliseconds{900})
        CHECK(cache.calls("prefetch").size() == 8);
    }
  }
}

TEST_CASE("project_all reads the cache while others append", "[store][cache][prefetch]") {
  const telling_cache cache;
  auto store = quipu::in_memory_store({}, cache);
  append_to_each(store, 4, 100);
  std::thread writer{[&] { append_to_each(store, 4, 300, 100); }};
  for (int round = 0; round < 20; ++round) {
    const std::uint64_t before = store.stats().events;
    std::uint64_t counted = 0;
    store.project_all<deposit_count>(region::all(),
                                     [&](std::string_view, const deposit_count& state) { counted += state.count; });
    CHECK(counted >= before);
    CHECK(counted <= store.stats().events);
  }
  writer.join();
  CHECK(project_all_of(store, region::all()) == folded_one_by_one(store, 4));
}
