// SPDX-License-Identifier: BSL-1.0
//
// observer_test.cpp: what an observer is told, when, and that it may read the store then.
#include "../cache/failing_cache.hpp"
#include "../journal/simulated_machine.hpp"
#include "store_fixture.hpp"

#include <catch2/catch.hpp>

#ifndef QUIPU_TEST_SINGLE_HEADER
#include <quipu/cache/memory_cache.hpp>
#include <quipu/journal/observer.hpp>
#include <quipu/store/read_only_store.hpp>
#endif

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

using namespace store_tests;
using quipu::durability;
using quipu::errc;
using quipu::region;
using namespace std::chrono_literals;

namespace {

const quipu::coordinate alice{"account:alice", "branch:zurich"};

/// Keeps what it is told, and calls `each_time` with the name of the function.
class recorder final : public quipu::observer {
 public:
  std::function<void(const std::string&)> each_time{};

  void on_open(const quipu::opening_report& what) noexcept override { keep(opened, what, "open"); }
  void on_append(const appended& what) noexcept override { keep(appends, what, "append"); }
  void on_flush(const flushed& what) noexcept override { keep(flushes, what, "flush"); }
  void on_rotation(const rotated& what) noexcept override { keep(rotations, what, "rotation"); }
  void on_compaction(const compacted& what) noexcept override { keep(compactions, what, "compaction"); }
  void on_projection(const projected& what) noexcept override {
    keep(projections,
         std::string{what.type} + "|" + std::string{what.entity} + (what.cached ? "|hit " : "|miss ") +
             std::to_string(what.events) + (what.states == 1 ? "" : ", states " + std::to_string(what.states)),
         "projection");
  }
  void on_poison(const poisoned& what) noexcept override {
    keep(texts,
         std::string{what.worker} + (what.parked ? " parked " : " skipped ") + std::to_string(what.sequence) +
             " after " + std::to_string(what.attempts) + ": " + std::string{what.reason},
         "poison");
  }
  void on_failure(const failed& what) noexcept override {
    keep(texts, std::string{what.consumer} + (what.restarts ? " restarts: " : " failed: ") + std::string{what.reason},
         "failure");
  }
  void on_write_failure(std::string_view what) noexcept override {
    keep(texts, "write: " + std::string{what}, "write");
  }
  void on_cache_failure(std::string_view what) noexcept override { keep(texts, std::string{what}, "cache"); }

  std::vector<quipu::opening_report> opened{};
  std::vector<appended> appends{};
  std::vector<flushed> flushes{};
  std::vector<rotated> rotations{};
  std::vector<compacted> compactions{};
  std::vector<std::string> projections{};
  std::vector<std::string> texts{};
  [[nodiscard]] std::size_t count_of_texts() {
    const std::lock_guard lock{mutex_};
    return texts.size();
  }

 private:
  template <class List, class What>
  void keep(List& in, const What& what, const char* name) {
    {
      const std::lock_guard lock{mutex_};
      in.push_back(what);
    }
    if (each_time) each_time(name);
  }
  std::mutex mutex_;
};

struct refusing {
  using events = quipu::event_list<deposited>;
  std::int64_t cents{};
  void apply(const deposited&) { throw std::runtime_error{"can't"}; }
};

struct watched {
  std::shared_ptr<recorder> seen = std::make_shared<recorder>();
  memory_world world{};
  quipu::config settings = settings_in(world, small_segments());
  watched() { settings.observer = seen; }
};

}  // namespace

