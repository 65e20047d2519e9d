// SPDX-License-Identifier: BSL-1.0
//
// stages_test.cpp: filter, map, take and scan, each by itself and in a row: they do to what is received what they would
// do to a list, and nothing before.
#include "../store/store_fixture.hpp"

#include <catch2/catch.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

using namespace store_tests;
using namespace std::chrono_literals;
using quipu::durability;
using quipu::region;

namespace {

constexpr auto cents_of = [](const quipu::event_view& event) { return event.as<deposited>().cents; };
constexpr auto is_even = [](std::int64_t number) { return number % 2 == 0; };

template <class Store>
void append_to(Store& store, std::int64_t last) {
  for (std::int64_t number = 1; number <= last; ++number)
    store.append({"a", "s"}, deposited{number}, {.durability = durability::buffered});
}
template <class Stage>
auto list_of(Stage& stage) {
  std::vector<typename decltype(stage.try_recv())::value_type> received;
  while (auto value = stage.try_recv()) received.push_back(*std::move(value));
  return received;
}

}  // namespace

TEST_CASE("stages change what is received, and its type", "[delivery][stages]") {
  auto store = quipu::in_memory_store();
  auto cents = store.subscribe_lossy(region::all()).map(cents_of);
  auto even = store.subscribe_lossy(region::all()).map(cents_of).filter(is_even);
  auto first = store.subscribe_lossy(region::all()).take(3);
  auto sums = store.subscribe_lossy(region::all())
                  .scan(std::string{}, [](const std::string& before, const quipu::event_view& event) {
                    return before + std::to_string(event.as<deposited>().cents);
                  });
  auto all_of_it = store.subscribe_lossy(region::all())
                       .filter([](const quipu::event_view& event) { return event.sequence() != 0; })
                       .map(cents_of)
                       .scan(std::int64_t{100}, [](std::int64_t sum, std::int64_t number) { return sum + number; })
                       .filter(is_even)
                       .map([](std::int64_t sum) { return std::make_unique<std::int64_t>(sum); })
                       .take(2);
  static_assert(std::is_same_v<decltype(cents.recv()), std::optional<std::int64_t>>);
  static_assert(std::is_same_v<decltype(first.recv()), std::optional<quipu::event_view>>);
  static_assert(std::is_same_v<decltype(sums.recv()), std::optional<std::string>>);
  static_assert(std::is_same_v<decltype(all_of_it.recv()), std::optional<std::unique_ptr<std::int64_t>>>);
  append_to(store, 6);
  CHECK(list_of(cents) == std::vector<std::int64_t>{1, 2, 3, 4, 5, 6});
  CHECK(list_of(even) == std::vector<std::int64_t>{2, 4, 6});
  CHECK(first.recv()->sequence() == 0);
  CHECK(first.recv_for(patience)->sequence() == 1);
  CHECK_FALSE(first.ended());
  CHECK(first.recv()->sequence() == 2);
  CHECK(first.ended());
  CHECK_FALSE(first.recv());  // doesn't wait
  CHECK(list_of(sums) == std::vector<std::string>{"1", "12", "123", "1234", "12345", "123456"});
  // 102, 105, 109, 114, 120
  CHECK(**all_of_it.recv() == 102);
  CHECK(**all_of_it.recv() == 114);
  CHECK_FALSE(all_of_it.recv());
}

TEST_CASE("a stage of what has a name refers to it, and says what it lost", "[delivery][stages]") {
  auto store = quipu::in_memory_store();
  auto events = store.subscribe_lossy(region::all(), {.capacity = 4});
  auto cents = events.map(cents_of);
  auto even = cents.filter(is_even);
  append_to(store, 10);  // 7 to 10 are left
  CHECK(even.dropped() == 6);
  CHECK(events.dropped() == 6);
  CHECK(even.recv() == 8);
  CHECK(cents.recv() == 9);
  CHECK(events.recv()->as<deposited>().cents == 10);
  CHECK_FALSE(even.try_recv());
}

TEST_CASE("a stage does nothing until something is received, and no more than that needs", "[delivery][stages]") {
  auto store = quipu::in_memory_store();
  int asked = 0;
  int mapped = 0;
  auto some = store.subscribe_lossy(region::all())
                  .filter([&](const quipu::event_view& event) { return ++asked, event.sequence() % 2 == 1; })
                  .map([&](const quipu::event_view& event) { return ++mapped, event.sequence(); });
  append_to(store, 6);
  CHECK(asked == 0);
  CHECK(some.try_recv() == 1);
  CHECK(asked == 2);
  CHECK(mapped == 1);
}

TEST_CASE("waiting through a filter ends with the time, and with the store", "[delivery][stages]") {
  auto store = quipu::in_memory_store();
  auto none = store.subscribe_lossy(region::all()).filter([](const quipu::event_view&) { return false; });
  append_to(store, 6);
  CHECK_FALSE(none.recv_for(1ms));
  CHECK_FALSE(none.try_recv());
  append_to(store, 6);
  CHECK_FALSE(none.ended());
  store.close();
  CHECK_FALSE(none.recv());
  CHECK(none.ended());
}

TEST_CASE("what a function of a stage throws goes through, and the stage goes on", "[delivery][stages]") {
  auto store = quipu::in_memory_store();
  auto cents = store.subscribe_lossy(region::all()).map([](const quipu::event_view& event) {
    if (event.sequence() == 1) throw 7;
    return event.sequence();
  });
  append_to(store, 3);
  CHECK(cents.recv() == 0);
  CHECK_THROWS_AS(cents.recv(), int);
  CHECK(cents.recv() == 2);
}

TEST_CASE("filter_map passes on what its function has", "[delivery][stages]") {
  auto store = quipu::in_memory_store();
  auto deposits = store.subscribe_lossy(region::all()).filter_map([](const quipu::event_view& event) {
    const auto read = event.try_as<deposited>();
    return read ? std::optional{read->cents} : std::nullopt;
  });
  static_assert(std::is_same_v<decltype(deposits.recv()), std::optional<std::int64_t>>);
  append_to(store, 2);
  store.append({"a", "s"}, withdrawn{9});
  store.append({"a", "s"}, deposited{3});
  CHECK(list_of(deposits) == std::vector<std::int64_t>{1, 2, 3});
}
