// SPDX-License-Identifier: BSL-1.0
//
// store_submit_test.cpp: tickets, try_submit under pressure, outboxes. What a ticket promised is so when it was waited
// for; many share a flush.
#include "store_fixture.hpp"

#include "../journal/crash_fixture.hpp"

#include <catch2/catch.hpp>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <thread>
#include <vector>

using namespace store_tests;
using namespace std::chrono_literals;
using quipu::durability;
using quipu::errc;
using quipu::region;

TEST_CASE("many tickets share one flush, and none is visible before it", "[store][submit]") {
  auto store = quipu::in_memory_store(small_segments());
  store.append({"a", "s"}, deposited{0});
  const std::uint64_t flushes = store.stats().flushes;
  std::vector<quipu::ticket> tickets;
  for (int number = 1; number <= 10; ++number) tickets.push_back(store.submit({"a", "s"}, deposited{number}));
  CHECK(store.stats().flushes == flushes);
  CHECK(store.count(region::all()) == 1);
  CHECK_FALSE(tickets[0].ready());
  CHECK(store.writer_pressure().events_not_durable == 10);
  CHECK(store.writer_pressure().waiting_bytes > 0);
  const quipu::receipt first = tickets[0].wait();
  CHECK(store.stats().flushes == flushes + 1);
  CHECK(first.durable);
  CHECK(first.hash == store.get(first.id).hash());
  for (std::size_t index = 0; index < tickets.size(); ++index) {
    CHECK(tickets[index].ready());
    const quipu::receipt given = tickets[index].wait();
    CHECK(given.sequence == index + 1);
    CHECK(given.id == tickets[index].id());
    CHECK(given == tickets[index].wait());
    CHECK(store.get(given.id).as<deposited>().cents == static_cast<std::int64_t>(index) + 1);
  }
  CHECK(store.stats().flushes == flushes + 1);
}

TEST_CASE("a buffered ticket is ready and visible at once, unless a durable one is before it", "[store][submit]") {
  auto store = quipu::in_memory_store(small_segments());
  auto first = store.submit({"a", "s"}, deposited{1}, {.durability = durability::buffered});
  CHECK(first.ready());
  CHECK(store.count(region::all()) == 1);
  CHECK_FALSE(first.wait().durable);
  auto durable = store.submit({"a", "s"}, deposited{2});
  auto behind = store.submit({"a", "s"}, deposited{3}, {.durability = durability::buffered});
  CHECK_FALSE(behind.ready());
  CHECK(store.count(region::all()) == 1);
  CHECK(behind.wait().sequence == 2);
  CHECK(durable.ready());
  CHECK(store.count(region::all()) == 3);
}

TEST_CASE("what is refused is thrown by submit, and leaves no trace", "[store][submit]") {
  auto store = quipu::in_memory_store(small_segments());
  store.append({"a", "s"}, deposited{1});
  try {
    static_cast<void>(store.submit({"a", "s"}, deposited{2}, {.expected = quipu::expected_version::no_stream()}));
    FAIL("nothing was thrown");
  } catch (const quipu::conflict_error& conflict) {
    std::uint64_t between = 0;
    for (const auto& each : conflict.between()) between += each.sequence() + 1;
    CHECK(between == 1);
  }
  CHECK(code_of([&] {
          static_cast<void>(store.submit({"a", "s"}, deposited{2}, {.causation_id = quipu::event_id::generate()}));
        }) == errc::not_found);
  const auto refused = store.try_submit({"a", "s"}, deposited{2}, {.expected = quipu::expected_version::no_stream()});
  REQUIRE(refused.is_error());
  CHECK(refused.error().kind == quipu::error_kind::conflict);
  CHECK(store.try_submit_raw({"a", "s"}, quipu::event_kind::data, "x").is_error());
  CHECK(store.writer_pressure().events_not_durable == 0);
  CHECK(store.count(region::all()) == 1);
}

TEST_CASE("wait_for begins nothing with a limit of zero, and otherwise has a thread flush", "[store][submit]") {
  auto store = quipu::in_memory_store(small_segments());
  auto ticket = store.submit({"a", "s"}, deposited{1});
  const std::uint64_t flushes = store.stats().flushes;
  CHECK_FALSE(ticket.wait_for(0ms));
  CHECK(store.stats().flushes == flushes);
  const auto given = ticket.wait_for(1min);
  REQUIRE(given);
  CHECK(given->durable);
  CHECK(ticket.wait_for(0ms) == given);
}

