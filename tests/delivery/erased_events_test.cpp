// SPDX-License-Identifier: BSL-1.0
//
// erased_events_test.cpp: what a compaction dropped or erased reaches no consumer that is behind: no cursor,
// subscription, watcher, worker or reactor, of the store that compacted or of a reader, whatever they held or had
// parked.
#ifndef QUIPU_TEST_SINGLE_HEADER
#include <quipu/store/read_only_store.hpp>
#endif

#include "worker_fixture.hpp"

#include <catch2/catch.hpp>

#include <atomic>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

using namespace worker_tests;
using quipu::compaction;

namespace {

using numbers = std::vector<std::uint64_t>;

/// Keeps every fifth event.
bool is_kept(const event_view& event) { return event.sequence() % 5 == 0; }

compaction policy_of(bool erases) { return erases ? compaction::tombstone(is_kept) : compaction::retain(is_kept); }

numbers kept_from(std::uint64_t first, std::uint64_t end) {
  numbers all;
  for (std::uint64_t number = first; number < end; ++number)
    if (number % 5 == 0) all.push_back(number);
  return all;
}

/// The state of all that an entity was told, erased events included if it is given any.
struct raw_count {
  using events = quipu::any_event;
  std::uint64_t told{};
  void apply(const event_view&) { ++told; }
};

/// Consumers of a store, each of which has received some of 100 events, and holds more of them in one way or another.
template <class Store>
struct consumers_behind {
  region deposits = region::all().with_events<deposited>();
  quipu::cursor polled;
  quipu::cursor polled_many;
  quipu::cursor waiting;
  quipu::cursor everything;
  quipu::subscription now;
  quipu::subscription full;

  explicit consumers_behind(Store& store)
      : polled{store.cursor_guaranteed(deposits)},
        polled_many{store.cursor_guaranteed(deposits)},
        waiting{store.cursor_guaranteed(deposits)},
        everything{store.cursor_guaranteed(region::all())},
        now{store.subscribe_lossy(deposits)},
        full{store.subscribe_lossy(deposits, {.capacity = 10})} {}

  void begin() {
    REQUIRE(polled.poll()->sequence() == 0);
    REQUIRE(polled_many.poll_batch(3).size() == 3);
    REQUIRE(waiting.wait_for(1s)->sequence() == 0);
    REQUIRE(everything.poll_batch(2).size() == 2);
    REQUIRE(now.try_recv()->sequence() == 0);
    REQUIRE(full.try_recv()->sequence() == 90);
    REQUIRE(full.dropped() == 90);
  }

  void check(bool erases) {
    numbers given;
    while (const auto event = polled.poll()) given.push_back(event->sequence());
    CHECK(given == kept_from(1, 100));
    given.clear();
    for (auto many = polled_many.poll_batch(7); !many.empty(); many = polled_many.poll_batch(7))
      for (const auto& event : many) given.push_back(event.sequence());
    CHECK(given == kept_from(3, 100));
    given.clear();
    while (const auto event = waiting.wait_for(0s)) given.push_back(event->sequence());
    CHECK(given == kept_from(1, 100));
    given.clear();
    while (const auto event = everything.poll()) {
      CHECK(event->is<deposited>() == is_kept(*event));
      CHECK(event->erased().has_value() != is_kept(*event));
      given.push_back(event->sequence());
    }
    CHECK(given.size() == (erases ? 98 : kept_from(2, 100).size()));
    CHECK(now.waiting() == kept_from(1, 100).size());
    given.clear();
    while (const auto event = now.try_recv()) given.push_back(event->sequence());
    CHECK(given == kept_from(1, 100));
    CHECK(now.dropped() == 0);
    CHECK(full.waiting() == 1);
    CHECK(full.try_recv()->sequence() == 95);
    CHECK(full.dropped() == 90);
  }
};

}  // namespace

TEST_CASE("consumers that are behind get nothing that was dropped or erased", "[delivery][compaction]") {
  for (const bool erases : {true, false}) {
    quipu::store store{settings_in(memory_world{}, small_segments())};
    consumers_behind behind{store};
    append_numbers(store, 0, 99);
    behind.begin();
    store.compact(policy_of(erases));
    behind.check(erases);
  }
}

