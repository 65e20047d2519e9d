// SPDX-License-Identifier: BSL-1.0
//
// clock_guard_test.cpp: which readings of a wall clock are believed, and what takes the place of the others.
#ifdef QUIPU_TEST_SINGLE_HEADER
#include <quipu.hpp>
#else
#include <quipu/coordinate/clock_guard.hpp>
#endif

#include <catch2/catch.hpp>

#include <cstdint>

using quipu::clock_guard;

namespace {

constexpr std::int64_t limit = 1000;
constexpr std::int64_t begin = 1'000'000;
constexpr std::int64_t in_2096 = 1'000'000'000'000;

/// Both clocks of a machine; `steady` begins anywhere.
struct machine {
  clock_guard guard{limit};
  std::int64_t wall{begin};
  std::int64_t steady{77};

  std::int64_t read() {
    return guard.time_of(wall, [this] { return steady; });
  }
  /// Time passes.
  std::int64_t read_after(std::int64_t us) {
    wall += us;
    steady += us;
    return read();
  }
};

}  // namespace

TEST_CASE("a wall clock that advances as the steady one does is believed, however long it rests", "[clock_guard]") {
  machine any;
  CHECK(any.read() == begin);
  CHECK(any.read_after(10) == begin + 10);
  CHECK(any.read_after(limit * 1000) == begin + 10 + limit * 1000);
  any.wall += limit;  // as far as it may
  CHECK(any.read_after(limit * 1000) == any.wall);
  any.wall -= 500'000;  // the hybrid clock's concern
  CHECK(any.read() == any.wall);
  CHECK(any.guard.refused() == 0);
}

TEST_CASE("one reading from far ahead is refused, and time goes on", "[clock_guard]") {
  machine any;
  static_cast<void>(any.read());
  any.steady += 50;
  any.wall = in_2096;
  CHECK(any.read() == begin + 50);
  any.wall = begin + 60;
  any.steady += 10;
  CHECK(any.read() == begin + 60);
  CHECK(any.guard.refused() == 1);
  CHECK(any.guard.last_refused_us() == in_2096);
}

TEST_CASE("a jump that the clock keeps to is believed after a while", "[clock_guard]") {
  machine any;
  static_cast<void>(any.read());
  any.wall = in_2096;
  CHECK(any.read() == begin);
  CHECK(any.read_after(limit - 1) == begin + limit - 1);
  CHECK(any.read_after(1) == in_2096 + limit);
  CHECK(any.guard.refused() == 2);
  CHECK(any.read_after(limit + 1) == in_2096 + 2 * limit + 1);
}

TEST_CASE("a jump that the clock does not keep to is never believed", "[clock_guard]") {
  machine any;
  static_cast<void>(any.read());
  SECTION("each reading is another") {
    for (std::int64_t number = 1; number < 10; ++number) {
      any.steady += limit;
      any.wall = in_2096 * number;
      CHECK(any.read() == begin + number * limit);
    }
  }
  SECTION("good readings lie between") {
    for (std::int64_t number = 1; number < 10; ++number) {
      any.steady += limit;
      any.wall = in_2096 + number * limit;
      CHECK(any.read() == begin + number * limit);
      any.wall = begin + number * limit;
      CHECK(any.read() == any.wall);
    }
  }
}

TEST_CASE("a guard without a limit believes everything, and reads no steady clock", "[clock_guard]") {
  clock_guard guard;
  const auto none = []() -> std::int64_t { throw "not to be called"; };
  for (const std::int64_t wall : {std::int64_t{0}, in_2096, std::int64_t{5}, (std::int64_t{1} << 48) * 1000})
    CHECK(guard.time_of(wall, none) == wall);
}