TEST_CASE("a ticket that is dropped leaves its event, which the timer, a sync or the closing flushes",
          "[store][submit]") {
  for (int way = 0; way < 4; ++way) {
    const memory_world world;
    quipu::config settings = small_segments();
    settings.sync.interval_ms = way == 0 ? 1 : 0;
    {
      quipu::store store{settings_in(world, settings)};
      static_cast<void>(store.submit({"a", "s"}, deposited{1}));
      if (way == 0)
        while (store.writer_pressure().events_not_durable != 0) std::this_thread::yield();
      if (way == 1) store.sync();
      if (way == 2) store.append({"b", "s"}, deposited{2}, {.durability = durability::buffered});  // waits behind it
      if (way < 3) CHECK(store.count(region::entity("a")) == 1);
      store.close();
    }
    quipu::store store{settings_in(world, settings)};
    CHECK(store.count(region::entity("a")) == 1);
  }
}

TEST_CASE("tickets outlive the store, whose closing flushes", "[store][submit]") {
  std::optional<quipu::ticket> kept;
  std::optional<quipu::batch_ticket> batch;
  {
    auto store = quipu::in_memory_store(small_segments());
    kept.emplace(store.submit({"a", "s"}, deposited{1}));
    quipu::batch events;
    events.add_reaction({"a", "s"}, deposited{3}, events.add({"a", "s"}, deposited{2}));
    batch.emplace(store.submit_batch(events));
    CHECK(batch->size() == 2);
    CHECK(batch->id(1) != batch->id(0));
  }
  CHECK(kept->ready());
  CHECK(kept->wait().durable);
  const auto receipts = batch->wait();
  CHECK(receipts.at(1).sequence == 2);
  CHECK(receipts.at(1).durable);
  quipu::ticket moved = *std::move(kept);
  CHECK(moved.try_wait().is_ok());
  CHECK(code_of([&] { kept->wait(); }) == errc::invalid_argument);
}

TEST_CASE("a flush that fails is told to who waits, in whatever order", "[store][submit]") {
  simulation::disk machine;
  simulation::store store{settings_in(machine, simulation::small_store())};
  store.append({"a", "s"}, simulation::noted{1, "x"});
  auto durable = store.submit({"a", "s"}, simulation::noted{2, "x"});
  auto other = store.submit({"a", "s"}, simulation::noted{3, "x"});
  machine.plan({.at = 0, .persists = true});
  CHECK(code_of([&] { durable.wait(); }) == errc::io_failed);
  CHECK(other.ready());
  CHECK(code_of([&] { other.wait(); }) == errc::writer_failed);
  CHECK(code_of([&] { static_cast<void>(other.wait_for(1min)); }) == errc::writer_failed);
  CHECK(code_of([&] {
          static_cast<void>(store.submit({"a", "s"}, simulation::noted{4, "x"}));
        }) == errc::writer_failed);
  CHECK(store.count(region::all()) == 1);
}

TEST_CASE("a forked child can't wait for its parent's tickets", "[store][submit]") {
  const scratch_folder folder;
  quipu::store store{small_segments(folder / "d")};
  auto ticket = store.submit({"a", "s"}, deposited{1});
  CHECK(in_child([&] {
          const bool wait = code_of([&] { ticket.wait(); }) == errc::locked;
          const bool wait_for = code_of([&] { static_cast<void>(ticket.wait_for(1s)); }) == errc::locked;
          return wait && wait_for ? 0 : 1;
        }) == 0);
  CHECK(ticket.wait().durable);
}

TEST_CASE("try_submit is a retry under pressure, and a thread of the store's makes room", "[store][submit]") {
  quipu::config settings = small_segments();
  settings.segment_max_bytes = 1 << 20;
  settings.writer.buffer_bytes = 4096;
  settings.writer.retry_attempts = 7;
  auto store = quipu::in_memory_store(settings);
  std::uint64_t accepted = 0;
  std::vector<quipu::ticket> tickets;
  while (accepted < 500) {
    auto result = store.try_submit({"a", "s"}, withdrawn{static_cast<std::int64_t>(accepted), std::string(600, 'm')});
    if (result.is_ok()) {
      CHECK(store.writer_pressure().waiting_bytes <= 2 * 4096U);
      tickets.push_back(std::move(result).into_value());
      ++accepted;
      continue;
    }
    REQUIRE(result.is_retry());
    CHECK(result.retry().after_ms >= 1);
    CHECK(result.retry().max_attempts == 7);
    CHECK_FALSE(result.retry().reason.str().empty());
    std::this_thread::yield();
  }
  for (auto& each : tickets) REQUIRE(each.wait().durable);
  CHECK(store.count(region::all()) == 500);
}

