// SPDX-License-Identifier: BSL-1.0
//
// wait_visible_test.cpp: who has a receipt, from whatever thread or process, reads what it was given for.
#include "../store/store_fixture.hpp"

#ifndef QUIPU_TEST_SINGLE_HEADER
#include <quipu/store/read_only_store.hpp>
#endif

#include <catch2/catch.hpp>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <thread>
#include <type_traits>

#include <unistd.h>

using namespace store_tests;
using namespace std::chrono_literals;
using quipu::durability;
using quipu::errc;
using quipu::region;

TEST_CASE("wait_visible_for: what was appended here is visible at once", "[delivery][wait_visible_for]") {
  auto store = quipu::in_memory_store();
  const auto durable = store.append({"a", "s"}, deposited{1});
  const auto buffered = store.append({"a", "s"}, deposited{2}, {.durability = durability::buffered});
  CHECK(store.wait_visible_for(durable, 0s));
  CHECK(store.wait_visible_for(buffered, 0s));
  CHECK(store.count(region::all()) == 2);
  quipu::receipt future = buffered;
  future.sequence = 2;
  CHECK_FALSE(store.wait_visible_for(future, 0s));
  CHECK_FALSE(store.wait_visible_for(future, 1ms));
  quipu::receipt foreign = buffered;
  foreign.id = quipu::event_id::generate();
  CHECK(code_of([&] { static_cast<void>(store.wait_visible_for(foreign, 1s)); }) == errc::invalid_argument);
  store.close();
  CHECK(code_of([&] { static_cast<void>(store.wait_visible_for(durable, 1s)); }) == errc::closed);
}

TEST_CASE("wait_visible_for: waits until the event is committed, and ends with the store",
          "[delivery][wait_visible_for]") {
  auto store = quipu::in_memory_store();
  auto fence = store.begin_visibility_fence();
  const quipu::receipt coming = fence.append({"a", "s"}, deposited{1});  // with its final id and sequence
  CHECK_FALSE(store.wait_visible_for(coming, 0s));
  std::atomic<bool> seen{false};
  std::thread waiting{[&] { seen = store.wait_visible_for(coming, patience); }};
  std::this_thread::sleep_for(2ms);
  CHECK_FALSE(seen);
  fence.commit();
  waiting.join();
  CHECK(seen);

  quipu::receipt never = coming;
  ++never.sequence;
  errc ended{};
  std::thread refused{[&] { ended = code_of([&] { static_cast<void>(store.wait_visible_for(never, patience)); }); }};
  std::this_thread::sleep_for(2ms);
  store.close();
  refused.join();
  CHECK(ended == errc::closed);
}

TEST_CASE("wait_visible_for: a reader in another process reads what the writer has a receipt of",
          "[delivery][wait_visible_for][read-only]") {
  const scratch_folder folder;
  const quipu::config settings = small_segments(folder / "d");
  { quipu::store made{settings}; }
  int to_reader[2];
  REQUIRE(::pipe(to_reader) == 0);
  const pid_t reader = ::fork();
  REQUIRE(reader >= 0);
  if (reader == 0) {
    ::close(to_reader[1]);
    int code = 0;
    try {
      quipu::read_only_store store{settings};
      quipu::receipt given;
      std::int64_t expected = 0;
      while (code == 0 && ::read(to_reader[0], &given, sizeof given) == static_cast<ssize_t>(sizeof given)) {
        if (!store.wait_visible_for(given, 20s))
          code = 1;
        else if (const auto state = store.project<account>("a"); !state || state->cents < ++expected)
          code = 2;
      }
      if (expected != 100) code = 3;
    } catch (...) {
      code = 99;
    }
    ::_exit(code);
  }
  ::close(to_reader[0]);
  {
    quipu::store store{settings};
    for (int round = 0; round < 100; ++round) {
      const quipu::receipt given = store.append({"a", "s"}, deposited{1});
      static_assert(std::is_trivially_copyable_v<quipu::receipt>);
      if (::write(to_reader[1], &given, sizeof given) != static_cast<ssize_t>(sizeof given)) break;
    }
  }
  ::close(to_reader[1]);
  int status = 0;
  REQUIRE(::waitpid(reader, &status, 0) == reader);
  CHECK(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 0);
}
