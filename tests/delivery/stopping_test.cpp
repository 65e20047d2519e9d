// SPDX-License-Identifier: BSL-1.0
//
// stopping_test.cpp: what ends a worker ends its waits. Reasons that pass are waited for; a store that is being closed
// ends workers as `stopped`.
#include "worker_fixture.hpp"

#include <catch2/catch.hpp>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <stdexcept>
#include <thread>

using namespace worker_tests;
using namespace std::chrono_literals;
using quipu::errc;

namespace {

/// Runs `body` in a child that a signal ends if it hangs.
template <class Body>
int in_mortal_child(Body body) {
  return in_child([&] {
    ::alarm(30);
    return body();
  });
}

/// Lets a handler begin, and go on when the test says so.
struct turnstile {
  std::atomic<int> entered{0};
  std::atomic<bool> open{false};

  void pass() {
    ++entered;
    while (!open) std::this_thread::sleep_for(1ms);
  }
  void await_entry() const {
    while (entered == 0) std::this_thread::sleep_for(1ms);
  }
};

using consumer = std::function<quipu::worker(quipu::store&, turnstile&)>;

const consumer reacts = [](quipu::store& store, turnstile& gate) {
  return store.react("r", region::all().with_events<deposited>(), [&gate](const event_view& cause, auto& emit) {
    gate.pass();
    emit({"derived", "s"}, withdrawn{cause.as<deposited>().cents, ""});
  });
};
const consumer appends = [](quipu::store& store, turnstile& gate) {
  return store.cursor_worker("w", region::all().with_events<deposited>(), [&](const event_view&) {
    gate.pass();
    store.append({"derived", "s"}, withdrawn{1, ""});
  });
};
const consumer parks_appends = [](quipu::store& store, turnstile& gate) {
  return store.cursor_worker(
      "w", region::all().with_events<deposited>(),
      [&](const event_view&) {
        gate.pass();
        if (const auto done = store.try_append({"derived", "s"}, withdrawn{1, ""}); !done.is_ok())
          throw std::runtime_error{"refused"};
      },
      {.poison = poison_policy::park()});
};
const consumer fences = [](quipu::store& store, turnstile& gate) {
  return store.cursor_worker("w", region::all().with_events<deposited>(), [&](const event_view&) {
    gate.pass();
    auto own = store.begin_visibility_fence();
    own.append({"derived", "s"}, withdrawn{1, ""});
    own.commit();
  });
};

void await_a_waiting_caller(quipu::store& store) {
  while (store.writer_pressure().callers_waiting == 0) std::this_thread::sleep_for(1ms);
}

/// Ends a worker that waits for a fence, in the thread that holds the fence. Returns 0 if all is right.
int end_behind_a_fence(const consumer& make) {
  auto store = quipu::in_memory_store();
  store.append({"a", "s"}, deposited{1});
  turnstile gate;
  {
    auto worker = make(store, gate);
    gate.await_entry();
    auto fence = store.begin_visibility_fence();
    gate.open = true;
    await_a_waiting_caller(store);
    worker.stop();
    worker.join();
    if (worker.state() != quipu::worker_state::stopped || !worker.failure().empty()) return 1;
    if (worker.next_sequence() != 0 || worker.restarts() != 0 || !worker.parked().empty()) return 2;
    fence.append({"b", "s"}, withdrawn{2, ""});
    fence.commit();
  }
  if (store.count(region::entity("derived")) != 0) return 3;
  auto again = make(store, gate);
  return comes_true([&] { return again.next_sequence() >= 1; }) && store.count(region::entity("derived")) == 1 ? 0 : 4;
}

quipu::config refusing() {
  quipu::config settings{.directory = "memory"};
  settings.writer.fence = quipu::fence_policy::refuse;
  return settings;
}

/// Closes a store behind a compaction while a worker is in its handler, which then goes on. Returns 0 if the worker has
/// stopped, and used up nothing.
int close_behind_a_compaction(const consumer& make) {
  auto store = quipu::in_memory_store();
  store.append({"a", "s"}, deposited{1});
  turnstile gate;
  auto worker = make(store, gate);
  gate.await_entry();
  turnstile judging;
  std::thread compacting{[&] {
    static_cast<void>(store.try_compact(quipu::compaction::retain([&](const event_view&) {
      judging.pass();
      return true;
    })));
  }};
  judging.await_entry();
  std::thread closing{[&] { store.close(); }};
  while (store.try_append({"b", "s"}, withdrawn{1, ""}).is_ok()) std::this_thread::sleep_for(1ms);
  gate.open = true;
  worker.join();
  judging.open = true;
  compacting.join();
  closing.join();
  if (worker.state() != quipu::worker_state::stopped) return 1;
  return worker.restarts() == 0 && worker.failure().empty() && worker.parked().empty() ? 0 : 2;
}

}  // namespace

