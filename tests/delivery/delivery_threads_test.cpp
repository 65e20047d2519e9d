// SPDX-License-Identifier: BSL-1.0
//
// delivery_threads_test.cpp: everything that delivers at once, while several threads append and segments rotate,
// against an oracle: what the appends' receipts say. Consumers go from the past to what is being appended without a gap
// or a duplicate.
#include "../store/store_fixture.hpp"

#ifndef QUIPU_TEST_SINGLE_HEADER
#include <quipu/store/read_only_store.hpp>
#endif

#include <catch2/catch.hpp>

#include <atomic>
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
using quipu::durability;
using quipu::event_view;
using quipu::region;

namespace {

constexpr std::size_t writers = 3;
constexpr std::size_t commits_each = 1500;

std::string entity_of(std::size_t writer) { return "writer:" + std::to_string(writer); }

/// What a consumer got: the events' numbers, and whether each was what its number says.
struct delivery {
  std::vector<std::uint64_t> numbers{};
  std::vector<std::int64_t> contents{};
  void take(const event_view& event) {
    numbers.push_back(event.sequence());
    contents.push_back(event.as<deposited>().cents);
  }
};

/// What was appended, by number: who appended it, and what it is.
struct oracle {
  std::vector<std::size_t> writer{};
  std::vector<std::int64_t> content{};

  /// Everything of a writer, or of all, from a number on.
  [[nodiscard]] delivery expected(std::optional<std::size_t> of, std::uint64_t from) const {
    delivery all;
    for (std::uint64_t number = from; number < writer.size(); ++number) {
      if (of && writer[number] != *of) continue;
      all.numbers.push_back(number);
      all.contents.push_back(content[number]);
    }
    return all;
  }
};

/// Appends one after the other and two at a time, durable and not; each content is unlike any other.
template <class Store>
std::vector<std::pair<std::uint64_t, std::int64_t>> write_some(Store& store, std::size_t writer) {
  std::vector<std::pair<std::uint64_t, std::int64_t>> appended;
  seeded random{writer};
  const quipu::coordinate where{entity_of(writer), "s"};
  std::int64_t content = static_cast<std::int64_t>(writer) * 1'000'000;
  for (std::size_t commit = 0; commit < commits_each; ++commit) {
    const quipu::append_options options{.durability =
                                            random.below(40) == 0 ? durability::durable : durability::buffered};
    if (random.below(4) == 0) {
      quipu::batch pair;
      pair.add(where, deposited{content}, options);
      pair.add(where, deposited{content + 1}, options);
      for (const quipu::receipt& given : store.append(pair)) appended.emplace_back(given.sequence, content++);
    } else {
      appended.emplace_back(store.append(where, deposited{content}, options).sequence, content);
      ++content;
    }
    if (random.below(50) == 0) std::this_thread::sleep_for(200us);
  }
  return appended;
}

bool same(const delivery& got, const delivery& expected) {
  return got.numbers == expected.numbers && got.contents == expected.contents;
}

/// How many of the expected events weren't got; nothing where something else was got, or in another order.
std::optional<std::uint64_t> lacks(const delivery& got, const delivery& expected) {
  std::size_t at = 0;
  for (std::size_t index = 0; index < expected.numbers.size() && at < got.numbers.size(); ++index)
    if (got.numbers[at] == expected.numbers[index] && got.contents[at] == expected.contents[index]) ++at;
  if (at != got.numbers.size()) return std::nullopt;
  return expected.numbers.size() - at;
}

/// Runs writers and consumers on a store; the consumers end when it is closed.
template <class Store>
void stress(Store store, const quipu::config* readable) {
  for (std::int64_t number = 0; number < 100; ++number)
    store.append({"before", "s"}, deposited{-number}, {.durability = durability::buffered});
  store.sync();
  std::optional<quipu::read_only_store> reader;
  if (readable != nullptr) reader.emplace(*readable);

  std::vector<std::thread> consuming;
  std::vector<std::vector<std::pair<std::uint64_t, std::int64_t>>> appended(writers);

  // From the beginning, one by one, waiting.
  delivery waited;
  consuming.emplace_back([&, cursor = store.cursor_guaranteed(region::all())]() mutable {
    while (const auto event = cursor.wait()) waited.take(*event);
  });
  // One writer's events, in batches, with a time limit.
  delivery batched;
  consuming.emplace_back([&, cursor = store.cursor_guaranteed(region::entity(entity_of(1)))]() mutable {
    while (!cursor.ended())
      for (const event_view& each : cursor.wait_batch_for(7, 2ms)) batched.take(each);
  });
  // A consumer that dies again and again, and what it did since its last commit with it.
  delivery committed;
  consuming.emplace_back([&] {
    seeded random{99};
    try {
      for (;;) {
        auto cursor = store.cursor_guaranteed("consumer", region::all());
        delivery since;
        for (std::size_t steps = random.below(20); steps != 0; --steps)
          for (const event_view& each : cursor.wait_batch_for(random.below(30), 1ms)) since.take(each);
        if (random.below(4) == 0) continue;
        cursor.commit();
        for (const auto number : since.numbers) committed.numbers.push_back(number);
        for (const auto content : since.contents) committed.contents.push_back(content);
      }
    } catch (const quipu::error& closed) {
      if (closed.code() != quipu::errc::closed) throw;
    }
  });
  // Cursors that are made from the position of the one before.
  delivery handed_on;
  consuming.emplace_back([&] {
    auto position = cursor_position::start();
    for (;;) {
      std::optional<quipu::cursor> cursor;
      try {
        cursor.emplace(store.cursor_guaranteed(region::all(), position));
      } catch (const quipu::error&) {  // closed
        return;
      }
      for (const event_view& each : cursor->wait_batch_for(40, 1ms)) handed_on.take(each);
      position = cursor_position::parse(cursor->position().str()).value();
    }
  });
  // Lossy ones: a quick one, and one that is slower than the writers.
  delivery quick;
  std::uint64_t quick_lost = 0;
  consuming.emplace_back([&, events = store.subscribe_lossy(region::all())]() mutable {
    while (const auto event = events.recv()) quick.take(*event);
    quick_lost = events.dropped();
  });
  delivery slow;
  std::uint64_t slow_lost = 0;
  consuming.emplace_back([&, events = store.subscribe_lossy(region::entity(entity_of(0)), {.capacity = 4})]() mutable {
    while (const auto event = events.recv()) {
      slow.take(*event);
      std::this_thread::sleep_for(1ms);
    }
    slow_lost = events.dropped();
  });
  // A state.
  account watched;
  consuming.emplace_back([&, watcher = store.template watch<account>(entity_of(2))]() mutable {
    while (const auto now = watcher.recv()) watched = *now;
  });
  // A reader of the same files.
  delivery followed;
  if (reader) {
    consuming.emplace_back([&, cursor = reader->cursor_guaranteed(region::all())]() mutable {
      while (!cursor.ended())
        for (const event_view& each : cursor.wait_batch_for(64, 5ms)) followed.take(each);
    });
  }

  std::vector<std::thread> appending;
  for (std::size_t writer = 0; writer < writers; ++writer)
    appending.emplace_back([&, writer] { appended[writer] = write_some(store, writer); });
  for (std::thread& each : appending) each.join();
  const std::uint64_t total = store.stats().events;
  CHECK(store.stats().segments > 3);
  const account expected_state = *store.template project<account>(entity_of(2));
  store.close();
  if (reader) {
    while (reader->stats().events < total) std::this_thread::sleep_for(1ms);
    reader->close();
  }
  for (std::thread& each : consuming) each.join();

  oracle truth;
  truth.writer.assign(total, writers);
  truth.content.assign(total, 0);
  for (std::int64_t number = 0; number < 100; ++number) truth.content[static_cast<std::size_t>(number)] = -number;
  std::size_t counted = 100;
  for (std::size_t writer = 0; writer < writers; ++writer) {
    for (const auto& [number, content] : appended[writer]) {
      REQUIRE(number < total);
      truth.writer[number] = writer;
      truth.content[number] = content;
      ++counted;
    }
  }
  CHECK(counted == total);

  CHECK(same(waited, truth.expected(std::nullopt, 0)));
  CHECK(same(batched, truth.expected(1, 0)));
  CHECK(lacks(quick, truth.expected(std::nullopt, 100)) == quick_lost);
  CHECK(lacks(slow, truth.expected(0, 100)) == slow_lost);
  CHECK(slow_lost != 0);
  CHECK(watched == expected_state);
  // These may not have come to the end when the store was closed.
  for (delivery* each : {&committed, &handed_on, &followed}) {
    delivery expected = truth.expected(std::nullopt, 0);
    REQUIRE(each->numbers.size() <= expected.numbers.size());
    expected.numbers.resize(each->numbers.size());
    expected.contents.resize(each->contents.size());
    CHECK(same(*each, expected));
  }
  CHECK(handed_on.numbers.size() > 100);
}

}  // namespace

