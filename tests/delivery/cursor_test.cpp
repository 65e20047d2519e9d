// SPDX-License-Identifier: BSL-1.0
//
// cursor_test.cpp: a cursor gives each event of its region once, in order, from wherever it began, across segments and
// while others append.
#include "../store/store_fixture.hpp"

#ifndef QUIPU_TEST_SINGLE_HEADER
#include <quipu/store/read_only_store.hpp>
#endif

#include <catch2/catch.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <thread>
#include <utility>
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
    store.append({names[number % 3], "s"}, deposited{static_cast<std::int64_t>(number)},
                 {.durability = quipu::durability::buffered});
  }
}

}  // namespace

TEST_CASE("a cursor gives what is there, then what is appended, each once", "[delivery][cursor]") {
  quipu::store store{settings_in(memory_world{}, small_segments())};
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

TEST_CASE("a cursor of a sequence range begins and ends with it", "[delivery][cursor]") {
  quipu::store store{settings_in(memory_world{}, small_segments())};
  append_some(store, 200);
  auto cursor = store.cursor_guaranteed(region::all().with_sequence_range(150, 203));
  auto of_entity = store.cursor_guaranteed(region::entity("b").with_sequence_range(150, 203));
  auto later = store.cursor_guaranteed(region::all().with_sequence_range(150, 203), cursor_position::at(198));
  CHECK(numbers_of(cursor.poll_batch(3)) == std::vector<std::uint64_t>{150, 151, 152});
  CHECK(cursor.poll_batch(1000).size() == 47);
  CHECK(numbers_of(later.poll_batch(9)) == std::vector<std::uint64_t>{198, 199});
  CHECK(of_entity.poll_batch(1000).size() == 17);
  append_some(store, 100);
  CHECK(numbers_of(cursor.poll_batch(1000)) == std::vector<std::uint64_t>{200, 201, 202, 203});
  CHECK(numbers_of(of_entity.poll_batch(1000)) == std::vector<std::uint64_t>{202});
  CHECK_FALSE(cursor.wait_for(1ms));
  CHECK(cursor.next_sequence() == 300);
  store.close();
  CHECK_FALSE(cursor.wait());
  CHECK(cursor.ended());
}

TEST_CASE("try_poll and try_poll_batch give what poll and poll_batch give", "[delivery][cursor]") {
  auto store = quipu::in_memory_store();
  append_some(store, 3);
  auto cursor = store.cursor_guaranteed(region::all());
  CHECK(cursor.try_poll().value()->sequence() == 0);
  CHECK(cursor.try_poll_batch(9).value().size() == 2);
  CHECK_FALSE(cursor.try_poll().value());
  CHECK(cursor.try_poll_batch(9).value().empty());
}

TEST_CASE("a cursor goes on from its position, in another store object too, and no further", "[delivery][cursor]") {
  const memory_world world;
  std::string kept;
  {
    quipu::store store{settings_in(world, small_segments())};
    append_some(store, 100);
    auto cursor = store.cursor_guaranteed(region::entity("a"));
    CHECK(cursor.position() == cursor_position{store.identity(), 0, {}});
    CHECK(cursor.poll_batch(10).size() == 10);
    CHECK(cursor.position().next_sequence == 28);
    auto twin = store.cursor_guaranteed(region::entity("a"), cursor.position());
    CHECK(twin.poll()->sequence() == 30);
    CHECK(cursor.poll()->sequence() == 30);
    while (cursor.poll()) {
    }
    CHECK(cursor.position().next_sequence == 100);  // behind what isn't selected too
    kept = cursor.position().str();
  }
  quipu::store store{settings_in(world, small_segments())};
  append_some(store, 5);
  auto cursor = store.cursor_guaranteed(region::entity("a"), cursor_position::parse(kept).value());
  CHECK(numbers_of(cursor.poll_batch(10)) == std::vector<std::uint64_t>{102});
  CHECK(numbers_of(store.cursor_guaranteed(region::all(), cursor_position::at(103)).poll_batch(10)) ==
        std::vector<std::uint64_t>{103, 104});
  auto later = store.cursor_guaranteed(region::all(), cursor_position::end());
  CHECK_FALSE(later.poll());
  append_some(store, 1);
  CHECK(later.poll()->sequence() == 105);
}

TEST_CASE("a position of another store, ahead of the log, or of another history is refused", "[delivery][cursor]") {
  const memory_world world;
  quipu::store store{settings_in(world, small_segments("one"))};
  append_some(store, 4);
  store.snapshot("earlier");
  append_some(store, 4);
  auto cursor = store.cursor_guaranteed(region::all());
  CHECK(cursor.poll_batch(6).size() == 6);
  const cursor_position here = cursor.position();
  CHECK_NOTHROW(store.cursor_guaranteed(region::all(), here));

  auto other = quipu::in_memory_store();
  append_some(other, 8);
  const quipu::error foreign = error_of([&] { static_cast<void>(other.cursor_guaranteed(region::all(), here)); });
  CHECK(foreign.code() == errc::invalid_argument);
  CHECK(std::string{foreign.what()}.find("of another store") != std::string::npos);
  CHECK(other.try_cursor_guaranteed(region::all(), here).error().kind == quipu::error_kind::validation);

  quipu::store earlier{settings_in(world, small_segments("earlier"))};
  const quipu::error ahead = error_of([&] { static_cast<void>(earlier.cursor_guaranteed(region::all(), here)); });
  CHECK(ahead.code() == errc::invalid_argument);
  CHECK(ahead.expected() == 6);
  CHECK(ahead.actual() == 4);
  append_some(earlier, 4);
  const quipu::error otherwise = error_of([&] { static_cast<void>(earlier.cursor_guaranteed(region::all(), here)); });
  CHECK(otherwise.code() == errc::invalid_argument);
  CHECK(std::string{otherwise.what()}.find("went on in another way") != std::string::npos);
}

TEST_CASE("a cursor agrees with a query, whatever it selects and wherever it begins", "[delivery][cursor][model]") {
  const std::uint64_t seed = 20251125;
  seeded random{seed};
  quipu::store store{settings_in(memory_world{}, small_segments())};
  const std::vector<std::string> entities{"a", "ab", "abc", "b", "c"};
  const std::vector<std::string> scopes{"s", "t"};
  const std::vector<quipu::event_kind> kinds{quipu::event_kind::custom(1, 1), quipu::event_kind::custom(1, 2),
                                             quipu::event_kind::custom(2, 1)};
  struct reading {
    region wanted;
    std::uint64_t begin;
    quipu::cursor cursor;
    std::vector<std::uint64_t> got;
  };
  std::vector<reading> readings;
  for (int round = 0; round < 120; ++round) {
    // Kinds and entities appear late, so that what a cursor looks at grows in every way.
    const std::size_t known = 1 + static_cast<std::size_t>(round) / 30;
    for (std::size_t count = random.below(20); count != 0; --count) {
      store.append_raw({entities[random.below(known + 1)], scopes[random.below(2)]},
                       kinds[random.below(known < 3 ? known : 3)], "payload",
                       {.durability = random.below(4) == 0 ? quipu::durability::durable : quipu::durability::buffered});
    }
    if (round % 4 == 0) {
      region wanted = region::all();
      switch (random.below(5)) {
        case 0:
          wanted = region::entity(entities[random.below(5)]);
          break;
        case 1:
          wanted = region::entity_prefix(entities[random.below(5)]);
          break;
        case 2:
          wanted = region::scope(scopes[random.below(2)]);
          break;
        case 3:
          wanted = region::all().with_category(1);
          break;
        default:
          break;
      }
      if (random.below(2) == 0) wanted = wanted.with_kinds({kinds[random.below(3)], kinds[random.below(3)]});
      if (random.below(4) == 0) wanted = wanted.with_entity_sequence_range(random.below(50), 50 + random.below(50));
      const std::uint64_t begin = random.below(static_cast<std::size_t>(store.stats().events) + 1);
      readings.push_back({wanted, begin, store.cursor_guaranteed(wanted, cursor_position::at(begin)), {}});
    }
    for (reading& each : readings) {
      if (random.below(3) == 0) {
        if (const auto event = each.cursor.poll()) each.got.push_back(event->sequence());
      } else {
        for (const auto number : numbers_of(each.cursor.poll_batch(random.below(12)))) each.got.push_back(number);
      }
      if (random.below(10) == 0)
        each.cursor =
            store.cursor_guaranteed(each.wanted, cursor_position::parse(each.cursor.position().str()).value());
    }
  }
  CHECK(store.stats().segments > 3);
  std::size_t total = 0;
  for (reading& each : readings) {
    for (const auto number : numbers_of(each.cursor.poll_batch(SIZE_MAX))) each.got.push_back(number);
    std::vector<std::uint64_t> expected;
    for (const quipu::event_view& event : store.query(each.wanted))
      if (event.sequence() >= each.begin) expected.push_back(event.sequence());
    INFO("seed " << seed);
    CHECK(each.got == expected);
    CHECK(each.cursor.next_sequence() == store.stats().events);
    total += expected.size();
  }
  CHECK(total > 2000);
}

TEST_CASE("an empty poll looks at nothing that it saw before", "[delivery][cursor]") {
  quipu::store store{settings_in(memory_world{}, small_segments())};
  append_some(store, 50);
  auto cursor = store.cursor_guaranteed(region::entity("nobody"));
  CHECK_FALSE(cursor.poll());
  CHECK(cursor.next_sequence() == 50);
  append_some(store, 1);
  CHECK_FALSE(cursor.poll());
  CHECK(cursor.next_sequence() == 51);
}

TEST_CASE("waiting ends with an event, with the time, and with the store", "[delivery][cursor]") {
  std::optional<quipu::cursor> kept;
  {
    auto store = quipu::in_memory_store();
    auto cursor = store.cursor_guaranteed(region::entity("b"));
    CHECK_FALSE(cursor.wait_for(1ms));
    CHECK_FALSE(cursor.wait_for(-1s));
    CHECK(cursor.wait_batch_for(3, 0s).empty());
    append_some(store, 9);
    CHECK(cursor.wait_batch_for(2, patience).size() == 2);
    CHECK(cursor.wait_batch_for(0, patience).empty());
    std::thread writer{[&store] { append_some(store, 3); }};
    CHECK(cursor.wait()->sequence() == 7);
    CHECK(cursor.wait_for(std::chrono::duration<double>{patience})->sequence() == 10);
    writer.join();
    std::optional<quipu::event_view> last = cursor.poll();
    store.sync();  // so that closing publishes nothing, which would wake the waiter too
    std::thread waiting{[&] { last = cursor.wait(); }};
    std::this_thread::sleep_for(20ms);
    store.close();
    waiting.join();
    CHECK_FALSE(last);
    CHECK(cursor.ended());
    CHECK(code_of([&] { static_cast<void>(store.cursor_guaranteed(region::all())); }) == errc::closed);
    kept.emplace(std::move(cursor));
  }
  CHECK_FALSE(kept->wait());
  CHECK_FALSE(kept->poll());
  CHECK(kept->ended());
  CHECK(kept->position().next_sequence == 12);
}

TEST_CASE("a cursor outlives its store, and gives what that had", "[delivery][cursor]") {
  std::optional<quipu::cursor> kept;
  std::optional<quipu::event_view> event;
  {
    const scratch_folder folder;
    {
      quipu::store store{small_segments(folder / "d")};
      append_some(store, 100);
      kept.emplace(store.cursor_guaranteed(region::all()));
      CHECK(kept->poll_batch(10).size() == 10);
      CHECK_FALSE(kept->ended());
      auto moved = std::move(store);
      append_some(moved, 5);
      quipu::store another{small_segments(folder / "e")};
      moved = std::move(another);  // the log of what it was is closed
      CHECK_NOTHROW(quipu::store{small_segments(folder / "d")});
    }
    CHECK(fs::exists(folder / "d"));
  }
  for (std::uint64_t expected = 10; expected < 105; ++expected) {
    CHECK_FALSE(kept->ended());
    event = kept->poll();
    REQUIRE(event);
    CHECK(event->sequence() == expected);
  }
  CHECK(kept->ended());
  kept.reset();
  CHECK(event->as<deposited>().cents == 104);
}

TEST_CASE("a forked child's cursor is refused, and the parent's goes on", "[delivery][cursor]") {
  const scratch_folder folder;
  quipu::store store{quipu::config{.directory = folder / "d"}};
  auto cursor = store.cursor_guaranteed(region::all());
  append_some(store, 1);
  CHECK(in_child([&] {
          if (code_of([&] { static_cast<void>(cursor.poll()); }) != quipu::errc::locked) return 1;
          return code_of([&] { static_cast<void>(cursor.wait_for(5ms)); }) == quipu::errc::locked ? 0 : 2;
        }) == 0);
  CHECK(cursor.poll());
}

TEST_CASE("a forked child may destroy its copies of a store and of what that gave out", "[delivery][cursor]") {
  const scratch_folder folder;
  auto store = std::make_optional<quipu::store>(quipu::config{.directory = folder / "d"});
  auto cursor = std::make_optional(store->cursor_guaranteed(region::all()));
  append_some(*store, 1);
  CHECK(in_child([&] {
          store.reset();
          cursor.reset();
          return 0;
        }) == 0);
  append_some(*store, 1);
  CHECK(cursor->poll_batch(9).size() == 2);
  store.reset();
  CHECK(in_child([&] {
          cursor.reset();
          return 0;
        }) == 0);
  CHECK(cursor->ended());
  CHECK(quipu::store{quipu::config{.directory = folder / "d"}}.stats().events == 2);
}

TEST_CASE("a cursor of a read-only store follows the writer", "[delivery][cursor][read-only]") {
  const scratch_folder folder;
  quipu::store store{small_segments(folder / "d")};
  append_some(store, 10);
  store.sync();
  quipu::read_only_store reader{small_segments(folder / "d")};
  auto cursor = reader.cursor_guaranteed(region::entity("a"));
  CHECK(cursor.poll_batch(100).size() == 4);
  CHECK_FALSE(cursor.wait_for(1ms));
  std::thread writer{[&store] {
    append_some(store, 200);
    store.sync();
  }};
  for (std::uint64_t expected = 12; expected < 210; expected += 3) {
    const auto event = cursor.wait_for(patience);
    REQUIRE(event);
    REQUIRE(event->sequence() == expected);
  }
  writer.join();
  const auto position = cursor.position();
  CHECK(store.cursor_guaranteed(region::entity("a"), position).next_sequence() == position.next_sequence);
  std::optional<quipu::event_view> last = cursor.poll();
  std::thread waiting{[&] { last = cursor.wait(); }};
  std::this_thread::sleep_for(5ms);
  reader.close();
  waiting.join();
  CHECK_FALSE(last);
  CHECK(cursor.ended());
  append_some(store, 3);
  store.sync();
  CHECK_FALSE(cursor.poll());  // closed is closed
}

TEST_CASE("positions are equal if they are of one place in one store", "[delivery][cursor]") {
  auto store = quipu::in_memory_store();
  store.append({"a", "s"}, deposited{1});
  auto cursor = store.cursor_guaranteed(region::all());
  const cursor_position begin = cursor.position();
  static_cast<void>(cursor.poll());
  CHECK(begin == store.cursor_guaranteed(region::all()).position());
  CHECK_FALSE(begin == cursor.position());
  auto other = quipu::in_memory_store();
  CHECK_FALSE(begin == other.cursor_guaranteed(region::all()).position());
}
