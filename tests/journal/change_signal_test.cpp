// SPDX-License-Identifier: BSL-1.0
//
// change_signal_test.cpp: a ring between looking and going to sleep isn't lost, and nobody waits longer than they said.
#ifdef QUIPU_TEST_SINGLE_HEADER
#include <quipu.hpp>
#else
#include <quipu/journal/write/change_signal.hpp>
#endif

#include <catch2/catch.hpp>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <limits>
#include <thread>

using quipu::detail::change_signal;
using quipu::detail::longest_wait_us;

TEST_CASE("a ring while somebody looks isn't lost", "[journal][signal]") {
  change_signal signal;
  int looked = 0;
  // Rung after it was looked at and before it is waited for; without an end, so that a lost ring is a test that doesn't
  // end.
  CHECK(signal.wait_for(longest_wait_us, [&] {
    if (++looked == 2) return true;
    signal.ring();
    return false;
  }));
  CHECK(looked == 2);
}

TEST_CASE("nobody waits for what is there, or longer than they said", "[journal][signal]") {
  change_signal signal;
  int looked = 0;
  const auto look = [&] { return ++looked > 100; };
  CHECK_FALSE(signal.wait_for(0, look));
  CHECK_FALSE(signal.wait_for(-5, look));
  CHECK_FALSE(signal.wait_for(std::numeric_limits<std::int64_t>::min() / 2, look));
  CHECK(looked == 3);
  CHECK_FALSE(signal.wait_for(2000, look));
  CHECK(signal.wait_for(std::numeric_limits<std::int64_t>::max(), [] { return true; }));
}

TEST_CASE("who waits for as long as it takes sleeps meanwhile", "[journal][signal]") {
  change_signal signal;
  std::atomic<int> looked{0};
  std::atomic<bool> is_over{false};
  std::thread waiter{[&] {
    signal.wait_for(longest_wait_us, [&] {
      ++looked;
      return is_over.load();
    });
  }};
  while (looked.load() == 0) std::this_thread::yield();
  std::this_thread::sleep_for(std::chrono::milliseconds{50});
  CHECK(looked.load() < 10);
  is_over = true;
  signal.wake();
  waiter.join();
}

TEST_CASE("a ring is heard by all who wait", "[journal][signal]") {
  change_signal signal;
  std::atomic<int> value{0};
  std::atomic<int> seen{0};
  const auto waiter = [&] {
    for (int expected = 1; expected <= 200; ++expected) {
      signal.wait_for(longest_wait_us, [&] { return value.load() >= expected; });
      ++seen;
    }
  };
  std::thread first{waiter};
  std::thread second{waiter};
  for (int round = 1; round <= 200; ++round) {
    value = round;
    signal.wake();
    while (seen.load() < 2 * round) std::this_thread::yield();
  }
  first.join();
  second.join();
  CHECK(seen == 400);
}
