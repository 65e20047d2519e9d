// SPDX-License-Identifier: BSL-1.0
//
// catching_up_test.cpp: waiting until a worker or a read model is done with everything that is there.
#include "worker_fixture.hpp"

#include <catch2/catch.hpp>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <stdexcept>
#include <string>

using namespace worker_tests;

namespace {

constexpr auto no_event = [](const event_view&) {};

}  // namespace

TEST_CASE("a worker has caught up when everything is handled and committed", "[delivery][catching_up]") {
  auto store = quipu::in_memory_store();
  std::atomic<std::uint64_t> handled{0};
  auto worker = store.cursor_worker("counter", region::all(), [&](const event_view&) { ++handled; });
  CHECK(worker.wait_caught_up_for(patience));
  for (std::int64_t round = 1; round <= 20; ++round) {
    append_numbers(store, 1, 100);
    REQUIRE(worker.wait_caught_up_for(patience));
    CHECK(handled.load() == static_cast<std::uint64_t>(round) * 100);
    const auto cursors = store.cursors();
    REQUIRE(cursors.size() == 1);
    CHECK(cursors[0].position.next_sequence == handled.load());
  }
}

TEST_CASE("a worker has caught up past events that it parks or doesn't select", "[delivery][catching_up]") {
  auto store = quipu::in_memory_store();
  append_numbers(store, 1, 3, "a");
  append_numbers(store, 1, 3, "b");
  const auto fails = [](const event_view&) { throw std::runtime_error{"no"}; };
  const worker_policy parks{.poison = poison_policy::park()};
  auto parking = store.cursor_worker("parking", region::entity("a"), fails, parks);
  auto early = store.cursor_worker("early", region::all().with_sequence_range(0, 1), no_event);
  auto none = store.cursor_worker("none", region::entity("c"), no_event);
  CHECK(parking.wait_caught_up_for(patience));
  CHECK(parking.parked().size() == 3);
  CHECK(store.parked("parking").size() == 3);
  CHECK(early.wait_caught_up_for(patience));
  CHECK(none.wait_caught_up_for(patience));
}

TEST_CASE("waiting for a worker ends: with the time, with the worker, and not in its handler",
          "[delivery][catching_up]") {
  auto store = quipu::in_memory_store();
  SECTION("with the time") {
    std::atomic<bool> go_on{false};
    auto worker = store.cursor_worker("slow", region::all(), [&](const event_view&) {
      while (!go_on.load()) std::this_thread::sleep_for(1ms);
    });
    append_numbers(store, 1, 1);
    CHECK_FALSE(worker.wait_caught_up_for(0s));
    CHECK_FALSE(worker.wait_caught_up_for(5ms));
    go_on.store(true);
    CHECK(worker.wait_caught_up_for(patience));
  }
  SECTION("with a worker that fails") {
    auto worker =
        store.cursor_worker("fails", region::all(), [](const event_view&) { throw std::runtime_error{"broken"}; },
                            {.restart = restart_policy::never()});
    append_numbers(store, 1, 1);
    CHECK_THROWS_WITH(worker.wait_caught_up_for(patience), Catch::Contains("broken"));
    CHECK(code_of([&] { static_cast<void>(worker.wait_caught_up_for(patience)); }) == errc::closed);
  }
  SECTION("with a worker that has stopped") {
    auto worker = store.cursor_worker("stopped", region::all(), no_event);
    worker.stop();
    worker.join();
    append_numbers(store, 1, 1);
    CHECK(code_of([&] { static_cast<void>(worker.wait_caught_up_for(patience)); }) == errc::closed);
  }
  SECTION("not in its handler") {
    quipu::worker* itself = nullptr;
    std::atomic<bool> is_set{false};
    std::atomic<errc> refused{};
    auto worker = store.cursor_worker("itself", region::all(), [&](const event_view&) {
      while (!is_set.load()) std::this_thread::sleep_for(1ms);
      refused.store(code_of([&] { static_cast<void>(itself->wait_caught_up_for(patience)); }));
    });
    itself = &worker;
    is_set.store(true);
    append_numbers(store, 1, 1);
    CHECK(worker.wait_caught_up_for(patience));
    CHECK(refused.load() == errc::invalid_argument);
  }
}

TEST_CASE("a read model has caught up when its state covers everything", "[delivery][catching_up]") {
  auto store = quipu::in_memory_store();
  append_numbers(store, 1, 1000);
  auto model = store.read_model<account>("all", region::all());
  CHECK(model.wait_caught_up_for(patience));
  CHECK(model.state() == store.project<account>(region::all()));
  append_numbers(store, 1, 1000, "b");
  auto each = store.read_model_by_entity<account>("a", region::entity("a"));
  CHECK(each.wait_caught_up_for(patience));
  CHECK(each.find("a") == store.project<account>("a"));
  CHECK(model.wait_caught_up_for(patience));
  CHECK(model.state() == store.project<account>(region::all()));

  model.stop();
  model.join();
  CHECK(model.wait_caught_up_for(0s));
  append_numbers(store, 1, 1);
  CHECK(code_of([&] { static_cast<void>(model.wait_caught_up_for(patience)); }) == errc::closed);
}

TEST_CASE("waiting for as long as it takes is waiting", "[delivery][catching_up]") {
  auto store = quipu::in_memory_store();
  append_numbers(store, 1, 3000);
  auto model = store.read_model<account>("all", region::all());
  CHECK(model.wait_caught_up_for(std::chrono::hours::max()));
  auto worker = store.cursor_worker("counter", region::all(), no_event);
  CHECK(worker.wait_caught_up_for(std::chrono::hours::max()));
}
