// SPDX-License-Identifier: BSL-1.0
//
// store_threads_test.cpp: many threads append, durably and buffered, singly and in batches, while others read. A reader
// sees a prefix of one order, without holes and without half a batch; each thread's events are in its order; receipts
// are true.
#include "store_fixture.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

using namespace store_tests;
using quipu::durability;
using quipu::errc;
using quipu::region;

namespace {

/// What the threads append: who, the how-manieth of theirs, and of which batch of how many it is a part.
struct step {
  static constexpr auto kind = quipu::event_kind::custom(4, 4);
  std::uint32_t thread{};
  std::uint32_t number{};
  std::uint32_t batch_first{};
  std::uint32_t batch_size{};
};

struct steps_in_order {
  using events = quipu::event_list<step>;
  std::uint32_t next{};
  bool in_order{true};
  void apply(const step& event) {
    in_order = in_order && event.number == next;
    ++next;
  }
};

/// Empty, or what is wrong with what a reader sees: Catch's macros aren't for several threads.
template <class Store>
std::string problem_seen(Store& store, std::uint64_t& last_seen) {
  std::uint64_t sequence = 0;
  std::uint64_t batch_left = 0;
  for (const quipu::event_view& each : store.query(region::all())) {
    if (each.sequence() != sequence++) return "a hole before " + std::to_string(each.sequence());
    const step event = each.template as<step>();
    if (each.entity() != "thread:" + std::to_string(event.thread)) return "a wrong entity";
    if (each.entity_sequence() != event.number) return "an entity's events are out of order";
    if (batch_left == 0) {
      if (event.number != event.batch_first) return "a batch without its beginning";
      batch_left = event.batch_size;
    }
    --batch_left;
  }
  if (batch_left != 0) return "half a batch";
  if (sequence < last_seen) return "the log got shorter";
  last_seen = sequence;
  return {};
}

/// Appends as a seed decides, and keeps the receipts.
template <class Store>
void append_steps(Store& store, std::uint32_t thread, std::uint32_t count, std::vector<quipu::receipt>& receipts,
                  std::string& problem) {
  seeded random{thread + 1};
  const quipu::coordinate where{"thread:" + std::to_string(thread), "s"};
  try {
    for (std::uint32_t number = 0; number < count;) {
      const auto how = random.below(4) == 0 ? durability::durable : durability::buffered;
      if (random.below(4) == 0) {
        const auto size = static_cast<std::uint32_t>(1 + random.below(7));
        quipu::batch events;
        for (std::uint32_t index = 0; index < size; ++index)
          static_cast<void>(events.add(where, step{thread, number + index, number, size}, {.durability = how}));
        for (const quipu::receipt& each : store.append(events)) receipts.push_back(each);
        number += size;
      } else {
        receipts.push_back(store.append(where, step{thread, number, number, 1}, {.durability = how}));
        ++number;
      }
      const quipu::receipt& last = receipts.back();
      if (how == durability::durable && !last.durable) problem = "a durable append gave a receipt that isn't";
      const auto found = store.find(last.id);  // one's own events are visible at once
      if (!found || found->sequence() != last.sequence || found->entity_sequence() != last.entity_sequence)
        problem = "a receipt isn't true";
    }
  } catch (const std::exception& failure) {
    problem = failure.what();
  }
}

template <class Store>
void many_threads(Store& store, std::uint32_t writers, std::uint32_t count) {
  std::vector<std::vector<quipu::receipt>> receipts(writers);
  std::vector<std::string> problems(writers + 3);
  std::atomic<bool> done{false};
  std::vector<std::thread> threads;
  for (std::uint32_t index = 0; index < writers; ++index)
    threads.emplace_back([&, index] { append_steps(store, index, count, receipts[index], problems[index]); });
  for (std::uint32_t index = 0; index < 2; ++index) {
    threads.emplace_back([&, index] {
      std::uint64_t last_seen = 0;
      std::string& problem = problems[writers + index];
      try {
        do {
          problem = problem_seen(store, last_seen);
        } while (!done && problem.empty());
      } catch (const std::exception& failure) {
        problem = failure.what();
      }
    });
  }
  threads.emplace_back([&] {
    std::string& problem = problems[writers + 2];
    try {
      for (std::uint32_t round = 0; !done && problem.empty(); ++round) {
        const std::string entity = "thread:" + std::to_string(round % writers);
        const std::uint64_t before = store.count(region::entity(entity));
        if (const auto state = store.template project<steps_in_order>(entity)) {
          if (!state->in_order) problem = "a fold saw events out of order";
          if (state->next < before) problem = "a fold missed events";
        } else if (before != 0) {
          problem = "a fold found nobody";
        }
        if (store.stats().events < before) problem = "the count went back";
      }
    } catch (const std::exception& failure) {
      problem = failure.what();
    }
  });
  for (std::uint32_t index = 0; index < writers; ++index) threads[index].join();
  done = true;
  for (std::size_t index = writers; index < threads.size(); ++index) threads[index].join();
  for (const std::string& problem : problems) REQUIRE(problem == "");

  std::uint64_t last_seen = 0;
  REQUIRE(problem_seen(store, last_seen) == "");
  std::set<std::uint64_t> sequences;
  for (const auto& each : receipts)
    for (const quipu::receipt& given : each) {
      sequences.insert(given.sequence);
      const quipu::event_view found = store.get(given.id);
      REQUIRE(found.sequence() == given.sequence);
      REQUIRE((given.hash.is_zero() || given.hash == found.hash()));
    }
  REQUIRE(sequences.size() == last_seen);
  REQUIRE(*sequences.rbegin() == last_seen - 1);
}

}  // namespace

