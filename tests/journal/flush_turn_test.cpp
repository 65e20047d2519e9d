// SPDX-License-Identifier: BSL-1.0
//
// flush_turn_test.cpp: one thread writes for those that wait. It waits a moment for as many as there were lately, and
// not if it was alone.
#ifdef QUIPU_TEST_SINGLE_HEADER
#include <quipu.hpp>
#else
#include <quipu/journal/write/flush_turn.hpp>
#endif

#include <catch2/catch.hpp>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <thread>
#include <vector>

using quipu::detail::flush_turn;

TEST_CASE("a turn is for all that joined before it was taken", "[journal][turn]") {
  flush_turn turn;
  CHECK_FALSE(turn.is_taken());
  turn.join();
  turn.join();
  CHECK(turn.take() == 2);
  CHECK(turn.is_taken());
  turn.join();
  turn.give_back();
  CHECK_FALSE(turn.is_taken());
  CHECK(turn.take() == 1);
  turn.give_back();
  CHECK(turn.take() == 0);
}

TEST_CASE("company is what came lately, and is forgotten one by one", "[journal][turn]") {
  flush_turn turn;
  turn.record_company(0);
  CHECK(turn.company() == 0);
  turn.record_company(4);
  CHECK(turn.company() == 4);
  turn.record_company(1);
  CHECK(turn.company() == 3);
  turn.join();
  turn.record_company(5);  // and one that came meanwhile
  CHECK(turn.company() == 6);
}

TEST_CASE("a caller that is alone isn't kept waiting for company", "[journal][turn]") {
  std::mutex mutex;
  std::unique_lock<std::mutex> lock{mutex};
  flush_turn turn;
  turn.record_company(1);
  turn.join();
  const auto begin = std::chrono::steady_clock::now();
  for (int round = 0; round < 1000; ++round) turn.gather(lock, 1'000'000);
  CHECK(std::chrono::steady_clock::now() - begin < std::chrono::milliseconds{100});
  CHECK_FALSE(turn.is_taken());
}

TEST_CASE("company is waited for, a quarter of a flush's time at most", "[journal][turn]") {
  std::mutex mutex;
  std::unique_lock<std::mutex> lock{mutex};
  flush_turn turn;
  turn.record_company(2);
  turn.join();
  const auto begin = std::chrono::steady_clock::now();
  turn.gather(lock, 400);
  CHECK(std::chrono::steady_clock::now() - begin >= std::chrono::microseconds{100});
  CHECK_FALSE(turn.is_taken());
  CHECK(lock.owns_lock());
}

TEST_CASE("callers are counted while they wait, and all are woken", "[journal][turn]") {
  std::mutex mutex;
  flush_turn turn;
  int written = 0;
  std::atomic<int> ended{0};
  std::vector<std::thread> all;
  for (int number = 0; number < 3; ++number)
    all.emplace_back([&] {
      std::unique_lock<std::mutex> lock{mutex};
      const flush_turn::caller counted{turn};
      while (written == 0) turn.wait(lock);
      ++ended;
    });
  for (;;) {
    const std::lock_guard lock{mutex};
    if (turn.callers() == 3) break;
  }
  {
    const std::lock_guard lock{mutex};
    written = 1;
    turn.wake_all();
  }
  for (std::thread& each : all) each.join();
  CHECK(ended == 3);
  CHECK(turn.callers() == 0);
  std::unique_lock<std::mutex> lock{mutex};
  CHECK_FALSE(turn.wait_for(lock, 1000, [] { return false; }));
  CHECK(turn.wait_for(lock, 1000, [] { return true; }));
}
