// SPDX-License-Identifier: BSL-1.0
//
// visibility_fence_test.cpp: what a fence appends is there together or never, whatever happens; its receipts are exact;
// other writers wait or are refused.
#include "store_fixture.hpp"

#include "../journal/crash_fixture.hpp"
#include "../reused_thread.hpp"

#include <catch2/catch.hpp>

#include <atomic>
#include <cstdint>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

using namespace store_tests;
using quipu::durability;
using quipu::errc;
using quipu::expected_version;
using quipu::region;

TEST_CASE("a fence's events are visible together at its commit, with the receipts that were given", "[store][fence]") {
  const memory_world world;
  quipu::store store{settings_in(world, small_segments())};
  store.append({"a", "s"}, deposited{1});
  auto fence = store.begin_visibility_fence();
  const auto first = fence.append({"a", "s"}, deposited{2}, {.expected = expected_version::exactly(0)});
  const auto second = fence.append_reaction({"b", "s"}, deposited{3}, first);
  fence.append_raw({"a", "s"}, deposited::kind, quipu::encode(deposited{4}),
                   {.expected = expected_version::exactly(1)});
  quipu::batch events;
  events.add_reaction({"c", "s"}, renamed{"y"}, events.add({"c", "s"}, renamed{"x"}));
  const auto batch = fence.append(events);
  CHECK(fence.size() == 5);
  CHECK(first.sequence == 1);
  CHECK(first.entity_sequence == 1);
  CHECK(second.sequence == 2);
  CHECK_FALSE(first.durable);
  CHECK(store.count(region::all()) == 1);
  CHECK(store.stats().events == 1);
  CHECK(store.stats().entities == 1);
  CHECK_FALSE(store.find(first.id));
  CHECK(store.project<account>("a")->cents == 1);
  CHECK(store.writer_pressure().fence_open);
  const auto receipts = fence.commit();
  REQUIRE(receipts.size() == 5);
  CHECK_FALSE(store.writer_pressure().fence_open);
  CHECK(receipts[0].id == first.id);
  CHECK(receipts[3].id == batch[0].id);
  for (const auto& each : receipts) {
    CHECK(each.durable);
    const auto found = store.get(each.id);
    CHECK(found.sequence() == each.sequence);
    CHECK(found.entity_sequence() == each.entity_sequence);
    CHECK(found.hash() == each.hash);
  }
  CHECK(store.get(second.id).header().causation_id == first.id);
  CHECK(store.get(second.id).header().correlation_id == first.id);
  CHECK(store.get(batch[1].id).header().causation_id == batch[0].id);
  CHECK(store.project<account>("a")->cents == 7);
  store.verify();
  CHECK(code_of([&] { fence.append({"a", "s"}, deposited{5}); }) == errc::cancelled);
  CHECK(code_of([&] { fence.commit(); }) == errc::cancelled);
  store.append({"a", "s"}, deposited{8});
  store.close();
  quipu::store again{settings_in(world, small_segments())};
  CHECK(again.count(region::all()) == 7);
}

TEST_CASE("a fence that is cancelled, dropped or closed over was never there", "[store][fence]") {
  for (int way = 0; way < 4; ++way) {
    const memory_world world;
    std::optional<quipu::event_id> staged;
    {
      quipu::store store{settings_in(world, small_segments())};
      store.append({"a", "s"}, deposited{1});
      auto fence = store.begin_visibility_fence();
      staged = fence.append({"a", "s"}, deposited{2}).id;
      if (way == 0) fence.cancel();
      if (way == 1) static_cast<void>(decltype(fence){std::move(fence)});
      if (way == 2) {
        store.close();
        CHECK(code_of([&] { fence.append({"a", "s"}, deposited{3}); }) == errc::closed);
        CHECK(code_of([&] { fence.commit(); }) == errc::closed);
      }
      if (way < 2) {
        CHECK(code_of([&] { fence.commit(); }) == errc::cancelled);
        CHECK(store.append({"a", "s"}, deposited{4}).sequence == 1);
      }
    }
    quipu::store store{settings_in(world, small_segments())};
    CHECK_FALSE(store.find(*staged));
    CHECK(store.count(region::all()) == (way < 2 ? 2 : 1));
  }
}