TEST_CASE("submit alone bounds what waits", "[store][submit]") {
  quipu::config settings = small_segments();
  settings.segment_max_bytes = 1 << 20;
  settings.writer.buffer_bytes = 4096;
  auto store = quipu::in_memory_store(settings);
  std::uint64_t most = 0;
  for (int number = 0; number < 100; ++number) {
    static_cast<void>(store.submit({"a", "s"}, withdrawn{number, std::string(600, 'm')}));
    most = std::max(most, store.writer_pressure().waiting_bytes);
  }
  CHECK(most < 4096 + 2048);
  CHECK(store.stats().flushes > 5);
}

TEST_CASE("try_submit seals no segment itself, waits for no key and no cause", "[store][submit]") {
  auto store = quipu::in_memory_store(small_segments());
  const auto key = quipu::event_id::from_name("k");
  auto first = store.submit({"a", "s"}, deposited{1}, {.idempotency_key = key});
  auto again = store.try_submit({"a", "s"}, deposited{1}, {.idempotency_key = key});
  CHECK(again.is_retry());
  first.wait();
  again = store.try_submit({"a", "s"}, deposited{1}, {.idempotency_key = key});
  REQUIRE(again.is_ok());
  CHECK(std::move(again).into_value().wait().id == first.id());
  auto cause = store.submit({"a", "s"}, deposited{2});
  CHECK(store.try_submit({"a", "s"}, deposited{3}, {.causation_id = cause.id()}).is_retry());
  cause.wait();
  CHECK(store.try_submit({"a", "s"}, deposited{3}, {.causation_id = cause.id()}).is_ok());
  std::uint64_t retries = 0;
  for (int number = 0; number < 20;) {
    const auto result = store.try_submit({"a", "s"}, withdrawn{number, std::string(900, 'm')});
    if (result.is_ok())
      ++number;
    else if (result.is_retry())
      ++retries;
    else
      FAIL("an error");
    std::this_thread::yield();
  }
  CHECK(retries > 0);
  CHECK(store.stats().segments > 2);
}

TEST_CASE("bytes and batches are submitted like events, and sync makes them durable", "[store][submit]") {
  auto store = quipu::in_memory_store();
  auto raw = store.submit_raw({"a", "s"}, deposited::kind, quipu::encode(deposited{1}));
  quipu::batch events;
  static_cast<void>(events.add({"a", "s"}, deposited{2}));
  static_cast<void>(events.add({"b", "s"}, deposited{3}));
  auto both = store.try_submit_batch(events);
  REQUIRE(both);
  CHECK_FALSE(raw.ready());
  CHECK(store.try_sync());
  CHECK(raw.ready());
  CHECK(raw.wait().durable);
  const auto receipts = std::move(both).into_value().wait();
  REQUIRE(receipts.size() == 2);
  CHECK(receipts[0].entity_sequence == 1);
  CHECK(receipts[1].sequence == 2);
  CHECK(store.project<account>("a")->cents == 3);
  events.clear();
  static_cast<void>(events.add({"a", "s"}, deposited{4}, {.expected = quipu::expected_version::no_stream()}));
  CHECK(store.try_submit_batch(events).error().kind == quipu::error_kind::conflict);
  store.close();
  CHECK_FALSE(store.try_sync());
}

TEST_CASE("pressure settings are checked, and utilization is a share", "[store][submit]") {
  for (const double wrong : {0.0, -1.0, 1.5}) {
    quipu::config settings = small_segments();
    settings.writer.retry_above = wrong;
    CHECK(code_of([&] { static_cast<void>(quipu::in_memory_store(settings)); }) == errc::configuration);
  }
  quipu::config settings = small_segments();
  settings.writer.retry_attempts = 0;
  CHECK(code_of([&] { static_cast<void>(quipu::in_memory_store(settings)); }) == errc::configuration);
  STATIC_REQUIRE(quipu::writer_pressure{.waiting_bytes = 1, .waiting_bytes_limit = 4}.utilization() == 0.25);
  STATIC_REQUIRE(quipu::writer_pressure{.waiting_bytes = 9, .waiting_bytes_limit = 4}.utilization() == 1.0);
  STATIC_REQUIRE(quipu::writer_pressure{}.utilization() == 0.0);
}

