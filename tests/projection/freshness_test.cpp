// SPDX-License-Identifier: BSL-1.0
#ifdef QUIPU_TEST_SINGLE_HEADER
#include <quipu.hpp>
#else
#include <quipu/projection/freshness.hpp>
#endif

#include <catch2/catch.hpp>

#include <chrono>
#include <cstdint>
#include <limits>

using quipu::errc;
using quipu::freshness;
using namespace std::chrono_literals;

namespace {

constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t least = std::numeric_limits<std::int64_t>::min();

static_assert(freshness{} == freshness::consistent());
static_assert(freshness::consistent().is_consistent());
static_assert(!freshness::consistent().is_maybe_stale() && !freshness::consistent().is_at_least());
static_assert(freshness::at_least(7).is_at_least() && freshness::at_least(7).sequence() == 7 &&
              !freshness::at_least(7).is_consistent());
static_assert(freshness::at_least(0) != freshness::consistent() &&
              freshness::maybe_stale(0ms) != freshness::consistent());
static_assert(freshness::at_least(7) != freshness::at_least(8) &&
              freshness::maybe_stale(7ms) != freshness::maybe_stale(8ms));

// Any unit, rounded down to milliseconds.
static_assert(freshness::maybe_stale(250ms).window_ms() == 250 && freshness::maybe_stale(250ms).is_maybe_stale());
static_assert(freshness::maybe_stale(2s).window_ms() == 2000 && freshness::maybe_stale(1h).window_ms() == 3'600'000);
static_assert(freshness::maybe_stale(1999us).window_ms() == 1 && freshness::maybe_stale(999'999ns).window_ms() == 0);
static_assert(freshness::maybe_stale(std::chrono::duration<double>{0.0125}).window_ms() == 12);
static_assert(freshness::maybe_stale(std::chrono::duration<std::int64_t, std::ratio<1, 3>>{2}).window_ms() == 666);
static_assert(freshness::maybe_stale(std::chrono::hours{std::numeric_limits<std::chrono::hours::rep>::max()})
                  .window_ms() == most);
static_assert(freshness::maybe_stale(std::chrono::duration<double>{1e300}).window_ms() == most);

// What a window allows, to the microsecond.
constexpr freshness within_five_ms = freshness::maybe_stale(5ms);
static_assert(within_five_ms.allows_age(1000, 1000) && within_five_ms.allows_age(1000, 6000));
static_assert(!within_five_ms.allows_age(1000, 6001) && within_five_ms.allows_age(1000, 5999));
static_assert(!within_five_ms.allows_age(1001, 1000) &&
                  !freshness::maybe_stale(std::chrono::milliseconds{most}).allows_age(1001, 1000),
              "a state from the future");
static_assert(within_five_ms.allows_age(-2000, 3000) && !within_five_ms.allows_age(-2000, 3001));
static_assert(!within_five_ms.allows_age(least, most) &&
              freshness::maybe_stale(std::chrono::milliseconds{most}).allows_age(least, most));
static_assert(freshness::maybe_stale(0ms).allows_age(9, 9) && !freshness::maybe_stale(0ms).allows_age(9, 10));
static_assert(!freshness::consistent().allows_age(9, 9) && !freshness::at_least(0).allows_age(9, 9));

template <class Duration>
errc refusal_of(const Duration& window) {
  try {
    static_cast<void>(freshness::maybe_stale(window));
  } catch (const quipu::error& refused) {
    return refused.code();
  }
  return errc{};
}

}  // namespace

TEST_CASE("a window is 0 or longer", "[projection][freshness]") {
  CHECK(refusal_of(0ms) == errc{});
  CHECK(refusal_of(-1ms) == errc::invalid_argument);
  CHECK(refusal_of(-1ns) == errc::invalid_argument);
  CHECK(refusal_of(std::chrono::duration<double>{-0.0001}) == errc::invalid_argument);
  CHECK(refusal_of(std::chrono::duration<double>{std::numeric_limits<double>::quiet_NaN()}) == errc::invalid_argument);
  CHECK(refusal_of(std::chrono::duration<double>{std::numeric_limits<double>::infinity()}) == errc{});
}
