// SPDX-License-Identifier: BSL-1.0
//
// subscription_test.cpp: a subscription gives what is appended from now on, loses the oldest where its consumer is
// slow, counts them, and ends with the store.
#include "worker_fixture.hpp"

#ifndef QUIPU_TEST_SINGLE_HEADER
#include <quipu/store/read_only_store.hpp>
#endif

#include <catch2/catch.hpp>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <optional>
#include <thread>
#include <vector>

using namespace worker_tests;

namespace {

template <class Store>
void append(Store& store, std::int64_t cents, const char* entity = "a") {
  store.append({entity, "s"}, deposited{cents}, {.durability = durability::buffered});
}
template <class Subscription>
std::vector<std::uint64_t> all_of(Subscription& subscription) {
  std::vector<std::uint64_t> numbers;
  while (const auto event = subscription.try_recv()) numbers.push_back(event->sequence());
  return numbers;
}

}  // namespace

TEST_CASE("a subscription gives what is appended after it was made", "[delivery][subscription]") {
  auto store = quipu::in_memory_store();
  append(store, 1);
  auto events = store.subscribe_lossy(region::entity("a"));
  CHECK_FALSE(events.try_recv());
  CHECK_FALSE(events.recv_for(1ms));
  append(store, 2);
  append(store, 3, "b");
  append(store, 4);
  CHECK(events.waiting() == 2);
  CHECK(events.recv()->as<deposited>().cents == 2);
  CHECK(events.recv_for(patience)->as<deposited>().cents == 4);
  CHECK_FALSE(events.try_recv());
  CHECK(events.dropped() == 0);
  CHECK(events.selects() == region::entity("a"));
}

TEST_CASE("a subscription to a sequence range gives the part of it that is still to come", "[delivery][subscription]") {
  auto store = quipu::in_memory_store();
  append(store, 1);
  append(store, 1);
  auto events = store.subscribe_lossy(region::all().with_sequence_range(1, 4));
  auto coming = store.subscribe_lossy(region::all().with_sequence_range(5, 6));
  for (int number = 0; number < 8; ++number) {
    append(store, number);
    CHECK(coming.waiting() <= 2);
  }
  CHECK(all_of(events) == std::vector<std::uint64_t>{2, 3, 4});
  CHECK(all_of(coming) == std::vector<std::uint64_t>{5, 6});
  CHECK(events.dropped() == 0);
}

TEST_CASE("a slow consumer loses the oldest events, and is told how many", "[delivery][subscription]") {
  const std::size_t capacity = GENERATE(1U, 2U, 3U, 16U, 17U, 33U, 100U);
  quipu::store store{settings_in(memory_world{}, small_segments())};
  auto events = store.subscribe_lossy(region::entity("a"), {.capacity = capacity});
  seeded random{capacity};
  std::uint64_t appended = 0;
  std::uint64_t expected_dropped = 0;
  std::vector<std::uint64_t> waiting;  // the model: a list that is cut at the front
  for (int round = 0; round < 60; ++round) {
    for (std::size_t count = random.below(capacity + 8); count != 0; --count) {
      if (random.below(3) == 0) {
        append(store, 0, "b");
        ++appended;
        continue;
      }
      append(store, 0);
      waiting.push_back(appended++);
      if (waiting.size() > capacity) {
        waiting.erase(waiting.begin());
        ++expected_dropped;
      }
    }
    for (std::size_t count = random.below(capacity + 1); count != 0 && !waiting.empty(); --count) {
      const auto event = events.try_recv();
      REQUIRE(event);
      REQUIRE(event->sequence() == waiting.front());
      waiting.erase(waiting.begin());
    }
    REQUIRE(events.dropped() == expected_dropped);
    REQUIRE(events.waiting() == waiting.size());
  }
  CHECK(expected_dropped != 0);
  CHECK(all_of(events) == waiting);
}

