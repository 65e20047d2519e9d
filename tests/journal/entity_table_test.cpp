// SPDX-License-Identifier: BSL-1.0
//
// entity_table_test.cpp: coordinates are found by their names, whichever were looked up before; and their hashes are
// the same, made alone or many at once.
#ifdef QUIPU_TEST_SINGLE_HEADER
#include <quipu.hpp>
#else
#include <quipu/journal/write/entity_table.hpp>
#include <quipu/journal/write/name_hashes.hpp>
#endif

#include <catch2/catch.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

using quipu::detail::coordinate_slot;
using quipu::detail::entity_table;

TEST_CASE("coordinates are found again, many of them and in any order", "[journal][entity_table]") {
  constexpr std::size_t count = 20'000;  // more than are remembered
  entity_table table;
  CHECK(table.find_coordinate("entity:0", "s") == nullptr);
  std::vector<coordinate_slot*> slots;
  for (std::size_t number = 0; number < count; ++number)
    slots.push_back(&table.coordinate("entity:" + std::to_string(number), "s"));
  CHECK(table.size() == count);
  for (int round = 0; round < 3; ++round) {
    std::size_t wrong = 0;
    for (std::size_t step = 0; step < count; ++step) {
      const std::size_t number = round == 0 ? step : step * 7919 % count / (round == 1 ? 1 : 5000);
      if (table.find_coordinate("entity:" + std::to_string(number), "s") != slots[number]) ++wrong;
    }
    CHECK(wrong == 0);
  }
  CHECK(table.find_coordinate("entity:0", "t") == nullptr);
  CHECK(table.find_coordinate("entity", "s") == nullptr);
  table.clear();
  CHECK(table.find_coordinate("entity:0", "s") == nullptr);
}

TEST_CASE("an entity's scopes are told apart, however many it has", "[journal][entity_table]") {
  constexpr std::size_t count = 20'000;
  entity_table table;
  std::vector<coordinate_slot*> slots;
  for (std::size_t number = 0; number < count; ++number)
    slots.push_back(&table.coordinate(number % 2 == 0 ? "even" : "odd", "scope:" + std::to_string(number / 2)));
  CHECK(table.size() == 2);
  std::size_t wrong = 0;
  for (std::size_t number = 0; number < count; ++number) {
    const std::string scope = "scope:" + std::to_string(number / 2);
    wrong += table.find_coordinate(number % 2 == 0 ? "even" : "odd", scope) != slots[number];
    wrong += &table.coordinate(number % 2 == 0 ? "even" : "odd", scope) != slots[number];
    wrong += slots[number]->entity != slots[number % 2]->entity || slots[number]->scope != scope;
  }
  CHECK(wrong == 0);
  CHECK(table.find_coordinate("odd", "scope:" + std::to_string(count)) == nullptr);
}

TEST_CASE("names whose ends are equal are told apart", "[journal][entity_table]") {
  entity_table table;
  std::vector<coordinate_slot*> slots;
  for (char first = 'a'; first <= 'z'; ++first) slots.push_back(&table.coordinate(first + std::string(20, 'x'), "s"));
  for (int round = 0; round < 2; ++round)
    for (char first = 'a'; first <= 'z'; ++first)
      CHECK(table.find_coordinate(first + std::string(20, 'x'), "s") == slots[static_cast<std::size_t>(first - 'a')]);
}

TEST_CASE("coordinates that are hashed together have the hashes of those that are hashed alone",
          "[journal][entity_table]") {
  entity_table table;
  quipu::detail::name_hashes together;
  std::vector<coordinate_slot*> slots;
  for (std::size_t number = 0; number < 100; ++number) {
    const std::string scope = number % 7 == 0 ? std::string(1000 + number, 's') : "s";  // some are too long for a lane
    slots.push_back(&table.coordinate("entity:" + std::to_string(number), scope));
    together.add(*slots.back());
    together.add(*slots.back());
  }
  together.compute();
  for (coordinate_slot* each : slots) {
    CHECK(each->is_hashed());
    CHECK(each->digest() == quipu::detail::digest_of(each->entity_name, each->scope));
  }
  coordinate_slot& alone = table.coordinate("alone", "s");
  CHECK(alone.digest() == quipu::detail::digest_of("alone", "s"));
}
