// SPDX-License-Identifier: BSL-1.0
//
// in_memory_store_test.cpp: a store without a disk is a store: the same code, the same answers, and nothing on the
// disk.
#include "store_fixture.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <type_traits>
#include <vector>

using namespace store_tests;
using quipu::region;

static_assert(std::is_same_v<decltype(quipu::in_memory_store()), quipu::store>);
static_assert(std::is_same_v<decltype(quipu::in_memory_store({}, quipu::memory_cache{1})), quipu::store>);

TEST_CASE("in_memory_store: each is a new and empty one, with defaults that work", "[store][memory]") {
  auto first = quipu::in_memory_store();
  first.append({"a", "b"}, deposited{1});
  auto second = quipu::in_memory_store();
  CHECK(second.count(region::all()) == 0);
  CHECK(first.identity() != second.identity());
  CHECK(first.settings().directory.string() == "memory");
  CHECK_FALSE(fs::exists("memory"));
  CHECK(first.project<account>("a")->cents == 1);
}

TEST_CASE("in_memory_store: a cache is used", "[store][memory]") {
  const quipu::memory_cache cache{1 << 20};
  auto store = quipu::in_memory_store({}, cache);
  store.append({"a", "b"}, deposited{1});
  for (int round = 0; round < 3; ++round) CHECK(store.project<account>("a")->cents == 1);
  CHECK(cache.stats().hits == 2);
}

TEST_CASE("in_memory_store: what makes no sense is refused as elsewhere", "[store][memory]") {
  CHECK(code_of([] { static_cast<void>(quipu::in_memory_store({.segment_max_bytes = 1})); }) ==
        quipu::errc::configuration);
}

TEST_CASE("a store in memory and one on a disk give the same answers to the same work", "[store][memory]") {
  const scratch_folder folder;
  quipu::store on_disk{small_segments(folder / "d")};
  auto in_memory = quipu::in_memory_store(small_segments());
  const auto work = [](auto& store) {
    std::vector<std::string> seen;
    seeded random{3};
    for (int number = 0; number < 120; ++number) {
      const std::string entity = "e" + std::to_string(random.below(5));
      const auto given =
          store.append({entity, "s"}, withdrawn{number, std::string(random.below(90), 'x')},
                       {.durability = number % 40 == 0 ? quipu::durability::durable : quipu::durability::buffered});
      seen.push_back(std::to_string(given.sequence) + "/" + std::to_string(given.entity_sequence));
    }
    for (const auto& each : store.query(region::entity_prefix("e").with_entity_sequence_range(3, 11)))
      seen.push_back(std::string{each.entity()} + std::to_string(each.sequence()) + each.template as<withdrawn>().memo);
    seen.push_back(std::to_string(store.template project<account>(region::all()).order));
    seen.push_back(std::to_string(store.stats().segments));
    return seen;
  };
  CHECK(work(on_disk) == work(in_memory));
}

TEST_CASE("a copy of a world is another store from there on", "[store][memory]") {
  const memory_world world;
  quipu::store store{settings_in(world, small_segments("d"))};
  store.append({"a", "b"}, deposited{1});
  const memory_world copied = world.copy();
  store.append({"a", "b"}, deposited{10});
  quipu::store branch{settings_in(copied, small_segments("d"))};
  CHECK(branch.project<account>("a")->cents == 1);
  branch.append({"a", "b"}, deposited{100});
  CHECK(branch.project<account>("a")->cents == 101);
  CHECK(store.project<account>("a")->cents == 11);
  CHECK(branch.identity() == store.identity());
  CHECK(branch.head() != store.head());
}