TEST_CASE("an observer is told of each append that happened", "[store][observer]") {
  watched given;
  recorder& seen = *given.seen;
  quipu::store store{given.settings};
  REQUIRE(seen.opened.size() == 1);
  CHECK(seen.opened[0] == store.diagnostics().opening);

  store.append(alice, deposited{1});
  REQUIRE(seen.appends.size() == 1);
  CHECK(seen.appends[0].events == 1);
  CHECK(seen.appends[0].repeated == 0);
  CHECK(seen.appends[0].bytes == 8);
  CHECK(seen.appends[0].durability == durability::durable);
  CHECK(seen.appends[0].took.count() > 0);
  REQUIRE(seen.flushes.size() == 1);
  CHECK(seen.flushes[0].events == 1);
  CHECK(seen.flushes[0].callers == 1);
  CHECK(seen.flushes[0].bytes > 8);
  CHECK(seen.flushes[0].took.count() > 0);
  CHECK(seen.flushes[0].took <= seen.appends[0].took);

  // The straight way, the general one, a batch, a repeated key, a ticket, a fence: one each.
  store.append(alice, deposited{1}, {.durability = durability::buffered});
  CHECK(seen.appends.back().durability == durability::buffered);
  const auto key = quipu::event_id::from_name("once");
  quipu::batch two;
  two.add(alice, deposited{1}, {.idempotency_key = key});
  two.add(alice, withdrawn{1, "rent"});
  store.append(two);
  CHECK(seen.appends.back().events == 2);
  CHECK(seen.appends.back().bytes == 8 + 8 + 4 + 4);
  store.append(alice, deposited{1}, {.idempotency_key = key});
  CHECK(seen.appends.back().events == 1);
  CHECK(seen.appends.back().repeated == 1);
  store.submit(alice, deposited{1}).wait();
  CHECK(store.try_submit(alice, deposited{1}).is_ok());
  CHECK(seen.appends.size() == 6);
  auto fence = store.begin_visibility_fence();
  fence.append(alice, deposited{1});
  fence.append(alice, deposited{1});
  CHECK(seen.appends.size() == 6);
  fence.commit();
  CHECK(seen.appends.size() == 7);
  CHECK(seen.appends.back().events == 2);

  // Nothing happened: nothing is told.
  const std::size_t flushes = seen.flushes.size();
  CHECK(code_of([&] { store.append(alice, deposited{1}, {.expected = quipu::expected_version::no_stream()}); }) ==
        errc::conflict);
  store.append(quipu::batch{});
  CHECK(seen.appends.size() == 7);
  CHECK(seen.flushes.size() == flushes);
  std::uint64_t durable = 0;
  for (const auto& each : seen.flushes) durable += each.events;
  CHECK(durable == store.stats().events);
  CHECK(seen.flushes.size() == store.stats().flushes);
}

TEST_CASE("an observer is told of segments and compactions", "[store][observer]") {
  watched given;
  recorder& seen = *given.seen;
  quipu::store store{given.settings};
  const std::uint64_t before = store.stats().segments;
  for (int number = 0; number < 100; ++number) store.append(alice, withdrawn{number, std::string(100, 'x')});
  REQUIRE(seen.rotations.size() == store.stats().segments - before);
  REQUIRE(seen.rotations.size() > 2);
  CHECK(seen.rotations[0].first_sequence > 0);
  CHECK(seen.rotations[0].first_sequence < seen.rotations[1].first_sequence);
  CHECK(seen.rotations[0].bytes <= given.settings.segment_max_bytes);
  CHECK(seen.rotations[0].bytes > 2000);
  const auto report = store.compact(quipu::compaction::retain([](const quipu::event_view&) { return false; }));
  REQUIRE(seen.compactions.size() == 1);
  CHECK(seen.compactions[0].report == report);
  CHECK(seen.compactions[0].took.count() > 0);
}

TEST_CASE("an observer is told of projections, and whether the cache had the state", "[store][observer]") {
  watched given;
  recorder& seen = *given.seen;
  quipu::store store{given.settings, quipu::memory_cache{1 << 20}};
  const std::string name{quipu::detail::projection_name<account>()};
  static_cast<void>(store.project<account>("account:alice"));
  store.append(alice, deposited{1});
  static_cast<void>(store.project<account>("account:alice"));
  store.append(alice, deposited{1});
  static_cast<void>(store.project<account>("account:alice"));
  static_cast<void>(store.project_together<account, deposit_count>(region::all()));
  CHECK(seen.projections ==
        std::vector<std::string>{name + "|account:alice|miss 0", name + "|account:alice|miss 1",
                                 name + "|account:alice|hit 2", name + "||miss 2",
                                 std::string{quipu::detail::projection_name<deposit_count>()} + "||miss 2"});
  seen.projections.clear();
  store.append({"account:bob", "branch"}, deposited{1});
  static_cast<void>(store.project<account>("account:alice", quipu::as_of::entity_sequence(0)));
  static_cast<void>(store.project<account>("account:carol", quipu::as_of::sequence(2)));
  const auto ignore = [](std::string_view, const auto&) {};
  store.project_all<account>(region::all(), ignore);
  store.project_all<deposit_count>(region::entity("account:nobody"), ignore);
  CHECK(seen.projections ==
        std::vector<std::string>{name + "|account:alice|miss 2", name + "|account:carol|miss 0",
                                 name + "||miss 3, states 2",
                                 std::string{quipu::detail::projection_name<deposit_count>()} + "||miss 3, states 0"});
  seen.projections.clear();
  quipu::read_only_store reader{given.settings};
  CHECK(seen.opened.size() == 2);
  CHECK(seen.opened[1].path == quipu::opening_path::unclosed);
  static_cast<void>(reader.project<account>("account:alice"));
  CHECK(seen.projections.size() == 1);
}

