// SPDX-License-Identifier: BSL-1.0
#ifdef QUIPU_TEST_SINGLE_HEADER
#include <quipu.hpp>
#else
#include <quipu/projection/as_of.hpp>
#endif

#include <catch2/catch.hpp>

#include <chrono>
#include <cstdint>
#include <limits>

using quipu::as_of;
using std::chrono::system_clock;

namespace {

constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t least = std::numeric_limits<std::int64_t>::min();

template <class Duration>
using system_time = std::chrono::time_point<system_clock, Duration>;

// By entity sequence: neither the sequence nor the time matters.
constexpr as_of third = as_of::entity_sequence(3);
static_assert(third.is_entity_sequence() && !third.is_sequence());
static_assert(third.last_entity_sequence() == 3 && third.last_sequence() == 0 && third.time_us() == 0);
static_assert(third.includes(99, 3, most) && third.includes(99, 0, most) && !third.includes(0, 4, least));
static_assert(as_of::entity_sequence(0).includes(9, 0, 0) && !as_of::entity_sequence(0).includes(0, 1, 0));

// By the store's sequence: neither the entity sequence nor the time does.
constexpr as_of seventh = as_of::sequence(7);
static_assert(seventh.is_sequence() && !seventh.is_entity_sequence());
static_assert(seventh.last_sequence() == 7 && seventh.last_entity_sequence() == 0 && seventh.time_us() == 0);
static_assert(seventh.includes(7, 99, most) && seventh.includes(0, 99, most) && !seventh.includes(8, 0, least));
static_assert(seventh == as_of::sequence(7) && seventh != as_of::sequence(8) && seventh != as_of::entity_sequence(7));

// By time: no sequence does.
static_assert(!as_of::time_us(5).is_sequence() && !as_of::time_us(5).is_entity_sequence() &&
              as_of::time_us(5).time_us() == 5);
static_assert(as_of::time_us(5).last_sequence() == 0 && as_of::time_us(5).last_entity_sequence() == 0);
static_assert(as_of::time_us(5).includes(99, 99, 5) && as_of::time_us(5).includes(99, 99, least) &&
              !as_of::time_us(5).includes(0, 0, 6));
static_assert(as_of::time(std::int64_t{5}) == as_of::time_us(5));

// Time points of any unit, rounded down to a microsecond, also before 1970.
static_assert(as_of::time(system_time<std::chrono::seconds>{std::chrono::seconds{2}}) == as_of::time_us(2'000'000));
static_assert(as_of::time(system_time<std::chrono::nanoseconds>{std::chrono::nanoseconds{1999}}) == as_of::time_us(1));
static_assert(as_of::time(system_time<std::chrono::nanoseconds>{std::chrono::nanoseconds{-1}}) == as_of::time_us(-1));
static_assert(as_of::time(system_time<std::chrono::duration<double>>{std::chrono::duration<double>{-0.0000015}}) ==
              as_of::time_us(-2));
static_assert(as_of::time(system_time<std::chrono::hours>{std::chrono::hours::max()}) == as_of::time_us(most));
static_assert(as_of::time(system_time<std::chrono::hours>{std::chrono::hours::min()}) == as_of::time_us(least));

static_assert(as_of::entity_sequence(3) == as_of::entity_sequence(3) &&
              as_of::entity_sequence(3) != as_of::entity_sequence(4));
static_assert(as_of::entity_sequence(0) != as_of::time_us(0), "the first event isn't the first microsecond");

template <class Point>
constexpr bool is_taken = requires(const Point& point) {
  as_of::time(point);
};
static_assert(is_taken<system_clock::time_point> && is_taken<system_time<std::chrono::milliseconds>>);
static_assert(!is_taken<std::chrono::steady_clock::time_point>, "a steady clock's points mean nothing to a log");
static_assert(!is_taken<std::chrono::milliseconds>);

}  // namespace

TEST_CASE("a moment cuts a history into what had happened and what hadn't", "[projection][as_of]") {
  const std::int64_t times[] = {100, 100, 200, 300};
  const auto included = [&times](const as_of& moment) {
    int count = 0;
    for (std::uint64_t sequence = 0; sequence < 4; ++sequence)
      count += moment.includes(10 + sequence, sequence, times[sequence]) ? 1 : 0;
    return count;
  };
  CHECK(included(as_of::entity_sequence(0)) == 1);
  CHECK(included(as_of::entity_sequence(2)) == 3);
  CHECK(included(as_of::entity_sequence(99)) == 4);
  CHECK(included(as_of::sequence(9)) == 0);
  CHECK(included(as_of::sequence(11)) == 2);
  CHECK(included(as_of::sequence(99)) == 4);
  CHECK(included(as_of::time_us(99)) == 0);
  CHECK(included(as_of::time_us(100)) == 2);
  CHECK(included(as_of::time_us(299)) == 3);
  CHECK(included(as_of::time(system_clock::now())) == 4);
}