TEST_CASE("a fence that another one is moved to is cancelled", "[store][fence]") {
  auto one = quipu::in_memory_store(small_segments());
  auto other = quipu::in_memory_store(small_segments());
  auto fence = one.begin_visibility_fence();
  fence.append({"a", "s"}, deposited{1});
  auto moved = other.begin_visibility_fence();
  moved.append({"b", "s"}, deposited{2});
  fence = std::move(moved);
  CHECK(one.append({"a", "s"}, deposited{3}).sequence == 0);
  CHECK(one.count(region::all()) == 1);
  CHECK(fence.commit().size() == 1);
  CHECK(other.project<account>("b")->cents == 2);
}

TEST_CASE("a fence may outlive its store", "[store][fence]") {
  auto store = std::make_optional(quipu::in_memory_store(small_segments()));
  auto fence = store->begin_visibility_fence();
  fence.append({"a", "s"}, deposited{1});
  store.reset();
  CHECK(fence.try_commit().is_error());
  CHECK(code_of([&] { fence.commit(); }) == errc::closed);
}

TEST_CASE("what is refused while staging leaves the fence as it was", "[store][fence]") {
  auto store = quipu::in_memory_store(small_segments());
  const auto logged =
      store.append({"a", "s"}, deposited{1},
                   {.idempotency_key = quipu::event_id::from_name("logged"), .durability = durability::buffered});
  auto fence = store.begin_visibility_fence();
  const auto key = quipu::event_id::from_name("staged");
  const auto first =
      fence.append({"b", "s"}, deposited{2}, {.expected = expected_version::no_stream(), .idempotency_key = key});
  CHECK(code_of([&] {
          fence.append({"b", "s"}, deposited{3}, {.expected = expected_version::no_stream()});
        }) == errc::conflict);
  CHECK(code_of([&] {
          fence.append({"a", "s"}, deposited{3}, {.expected = expected_version::exactly(7)});
        }) == errc::conflict);
  CHECK(code_of([&] {
          fence.append({"b", "s"}, deposited{3}, {.idempotency_key = key});
        }) == errc::idempotency_mismatch);
  CHECK(code_of([&] {
          fence.append({"b", "s"}, deposited{3}, {.idempotency_key = quipu::event_id::from_name("logged")});
        }) == errc::idempotency_mismatch);
  CHECK(code_of([&] {
          fence.append({"b", "s"}, deposited{3}, {.causation_id = quipu::event_id::generate()});
        }) == errc::not_found);
  CHECK(code_of([&] {
          fence.append_raw({"b", "s"}, deposited::kind, std::string(65 << 10, 'x'));
        }) == errc::payload_too_large);
  quipu::batch events;
  for (int number = 0; number < 3; ++number)
    events.add({"c", "s"}, deposited{number},
               {.expected = number == 2 ? expected_version::no_stream() : expected_version::any()});
  CHECK(fence.try_append(events).is_error());
  CHECK(fence.size() == 1);
  // The same again is the first receipt again, of what is staged and of what is in the log.
  CHECK(fence.append({"b", "s"}, deposited{2}, {.idempotency_key = key}).id == first.id);
  CHECK(fence.append({"a", "s"}, deposited{1}, {.idempotency_key = quipu::event_id::from_name("logged")}).id ==
        logged.id);
  CHECK(fence.append({"c", "s"}, deposited{9}, {.expected = expected_version::no_stream()}).entity_sequence == 0);
  const auto receipts = fence.commit();
  REQUIRE(receipts.size() == 4);
  CHECK(receipts[1].id == first.id);
  CHECK(receipts[2].id == logged.id);
  CHECK(receipts[2].durable);
  CHECK(store.count(region::all()) == 3);
  CHECK(store.append({"b", "s"}, deposited{2}, {.idempotency_key = key}).id == first.id);
  store.verify();

  auto many = store.begin_visibility_fence();
  for (int number = 0; number < 100; ++number) many.append({"m", "s"}, deposited{number});
  CHECK(code_of([&] { many.append({"m", "s"}, deposited{100}); }) == errc::payload_too_large);
  CHECK(many.commit().size() == 100);
  CHECK(store.begin_visibility_fence().commit().empty());
}

