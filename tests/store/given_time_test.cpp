// SPDX-License-Identifier: BSL-1.0
//
// given_time_test.cpp: times that are given with events, states as of a valid time, and a wall clock that jumps.
#include "store_fixture.hpp"

#ifndef QUIPU_TEST_SINGLE_HEADER
#include <quipu/environment/forwarding.hpp>
#include <quipu/store/read_only_store.hpp>
#endif

#include <catch2/catch.hpp>

#include <chrono>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string>

using namespace store_tests;
using quipu::as_of;
using quipu::event_view;
using quipu::region;

namespace {

const quipu::coordinate alice{"account:alice", "s"};
constexpr std::int64_t hour_us = 3'600'000'000;

/// A machine whose clocks are set by the test.
class set_clocks : public quipu::forwarding_environment {
 public:
  set_clocks() : forwarding_environment{std::make_shared<quipu::memory_environment>()} {}
  [[nodiscard]] std::int64_t now_us() override { return wall_us; }
  [[nodiscard]] std::int64_t steady_us() override { return steady; }

  std::int64_t wall_us{1'700'000'000'000'000};
  std::int64_t steady{5};
};

}  // namespace

TEST_CASE("a given time is kept as it is given, beside the store's own", "[store][given_time]") {
  const memory_world world;
  constexpr std::int64_t extremes[] = {0, -1, std::numeric_limits<std::int64_t>::min(),
                                       std::numeric_limits<std::int64_t>::max()};
  {
    quipu::store store{settings_in(world, small_segments("log"))};
    for (const std::int64_t given : extremes) store.append(alice, deposited{1}, {.timestamp_us = given});
    store.append(alice, deposited{1});
    quipu::batch events;
    events.add(alice, deposited{1}, {.timestamp_us = 7});
    store.append(events);
  }
  quipu::read_only_store store{settings_in(world, small_segments("log"))};
  std::int64_t last_us = 0;
  for (const event_view& each : store.query(region::all())) {
    const auto about = each.header();
    CHECK(about.timestamp_us >= last_us);
    CHECK(about.timestamp_us == each.timestamp_us());
    last_us = about.timestamp_us;
    CHECK(about.valid_time_us() == each.valid_time_us());
    if (each.sequence() < 4) {
      CHECK(about.given_us == extremes[each.sequence()]);
      CHECK(each.valid_time_us() == extremes[each.sequence()]);
      CHECK(each.to_json().find(",\"given_us\":" + std::to_string(extremes[each.sequence()])) != std::string::npos);
    } else if (each.sequence() == 4) {
      CHECK_FALSE(about.given_us.has_value());
      CHECK(about.valid_time_us() == about.timestamp_us);
      CHECK(each.to_json().find("given_us") == std::string::npos);
    } else {
      CHECK(about.given_us == 7);
    }
  }
  CHECK(last_us > 0);
  CHECK_NOTHROW(store.verify());
}

TEST_CASE("as of a valid time, what holds by then is folded, in the order of the log", "[store][given_time]") {
  std::int64_t now = 100;
  quipu::config settings = small_segments();
  settings.clock = [&now] { return now; };
  auto store = quipu::in_memory_store(settings);
  store.append(alice, deposited{1}, {.timestamp_us = 50});
  store.append(alice, deposited{20});  // at 100
  now = 200;
  store.append(alice, deposited{300}, {.timestamp_us = 40});    // entered late
  store.append(alice, deposited{4000}, {.timestamp_us = 500});  // ahead
  const auto cents = [&store](const as_of& moment) {
    const auto state = store.project<account>("account:alice", moment);
    return state ? std::optional{state->cents} : std::nullopt;
  };
  CHECK_FALSE(cents(as_of::valid_time(39)).has_value());
  CHECK(cents(as_of::valid_time(40)) == 300);
  CHECK(cents(as_of::valid_time(50)) == 301);
  CHECK(cents(as_of::valid_time(100)) == 321);
  CHECK(cents(as_of::valid_time(499)) == 321);
  CHECK(cents(as_of::valid_time(std::chrono::system_clock::time_point{std::chrono::microseconds{500}})) == 4321);
  CHECK(cents(as_of::time_us(100)) == 21);  // the store's own time
  CHECK(cents(as_of::time_us(200)) == 4321);
}

TEST_CASE("a given time does not count where an idempotency key repeats, and is erased with the payload",
          "[store][given_time]") {
  auto store = quipu::in_memory_store();
  const auto key = quipu::event_id::from_name("once");
  const auto first = store.append(alice, deposited{1}, {.idempotency_key = key, .timestamp_us = 1});
  CHECK(store.append(alice, deposited{1}, {.idempotency_key = key, .timestamp_us = 2}).id == first.id);
  CHECK(store.get(first.id).header().given_us == 1);
  store.compact(quipu::compaction::tombstone([](const event_view&) { return false; }));
  CHECK_FALSE(store.get(first.id).header().given_us.has_value());
}

TEST_CASE("one reading from 2096 does not become the time of what follows", "[store][given_time]") {
  const auto machine = std::make_shared<set_clocks>();
  const std::int64_t begin = machine->wall_us;
  constexpr std::int64_t in_2096 = 4'000'000'000'000'000;
  const auto append_at = [&](quipu::store& to, std::int64_t wall_us, std::int64_t passed_us) {
    machine->wall_us = wall_us;
    machine->steady += passed_us;
    return to.get(to.append(alice, deposited{1}).id).timestamp_us();
  };
  quipu::config settings{.directory = "log", .environment = machine};
  quipu::store store{settings};
  CHECK(append_at(store, begin, 0) == begin);
  CHECK(append_at(store, in_2096, 10) == begin + 10);
  quipu::batch events;
  events.add(alice, deposited{1});
  events.add(alice, deposited{1});
  CHECK(store.get(store.append(events)[1].id).timestamp_us() == begin + 10);
  auto fence = store.begin_visibility_fence();
  fence.append(alice, deposited{1});
  CHECK(store.get(fence.commit()[0].id).timestamp_us() == begin + 10);
  CHECK(append_at(store, begin + 20, 10) == begin + 20);
  const auto about = store.diagnostics();
  CHECK(about.refused_clock_readings == 3);
  CHECK(about.refused_clock_us == in_2096);

  // A clock that was set is believed after an hour.
  CHECK(append_at(store, in_2096, 0) == begin + 20);
  CHECK(append_at(store, in_2096 + hour_us, hour_us) == in_2096 + hour_us);
}

TEST_CASE("the guard of the clock can be switched off, and does not concern a clock that is given",
          "[store][given_time]") {
  const auto machine = std::make_shared<set_clocks>();
  quipu::config settings{.directory = "log", .environment = machine};
  if (GENERATE(true, false))
    settings.max_clock_advance = std::chrono::milliseconds{0};
  else
    settings.clock = [machine] { return machine->wall_us; };
  quipu::store store{settings};
  store.append(alice, deposited{1});
  machine->wall_us += 100 * hour_us;
  CHECK(store.get(store.append(alice, deposited{1}).id).timestamp_us() == machine->wall_us);
  CHECK(store.diagnostics().refused_clock_readings == 0);
}

TEST_CASE("a limit of the clock's advance out of range is refused", "[store][given_time]") {
  quipu::config settings{.directory = "log"};
  settings.max_clock_advance = std::chrono::milliseconds{-1};
  CHECK_THROWS_WITH(settings.validate(), Catch::Contains("config.max_clock_advance"));
  settings.max_clock_advance = std::chrono::hours{365 * 24} + std::chrono::milliseconds{1};
  CHECK_THROWS_WITH(settings.validate(), Catch::Contains("config.max_clock_advance"));
  settings.max_clock_advance = std::chrono::hours{365 * 24};
  CHECK_NOTHROW(settings.validate());
}