TEST_CASE("many threads in memory: one order, no holes, no half batch, true receipts", "[store][threads]") {
  for (const std::uint64_t every : {0U, 5U}) {
    const memory_world world;
    quipu::config settings = small_segments();
    settings.segment_max_bytes = 16 << 10;
    settings.sync.every_n_events = every;
    settings.sync.interval_ms = 1;
    {
      quipu::store store{settings_in(world, settings), quipu::memory_cache{100'000}};
      many_threads(store, 4, 150);
      store.close();
    }
    quipu::store store{settings_in(world, settings)};
    CHECK_FALSE(store.diagnostics().recovered);
    std::uint64_t seen = 0;
    CHECK(problem_seen(store, seen) == "");
    CHECK(seen >= 600);
  }
}

TEST_CASE("many threads on a disk, which share flushes", "[store][threads]") {
  const scratch_folder folder;
  quipu::config settings = small_segments(folder / "d");
  settings.segment_max_bytes = 64 << 10;
  settings.writer.preallocate_bytes = 16 << 10;
  {
    quipu::store store{settings, quipu::file_cache{folder / "cache"}};
    many_threads(store, 3, 40);
    CHECK(store.stats().flushes <= store.stats().commits);
    store.close();
  }
  quipu::store store{settings};
  std::uint64_t seen = 0;
  CHECK(problem_seen(store, seen) == "");
  CHECK(seen >= 120);
}

TEST_CASE("of many threads that append under one key, or expect one end, exactly one does it", "[store][threads]") {
  auto store = quipu::in_memory_store(small_segments());
  for (int round = 0; round < 20; ++round) {
    const auto key = quipu::event_id::from_name("round " + std::to_string(round));
    const std::string expecting = "expecting:" + std::to_string(round);
    std::vector<quipu::receipt> receipts(4);
    std::atomic<int> first{0};
    std::atomic<int> refused{0};
    std::vector<std::thread> threads;
    for (std::size_t index = 0; index < receipts.size(); ++index) {
      threads.emplace_back([&, index] {
        const auto how =
            (index + static_cast<std::size_t>(round)) % 2 == 0 ? durability::durable : durability::buffered;
        receipts[index] = store.append({"keyed", "s"}, deposited{round}, {.idempotency_key = key, .durability = how});
        try {
          store.append({expecting, "s"}, deposited{1},
                       {.expected = quipu::expected_version::no_stream(), .durability = how});
          ++first;
        } catch (const quipu::error& failure) {
          if (failure.code() == errc::conflict) ++refused;
        }
      });
    }
    for (std::thread& each : threads) each.join();
    for (const quipu::receipt& each : receipts)
      REQUIRE((each.id == receipts[0].id && each.sequence == receipts[0].sequence));
    REQUIRE(first == 1);
    REQUIRE(refused == 3);
  }
  CHECK(store.count(region::entity("keyed")) == 20);
  CHECK(store.count(region::entity_prefix("expecting:")) == 20);
}

TEST_CASE("closing while others append: whatever was acknowledged before is there, and nobody is left waiting",
          "[store][threads]") {
  for (int round = 0; round < 30; ++round) {
    const memory_world world;
    quipu::config settings = small_segments();
    settings.sync.interval_ms = static_cast<std::uint64_t>(round % 3);
    std::atomic<std::uint64_t> acknowledged{0};
    std::atomic<int> wrong{0};
    {
      quipu::store store{settings_in(world, settings)};
      std::vector<std::thread> threads;
      for (int index = 0; index < 3; ++index) {
        threads.emplace_back([&, index] {
          for (int number = 0;; ++number) {
            try {
              store.append({"e" + std::to_string(index), "s"}, deposited{number},
                           {.durability = number % 3 == 0 ? durability::durable : durability::buffered});
              ++acknowledged;
            } catch (const quipu::error& failure) {
              if (failure.code() != errc::closed) ++wrong;
              return;
            }
          }
        });
      }
      while (acknowledged < 20) std::this_thread::yield();
      store.close();
      for (std::thread& each : threads) each.join();
    }
    REQUIRE(wrong == 0);
    quipu::store store{settings_in(world, settings)};
    CHECK_FALSE(store.diagnostics().recovered);
    REQUIRE(store.count(region::all()) >= acknowledged);  // one that was refused as closed may have come just before it
  }
}

TEST_CASE("two closings at once, and one while the timer flushes", "[store][threads]") {
  for (int round = 0; round < 20; ++round) {
    quipu::config settings = small_segments();
    settings.sync.interval_ms = 1;
    settings.sync.mode = quipu::sync_mode::buffered;
    const memory_world world;
    {
      quipu::store store{settings_in(world, settings)};
      for (int number = 0; number < 5; ++number) store.append({"a", "s"}, deposited{number});
      std::thread other{[&] { store.close(); }};
      store.close();
      other.join();
    }
    quipu::store store{settings_in(world, settings)};
    REQUIRE(store.count(region::all()) == 5);
  }
}

TEST_CASE("a child that is forked while other threads append is refused, and never waits for them",
          "[store][threads]") {
  const scratch_folder folder;
  quipu::store store{quipu::config{.directory = folder / "d"}};
  std::atomic<bool> over{false};
  std::vector<std::thread> writers;
  for (int number = 0; number < 2; ++number)
    writers.emplace_back([&] {
      while (!over) store.append({"a", "b"}, deposited{1}, {.durability = quipu::durability::buffered});
    });
  for (int round = 0; round < 60; ++round) {
    CHECK(in_child([&] {
            ::alarm(20);  // a child that waits for a thread that it doesn't have would wait for ever
            const bool refused = code_of([&] {
                                   store.append({"a", "b"}, deposited{2});
                                 }) == errc::locked &&
                                 code_of([&] { (void)store.project<account>("a"); }) == errc::locked &&
                                 code_of([&] { store.sync(); }) == errc::locked;
            store.close();
            return refused ? 0 : 1;
          }) == 0);
  }
  over = true;
  for (std::thread& each : writers) each.join();
  store.verify();
}