TEST_CASE("a subscription ends with the store, and counts what waited then", "[delivery][subscription]") {
  std::optional<quipu::subscription> kept;
  std::optional<quipu::event_view> received;
  {
    quipu::store store{settings_in(memory_world{}, small_segments())};
    kept.emplace(store.subscribe_lossy(region::all(), {.capacity = 30}));
    for (std::int64_t number = 0; number < 100; ++number) append(store, number);
    received = kept->recv();
    CHECK_FALSE(kept->ended());
    CHECK(kept->waiting() == 29);
    CHECK(kept->dropped() == 70);
  }
  CHECK(received->as<deposited>().cents == 70);  // readable when the store is gone
  CHECK(kept->ended());
  CHECK_FALSE(kept->recv());
  CHECK_FALSE(kept->recv_for(patience));
  CHECK_FALSE(kept->try_recv());
  CHECK(kept->waiting() == 0);
  CHECK(kept->dropped() == 99);
}

TEST_CASE("a consumer that waits is woken by an event, and by the end of the store", "[delivery][subscription]") {
  auto store = quipu::in_memory_store(small_segments());  // no timer, which would wake it too
  auto events = store.subscribe_lossy(region::all());
  std::atomic<std::uint64_t> received{0};
  std::atomic<bool> in_order{true};
  std::thread consumer{[&] {
    while (const auto event = events.recv())
      if (event->sequence() != received++) in_order = false;
  }};
  // Each event must come before the next is appended, so that the consumer waits for each.
  bool woken = true;
  for (std::uint64_t number = 0; woken && number < 20; ++number) {
    std::this_thread::sleep_for(1ms);
    store.append({"a", "s"}, deposited{1},
                 {.durability = number % 2 == 0 ? durability::buffered : durability::durable});
    woken = comes_true([&] { return received == number + 1; });
  }
  store.close();
  consumer.join();
  CHECK(woken);
  CHECK(received == 20);
  CHECK(in_order);
  CHECK(events.dropped() == 0);
}

TEST_CASE("a subscription of nonsense, or of a closed store, is refused", "[delivery][subscription]") {
  auto store = quipu::in_memory_store();
  CHECK(code_of([&] { static_cast<void>(store.subscribe_lossy(region::all(), {.capacity = 0})); }) ==
        errc::invalid_argument);
  CHECK(code_of([&] { static_cast<void>(store.subscribe_lossy(region::all(), {.capacity = (1U << 24) + 1})); }) ==
        errc::invalid_argument);
  CHECK_NOTHROW(store.subscribe_lossy(region::all(), {.capacity = 1U << 24}));
  store.close();
  CHECK(code_of([&] { static_cast<void>(store.subscribe_lossy(region::all())); }) == errc::closed);
}

TEST_CASE("a subscription of a read-only store follows the writer", "[delivery][subscription][read-only]") {
  const scratch_folder folder;
  quipu::store store{small_segments(folder / "d")};
  append(store, 0);
  store.sync();
  quipu::read_only_store reader{small_segments(folder / "d")};
  auto events = reader.subscribe_lossy(region::all());
  for (std::int64_t number = 1; number < 200; ++number) append(store, number);
  store.sync();
  for (std::int64_t number = 1; number < 200; ++number)
    CHECK(events.recv_for(patience)->as<deposited>().cents == number);
  reader.close();
  CHECK_FALSE(events.recv());
}

TEST_CASE("a subscription that another one is moved to gives what that one would", "[delivery][subscription]") {
  auto store = quipu::in_memory_store();
  auto first = store.subscribe_lossy(region::entity("a"));
  auto second = store.subscribe_lossy(region::entity("b"));
  append(store, 1, "a");
  append(store, 2, "b");
  first = std::move(second);
  append(store, 3, "a");
  append(store, 4, "b");
  CHECK(first.selects() == region::entity("b"));
  CHECK(all_of(first) == std::vector<std::uint64_t>{1, 3});
}
