// SPDX-License-Identifier: BSL-1.0
//
// flush_timer_test.cpp: the timer flushes after its interval and when it is asked, once it is started.
#ifdef QUIPU_TEST_SINGLE_HEADER
#include <quipu.hpp>
#else
#include <quipu/journal/write/flush_timer.hpp>
#endif

#include <catch2/catch.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <thread>
#include <vector>

using quipu::detail::flush_timer;

namespace {

/// A timer, and the rooms that it was to make.
struct timed {
  explicit timed(std::uint64_t interval_ms)
      : timer{mutex, interval_ms, [this](auto& lock, std::uint64_t room) { take(lock, room); }} {}
  ~timed() {
    {
      const std::lock_guard lock{mutex};
      timer.stop();
    }
    timer.join();
  }
  void take(std::unique_lock<std::mutex>& lock, std::uint64_t room) {
    if (!lock.owns_lock()) room = UINT64_MAX;
    rooms.push_back(room);
  }
  std::vector<std::uint64_t> rooms_after(std::size_t count) {
    for (;;) {
      {
        const std::lock_guard lock{mutex};
        if (rooms.size() >= count) return rooms;
      }
      std::this_thread::yield();
    }
  }

  std::mutex mutex;
  std::vector<std::uint64_t> rooms;
  flush_timer timer;
};

}  // namespace

TEST_CASE("a timer flushes after each interval", "[journal][timer]") {
  timed with{1};
  {
    const std::lock_guard lock{with.mutex};
    CHECK(with.timer.try_start_interval());
    CHECK(with.timer.try_start_interval());
  }
  const auto rooms = with.rooms_after(3);
  CHECK(rooms[0] == 0);
  CHECK(rooms[2] == 0);
}

TEST_CASE("a timer without an interval flushes when it is asked, for the largest room", "[journal][timer]") {
  timed with{0};
  {
    const std::lock_guard lock{with.mutex};
    CHECK(with.timer.try_start_interval());  // starts nothing
    with.timer.ask(5);                       // for when it is started
    with.timer.ask(9);
    with.timer.ask(0);
    with.timer.start();
  }
  CHECK(with.rooms_after(1) == std::vector<std::uint64_t>{9});
  {
    const std::lock_guard lock{with.mutex};
    with.timer.ask(0);
  }
  CHECK(with.rooms_after(2) == std::vector<std::uint64_t>{9, 0});
}

TEST_CASE("a timer that was stopped isn't started again", "[journal][timer]") {
  timed with{1};
  {
    const std::lock_guard lock{with.mutex};
    with.timer.stop();
    with.timer.start();
    with.timer.ask(1);
  }
  with.timer.join();
  std::this_thread::sleep_for(std::chrono::milliseconds{20});
  CHECK(with.rooms.empty());
}
