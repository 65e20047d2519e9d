// SPDX-License-Identifier: BSL-1.0
//
// worker_test.cpp: a worker handles each event, goes on where it was, and does with events that can't be handled what
// its policy says.
#include "worker_fixture.hpp"

#include "../reused_thread.hpp"

#include <catch2/catch.hpp>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <sys/wait.h>
#include <unistd.h>

using namespace worker_tests;

namespace {

/// What a handler was called with.
class calls {
 public:
  void add(std::uint64_t number) {
    const std::lock_guard lock{mutex_};
    numbers_.push_back(number);
  }
  [[nodiscard]] std::vector<std::uint64_t> all() const {
    const std::lock_guard lock{mutex_};
    return numbers_;
  }
  [[nodiscard]] std::size_t count() const { return all().size(); }

 private:
  mutable std::mutex mutex_;
  std::vector<std::uint64_t> numbers_;
};

std::vector<std::uint64_t> numbers(std::uint64_t first, std::uint64_t last) {
  std::vector<std::uint64_t> all;
  for (std::uint64_t number = first; number <= last; ++number) all.push_back(number);
  return all;
}

std::uint64_t committed(quipu::store& store, const std::string& name) {
  for (const auto& each : store.cursors())
    if (each.name == name) return each.position.next_sequence;
  return 0;
}

constexpr worker_policy stops_at_once{.restart = restart_policy::never()};

}  // namespace

TEST_CASE("a worker handles what is there and what comes, and goes on there in its next life", "[delivery][worker]") {
  const scratch_folder folder;
  calls seen;
  {
    quipu::store store{quipu::config{.directory = folder / "d"}};
    append_numbers(store, 0, 99);
    auto worker = store.cursor_worker("w", region::all(), [&](const event_view& event) { seen.add(event.sequence()); });
    append_numbers(store, 100, 199);
    REQUIRE(comes_true([&] { return seen.count() == 200; }));
    CHECK(worker.state() == worker_state::running);
    worker.stop();
    worker.join();
    CHECK(worker.state() == worker_state::stopped);
    CHECK(worker.failure().empty());
    CHECK(worker.next_sequence() == 200);
    CHECK(worker.name() == "w");
    append_numbers(store, 200, 209);
  }
  CHECK(seen.all() == numbers(0, 199));
  quipu::store store{quipu::config{.directory = folder / "d"}};
  CHECK(store.cursors().at(0).position.next_sequence == 200);
  auto worker = store.cursor_worker("w", region::all(), [&](const event_view& event) { seen.add(event.sequence()); });
  REQUIRE(comes_true([&] { return seen.count() == 210; }));
  CHECK(seen.all() == numbers(0, 209));
}

TEST_CASE("a worker takes what its region selects, from where its policy says", "[delivery][worker]") {
  auto store = quipu::in_memory_store();
  append_numbers(store, 0, 9, "a");
  append_numbers(store, 10, 19, "b");
  calls seen;
  auto worker =
      store.cursor_worker("w", region::entity("b"), [&](const event_view& event) { seen.add(event.sequence()); },
                          {.from = quipu::cursor_position::at(15)});
  append_numbers(store, 20, 20, "a");
  append_numbers(store, 21, 21, "b");
  REQUIRE(comes_true([&] { return seen.count() == 6; }));
  CHECK(seen.all() == std::vector<std::uint64_t>{15, 16, 17, 18, 19, 21});
}

TEST_CASE("a worker that begins at the end misses nothing that comes between its lives", "[delivery][worker]") {
  auto store = quipu::in_memory_store();
  append_numbers(store, 0, 4);
  const worker_policy at_end{.from = quipu::cursor_position::end()};
  calls seen;
  const auto handler = [&](const event_view& event) { seen.add(event.sequence()); };
  static_cast<void>(store.cursor_worker("w", region::all(), handler, at_end));
  append_numbers(store, 5, 6);
  auto worker = store.cursor_worker("w", region::all(), handler, at_end);
  REQUIRE(comes_true([&] { return seen.count() == 2; }));
  CHECK(seen.all() == numbers(5, 6));
}