TEST_CASE("consumers of a reader that are behind get nothing that was dropped or erased", "[delivery][compaction]") {
  for (const bool erases : {true, false}) {
    const memory_world world;
    quipu::store store{settings_in(world, small_segments())};
    quipu::read_only_store reader{settings_in(world, small_segments())};
    consumers_behind behind{reader};
    append_numbers(store, 0, 99);
    store.sync();
    behind.begin();
    store.compact(policy_of(erases));
    behind.check(erases);
  }
}

TEST_CASE("what a cursor found and did not return yet is looked for again", "[delivery][compaction]") {
  quipu::store store{settings_in(memory_world{}, small_segments())};
  append_numbers(store, 0, 9);
  auto cursor = store.cursor_guaranteed(region::all().with_events<deposited>());
  auto named = store.cursor_guaranteed("named", region::all().with_events<deposited>());
  CHECK(named.poll_batch(4).size() == 4);
  named.commit();
  store.compact(policy_of(false));
  append_numbers(store, 10, 11);
  store.close();
  CHECK_FALSE(cursor.ended());  // finds an event
  numbers given;
  while (const auto event = cursor.poll()) given.push_back(event->sequence());
  CHECK(given == numbers{0, 5, 10, 11});
  CHECK(cursor.ended());
  given.clear();
  while (const auto event = named.poll()) given.push_back(event->sequence());
  CHECK(given == numbers{5, 10, 11});
}

TEST_CASE("a merge disturbs no consumer", "[delivery][compaction]") {
  quipu::store store{settings_in(memory_world{}, small_segments())};
  auto now = store.subscribe_lossy(region::all());
  auto cursor = store.cursor_guaranteed(region::all());
  append_numbers(store, 0, 99);
  CHECK(cursor.poll_batch(30).size() == 30);
  CHECK(now.try_recv()->sequence() == 0);
  store.compact(compaction::merge());
  CHECK(cursor.poll_batch(1000).size() == 70);
  std::uint64_t received = 1;
  while (const auto event = now.try_recv()) REQUIRE(event->sequence() == received++);
  CHECK(received == 100);
}

TEST_CASE("a watched state is folded again from what is left", "[delivery][compaction]") {
  for (const bool erases : {true, false}) {
    const memory_world world;
    quipu::store store{settings_in(world, small_segments())};
    quipu::read_only_store reader{settings_in(world, small_segments())};
    append_numbers(store, 0, 49);
    auto watched = store.watch<account>("a");
    auto watched_there = reader.watch<account>("a");
    auto told = store.watch<raw_count>("a");
    append_numbers(store, 50, 59);
    store.sync();
    REQUIRE(watched.try_recv() == store.project<account>("a"));
    REQUIRE(watched_there.try_recv() == store.project<account>("a"));
    REQUIRE(told.try_recv()->told == 60);
    append_numbers(store, 60, 69);
    store.compact(policy_of(erases));
    REQUIRE(watched.try_recv() == store.project<account>("a"));
    REQUIRE(told.try_recv()->told == kept_from(0, 70).size());  // an erased event says nothing to any state
    append_numbers(store, 70, 70);
    store.sync();
    CHECK(watched.try_recv() == store.project<account>("a"));
    CHECK(watched_there.try_recv() == store.project<account>("a"));
    store.compact(compaction::tombstone([](const event_view&) { return false; }));
    CHECK_FALSE(watched.try_recv());  // a compaction alone is not a change
    CHECK_FALSE(watched_there.try_recv());
  }
}

namespace {

/// A handler that can be held back, and notes what it is given: a deposit's number, or nothing of an erased event.
class slow_handler {
 public:
  void operator()(const event_view& event) {
    {
      const std::lock_guard lock{mutex_};
      given_.push_back(event.sequence());
      if (event.is<deposited>()) with_payload_.push_back(event.sequence());
    }
    static_cast<void>(comes_true([this] { return !is_held_.load(); }));
    if (is_broken_.load()) throw std::runtime_error{"broken"};
  }
  void hold(bool held) { is_held_.store(held); }
  void break_down(bool broken) { is_broken_.store(broken); }
  [[nodiscard]] numbers given() const {
    const std::lock_guard lock{mutex_};
    return given_;
  }
  [[nodiscard]] numbers with_payload() const {
    const std::lock_guard lock{mutex_};
    return with_payload_;
  }