TEST_CASE("an observer is told that the log can't be written, for a caller and in the background",
          "[store][observer][threads]") {
  for (const bool in_background : {false, true}) {
    const simulation::disk machine;
    quipu::config settings{.directory = "ledger"};
    settings.sync.interval_ms = in_background ? 1 : 0;
    settings = settings_in(machine, settings);
    const auto seen = std::make_shared<recorder>();
    settings.observer = seen;
    quipu::store store{settings};
    store.append(alice, deposited{1});
    machine.plan({.at = 0, .of = {simulation::change::sync}});
    if (in_background) {
      store.append(alice, deposited{1}, {.durability = durability::buffered});
      while (seen->count_of_texts() == 0) std::this_thread::sleep_for(1ms);
    } else {
      CHECK(code_of([&] { store.append(alice, deposited{1}); }) == errc::io_failed);
    }
    REQUIRE(seen->count_of_texts() == 1);
    CHECK(seen->texts[0] == "write: " + store.diagnostics().failure);
    CHECK(code_of([&] { store.append(alice, deposited{1}); }) == errc::writer_failed);
    CHECK(seen->count_of_texts() == 1);
  }
}

TEST_CASE("an observer is told what fails where no caller sees it", "[store][observer]") {
  watched given;
  recorder& seen = *given.seen;
  const cache_tests::failing_cache cache;
  quipu::store store{given.settings, cache};
  store.append(alice, deposited{1});
  cache.of().put_fails = true;
  CHECK(store.project<account>("account:alice")->cents == 1);
  REQUIRE(seen.texts.size() == 1);
  CHECK(seen.texts[0] == store.diagnostics().cache_failure);
  seen.texts.clear();

  const auto refuse = [](const quipu::event_view&) { throw std::runtime_error{"no"}; };
  {
    auto parking = store.cursor_worker("parking", region::all(), refuse,
                                       {.poison = quipu::poison_policy::retry(1, 1ms).then_park()});
    REQUIRE(parking.wait_caught_up_for(60s));
    auto skipping = store.cursor_worker("skipping", region::all(), refuse, {.poison = quipu::poison_policy::skip()});
    REQUIRE(skipping.wait_caught_up_for(60s));
  }
  CHECK(seen.texts == std::vector<std::string>{"parking parked 0 after 2: no", "skipping skipped 0 after 1: no"});
  seen.texts.clear();
  {
    auto failing = store.cursor_worker("failing", region::all(), refuse, {.restart = quipu::restart_policy::once()});
    while (failing.state() == quipu::worker_state::running) std::this_thread::sleep_for(1ms);
  }
  REQUIRE(seen.texts.size() == 2);
  CHECK_THAT(seen.texts[0], Catch::StartsWith("failing restarts: ") && Catch::EndsWith("no"));
  CHECK_THAT(seen.texts[1], Catch::StartsWith("failing failed: ") && Catch::EndsWith("no"));
  seen.texts.clear();
  {
    auto model = store.read_model<refusing>("totals", region::all());
    while (model.is_running()) std::this_thread::sleep_for(1ms);
  }
  REQUIRE(seen.texts.size() == 1);
  CHECK_THAT(seen.texts[0], Catch::StartsWith("model:totals failed: ") && Catch::EndsWith("can't"));
}

TEST_CASE("an observer may read the store whenever it is told something", "[store][observer][threads]") {
  watched given;
  given.settings.sync.interval_ms = 1;
  quipu::store store{given.settings, quipu::memory_cache{1 << 20}};
  given.seen->each_time = [&](const std::string& what) {
    try {
      static_cast<void>(store.count(region::all()));
      static_cast<void>(store.stats());
      static_cast<void>(store.diagnostics());
      if (what != "projection") static_cast<void>(store.project<account>("account:alice"));
    } catch (const quipu::error& failure) {
      CHECK(failure.code() == errc::closed);
    }
  };
  std::vector<std::thread> writers;
  for (int writer = 0; writer < 3; ++writer)
    writers.emplace_back([&store, writer] {
      for (int number = 0; number < 60; ++number)
        store.append(alice, withdrawn{number, std::string(40, 'x')},
                     {.durability = writer == 0 ? durability::durable : durability::buffered});
    });
  auto consumer = store.cursor_worker("all", region::all(), [](const quipu::event_view&) {});
  for (std::thread& each : writers) each.join();
  store.compact(quipu::compaction::merge());
  CHECK(consumer.wait_caught_up_for(60s));
  consumer.stop();
  store.close();
  CHECK(given.seen->appends.size() == 180);
  CHECK(given.seen->rotations.size() > 1);
}