TEST_CASE("a worker that takes its time commits meanwhile", "[delivery][worker]") {
  auto store = quipu::in_memory_store();
  append_numbers(store, 0, 9);
  std::atomic<bool> go_on{false};
  calls seen;
  auto worker = store.cursor_worker("w", region::all(),
                                    [&](const event_view& event) {
                                      seen.add(event.sequence());
                                      while (event.sequence() == 4 && !go_on) std::this_thread::sleep_for(1ms);
                                    },
                                    {.commit_after_ms = 0});
  REQUIRE(comes_true([&] { return seen.count() == 5; }));
  CHECK(committed(store, "w") == 4);
  go_on = true;
  REQUIRE(comes_true([&] { return committed(store, "w") == 10; }));
  CHECK(seen.all() == numbers(0, 9));
}

TEST_CASE("a worker that commits in the middle of what it has at hand goes on behind it", "[delivery][worker]") {
  auto store = quipu::in_memory_store();
  append_numbers(store, 0, 9);
  calls seen;
  std::vector<std::uint64_t> committed_before;
  // The third event takes longer than a commit is waited with.
  auto worker = store.cursor_worker("w", region::all(),
                                    [&](const event_view& event) {
                                      committed_before.push_back(committed(store, "w"));
                                      seen.add(event.sequence());
                                      const auto begin = std::chrono::steady_clock::now();
                                      while (event.sequence() == 2 && std::chrono::steady_clock::now() - begin <= 50ms)
                                        std::this_thread::sleep_for(1ms);
                                    },
                                    {.commit_after_ms = 50});
  REQUIRE(comes_true([&] { return committed(store, "w") == 10; }));
  worker.stop();
  worker.join();
  CHECK(seen.all() == numbers(0, 9));
  REQUIRE(committed_before.size() == 10);
  CHECK(committed_before[2] < 3);
  CHECK(committed_before[3] == 3);  // the commit in the middle
}

TEST_CASE("a worker whose handler throws begins again with the event that failed, as often as it may",
          "[delivery][worker]") {
  auto store = quipu::in_memory_store();
  append_numbers(store, 0, 9);
  calls seen;
  const auto fails_at_five = [&](const event_view& event) {
    seen.add(event.sequence());
    if (event.sequence() == 5) throw std::runtime_error{"five"};
  };
  SECTION("never") {
    auto worker = store.cursor_worker("w", region::all(), fails_at_five, stops_at_once);
    worker.join();
    CHECK(worker.state() == worker_state::failed);
    CHECK(worker.failure() == R"(event 5, 0xF001 of "a": five)");
    CHECK(worker.restarts() == 0);
    CHECK(seen.all() == numbers(0, 5));
    CHECK(committed(store, "w") == 5);  // what was handled stays handled
  }
  SECTION("once") {
    auto worker = store.cursor_worker("w", region::all(), fails_at_five, {.restart = restart_policy::once()});
    worker.join();
    CHECK(worker.state() == worker_state::failed);
    CHECK(worker.restarts() == 1);
    CHECK(seen.all() == std::vector<std::uint64_t>{0, 1, 2, 3, 4, 5, 5});
  }
  SECTION("three times") {
    auto worker = store.cursor_worker("w", region::all(), fails_at_five, {.restart = restart_policy::bounded(3, 1h)});
    worker.join();
    CHECK(worker.restarts() == 3);
    CHECK(seen.count() == 9);
    CHECK(committed(store, "w") == 5);
  }
  SECTION("a worker that failed gives way to another one of its name") {
    auto worker = store.cursor_worker("w", region::all(), fails_at_five, stops_at_once);
    worker.join();
    auto other = store.cursor_worker("w", region::all(), [&](const event_view& event) { seen.add(event.sequence()); });
    REQUIRE(comes_true([&] { return seen.count() == 11; }));
  }
}

TEST_CASE("restarts that lie outside the window don't count", "[delivery][worker]") {
  auto store = quipu::in_memory_store();
  append_numbers(store, 0, 0);
  std::atomic<int> attempts{0};
  // The pause between two runs is longer than the window.
  auto worker = store.cursor_worker("w", region::all(),
                                    [&](const event_view&) {
                                      if (++attempts < 6) throw std::runtime_error{"not yet"};
                                    },
                                    {.restart = restart_policy::bounded(1, 1us)});
  REQUIRE(comes_true([&] { return attempts == 6; }));
  CHECK(worker.restarts() == 5);
  CHECK(worker.state() == worker_state::running);
}