 private:
  mutable std::mutex mutex_;
  numbers given_;
  numbers with_payload_;
  std::atomic<bool> is_held_{false};
  std::atomic<bool> is_broken_{false};
};

compaction erase_all() {
  return compaction::tombstone([](const event_view&) { return false; });
}

}  // namespace

TEST_CASE("a worker that is behind handles nothing that was dropped or erased", "[delivery][worker][compaction]") {
  for (const bool erases : {true, false}) {
    quipu::store store{settings_in(memory_world{}, small_segments())};
    append_numbers(store, 0, 99);
    slow_handler handler;
    handler.hold(true);
    auto worker = store.cursor_worker("w", region::all(), std::ref(handler));
    REQUIRE(comes_true([&] { return handler.given().size() == 1; }));
    store.compact(policy_of(erases));
    handler.hold(false);
    REQUIRE(comes_true([&] { return worker.next_sequence() == 100; }));
    CHECK(handler.with_payload() == kept_from(0, 100));
    CHECK(handler.given().size() == (erases ? 100 : 20));
  }
}

TEST_CASE("a worker's position goes on over events that its region doesn't select", "[delivery][worker]") {
  quipu::store store{settings_in(memory_world{}, small_segments())};
  append_numbers(store, 0, 9);
  slow_handler handler;
  auto worker = store.cursor_worker("w", region::all().with_events<withdrawn>(), std::ref(handler));
  CHECK(comes_true([&] { return worker.next_sequence() == 10; }));
  append_numbers(store, 10, 10);
  CHECK(comes_true([&] { return worker.next_sequence() == 11; }));
  CHECK(handler.given().empty());
}

TEST_CASE("an event that is erased between two attempts isn't tried again", "[delivery][worker][compaction]") {
  quipu::store store{settings_in(memory_world{}, small_segments())};
  append_numbers(store, 0, 0);
  slow_handler handler;
  handler.break_down(true);
  const worker_policy patient{.poison = poison_policy::retry(1'000'000, 1ms).then_park()};
  SECTION("and is over, where the region doesn't select it any more") {
    auto worker = store.cursor_worker("w", region::all().with_events<deposited>(), std::ref(handler), patient);
    REQUIRE(comes_true([&] { return handler.given().size() > 2; }));
    store.compact(erase_all());
    CHECK(comes_true([&] { return worker.next_sequence() == 1; }));
    CHECK(worker.parked().empty());
    CHECK(handler.given().size() == handler.with_payload().size());
  }
  SECTION("but as it is now, where the region selects that") {
    auto worker = store.cursor_worker("w", region::all(), std::ref(handler), patient);
    REQUIRE(comes_true([&] { return handler.given().size() > 2; }));
    store.compact(erase_all());
    const std::size_t tries = handler.given().size();
    REQUIRE(comes_true([&] { return handler.given().size() > tries + 1; }));  // one could be under way
    const std::size_t before = handler.with_payload().size();
    REQUIRE(comes_true([&] { return handler.given().size() > tries + 4; }));
    CHECK(handler.with_payload().size() == before);
    handler.break_down(false);
    CHECK(comes_true([&] { return worker.next_sequence() == 1; }));
  }
}

TEST_CASE("a parked event that was dropped or erased is parked no more", "[delivery][worker][compaction]") {
  for (const bool erases : {true, false}) {
    quipu::store store{settings_in(memory_world{}, small_segments())};
    append_numbers(store, 0, 9);
    slow_handler handler;
    handler.break_down(true);
    auto worker = store.cursor_worker("w", region::all().with_events<deposited>(), std::ref(handler),
                                      {.poison = poison_policy::park()});
    REQUIRE(comes_true([&] { return worker.next_sequence() == 10; }));
    store.compact(policy_of(erases));
    CHECK(worker.retry_parked() == 8);  // 0 and 5 are left, and fail
    CHECK(handler.given().size() == 12);
    CHECK(worker.parked().size() == 2);
    handler.break_down(false);
    CHECK(worker.retry_parked() == 2);
    CHECK(worker.parked().empty());
    CHECK(store.parked("w").empty());
  }
}

