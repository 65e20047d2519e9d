// SPDX-License-Identifier: BSL-1.0
#ifdef QUIPU_TEST_SINGLE_HEADER
#include <quipu.hpp>
#else
#include <quipu/coordinate/dag_position.hpp>
#endif

#include <catch2/catch.hpp>

#include <compare>
#include <cstdint>

using quipu::dag_position;
using quipu::errc;

namespace {

constexpr dag_position at(std::uint32_t depth, std::uint32_t lane, std::uint64_t sequence, std::uint64_t wall_ms = 0,
                          std::uint32_t counter = 0) {
  return {depth, lane, sequence, wall_ms, counter};
}

static_assert(dag_position::root() == at(0, 0, 0));
static_assert(at(1, 2, 3, 4, 5).child(9) == at(1, 2, 9, 4, 5));

// A clock that advances is followed; one that stands still or goes back is held, and counted.
static_assert(at(1, 2, 3, 100, 5).child_at(4, 101, 0) == at(1, 2, 4, 101, 0));
static_assert(at(1, 2, 3, 100, 5).child_at(4, 100, 6) == at(1, 2, 4, 100, 6));
static_assert(at(1, 2, 3, 100, 5).child_at(4, 100, 5) == at(1, 2, 4, 100, 6));
static_assert(at(1, 2, 3, 100, 5).child_at(4, 100, 0) == at(1, 2, 4, 100, 6));
static_assert(at(1, 2, 3, 100, 5).child_at(4, 99, 900) == at(1, 2, 4, 100, 6));
static_assert(at(1, 2, 3, 100, UINT32_MAX).child_at(4, 99, 0) == at(1, 2, 4, 101, 0),
              "a full counter borrows the next millisecond");
static_assert(at(1, 2, 3, 100, UINT32_MAX).child_at(4, 100, UINT32_MAX) == at(1, 2, 4, 101, 0));

static_assert(at(1, 2, 3, 100, 5).fork(2, 7) == at(2, 7, 0, 100, 5));

// Ordered within a lane by sequence, and not at all across lanes or depths.
static_assert(at(1, 2, 3) < at(1, 2, 4) && at(1, 2, 4) > at(1, 2, 3) && at(1, 2, 3) <= at(1, 2, 3));
static_assert((at(1, 2, 3) <=> at(1, 2, 3)) == std::partial_ordering::equivalent);
static_assert((at(1, 2, 3) <=> at(1, 3, 4)) == std::partial_ordering::unordered);
static_assert((at(1, 2, 3) <=> at(2, 2, 4)) == std::partial_ordering::unordered);
static_assert(!(at(1, 2, 3) < at(1, 3, 4)) && !(at(1, 2, 3) > at(1, 3, 4)) && at(1, 2, 3) != at(1, 3, 3));
static_assert((at(1, 2, 3, 5) <=> at(1, 2, 3, 6)) == std::partial_ordering::unordered,
              "one place, two times: not the same event");

static_assert(at(1, 2, 3).is_ancestor_of(at(1, 2, 4)) && !at(1, 2, 4).is_ancestor_of(at(1, 2, 3)));
static_assert(!at(1, 2, 3).is_ancestor_of(at(1, 2, 3)) && !at(1, 2, 3).is_ancestor_of(at(1, 3, 4)) &&
              !at(1, 2, 3).is_ancestor_of(at(2, 2, 4)));

}  // namespace

TEST_CASE("a fork lies deeper than where it leaves", "[coordinate]") {
  const dag_position here = at(3, 0, 10, 100, 1);
  CHECK(here.fork(4, 0) == at(4, 0, 0, 100, 1));
  CHECK(here.fork(9, 5).depth == 9);
  for (const std::uint32_t depth : {0U, 2U, 3U}) {
    try {
      static_cast<void>(here.fork(depth, 1));
      FAIL("depth " << depth << " was taken");
    } catch (const quipu::error& refused) {
      CHECK(refused.code() == errc::invalid_argument);
    }
  }
}

TEST_CASE("time never goes back along a lane, whatever the clock says", "[coordinate]") {
  dag_position last = at(0, 0, 0, 1000, UINT32_MAX - 3);
  std::uint32_t noise = 3;
  for (std::uint64_t sequence = 1; sequence < 2000; ++sequence) {
    noise = noise * 1664525U + 1013904223U;
    const dag_position next = last.child_at(sequence, 900 + (noise >> 24), (noise >> 8) & 3);
    REQUIRE((next.wall_ms > last.wall_ms || (next.wall_ms == last.wall_ms && next.counter > last.counter)));
    REQUIRE(last.is_ancestor_of(next));
    last = next;
  }
}
