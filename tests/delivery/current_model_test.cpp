// SPDX-License-Identifier: BSL-1.0
//
// current_model_test.cpp: a read model that is current has every event whose append has returned, whoever reads it; one
// that can't have it throws.
#include "worker_fixture.hpp"

#include <catch2/catch.hpp>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <stdexcept>
#include <thread>
#include <vector>

using namespace worker_tests;

namespace {

/// Throws at one event.
struct brittle {
  using events = quipu::event_list<deposited>;
  std::int64_t cents{};
  void apply(const deposited& event) {
    if (event.cents == 13) throw std::runtime_error{"thirteen"};
    cents += event.cents;
  }
};
/// Takes its time.
struct slow {
  using events = quipu::event_list<deposited>;
  std::uint64_t count{};
  void apply(const deposited&) {
    std::this_thread::sleep_for(2ms);
    ++count;
  }
};

}  // namespace

TEST_CASE("what was appended is in a current model when append returns", "[delivery][read_model][current]") {
  auto store = quipu::in_memory_store();
  auto whole = store.read_model<account>("whole", region::all(), {.current = true});
  auto each = store.read_model_by_entity<account>("each", region::all(), {.current = true});
  auto by_cents = store.read_model_by<deposit_count>(
      "by cents", region::all(), [](const deposited& event) { return event.cents; }, {.current = true});
  account expected;
  for (std::int64_t number = 1; number <= 200; ++number) {
    const auto how = number % 2 == 0 ? durability::durable : durability::buffered;
    store.append({"a", "s"}, deposited{number}, {.durability = how});
    expected.apply(deposited{number});
    REQUIRE(whole.state() == expected);
    whole.with_state([&](const account& state) { REQUIRE(state == expected); });
    REQUIRE(each.find("a") == expected);
    REQUIRE(by_cents.size() == static_cast<std::size_t>(number));
    REQUIRE(by_cents.find(number));
  }
  quipu::batch events;
  static_cast<void>(events.add({"b", "s"}, deposited{1000}));
  static_cast<void>(events.add({"c", "s"}, deposited{1001}));
  store.append(events);
  REQUIRE(each.size() == 3);
  auto ticket = store.submit({"d", "s"}, deposited{1002});
  static_cast<void>(ticket.wait());
  REQUIRE(each.size() == 4);
}

TEST_CASE("a current model waits for a slow apply, and for events that it doesn't select",
          "[delivery][read_model][current]") {
  auto store = quipu::in_memory_store();
  auto model = store.read_model<slow>("slow", region::entity("a"), {.current = true});
  append_numbers(store, 1, 20, "a");
  append_numbers(store, 1, 5, "b");
  CHECK(model.state().count == 20);
}

TEST_CASE("every thread that reads a current model sees what any thread has appended",
          "[delivery][read_model][current]") {
  auto store = quipu::in_memory_store();
  auto model = store.read_model<deposit_count>("count", region::all(), {.current = true});
  std::atomic<std::uint64_t> appended{0};
  std::atomic<bool> missed{false};
  std::vector<std::thread> threads;
  for (int writer = 0; writer < 2; ++writer)
    threads.emplace_back([&] {
      for (int number = 0; number < 150; ++number) {
        append_numbers(store, 1, 1);
        ++appended;
      }
    });
  for (int reader = 0; reader < 2; ++reader)
    threads.emplace_back([&] {
      while (appended.load() < 300) {
        const std::uint64_t before = appended.load();
        if (model.state().count < before) missed = true;
      }
    });
  for (std::thread& each : threads) each.join();
  CHECK_FALSE(missed.load());
  CHECK(model.state().count == 300);
}

TEST_CASE("an append succeeds where apply throws, and reading the current model says why",
          "[delivery][read_model][current]") {
  auto store = quipu::in_memory_store();
  auto model = store.read_model<brittle>("brittle", region::all(), {.current = true});
  store.append({"a", "s"}, deposited{5});
  CHECK(model.state().cents == 5);
  store.append({"a", "s"}, deposited{13});
  const auto failure = error_of([&] { static_cast<void>(model.state()); });
  CHECK(failure.code() == errc::cancelled);
  CHECK_THAT(failure.what(), Catch::Contains("thirteen"));
  CHECK(store.count(region::all()) == 2);
}

TEST_CASE("a current model that has stopped is read until something is appended", "[delivery][read_model][current]") {
  auto store = quipu::in_memory_store();
  append_numbers(store, 1, 3);
  auto model = store.read_model<deposit_count>("count", region::all(), {.current = true});
  CHECK(model.state().count == 3);
  model.stop();
  model.join();
  CHECK(model.state().count == 3);
  append_numbers(store, 4, 4);
  CHECK(code_of([&] { static_cast<void>(model.state()); }) == errc::closed);
}

TEST_CASE("a current model is read after its store was closed", "[delivery][read_model][current]") {
  auto store = quipu::in_memory_store();
  auto model = store.read_model<deposit_count>("count", region::all(), {.current = true});
  append_numbers(store, 1, 3);
  store.close();
  CHECK(model.state().count == 3);
}