TEST_CASE("the thread that has a fence is refused what would wait for it for ever", "[store][fence]") {
  auto store = quipu::in_memory_store(small_segments());
  auto ticket = store.submit({"a", "s"}, deposited{0});
  auto fence = store.begin_visibility_fence();
  CHECK(code_of([&] { store.append({"a", "s"}, deposited{1}); }) == errc::busy);
  CHECK(code_of([&] { static_cast<void>(store.submit({"a", "s"}, deposited{1})); }) == errc::busy);
  CHECK(store.try_submit({"a", "s"}, deposited{1}).is_error());
  CHECK(code_of([&] { static_cast<void>(store.begin_visibility_fence()); }) == errc::busy);
  CHECK(store.try_begin_visibility_fence().is_error());
  CHECK(ticket.wait().durable);
  store.sync();
  fence.cancel();
  store.append({"a", "s"}, deposited{1});
  CHECK(store.count(region::all()) == 2);
}

TEST_CASE("a thread with the id of one that had the fence and has ended is another writer", "[store][fence][threads]") {
  quipu::config settings{.directory = "ledger"};
  settings.writer.fence = quipu::fence_policy::refuse;
  auto store = quipu::in_memory_store(settings);
  std::optional<quipu::visibility_fence> fence;
  std::thread::id opener;
  std::thread{[&] {
    opener = std::this_thread::get_id();
    fence.emplace(store.begin_visibility_fence());
  }}.join();
  std::string refusal;
  REQUIRE(test_settings::in_thread_with_id(opener, [&] {
    refusal = error_of([&] { store.append({"a", "s"}, deposited{1}); }).what();
  }));
  CHECK_THAT(refusal, Catch::Matchers::Contains("other writers are refused until it ends"));
}

TEST_CASE("other writers are refused, or wait, as the fence says", "[store][fence][threads]") {
  quipu::config settings = small_segments();
  settings.writer.fence = quipu::fence_policy::refuse;
  auto store = quipu::in_memory_store(settings);
  {
    auto fence = store.begin_visibility_fence();
    errc append{};
    errc open{};
    bool retry{};
    std::thread other{[&] {
      append = code_of([&] { store.append({"a", "s"}, deposited{1}); });
      open = code_of([&] { static_cast<void>(store.begin_visibility_fence()); });
      retry = store.try_submit({"a", "s"}, deposited{1}).is_retry();
    }};
    other.join();
    CHECK(append == errc::busy);
    CHECK(open == errc::busy);
    CHECK(retry);
  }
  auto fence = store.begin_visibility_fence({.others = quipu::fence_policy::wait});
  const auto staged = fence.append({"a", "s"}, deposited{1});
  quipu::receipt given;
  std::thread other{[&] { given = store.append({"b", "s"}, deposited{2}); }};
  while (store.writer_pressure().callers_waiting == 0) std::this_thread::yield();
  CHECK(store.count(region::all()) == 0);
  CHECK(fence.commit().at(0).sequence == staged.sequence);
  other.join();
  CHECK(given.sequence == 1);

  // Closing lets go of who waits.
  auto last = store.begin_visibility_fence({.others = quipu::fence_policy::wait});
  errc refused{};
  std::thread waiting{[&] { refused = code_of([&] { store.append({"b", "s"}, deposited{3}); }); }};
  while (store.writer_pressure().callers_waiting == 0) std::this_thread::yield();
  store.close();
  waiting.join();
  CHECK(refused == errc::closed);
}

