// SPDX-License-Identifier: BSL-1.0
#ifdef QUIPU_TEST_SINGLE_HEADER
#include <quipu.hpp>
#else
#include <quipu/coordinate/hybrid_clock.hpp>
#endif

#include <catch2/catch.hpp>

#include <cstdint>

using quipu::hybrid_clock;
using reading = quipu::hybrid_clock::reading;

namespace {

constexpr reading after(hybrid_clock clock, std::int64_t physical_us) { return clock.next(physical_us); }

// The first reading is the physical one, whatever it is.
static_assert(after(hybrid_clock{}, 1000) == reading{1000, 0} && after(hybrid_clock{}, 0) == reading{0, 0});
static_assert(after(hybrid_clock{}, -5) == reading{-5, 0});

// Forward: follow. Still or back: count.
static_assert(after(hybrid_clock{reading{1000, 7}}, 1001) == reading{1001, 0});
static_assert(after(hybrid_clock{reading{1000, 7}}, 1000) == reading{1000, 8});
static_assert(after(hybrid_clock{reading{1000, 7}}, 1) == reading{1000, 8});
static_assert(after(hybrid_clock{reading{1000, 7}}, INT64_MIN) == reading{1000, 8});

// Nothing left to count: borrow the next microsecond, and count on from there.
constexpr reading full{1000, hybrid_clock::max_counter};
static_assert(hybrid_clock::max_counter == 4'194'303);
static_assert(after(hybrid_clock{full}, 900) == reading{1001, 0} &&
              after(hybrid_clock{full}, 1000) == reading{1001, 0});
static_assert(after(hybrid_clock{full}, 1001) == reading{1001, 0} &&
              after(hybrid_clock{full}, 1002) == reading{1002, 0});
static_assert(after(hybrid_clock{reading{1000, hybrid_clock::max_counter - 1}}, 900) == full);

constexpr bool counts_on_after_borrowing() {
  hybrid_clock clock{full};
  return clock.next(1000) == reading{1001, 0} && clock.next(1000) == reading{1001, 1} &&
         clock.next(1001) == reading{1001, 2} && clock.next(1002) == reading{1002, 0} &&
         clock.last() == reading{1002, 0};
}
static_assert(counts_on_after_borrowing());

static_assert(reading{1, 9} < reading{2, 0} && reading{1, 1} < reading{1, 2} && reading{-1, 0} < reading{0, 0});

}  // namespace

TEST_CASE("readings strictly ascend, whatever the physical clock does", "[coordinate]") {
  hybrid_clock clock{reading{5000, hybrid_clock::max_counter - 100}};
  reading last = clock.last();
  std::uint32_t noise = 11;
  for (int step = 0; step < 20'000; ++step) {
    noise = noise * 1664525U + 1013904223U;
    const reading next = clock.next(4000 + (noise >> 20));
    REQUIRE(next > last);
    REQUIRE(next.counter <= hybrid_clock::max_counter);
    last = next;
  }
}

TEST_CASE("a clock that is started again carries on", "[coordinate]") {
  hybrid_clock before;
  static_cast<void>(before.next(1000));
  static_cast<void>(before.next(1000));
  hybrid_clock again{before.last()};
  CHECK(again.next(10) == reading{1000, 2});
  CHECK(again.last() == reading{1000, 2});
}