TEST_CASE("a thread that holds a fence ends a worker that waits for it", "[delivery][stopping]") {
  CHECK(in_mortal_child([] { return end_behind_a_fence(reacts); }) == 0);
  CHECK(in_mortal_child([] { return end_behind_a_fence(appends); }) == 0);
  CHECK(in_mortal_child([] { return end_behind_a_fence(parks_appends); }) == 0);
  CHECK(in_mortal_child([] { return end_behind_a_fence(fences); }) == 0);
}

TEST_CASE("a thread that holds a fence closes a store whose worker waits for it", "[delivery][stopping]") {
  for (const consumer* make : {&reacts, &appends, &parks_appends, &fences})
    CHECK(in_mortal_child([make] {
            auto store = quipu::in_memory_store();
            store.append({"a", "s"}, deposited{1});
            turnstile gate;
            auto worker = (*make)(store, gate);
            gate.await_entry();
            auto fence = store.begin_visibility_fence();
            gate.open = true;
            await_a_waiting_caller(store);
            store.close();
            worker.join();
            return worker.state() == quipu::worker_state::stopped && worker.failure().empty() ? 0 : 1;
          }) == 0);
}

TEST_CASE("a thread that holds a fence doesn't wait for parked events", "[delivery][stopping]") {
  auto store = quipu::in_memory_store();
  store.append({"a", "s"}, deposited{1});
  auto worker = store.cursor_worker("w", region::all(), [](const event_view&) { throw std::runtime_error{"no"}; },
                                    {.poison = poison_policy::park()});
  REQUIRE(comes_true([&] { return worker.parked().size() == 1; }));
  {
    const auto fence = store.begin_visibility_fence();
    CHECK(code_of([&] { worker.retry_parked(); }) == errc::busy);
  }
  CHECK(worker.retry_parked() == 0);
}

TEST_CASE("a reactor waits for a fence that refuses others", "[delivery][stopping]") {
  auto store = quipu::in_memory_store(refusing());
  store.append({"a", "s"}, deposited{1});
  turnstile gate;
  auto reactor = store.react("r", region::all().with_events<deposited>(),
                             [&](const event_view&, auto& emit) {
                               gate.pass();
                               emit({"derived", "s"}, withdrawn{1, ""});
                             },
                             {.restart = restart_policy::never()});
  gate.await_entry();
  auto fence = store.begin_visibility_fence();
  gate.open = true;
  await_a_waiting_caller(store);
  CHECK(reactor.state() == quipu::worker_state::running);
  fence.commit();
  REQUIRE(comes_true([&] { return store.count(region::entity("derived")) == 1; }));
  CHECK(reactor.restarts() == 0);
  CHECK(reactor.failure().empty());
  CHECK(gate.entered == 1);
}

TEST_CASE("a worker whose store is being closed behind a compaction has stopped", "[delivery][stopping]") {
  for (const consumer* make : {&reacts, &appends, &parks_appends, &fences})
    CHECK(in_mortal_child([make] { return close_behind_a_compaction(*make); }) == 0);
  const consumer only_commits = [](quipu::store& store, turnstile& gate) {
    return store.cursor_worker("w", region::all(), [&gate](const event_view&) { gate.pass(); });
  };
  CHECK(in_mortal_child([&] { return close_behind_a_compaction(only_commits); }) == 0);
}