TEST_CASE("fences of several threads beside appends: each whole, in order, without a gap", "[store][fence][threads]") {
  auto store = quipu::in_memory_store(small_segments());
  std::atomic<int> wrong{0};
  std::atomic<bool> done{false};
  std::vector<std::thread> threads;
  for (int thread = 0; thread < 3; ++thread) {
    threads.emplace_back([&, thread] {
      for (int round = 0; round < 60; ++round) {
        const std::string name = "f" + std::to_string(thread);
        auto fence = store.begin_visibility_fence();
        for (int number = 0; number < 3; ++number) fence.append({name, "fenced"}, deposited{round * 3 + number});
        if (round % 3 == 2) continue;
        std::uint64_t next = 0;
        for (const auto& each : fence.commit()) {
          if (next != 0 && each.sequence != next) ++wrong;
          next = each.sequence + 1;
          if (store.get(each.id).sequence() != each.sequence) ++wrong;
        }
      }
    });
  }
  threads.emplace_back([&] {
    for (int number = 0; number < 200; ++number)
      store.append({"plain", "s"}, deposited{number},
                   {.durability = number % 2 == 0 ? durability::durable : durability::buffered});
  });
  std::thread reader{[&] {
    while (!done)
      if (store.count(region::scope("fenced")) % 3 != 0) ++wrong;
  }};
  for (auto& each : threads) each.join();
  done = true;
  reader.join();
  CHECK(wrong == 0);
  CHECK(store.count(region::scope("fenced")) == 3 * 40 * 3);
  CHECK(store.count(region::entity("plain")) == 200);
  store.verify();
}

TEST_CASE("a forked child can only drop its parent's fence", "[store][fence]") {
  const scratch_folder folder;
  quipu::store store{small_segments(folder / "d")};
  auto fence = store.begin_visibility_fence();
  fence.append({"a", "s"}, deposited{1});
  CHECK(in_child([&] {
          const bool refused = code_of([&] {
                                 fence.append({"a", "s"}, deposited{2});
                               }) == errc::locked &&
                               code_of([&] { fence.commit(); }) == errc::locked;
          fence.cancel();
          return refused ? 0 : 1;
        }) == 0);
  CHECK(fence.commit().size() == 1);
  CHECK(store.count(region::all()) == 1);
}

TEST_CASE("a fence and tickets keep their promises wherever the process dies or the power is cut",
          "[store][fence][crash]") {
  using simulation::noted;
  std::uint64_t fenced = 0;
  std::uint64_t waited = 0;  // events that were waited for, in front of everything
  const auto work = [&](simulation::disk& machine) {
    fenced = waited = 0;
    simulation::store store{settings_in(machine, simulation::small_store())};
    for (std::uint64_t round = 0; round < 3; ++round) {
      std::vector<quipu::ticket> tickets;
      for (std::uint64_t number = 0; number < 4; ++number)
        tickets.push_back(store.submit({"ticket", "s"}, noted{number, std::string(300, 't')}));
      for (auto& each : tickets) {
        each.wait();
        ++waited;
      }
      auto fence = store.begin_visibility_fence();
      for (std::uint64_t number = 0; number < 4; ++number)
        fence.append({"fence", "s"}, noted{number, std::string(500, 'f')});
      fence.commit();
      fenced += 4;
    }
    store.close();
  };
  simulation::disk sound;
  work(sound);
  const std::uint64_t changes = sound.changes();
  REQUIRE(fenced == 12);
  simulation::seeded random{11};
  for (std::uint64_t point = 0; point < changes; ++point) {
    simulation::disk machine{point + 1};
    machine.plan({.at = point, .effect = simulation::dies});
    try {
      work(machine);
    } catch (const std::exception&) {
      static_cast<void>(0);
    }
    REQUIRE(machine.is_off());
    for (int way = 0; way < 4; ++way) {
      INFO("change " << point << ", way " << way);
      const simulation::disk found = way == 0 ? machine.after_death() : machine.after_power_cut(random);
      simulation::store store{settings_in(found, simulation::small_store())};
      const std::uint64_t in_fence = store.count(region::entity("fence"));
      REQUIRE(in_fence % 4 == 0);
      REQUIRE(in_fence >= fenced);
      REQUIRE(store.count(region::entity("ticket")) >= waited);
      store.verify();
    }
  }
}

TEST_CASE("a fence that was moved away is none, and one that is moved to itself stays", "[store][fence]") {
  auto store = quipu::in_memory_store(small_segments());
  auto fence = store.begin_visibility_fence();
  fence.append({"a", "s"}, deposited{1});
  auto moved = std::move(fence);
  CHECK(fence.size() == 0);  // NOLINT: it says so
  CHECK(code_of([&] { fence.append({"a", "s"}, deposited{2}); }) == errc::cancelled);
  auto& itself = moved;
  moved = std::move(itself);
  CHECK(moved.size() == 1);
  CHECK(moved.commit().size() == 1);
  CHECK(store.count(region::all()) == 1);
}