TEST_CASE("a poison event is tried again, skipped or parked, as the policy says", "[delivery][worker]") {
  constexpr std::int64_t clock_us = 1'700'000'000'000'000;
  quipu::config settings;
  settings.clock = [] { return clock_us; };
  auto store = quipu::in_memory_store(settings);
  append_numbers(store, 0, 9);
  calls seen;
  std::atomic<bool> broken{true};
  const auto handler = [&](const event_view& event) {
    seen.add(event.sequence());
    if (broken && event.sequence() % 4 == 3) throw std::runtime_error{"no " + std::to_string(event.sequence())};
  };
  SECTION("tried again, and then the run ends") {
    auto worker = store.cursor_worker("w", region::all(), handler,
                                      {.restart = restart_policy::never(), .poison = poison_policy::retry(2, 1ms)});
    worker.join();
    CHECK(worker.state() == worker_state::failed);
    CHECK(worker.failure() == R"(event 3, 0xF001 of "a": no 3)");
    CHECK(seen.all() == std::vector<std::uint64_t>{0, 1, 2, 3, 3, 3});
  }
  SECTION("tried again, and the failure is told meanwhile") {
    auto worker = store.cursor_worker("w", region::all(), handler, {.poison = poison_policy::retry(1, patience)});
    REQUIRE(comes_true([&] { return worker.failure() == R"(event 3, 0xF001 of "a": no 3)"; }));
    CHECK(worker.state() == worker_state::running);
  }
  SECTION("skipped, and told") {
    auto worker = store.cursor_worker("w", region::all(), handler, {.poison = poison_policy::skip()});
    REQUIRE(comes_true([&] { return worker.next_sequence() == 10; }));
    CHECK(seen.all() == numbers(0, 9));
    CHECK(worker.skipped_count() == 2);
    REQUIRE(worker.skipped().size() == 2);
    CHECK(worker.skipped()[0].sequence == 3);
    CHECK(worker.skipped()[1].error == "no 7");
    CHECK(worker.parked().empty());
    CHECK(worker.restarts() == 0);
  }
  SECTION("tried again, and then skipped") {
    auto worker = store.cursor_worker("w", region::all().with_sequence_range(2, 6), handler,
                                      {.poison = poison_policy::retry(1, 1us).then_skip()});
    REQUIRE(comes_true([&] { return worker.next_sequence() >= 7; }));
    CHECK(seen.count() == 6);  // 2 to 6, and 3 once more
    CHECK(worker.skipped_count() == 1);
    CHECK(worker.skipped().at(0).sequence == 3);
    CHECK(worker.skipped().at(0).attempts == 2);
    CHECK(worker.parked().empty());
  }
  SECTION("tried again, and then parked; and handled when it is asked for") {
    auto worker =
        store.cursor_worker("w", region::all(), handler, {.poison = poison_policy::retry(1, 1us).then_park()});
    REQUIRE(comes_true([&] { return worker.next_sequence() == 10; }));
    CHECK(seen.count() == 12);
    auto parked = worker.parked();
    REQUIRE(parked.size() == 2);
    CHECK(parked[0].sequence == 3);
    CHECK(store.get(parked[0].id).sequence() == 3);
    CHECK(parked[0].attempts == 2);
    CHECK(parked[0].error == "no 3");
    CHECK(parked[0].failed_at_us == clock_us);
    CHECK(worker.retry_parked() == 0);
    CHECK(worker.parked()[0].attempts == 3);
    broken = false;
    CHECK(worker.retry_parked() == 2);
    CHECK(worker.parked().empty());
    CHECK(store.parked("w").empty());
    CHECK(worker.retry_parked() == 0);
  }
}

