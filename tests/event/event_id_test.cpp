// SPDX-License-Identifier: BSL-1.0
//
// event_id_test.cpp: the bits of a version 7 id (RFC 9562), its text, ids of names, and what a process generates.
#ifdef QUIPU_TEST_SINGLE_HEADER
#include <quipu.hpp>
#else
#include <quipu/event/event_id.hpp>
#endif

#include <catch2/catch.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <sstream>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <sys/wait.h>
#include <unistd.h>

using quipu::event_id;
using quipu::hybrid_clock;
using reading = quipu::hybrid_clock::reading;

namespace {

// 48 bits of milliseconds, version, the microsecond within the millisecond, variant, counter, random bits.
constexpr event_id pinned = event_id::from_reading({1'700'000'000'123'456, 0x2ABCDE}, 0xFFFF112233445566U);
static_assert(pinned == event_id::parse("018bcfe5-687b-71c8-aabc-de2233445566"));
static_assert(pinned.version() == 7 && pinned.raw()[8] >> 6 == 2 && !pinned.is_nil());
static_assert(pinned.reading() == reading{1'700'000'000'123'456, 0x2ABCDE});

constexpr bool survives(reading at) { return event_id::from_reading(at, ~std::uint64_t{0}).reading() == at; }
static_assert(survives({0, 0}) && survives({999, 1}) && survives({1000, hybrid_clock::max_counter}));
static_assert(survives({(std::int64_t{1} << 48) * 1000 - 1, 0}), "the last microsecond of the year 10889");
static_assert(event_id::from_reading({-7, 3}, 0).reading() == reading{0, 3}, "before 1970 there are no ids");
static_assert(event_id::from_reading({5, hybrid_clock::max_counter}, ~std::uint64_t{0}).version() == 7);
static_assert(event_id::from_reading({5, hybrid_clock::max_counter}, ~std::uint64_t{0}).raw()[8] >> 6 == 2);

// Ids ascend with the reading, whatever the random bits are.
constexpr bool ascends(reading earlier, reading later) {
  return event_id::from_reading(earlier, ~std::uint64_t{0}) < event_id::from_reading(later, 0);
}
static_assert(ascends({1000, 0}, {1000, 1}) && ascends({1000, hybrid_clock::max_counter}, {1001, 0}));
static_assert(ascends({1999, 9}, {2000, 0}) && ascends({255'999, 9}, {256'000, 0}) &&
              ascends({1000, 255}, {1000, 256}));

static_assert(event_id{} == event_id::nil() && event_id{}.is_nil() && event_id::nil() < pinned);
static_assert(event_id::parse("00000000-0000-0000-0000-000000000000")->is_nil());

}  // namespace

TEST_CASE("an id and its text are one", "[event][event_id]") {
  CHECK(pinned.str() == "018bcfe5-687b-71c8-aabc-de2233445566");
  CHECK(event_id::parse("018BCFE5-687B-71C8-AABC-DE2233445566") == pinned);
  CHECK(event_id::nil().str() == "00000000-0000-0000-0000-000000000000");
  std::ostringstream out;
  out << pinned;
  CHECK(out.str() == pinned.str());
  for (int count = 0; count < 100; ++count) {
    const event_id id = event_id::generate();
    REQUIRE(event_id::parse(id.str()) == id);
  }
}

TEST_CASE("a text that isn't an id is refused", "[event][event_id]") {
  const std::string good = pinned.str();
  for (const char* bad : {"", "018bcfe5687b71c8aabcde2233445566", "{018bcfe5-687b-71c8-aabc-de2233445566}",
                          "018bcfe5-687b-71c8-aabc-de22334455667", "018bcfe5-687b-71c8-aabc-de223344556",
                          "018bcfe56-87b-71c8-aabc-de2233445566"})
    CHECK_FALSE(event_id::parse(bad));
  for (std::size_t at = 0; at < good.size(); ++at) {
    for (const char wrong : {'g', 'x', ' ', ':', '\0', good[at] == '-' ? '0' : '-'}) {
      std::string damaged = good;
      damaged[at] = wrong;
      CAPTURE(at, wrong);
      CHECK_FALSE(event_id::parse(damaged));
    }
  }
}

TEST_CASE("the id of a name is always the same", "[event][event_id]") {
  // The first 16 bytes of BLAKE3 of the name, with version 8. Stored as idempotency keys: never change these.
  CHECK(event_id::from_name("order:4711").str() == "6e55b862-c204-873e-8963-95ed03868c41");
  CHECK(event_id::from_name("").str() == "af1349b9-f5f9-81a6-a040-4dea36dcc949");
  CHECK(event_id::from_name("order:4711").version() == 8);
  CHECK(event_id::from_name("order:4711") != event_id::from_name("order:4712"));
  using namespace std::string_view_literals;
  CHECK(event_id::from_name("a\0b"sv) != event_id::from_name("a\0c"sv));
}

TEST_CASE("generated ids carry the time", "[event][event_id]") {
  const auto now_us = [] {
    return std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::system_clock::now().time_since_epoch())
        .count();
  };
  const std::int64_t before = now_us();
  const event_id id = event_id::generate();
  CHECK(id.version() == 7);
  CHECK(id.reading().wall_us >= before - 1'000'000);  // a clock that is set while this runs is allowed for
  CHECK(id.reading().wall_us <= now_us() + 1'000'000);
}

TEST_CASE("each generated id is later than all before it", "[event][event_id]") {
  event_id last = event_id::generate();
  for (int count = 0; count < 100'000; ++count) {
    const event_id next = event_id::generate();
    if (!(last < next)) FAIL(last << " before " << next);
    last = next;
  }
  SUCCEED("100,000 ids in order");
}

TEST_CASE("ids are distinct, and in order, across threads", "[event][event_id]") {
  constexpr std::size_t threads = 4, each = 5'000;
  std::array<std::vector<event_id>, threads> found;
  std::mutex turn;
  event_id last_of_all = event_id::generate();
  std::atomic<bool> in_order{true};
  std::vector<std::thread> running;
  for (std::size_t index = 0; index < threads; ++index) {
    running.emplace_back([&, index] {
      for (std::size_t count = 0; count < each; ++count) {
        found[index].push_back(event_id::generate());
        if (count % 4 != 0) continue;
        const std::lock_guard lock{turn};  // what was generated before, by whichever thread, is earlier
        const event_id next = event_id::generate();
        if (!(last_of_all < next)) in_order = false;
        last_of_all = next;
        found[index].push_back(next);
      }
    });
  }
  for (std::thread& thread : running) thread.join();
  CHECK(in_order);
  std::vector<event_id> all;
  for (const auto& ids : found) {
    CHECK(std::is_sorted(ids.begin(), ids.end()));
    all.insert(all.end(), ids.begin(), ids.end());
  }
  std::sort(all.begin(), all.end());
  CHECK(all.size() == threads * (each + each / 4));
  CHECK(std::adjacent_find(all.begin(), all.end()) == all.end());
}

TEST_CASE("a forked child doesn't repeat its parent's random bits", "[event][event_id]") {
  static_cast<void>(event_id::generate());
  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  const event_id own = event_id::generate();
  if (child == 0) {
    const bool written = ::write(ends[1], own.raw().data(), 16) == 16;
    ::_exit(written ? 0 : 1);
  }
  std::array<std::uint8_t, 16> raw{};
  const bool whole = ::read(ends[0], raw.data(), raw.size()) == 16;
  int status = 0;
  ::waitpid(child, &status, 0);
  ::close(ends[0]);
  ::close(ends[1]);
  REQUIRE(whole);
  CHECK_FALSE(std::equal(own.raw().begin() + 11, own.raw().end(), raw.begin() + 11));
}

TEST_CASE("ids that are made one after the other within one comparison compare in that order", "[event_id]") {
  static_assert(std::totally_ordered<quipu::event_id> && std::three_way_comparable<quipu::event_id>);
  CHECK(((quipu::event_id::generate() < quipu::event_id::generate())));
  CHECK(((quipu::event_id::generate() <= quipu::event_id::generate())));
  CHECK(((quipu::event_id::generate() <=> quipu::event_id::generate()) < 0));
}
