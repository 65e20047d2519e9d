// SPDX-License-Identifier: BSL-1.0
//
// cursor_test.cpp: a cursor gives each event of its region once, in order, from wherever it began, across segments and while others append.
#include "../store/store_fixture.hpp"

#ifndef QUIPU_TEST_SINGLE_HEADER
#include <quipu/store/read_only_store.hpp>
#endif

#include <catch2/catch.hpp>

#include <chrono>
#include <string>
#include <thread>
#include <vector>

using namespace store_tests;
using namespace std::chrono_literals;
using quipu::cursor_position;
using quipu::errc;
using quipu::region;

namespace {

template <class Events>
std::vector<std::uint64_t> numbers_of(const Events& events) {
  std::vector<std::uint64_t> numbers;
  for (const quipu::event_view& each : events) numbers.push_back(each.sequence());
  return numbers;
}

/// Appends events of entities a, b, c in turns.
template <class Store>
void append_some(Store& store, std::size_t count) {
  static const std::vector<std::string> names{"a", "b", "c"};
  const std::uint64_t begin = store.stats().events;
  for (std::size_t index = 0; index < count; ++index) {
    const std::uint64_t number = begin + index;
    store.append({names[number % 3], "s"}, deposited{static_cast<std::int64_t>(number)}, {.durability = quipu::durability::buffered});
  }
}

}  // namespace

TEST_CASE("a cursor gives what is there, then what is appended, each once", "[delivery][cursor]") {
  quipu::store store{small_segments(), quipu::no_cache{}, quipu::memory{}};
  append_some(store, 200);
  REQUIRE(store.stats().segments > 2);
  auto all = store.cursor_guaranteed(region::all());
  auto some = store.cursor_guaranteed(region::entity("b"));
  std::uint64_t expected = 0;
  for (; expected < 200; ++expected) {
    const auto event = all.poll();
    REQUIRE(event);
    REQUIRE(event->sequence() == expected);
  }
  CHECK_FALSE(all.poll());
  CHECK(all.poll_batch(8).empty());
  append_some(store, 3);
  CHECK(numbers_of(all.poll_batch(8)) == std::vector<std::uint64_t>{200, 201, 202});
  CHECK_FALSE(all.poll());
  const auto of_b = some.poll_batch(1000);
  REQUIRE(of_b.size() == 68);
  for (std::size_t index = 0; index < of_b.size(); ++index) CHECK(of_b[index].entity_sequence() == index);
}