TEST_CASE("what was parked is there in the next life, and needs no worker to be seen", "[delivery][worker]") {
  const scratch_folder folder;
  std::vector<quipu::parked_event> parked;
  {
    quipu::store store{quipu::config{.directory = folder / "d"}};
    append_numbers(store, 0, 9);
    auto worker = store.cursor_worker("w", region::all(),
                                      [](const event_view& event) {
                                        if (event.sequence() == 4) throw 4;
                                        if (event.sequence() == 6) throw std::runtime_error{std::string(5000, 'x')};
                                      },
                                      {.poison = poison_policy::park()});
    REQUIRE(comes_true([&] { return worker.next_sequence() == 10; }));
    worker.stop();
    worker.join();
    parked = worker.parked();
    REQUIRE(parked.size() == 2);
    CHECK(parked[0].error == "something that is no std::exception was thrown, of type int");
    CHECK(parked[1].error == std::string(1024, 'x'));
  }
  quipu::store store{quipu::config{.directory = folder / "d"}};
  CHECK(store.parked("w") == parked);
  CHECK(code_of([&] { static_cast<void>(store.parked("other")); }) == errc::not_found);
  CHECK(store.try_parked("other").is_error());
  std::vector<std::uint64_t> seen;
  auto worker =
      store.cursor_worker("w", region::all(), [&](const event_view& event) { seen.push_back(event.sequence()); });
  CHECK(worker.parked() == parked);
  CHECK(worker.retry_parked() == 2);
  CHECK(seen == std::vector<std::uint64_t>{4, 6});
  CHECK(store.parked("w").empty());
}

TEST_CASE("a worker that may not park any more fails", "[delivery][worker]") {
  auto store = quipu::in_memory_store();
  append_numbers(store, 0, 9);
  auto worker = store.cursor_worker("w", region::all(), [](const event_view&) { throw std::runtime_error{"always"}; },
                                    {.poison = poison_policy::park(), .parked_limit = 3});
  worker.join();
  CHECK(worker.state() == worker_state::failed);
  CHECK(worker.restarts() == 0);  // it would be the same again
  CHECK(worker.failure().find("as many parked events as it may have") != std::string::npos);
  CHECK(store.parked("w").size() == 3);
  CHECK(committed(store, "w") == 3);
}

TEST_CASE("stopping is prompt: in a wait, in a pause, and between two events", "[delivery][worker]") {
  auto store = quipu::in_memory_store();
  SECTION("in a wait") {
    auto worker = store.cursor_worker("w", region::all(), [](const event_view&) {});
    worker.stop();
    worker.join();
    CHECK(worker.state() == worker_state::stopped);
  }
  SECTION("in a pause") {
    append_numbers(store, 0, 0);
    std::atomic<int> attempts{0};
    auto worker = store.cursor_worker("w", region::all(),
                                      [&](const event_view&) {
                                        ++attempts;
                                        throw std::runtime_error{"no"};
                                      },
                                      {.poison = poison_policy::retry(1000, 2 * patience).then_park()});
    REQUIRE(comes_true([&] { return attempts == 1; }));
    const auto begin = std::chrono::steady_clock::now();
    worker.stop();
    worker.join();
    CHECK(std::chrono::steady_clock::now() - begin < patience);  // not the pause
    CHECK(worker.state() == worker_state::stopped);
    CHECK(worker.parked().empty());
    CHECK(worker.next_sequence() == 0);  // it is given again
  }
  SECTION("between two events") {
    append_numbers(store, 0, 49);
    calls seen;
    std::optional<quipu::worker> worker;
    std::atomic<bool> made{false};
    worker.emplace(store.cursor_worker("w", region::all(), [&](const event_view& event) {
      while (!made) std::this_thread::sleep_for(1ms);
      seen.add(event.sequence());
      if (event.sequence() == 7) worker->stop();
    }));
    made = true;
    worker->join();
    CHECK(seen.all() == numbers(0, 7));
    CHECK(committed(store, "w") == 8);
  }
}

TEST_CASE("a worker ends with its store, whoever waits", "[delivery][worker]") {
  std::optional<quipu::worker> waiting;
  std::optional<quipu::worker> pausing;
  std::atomic<int> attempts{0};
  {
    auto store = quipu::in_memory_store();
    waiting.emplace(store.cursor_worker("waiting", region::entity("none"), [](const event_view&) {}));
    pausing.emplace(store.cursor_worker("pausing", region::all(),
                                        [&](const event_view&) {
                                          ++attempts;
                                          throw std::runtime_error{"no"};
                                        },
                                        {.poison = poison_policy::retry(1000, 2 * patience)}));
    append_numbers(store, 0, 0);
    REQUIRE(comes_true([&] { return attempts == 1; }));
  }
  const auto begin = std::chrono::steady_clock::now();
  waiting->join();
  pausing->join();
  CHECK(std::chrono::steady_clock::now() - begin < patience);  // not the pause
  CHECK(waiting->state() == worker_state::stopped);
  CHECK(pausing->state() == worker_state::stopped);
  CHECK(code_of([&] { waiting->retry_parked(); }) == errc::closed);
}

