// SPDX-License-Identifier: BSL-1.0
//
// fence_gate_test.cpp: one fence at a time; its own thread never waits for it, others wait or are refused.
#ifdef QUIPU_TEST_SINGLE_HEADER
#include <quipu.hpp>
#else
#include <quipu/journal/write/fence_gate.hpp>
#endif

#include <catch2/catch.hpp>

#include <cstdint>
#include <mutex>
#include <thread>

using quipu::errc;
using quipu::fence_policy;
using quipu::detail::fence_gate;

namespace {

errc code_of_waiting(fence_gate& gate) {
  std::mutex mutex;
  std::unique_lock<std::mutex> lock{mutex};
  try {
    gate.wait_or_refuse(lock);
  } catch (const quipu::error& problem) {
    return problem.code();
  }
  return errc{};
}

}  // namespace

TEST_CASE("fences have numbers of their own", "[journal][fence]") {
  fence_gate gate;
  CHECK_FALSE(gate.is_open());
  CHECK_FALSE(gate.is_open(0));
  const std::uint64_t first = gate.open(fence_policy::wait);
  CHECK(gate.is_open(first));
  gate.close();
  const std::uint64_t second = gate.open(fence_policy::wait);
  CHECK(second != first);
  CHECK_FALSE(gate.is_open(first));
  CHECK(gate.is_open(second));
  CHECK_FALSE(gate.is_open(0));
}

TEST_CASE("the thread that uses a fence is refused, and one that it is handed to", "[journal][fence]") {
  fence_gate gate;
  gate.check_thread();
  static_cast<void>(gate.open(fence_policy::wait));
  CHECK_THROWS_AS(gate.check_thread(), quipu::error);
  CHECK(code_of_waiting(gate) == errc::busy);
  std::thread{[&] { gate.hand_to_this_thread(); }}.join();
  gate.check_thread();
  gate.hand_to_this_thread();
  CHECK(code_of_waiting(gate) == errc::busy);
  CHECK(gate.waiting() == 0);
}

TEST_CASE("others wait for a fence to end, or are refused", "[journal][fence]") {
  std::mutex mutex;
  fence_gate gate;
  {
    const std::lock_guard lock{mutex};
    static_cast<void>(gate.open(fence_policy::wait));
  }
  std::thread other{[&] {
    std::unique_lock<std::mutex> lock{mutex};
    while (gate.is_open()) gate.wait_or_refuse(lock);
  }};
  for (;;) {
    const std::lock_guard lock{mutex};
    if (gate.waiting() == 1) break;
  }
  {
    const std::lock_guard lock{mutex};
    gate.wake_all();  // it is open still: the other waits again
  }
  {
    const std::lock_guard lock{mutex};
    gate.close();
  }
  other.join();
  CHECK(gate.waiting() == 0);

  static_cast<void>(gate.open(fence_policy::refuse));
  errc found{};
  std::thread{[&] { found = code_of_waiting(gate); }}.join();
  CHECK(found == errc::busy);
}
