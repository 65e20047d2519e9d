// SPDX-License-Identifier: BSL-1.0
//
// backwards_test.cpp: the last event of a region, ranges from the last event to the first, and the event of a key.
#include "store_fixture.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <string>
#include <vector>

using namespace store_tests;
using quipu::region;

namespace {

template <class Range>
std::vector<std::uint64_t> sequences_of(const Range& events) {
  std::vector<std::uint64_t> found;
  for (const quipu::event_view& each : events) found.push_back(each.sequence());
  return found;
}

std::vector<region> many_regions() {
  std::vector<region> all{region::all(),
                          region::entity("a"),
                          region::entity("nobody"),
                          region::entity_prefix("a"),
                          region::scope("s"),
                          region::scope("t").with_kind(quipu::kind_of<withdrawn>),
                          region::all().with_events<deposited, withdrawn>(),
                          region::entity("a").with_entity_sequence_range(2, 7)};
  for (const std::uint64_t first : {0U, 1U, 40U, 88U, 89U, 500U})
    for (const std::uint64_t last : {0U, 1U, 41U, 88U, 90U, 500U})
      for (const region& each : {region::all(), region::entity("ab"), region::scope("t")})
        all.push_back(each.with_sequence_range(first, last));
  return all;
}

}  // namespace

TEST_CASE("a range is the same backwards", "[store][query]") {
  const scratch_folder folder;
  quipu::store store{small_segments(folder / "data")};
  for (std::int64_t number = 0; number < 90; ++number) {
    const char* const entity = number % 7 == 0 ? "a" : number % 5 == 0 ? "ab" : "b";
    const char* const scope = number % 3 == 0 ? "s" : "t";
    if (number % 4 == 0)
      store.append({entity, scope}, withdrawn{number});
    else
      store.append({entity, scope}, deposited{number});
  }
  REQUIRE(store.stats().segments >= 3);
  const auto compare = [&] {
    for (const region& each : many_regions()) {
      std::vector<std::uint64_t> expected = sequences_of(store.query(each));
      const auto last = store.last(each);
      CHECK(last.has_value() == !expected.empty());
      if (last) CHECK(last->sequence() == expected.back());
      std::reverse(expected.begin(), expected.end());
      CHECK(sequences_of(store.query(each).reverse()) == expected);
    }
  };
  compare();
  store.compact(quipu::compaction::retain([](const quipu::event_view& event) { return event.sequence() % 6 != 5; }));
  compare();
  const quipu::reversed_range kept = store.query(region::entity("a")).reverse();
  store.append({"a", "s"}, deposited{1});
  CHECK(store.last(region::entity("a"))->sequence() == 90);
  CHECK(kept.begin()->sequence() == 84);
  store.close();
  CHECK(sequences_of(kept).front() == 84);
}

TEST_CASE("an empty log has no last event", "[store][query]") {
  auto store = quipu::in_memory_store();
  CHECK_FALSE(store.last(region::all()));
  CHECK(store.query(region::all()).reverse().empty());
}

TEST_CASE("iterators point to their events", "[store][query]") {
  auto store = quipu::in_memory_store();
  store.append({"a", "s"}, deposited{1});
  store.append({"b", "s"}, deposited{2});
  const auto events = store.query(region::all());
  CHECK(events.begin()->entity() == "a");
  CHECK(std::next(events.begin())->as<deposited>().cents == 2);
  CHECK(events.reverse().begin()->entity() == "b");
}

TEST_CASE("an event is found by its idempotency key", "[store][query]") {
  auto store = quipu::in_memory_store(small_segments());
  const auto key_of = [](int number) { return quipu::event_id::from_name("order " + std::to_string(number)); };
  for (int number = 0; number < 60; ++number)
    store.append({"a", "s"}, deposited{number}, {.idempotency_key = key_of(number)});
  for (const int number : {0, 30, 59}) {
    const auto found = store.find_by_key(key_of(number));
    REQUIRE(found);
    CHECK(found->as<deposited>().cents == number);
  }
  CHECK_FALSE(store.find_by_key(key_of(60)));
  CHECK_FALSE(store.find_by_key({}));
  store.compact(quipu::compaction::retain([](const quipu::event_view& event) { return event.sequence() != 30; }));
  CHECK_FALSE(store.find_by_key(key_of(30)));
  CHECK(store.find_by_key(key_of(31)));
}