TEST_CASE("what the handler does to the store it may do", "[delivery][worker]") {
  auto store = quipu::in_memory_store();
  append_numbers(store, 0, 9);
  std::atomic<errc> joined{};
  std::atomic<errc> retried{};
  std::optional<quipu::worker> worker;
  std::atomic<bool> made{false};
  worker.emplace(store.cursor_worker("w", region::entity("a"), [&](const event_view& event) {
    while (!made) std::this_thread::sleep_for(1ms);
    store.append_reaction({"b", "s"}, deposited{1}, event);
    joined = code_of([&] { worker->join(); });
    retried = code_of([&] { worker->retry_parked(); });
  }));
  made = true;
  REQUIRE(comes_true([&] { return worker->next_sequence() >= 10; }));
  CHECK(store.count(region::entity("b")) == 10);
  CHECK(joined == errc::invalid_argument);
  CHECK(retried == errc::invalid_argument);
}

TEST_CASE("a name is one worker's at a time", "[delivery][worker]") {
  auto store = quipu::in_memory_store();
  const auto nothing = [](const event_view&) {};
  auto worker = store.cursor_worker("w", region::all(), nothing);
  CHECK(code_of([&] { static_cast<void>(store.cursor_worker("w", region::all(), nothing)); }) == errc::busy);
  CHECK(store.try_cursor_worker("w", region::all(), nothing).is_error());
  CHECK_NOTHROW(store.cursor_worker("v", region::all(), nothing));
  worker.stop();
  worker.join();
  CHECK_NOTHROW(store.cursor_worker("w", region::all(), nothing));
}

