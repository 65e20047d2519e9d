// SPDX-License-Identifier: BSL-1.0
//
// cursor_compaction_test.cpp: a cursor's truth is a number. Segments may be merged and events dropped around it: what
// is left comes once and in order, and a position holds although the event before it is gone.
#include "../store/store_fixture.hpp"

#include <catch2/catch.hpp>

#include <cstdint>
#include <string>
#include <vector>

using namespace store_tests;
using quipu::compaction;
using quipu::cursor_position;
using quipu::durability;
using quipu::event_view;
using quipu::region;

namespace {

using memory_store = quipu::store;

void append_numbers(memory_store& store, std::int64_t count) {
  for (std::int64_t number = 0; number < count; ++number)
    store.append({number % 2 == 0 ? "even" : "odd", "s"}, deposited{number}, {.durability = durability::buffered});
}
std::vector<std::uint64_t> rest_of(quipu::cursor& cursor) {
  std::vector<std::uint64_t> numbers;
  while (const auto event = cursor.poll()) numbers.push_back(event->sequence());
  return numbers;
}
std::vector<std::uint64_t> expected(std::uint64_t from, std::uint64_t to, std::uint64_t step) {
  std::vector<std::uint64_t> numbers;
  for (std::uint64_t number = from; number < to; ++number)
    if (number % step == 0) numbers.push_back(number);
  return numbers;
}

}  // namespace

TEST_CASE("cursors go on when segments are merged", "[delivery][cursor][compaction]") {
  memory_store store{settings_in(memory_world{}, small_segments())};
  append_numbers(store, 300);
  auto begun = store.cursor_guaranteed(region::all());
  auto fresh = store.cursor_guaranteed(region::all());
  CHECK(begun.poll_batch(100).size() == 100);
  const cursor_position kept = begun.position();
  store.compact(compaction::merge());
  append_numbers(store, 10);
  CHECK(rest_of(begun) == expected(100, 310, 1));
  CHECK(rest_of(fresh) == expected(0, 310, 1));
  auto resumed = store.cursor_guaranteed(region::entity("even"), kept);
  CHECK(rest_of(resumed) == expected(100, 310, 2));
}

TEST_CASE("cursors, positions and checkpoints hold when events are dropped around them",
          "[delivery][cursor][compaction]") {
  memory_store store{settings_in(memory_world{}, small_segments())};
  append_numbers(store, 300);
  auto begun = store.cursor_guaranteed(region::all());
  auto fresh = store.cursor_guaranteed(region::all());
  auto named = store.cursor_guaranteed("named", region::all());
  auto events = store.subscribe_lossy(region::all());
  CHECK(begun.poll_batch(102).size() == 102);
  CHECK(named.poll_batch(102).size() == 102);
  named.commit("so far");
  const cursor_position kept = begun.position();  // the event before it is number 101, which goes
  store.compact(compaction::retain([](const event_view& event) { return event.sequence() % 5 == 0; }));
  REQUIRE(store.count(region::all()) == 60);
  CHECK(rest_of(fresh) == expected(0, 300, 5));
  auto resumed = store.cursor_guaranteed(region::all(), kept);
  CHECK(rest_of(resumed) == expected(102, 300, 5));
  CHECK(resumed.next_sequence() == 300);
  auto again = store.cursor_guaranteed("named", region::all());
  CHECK(again.state() == "so far");
  CHECK(rest_of(again) == expected(102, 300, 5));
  again.commit("all");
  CHECK(store.cursors().at(0).position.next_sequence == 300);
  CHECK(rest_of(begun) == expected(102, 300, 5));
  append_numbers(store, 5);
  CHECK(rest_of(begun) == expected(300, 305, 1));
  CHECK(rest_of(fresh) == expected(300, 305, 1));
  CHECK(rest_of(again) == expected(300, 305, 1));
  CHECK(events.waiting() == 5);
}

TEST_CASE("what is erased is still counted by cursors, and comes as a tombstone", "[delivery][cursor][compaction]") {
  memory_store store{settings_in(memory_world{}, small_segments())};
  append_numbers(store, 100);
  auto cursor = store.cursor_guaranteed(region::all());
  CHECK(cursor.poll_batch(10).size() == 10);
  store.compact(compaction::tombstone([](const event_view& event) { return event.sequence() % 2 == 0; }));
  auto resumed = store.cursor_guaranteed(region::all(), cursor.position());
  std::uint64_t next = 10;
  while (const auto event = resumed.poll()) {
    CHECK(event->sequence() == next);
    CHECK((event->kind() == quipu::event_kind::tombstone) == (next % 2 == 1));
    ++next;
  }
  CHECK(next == 100);
}