TEST_CASE("all deliveries at once, in memory", "[delivery][threads]") {
  stress(quipu::store{settings_in(memory_world{}, small_segments())}, nullptr);
}

TEST_CASE("all deliveries at once, on a disk, with a reader of the files", "[delivery][threads]") {
  const scratch_folder folder;
  const quipu::config settings = small_segments(folder / "d");
  stress(quipu::store{settings}, &settings);
}

TEST_CASE("an event that is appended while a waiter goes to sleep wakes it", "[delivery][threads]") {
  // Two threads in turns, each waiting for the other's event without a limit: a wake-up that is lost is a test that
  // doesn't end.
  auto store = quipu::in_memory_store();
  const auto player = [&store](const char* mine, const char* others, bool begins) {
    auto cursor = store.cursor_guaranteed(region::entity(others));
    for (int turn = 0; turn < 3000; ++turn) {
      if (turn != 0 || !begins)
        if (!cursor.wait()) return;
      store.append({mine, "s"}, deposited{turn},
                   {.durability = turn % 3 == 0 ? durability::durable : durability::buffered});
    }
  };
  std::thread first{player, "ping", "pong", true};
  std::thread second{player, "pong", "ping", false};
  first.join();
  second.join();
  CHECK(store.count(region::all()) == 6000);
}

TEST_CASE("a buffered append wakes who waits, by itself", "[delivery][threads]") {
  quipu::store store{settings_in(memory_world{}, small_segments())};  // no timer, and nobody else looks
  std::atomic<int> given{0};
  std::thread consumer{[&given, cursor = store.cursor_guaranteed(region::all())]() mutable {
    while (cursor.wait()) ++given;
  }};
  for (int turn = 0; turn < 500; ++turn) {
    store.append({"a", "s"}, deposited{turn}, {.durability = durability::buffered});
    while (given.load() != turn + 1) std::this_thread::yield();  // without the wake-up this doesn't end
  }
  store.close();
  consumer.join();
  CHECK(given == 500);
}