TEST_CASE("a parked event that was erased is handed over as it is, where the region selects that",
          "[delivery][worker][compaction]") {
  quipu::store store{settings_in(memory_world{}, small_segments())};
  append_numbers(store, 0, 0);
  slow_handler handler;
  handler.break_down(true);
  auto worker = store.cursor_worker("w", region::all(), std::ref(handler), {.poison = poison_policy::park()});
  REQUIRE(comes_true([&] { return worker.next_sequence() == 1; }));
  store.compact(erase_all());
  handler.break_down(false);
  CHECK(worker.retry_parked() == 1);
  CHECK(handler.given() == numbers{0, 0});
  CHECK(handler.with_payload() == numbers{0});
}

TEST_CASE("a parked event can be given up", "[delivery][worker]") {
  const scratch_folder folder;
  const quipu::config settings{.directory = folder / "d"};
  std::optional<quipu::store> store{std::in_place, settings};
  append_numbers(*store, 0, 3);
  slow_handler handler;
  handler.break_down(true);
  std::vector<quipu::parked_event> parked;
  {
    auto worker = store->cursor_worker("w", region::all(), std::ref(handler), {.poison = poison_policy::park()});
    REQUIRE(comes_true([&] { return worker.next_sequence() == 4; }));
    parked = worker.parked();
    REQUIRE(parked.size() == 4);
    CHECK(worker.give_up_parked(parked[1].id));
    CHECK_FALSE(worker.give_up_parked(parked[1].id));
    CHECK(handler.given().size() == 4);
    CHECK(worker.parked().size() == 3);
    CHECK(store->parked("w") == worker.parked());
    CHECK(code_of([&] { store->give_up_parked("w", parked[2].id); }) == errc::busy);
    worker.stop();
    worker.join();
    CHECK(code_of([&] { worker.give_up_parked(parked[2].id); }) == errc::closed);
  }
  CHECK(store->give_up_parked("w", parked[2].id));
  CHECK_FALSE(store->try_give_up_parked("w", parked[2].id).value_or(true));
  CHECK(store->try_give_up_parked("nobody", parked[2].id).is_error());
  static_cast<void>(store->cursor_guaranteed("other", region::all()).try_commit("a state of its own"));
  CHECK(code_of([&] { store->give_up_parked("other", parked[2].id); }) == errc::invalid_argument);
  store->close();
  store.emplace(settings);
  REQUIRE(store->parked("w").size() == 2);
  CHECK(store->parked("w")[0] == parked[0]);
  CHECK(store->parked("w")[1] == parked[3]);
  handler.break_down(false);
  auto worker = store->cursor_worker("w", region::all(), std::ref(handler));
  CHECK(worker.retry_parked() == 2);
  CHECK(handler.given() == numbers{0, 1, 2, 3, 0, 3});
}

TEST_CASE("a handler can't wait for its own worker to give an event up", "[delivery][worker]") {
  quipu::store store{settings_in(memory_world{}, small_segments())};
  std::optional<quipu::worker> worker;
  std::atomic<errc> thrown{errc::timeout};
  std::atomic<bool> is_made{false};
  worker.emplace(store.cursor_worker("w", region::all(), [&](const event_view& event) {
    static_cast<void>(comes_true([&] { return is_made.load(); }));
    thrown = code_of([&] { worker->give_up_parked(event.id()); });
  }));
  is_made = true;
  append_numbers(store, 0, 0);
  CHECK(comes_true([&] { return worker->next_sequence() == 1; }));
  CHECK(thrown == errc::invalid_argument);
}

TEST_CASE("a reactor that is behind reacts to nothing that was erased", "[delivery][worker][compaction]") {
  quipu::store store{settings_in(memory_world{}, small_segments())};
  append_numbers(store, 0, 19);
  slow_handler handler;
  handler.hold(true);
  auto reactor = store.react("r", region::all().with_events<deposited>(), [&](const event_view& cause, auto& emit) {
    handler(cause);
    emit({"answers", "s"}, withdrawn{cause.as<deposited>().cents, "answer"});
  });
  REQUIRE(comes_true([&] { return handler.given().size() == 1; }));
  store.compact(compaction::tombstone([](const event_view& event) { return event.sequence() == 19; }));
  handler.hold(false);
  REQUIRE(comes_true([&] { return reactor.next_sequence() >= 20; }));
  reactor.stop();
  reactor.join();
  CHECK(handler.given() == numbers{0, 19});
  CHECK(store.count(region::entity("answers")) == 2);
}