TEST_CASE("an outbox is flushed as one commit, and keeps what was refused", "[store][submit]") {
  auto store = quipu::in_memory_store(small_segments());
  auto box = store.outbox();
  CHECK(box.flush().empty());
  const auto first = box.stage({"a", "s"}, deposited{1});
  box.stage_reaction({"b", "s"}, deposited{2}, first);
  box.stage_raw({"c", "s"}, deposited::kind, quipu::encode(deposited{3}));
  CHECK(box.size() == 3);
  CHECK(store.count(region::all()) == 0);
  const auto receipts = box.flush();
  REQUIRE(receipts.size() == 3);
  CHECK(box.empty());
  CHECK(store.get(receipts[1].id).header().causation_id == receipts[0].id);
  box.stage_reaction({"b", "s"}, deposited{4}, receipts[0]);
  box.stage({"a", "s"}, deposited{5}, {.expected = quipu::expected_version::no_stream()});
  CHECK(box.try_flush().is_error());
  CHECK(box.size() == 2);
  CHECK(store.count(region::all()) == 3);
  box.discard();
  CHECK(box.empty());
  box.stage({"a", "s"}, deposited{6});
  CHECK(box.submit_flush().wait().at(0).durable);
  CHECK(box.empty());
  box.stage({"a", "s"}, deposited{7});
  store.close();
  CHECK(code_of([&] { box.flush(); }) == errc::closed);
  CHECK(box.size() == 1);
}

TEST_CASE("four threads submit: one order, true receipts, nothing lost", "[store][submit][threads]") {
  const memory_world world;
  quipu::config settings = small_segments();
  settings.segment_max_bytes = 16 << 10;
  settings.writer.buffer_bytes = 4096;
  settings.sync.interval_ms = 1;
  std::vector<std::vector<quipu::receipt>> receipts(4);
  std::atomic<int> wrong{0};
  {
    quipu::store store{settings_in(world, settings)};
    std::vector<std::thread> threads;
    for (std::size_t thread = 0; thread < receipts.size(); ++thread) {
      threads.emplace_back([&, thread] {
        seeded random{thread + 1};
        std::vector<quipu::ticket> open;
        for (int number = 0; number < 400;) {
          const auto how = random.below(3) == 0 ? durability::buffered : durability::durable;
          const quipu::coordinate where{"t" + std::to_string(thread), "s"};
          if (random.below(2) == 0) {
            auto result = store.try_submit(where, deposited{number}, {.durability = how});
            if (!result.is_ok()) {
              if (!result.is_retry()) ++wrong;
              std::this_thread::yield();
              continue;
            }
            open.push_back(std::move(result).into_value());
          } else {
            open.push_back(store.submit(where, deposited{number}, {.durability = how}));
          }
          ++number;
          if (random.below(16) != 0 && number != 400) continue;
          for (auto& each : open) {
            const auto given = random.below(2) == 0 ? each.wait() : each.wait_for(10min).value();
            const auto found = store.find(given.id);
            if (!found || found->sequence() != given.sequence) ++wrong;
            receipts[thread].push_back(given);
          }
          open.clear();
        }
      });
    }
    for (auto& each : threads) each.join();
    store.close();
  }
  REQUIRE(wrong == 0);
  quipu::store store{settings_in(world, settings)};
  CHECK(store.count(region::all()) == 1600);
  for (std::size_t thread = 0; thread < receipts.size(); ++thread) {
    std::int64_t number = 0;
    for (const auto& each : store.stream("t" + std::to_string(thread))) {
      REQUIRE(each.as<deposited>().cents == number);
      REQUIRE(each.id() == receipts[thread].at(static_cast<std::size_t>(number)).id);
      ++number;
    }
    REQUIRE(number == 400);
  }
  store.verify();
}

TEST_CASE("a ticket says what its receipt will, and a batch's ticket when it is ready", "[store][submit]") {
  auto store = quipu::in_memory_store();
  store.append({"a", "s"}, deposited{1});
  store.append({"b", "s"}, deposited{1});
  auto one = store.submit({"a", "s"}, deposited{2});
  CHECK(one.sequence() == 2);
  CHECK(one.entity_sequence() == 1);
  quipu::batch events;
  events.add({"a", "s"}, deposited{3});
  events.add({"b", "s"}, deposited{4});
  auto both = store.submit_batch(events);
  CHECK_FALSE(both.ready());
  const auto receipts = both.try_wait();
  REQUIRE(receipts);
  CHECK(both.ready());
  CHECK(receipts.value()[1].id == both.id(1));
  CHECK(one.wait().sequence == one.sequence());
  auto moved = std::move(both);
  CHECK(both.try_wait().error().origin->code == errc::invalid_argument);  // NOLINT: it says so
  CHECK(moved.try_wait().value() == receipts.value());
}
