// SPDX-License-Identifier: BSL-1.0
//
// project_all_threads_test.cpp: many events are folded by several threads, with the states that one thread gives, and
// what a fold throws in any of them comes out.
#include "store_fixture.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>

using namespace store_tests;
using quipu::region;

namespace {

constexpr int entities = 40;
constexpr std::int64_t events = 120'000;

/// Throws at one deposit.
struct choosy {
  using events = quipu::event_list<deposited>;
  static inline std::atomic<std::int64_t> refused{-1};
  std::int64_t cents{};
  void apply(const deposited& event) {
    if (event.cents == refused) throw std::runtime_error{"not this one"};
    cents += event.cents;
  }
};

void fill(quipu::store& store) {
  quipu::batch some;
  for (std::int64_t number = 0; number < events; ++number) {
    some.add({"e" + std::to_string(number % entities), "s"}, deposited{number});
    if (some.size() < 1000) continue;
    store.append(some);
    some.clear();
  }
}

}  // namespace

TEST_CASE("many events are folded by several threads, each entity whole", "[store][project][threads]") {
  auto store = quipu::in_memory_store();
  fill(store);
  REQUIRE(store.stats().events == events);
  std::map<std::string, std::int64_t> expected;
  for (std::int64_t number = 0; number < events; ++number) expected["e" + std::to_string(number % entities)] += number;
  std::map<std::string, std::int64_t> found;
  store.project_all<account>(region::all(), [&](std::string_view entity, const account& state) {
    CHECK(found.emplace(entity, state.cents).second);
  });
  CHECK(found == expected);

  // Each entity is one thread's: an entity of either of two threads has its exception passed on.
  const auto take = [](std::string_view, const choosy&) {};
  for (std::int64_t number = 0; number < 8; ++number) {
    choosy::refused = number;
    CHECK_THROWS_WITH(store.project_all<choosy>(region::all(), take), "not this one");
  }
  choosy::refused = -1;
  std::int64_t sum = 0;
  store.project_all<choosy>(region::all(), [&](std::string_view, const choosy& state) { sum += state.cents; });
  CHECK(sum == events * (events - 1) / 2);
}

TEST_CASE("a past state of an entity of many segments ends with its moment", "[store][project]") {
  std::int64_t now = 1000;
  quipu::config settings = small_segments();
  settings.clock = [&] { return now; };
  auto store = quipu::in_memory_store(settings);
  std::int64_t cents = 0;
  std::map<std::int64_t, std::int64_t> at;
  for (int number = 1; number <= 600; ++number, now += 10) {
    store.append({"a", "s"}, deposited{number}, {.durability = quipu::durability::buffered});
    at[now] = cents += number;
  }
  REQUIRE(store.stats().segments > 3);
  for (const std::int64_t moment : {1000, 1010, 1500, 3000, 6990}) {
    CAPTURE(moment);
    CHECK(store.project<account>("a", quipu::as_of::time(moment))->cents == at.at(moment));
    CHECK(store.project<account>("a", quipu::as_of::time(moment + 9))->cents == at.at(moment));
  }
}