TEST_CASE("a worker of nonsense is refused", "[delivery][worker]") {
  auto store = quipu::in_memory_store();
  const auto nothing = [](const event_view&) {};
  const auto make = [&](const worker_policy& policy) {
    return code_of([&] { static_cast<void>(store.cursor_worker("w", region::all(), nothing, policy)); });
  };
  CHECK(make({.commit_every_events = 0}) == errc::invalid_argument);
  CHECK(make({.commit_every_events = 65'537}) == errc::invalid_argument);
  CHECK(make({.commit_after_ms = -1}) == errc::invalid_argument);
  CHECK(make({.commit_after_ms = INT64_MAX}) == errc::invalid_argument);
  CHECK(make({.parked_limit = 65'537}) == errc::invalid_argument);
  CHECK(make({.from = quipu::cursor_position::at(1)}) == errc::invalid_argument);
  CHECK(code_of([&] { static_cast<void>(store.cursor_worker("", region::all(), nothing)); }) == errc::invalid_argument);
  auto cursor = store.cursor_guaranteed("other", region::all());
  cursor.commit("a state");
  CHECK(code_of([&] { static_cast<void>(store.cursor_worker("other", region::all(), nothing)); }) ==
        errc::invalid_argument);
  CHECK(code_of([&] { static_cast<void>(store.parked("other")); }) == errc::invalid_argument);
  store.close();
  CHECK(code_of([&] { static_cast<void>(store.cursor_worker("w", region::all(), nothing)); }) == errc::closed);
}

TEST_CASE("a worker that was overtaken by a cursor of its name goes on behind it", "[delivery][worker]") {
  auto store = quipu::in_memory_store();
  append_numbers(store, 0, 4);
  calls seen;
  std::atomic<bool> overtaken{false};
  auto worker = store.cursor_worker("w", region::all(),
                                    [&](const event_view& event) {
                                      seen.add(event.sequence());
                                      while (event.sequence() == 0 && !overtaken) std::this_thread::sleep_for(1ms);
                                    },
                                    {.commit_every_events = 1});
  REQUIRE(comes_true([&] { return seen.count() == 1; }));
  auto other = store.cursor_guaranteed("w", region::all());
  CHECK(other.poll_batch(3).size() == 3);
  other.commit();
  overtaken = true;
  REQUIRE(comes_true([&] { return seen.count() == 3; }));
  CHECK(seen.all() == std::vector<std::uint64_t>{0, 3, 4});
  CHECK(worker.restarts() == 1);
}

TEST_CASE("a worker can be moved, and a forked child leaves it alone", "[delivery][worker]") {
  auto store = quipu::in_memory_store();
  calls seen;
  auto first = store.cursor_worker("w", region::all(), [&](const event_view& event) { seen.add(event.sequence()); });
  auto second = std::move(first);
  CHECK(code_of([&] { first.stop(); }) == errc::invalid_argument);  // NOLINT: it says so
  CHECK_NOTHROW(first.join());
  append_numbers(store, 0, 0);
  REQUIRE(comes_true([&] { return seen.count() == 1; }));
  const pid_t child = ::fork();
  if (child == 0) {
    bool refused = false;
    {
      auto copy = std::move(second);
      refused = code_of([&] { copy.join(); }) == errc::locked;
    }
    ::_exit(refused ? 0 : 1);
  }
  int status = -1;
  REQUIRE(::waitpid(child, &status, 0) == child);
  CHECK(status == 0);
  append_numbers(store, 1, 1);
  REQUIRE(comes_true([&] { return seen.count() == 2; }));
}

TEST_CASE("a worker that another one is moved to stops first", "[delivery][worker]") {
  auto store = quipu::in_memory_store();
  calls by_first;
  calls by_second;
  auto first =
      store.cursor_worker("1", region::all(), [&](const event_view& event) { by_first.add(event.sequence()); });
  auto second =
      store.cursor_worker("2", region::all(), [&](const event_view& event) { by_second.add(event.sequence()); });
  append_numbers(store, 0, 0);
  REQUIRE(comes_true([&] { return by_first.count() == 1 && by_second.count() == 1; }));
  first = std::move(second);
  CHECK(first.name() == "2");
  append_numbers(store, 1, 1);
  REQUIRE(comes_true([&] { return by_second.count() == 2; }));
  CHECK(by_first.count() == 1);
  auto& itself = first;
  first = std::move(itself);
  append_numbers(store, 2, 2);
  REQUIRE(comes_true([&] { return by_second.count() == 3; }));
  first.stop();
  first.join();
  CHECK_NOTHROW(first.join());  // again
}

TEST_CASE("a worker keeps the last skipped events, and of a long error what a record has room for",
          "[delivery][worker]") {
  const memory_world world;
  const std::string long_text(5000, 'x');
  {
    quipu::store store{settings_in(world, small_segments())};
    append_numbers(store, 0, 99);
    auto worker =
        store.cursor_worker("w", region::all(), [&](const event_view&) { throw std::runtime_error{long_text}; },
                            {.poison = poison_policy::skip()});
    REQUIRE(comes_true([&] { return worker.next_sequence() == 100; }));
    CHECK(worker.skipped_count() == 100);
    REQUIRE(worker.skipped().size() == 64);
    CHECK(worker.skipped().front().sequence == 36);
    CHECK(worker.skipped().back().sequence == 99);
    auto parking = store.cursor_worker("p", region::entity("a").with_sequence_range(0, 0),
                                       [&](const event_view&) { throw std::runtime_error{long_text}; },
                                       {.poison = poison_policy::park()});
    REQUIRE(comes_true([&] { return parking.parked().size() == 1; }));
    CHECK(parking.parked()[0].error.size() == 1024);
    CHECK(parking.retry_parked() == 0);
    CHECK(parking.parked()[0].error.size() == 1024);
    CHECK(parking.parked()[0].attempts == 2);
  }
  quipu::store store{settings_in(world, small_segments())};
  auto worker = store.cursor_worker("w", region::all(), [](const event_view&) {});
  CHECK(worker.skipped_count() == 100);
  CHECK(worker.skipped().size() == 64);
  CHECK(store.parked("p").at(0).error == long_text.substr(0, 1024));
}

TEST_CASE("a thread with the id that an ended worker had is not its own", "[delivery][worker]") {
  auto store = quipu::in_memory_store();
  append_numbers(store, 1, 3);
  std::thread::id of_worker;
  auto worker =
      store.cursor_worker("w", region::all(), [&](const event_view&) { of_worker = std::this_thread::get_id(); });
  REQUIRE(worker.wait_caught_up_for(10s));
  worker.stop();
  worker.join();
  REQUIRE(test_settings::in_thread_with_id(of_worker, [&] {
    CHECK_NOTHROW(worker.join());
    CHECK(error_of([&] { static_cast<void>(worker.wait_caught_up_for(10ms)); }).code() != errc::invalid_argument);
  }));
}
