// SPDX-License-Identifier: BSL-1.0
//
// refused_thread_test.cpp: a system that gives no thread (a limit on processes, a full control group). An append either
// fails and leaves the log as it was, or succeeds and keeps its promise.
#include "store_fixture.hpp"

#include <catch2/catch.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include <sys/resource.h>
#include <unistd.h>

using namespace store_tests;
using namespace std::chrono_literals;

namespace {

constexpr int not_refused = 77;

void check(int result) {
  if (result == not_refused)
    WARN("the system gives threads without a limit");
  else
    CHECK(result == 0);
}

/// Runs `body` in a child that gets no thread. Returns its exit code; `not_refused` if the system gives threads anyway.
int without_threads(const std::function<int()>& body) {
  return in_child([&] {
    constexpr uid_t nobody = 65534;  // root has no limit
    if (::geteuid() == 0 && ::setresuid(nobody, nobody, nobody) != 0) return not_refused;
    constexpr ::rlimit none{0, 0};
    if (::setrlimit(RLIMIT_NPROC, &none) != 0) return not_refused;
    try {
      std::thread{[] {}}.join();
      return not_refused;
    } catch (const std::system_error&) {
      return body();
    }
  });
}

quipu::config buffered() {
  quipu::config settings{.directory = "memory"};
  settings.sync.mode = quipu::sync_mode::buffered;
  return settings;
}

quipu::batch one_event() {
  quipu::batch events;
  events.add({"a", "s"}, deposited{1});
  return events;
}

}  // namespace

TEST_CASE("a buffered append without a thread to flush it later is flushed before it returns", "[store][threads]") {
  using append = std::function<bool(quipu::store&)>;  // whether the receipt says durable
  const std::vector<std::pair<const char*, append>> ways{
      {"append",
       [](quipu::store& store) {
         return store.append({"a", "s"}, deposited{1}).durable;
       }},
      {"batch", [](quipu::store& store) { return store.append(one_event())[0].durable; }},
      {"outbox",
       [](quipu::store& store) {
         auto staged = store.outbox();
         staged.stage({"a", "s"}, deposited{1});
         return staged.flush()[0].durable && staged.empty();
       }},
      {"fence",
       [](quipu::store& store) {
         auto fence = store.begin_visibility_fence();
         fence.append({"a", "s"}, deposited{1});
         return fence.commit()[0].durable;
       }},
      {"submit",
       [](quipu::store& store) {
         return store.submit({"a", "s"}, deposited{1}).wait().durable;
       }},
      {"submit_batch", [](quipu::store& store) { return store.submit_batch(one_event()).wait()[0].durable; }},
  };
  for (const auto& [name, way] : ways) {
    const int result = without_threads([&tried = way] {
      auto store = quipu::in_memory_store(buffered());
      for (std::uint64_t count = 1; count <= 3; ++count)
        if (!tried(store) || store.stats().events != count || !store.diagnostics().failure.empty()) return 1;
      return 0;
    });
    INFO(name);
    check(result);
  }
}

TEST_CASE("try_submit without a thread to flush for it places nothing", "[store][threads]") {
  const int result = without_threads([] {
    auto store = quipu::in_memory_store(buffered());
    for (int attempt = 0; attempt < 3; ++attempt) {
      const auto refused = store.try_submit({"a", "s"}, deposited{1});
      if (!refused.is_error() || store.try_submit_batch(one_event()).is_ok()) return 1;
    }
    return store.stats().events == 0 ? 0 : 2;
  });
  check(result);
}

TEST_CASE("a limited wait for a ticket flushes itself if no thread can", "[store][threads]") {
  const int result = without_threads([] {
    quipu::config settings{.directory = "memory"};
    settings.sync.interval_ms = 0;
    auto store = quipu::in_memory_store(settings);
    auto ticket = store.submit({"a", "s"}, deposited{1});
    const auto given = ticket.wait_for(patience);
    return given && given->durable ? 0 : 1;
  });
  check(result);
}

TEST_CASE("try_submit flushes after every_n_events, also without an interval", "[store][submit]") {
  quipu::config settings{.directory = "memory"};
  settings.sync.interval_ms = 0;
  settings.sync.every_n_events = 4;
  for (const auto promised : {quipu::durability::buffered, quipu::durability::durable}) {
    auto store = quipu::in_memory_store(settings);
    for (int number = 0; number < 4; ++number)
      REQUIRE(store.try_submit({"a", "s"}, deposited{number}, {.durability = promised}).is_ok());
    const auto end = std::chrono::steady_clock::now() + 10s;
    while (store.writer_pressure().events_not_durable != 0 && std::chrono::steady_clock::now() < end)
      std::this_thread::sleep_for(1ms);
    CHECK(store.writer_pressure().events_not_durable == 0);
  }
}
