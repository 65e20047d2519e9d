// SPDX-License-Identifier: BSL-1.0
//
// working_threads_test.cpp: everything that works by itself at once, while several threads append and a compaction
// merges segments, against an oracle: what the appends' receipts say. Nothing is lost, nothing comes twice, and order
// is kept.
#include "worker_fixture.hpp"

#include <catch2/catch.hpp>

#include <atomic>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

using namespace worker_tests;

namespace {

constexpr std::size_t writers = 3;
constexpr std::size_t rounds_each = 250;

std::string entity_of(std::size_t writer) { return "writer:" + std::to_string(writer); }

/// What a consumer got: numbers of events and what was in them.
using got = std::vector<std::pair<std::uint64_t, std::int64_t>>;

got::value_type content_of(const event_view& event) {
  return {event.sequence(), event.is<deposited>() ? event.as<deposited>().cents : -event.as<withdrawn>().cents};
}

/// One after the other: single events, durable, buffered and submitted, and batches; returns what was appended.
template <class Store>
got write_some(Store& store, std::size_t writer) {
  got all;
  const std::string entity = entity_of(writer);
  auto content = static_cast<std::int64_t>(writer * 1'000'000);
  for (std::size_t round = 0; round < rounds_each; ++round) {
    if (round % 10 == 3) {
      quipu::batch events;
      for (int item = 0; item < 5; ++item)
        events.add({entity, "s"}, deposited{content + item}, {.durability = durability::buffered});
      for (const auto& receipt : store.append(events)) all.emplace_back(receipt.sequence, content++);
    } else if (round % 10 == 6) {
      auto ticket = store.submit({entity, "s"}, deposited{content});
      all.emplace_back(ticket.wait().sequence, content++);
    } else {
      const auto receipt = store.append({entity, "s"}, deposited{content},
                                        {.durability = round % 20 == 0 ? durability::durable : durability::buffered});
      all.emplace_back(receipt.sequence, content++);
    }
  }
  return all;
}

template <class Store>
void stress(Store& store) {
  append_numbers(store, 1, 200, "before");

  // A worker that is stopped and made again all the time; what it handled is its own.
  got handled;
  std::atomic<bool> over{false};
  std::thread restarting{[&] {
    while (!over) {
      auto worker = store.cursor_worker("restarted", region::all(),
                                        [&](const event_view& event) { handled.push_back(content_of(event)); },
                                        {.commit_every_events = 7});
      std::this_thread::sleep_for(1ms);
    }
  }};
  // One whose handler fails at times: those events are parked, or handled when it is tried again.
  std::mutex flaky_mutex;
  got flaky_handled;
  std::map<std::uint64_t, int> flaky_attempts;
  auto flaky = store.cursor_worker("flaky", region::all(),
                                   [&](const event_view& event) {
                                     const std::lock_guard lock{flaky_mutex};
                                     const int attempt = ++flaky_attempts[event.sequence()];
                                     if (event.sequence() % 50 == 17 && attempt <= 3) throw std::runtime_error{"later"};
                                     if (event.sequence() % 50 == 31 && attempt <= 1) throw std::runtime_error{"again"};
                                     flaky_handled.push_back(content_of(event));
                                   },
                                   {.poison = poison_policy::retry(1, 10us).then_park()});
  // One that falls and begins again.
  got fallen_handled;
  std::map<std::uint64_t, int> falls;
  auto fallen = store.cursor_worker("fallen", region::entity(entity_of(1)),
                                    [&](const event_view& event) {
                                      if (event.sequence() % 400 == 3 && ++falls[event.sequence()] <= 2)
                                        throw std::runtime_error{"fell"};
                                      fallen_handled.push_back(content_of(event));
                                    },
                                    {.restart = restart_policy::bounded(1000, 1h)});
  // Reactors, one of which reacts to the other.
  auto first = store.react("first", region::entity(entity_of(0)), [](const event_view& cause, auto& emit) {
    emit({"first", "s"}, withdrawn{cause.as<deposited>().cents, "1"});
    if (cause.sequence() % 3 == 0) emit({"first", "s"}, withdrawn{cause.as<deposited>().cents, "2"});
  });
  auto second = store.react("second", region::entity("first"), [](const event_view& cause, auto& emit) {
    emit({"second", "s"}, withdrawn{cause.as<withdrawn>().cents + 1, ""});
  });
  // States.
  auto whole = store.template read_model<account>("whole", region::all(), {.save_every_events = 100});
  auto each = store.template read_model_by_entity<account>("each", region::all(), {.save_every_events = 500});
  // What may lose, and says how much.
  got pushed;
  std::uint64_t lost = 0;
  std::thread subscribing{[&, events = store.subscribe_lossy(region::all(), {.capacity = 64})]() mutable {
    while (const auto event = events.recv()) pushed.push_back(content_of(*event));
    lost = events.dropped();
  }};
  std::thread compacting{[&] {
    while (!over) {
      store.compact(quipu::compaction::merge());
      whole.rebuild();
      std::this_thread::sleep_for(2ms);
    }
  }};

  std::vector<got> appended(writers);
  std::vector<std::thread> appending;
  for (std::size_t writer = 0; writer < writers; ++writer)
    appending.emplace_back([&, writer] { appended[writer] = write_some(store, writer); });
  for (std::thread& thread : appending) thread.join();

  // What the reactors emit comes of what was appended: all of it, exactly once, in order.
  std::size_t first_expected = 0;
  for (const auto& [number, content] : appended[0]) first_expected += number % 3 == 0 ? 2 : 1;
  REQUIRE(comes_true([&] {
    return store.count(region::entity("first")) >= first_expected &&
           store.count(region::entity("second")) >= first_expected;
  }));
  const std::uint64_t total = store.stats().events;
  const auto last = store.append({"end", "s"}, deposited{0});
  REQUIRE(comes_true([&] { return flaky.next_sequence() > last.sequence; }));
  REQUIRE(comes_true([&] {
    return store.cursors().size() >= 4 && whole.wait_visible_for(last, patience) && each.wait_visible_for(last, patience);
  }));
  REQUIRE(comes_true([&] {
    for (const auto& cursor : store.cursors())
      if (cursor.name == "restarted") return cursor.position.next_sequence > last.sequence;
    return false;
  }));
  over = true;
  restarting.join();
  compacting.join();
  while (!flaky.parked().empty()) static_cast<void>(flaky.retry_parked());

  std::map<std::uint64_t, std::int64_t> truth;
  std::vector<std::vector<std::int64_t>> emitted(2);
  for (const event_view& event : store.query(region::all())) truth.emplace(content_of(event));
  REQUIRE(truth.size() == total + 1);
  for (const got& of_writer : appended)
    for (const auto& [number, content] : of_writer) REQUIRE(truth.at(number) == content);
  const got expected(truth.begin(), truth.end());

  CHECK(handled == expected);
  got of_one;
  for (const auto& pair : appended[1]) of_one.push_back(pair);
  REQUIRE(comes_true([&] { return fallen.next_sequence() > of_one.back().first; }));
  fallen.stop();
  fallen.join();
  CHECK(fallen_handled == of_one);
  CHECK((falls.empty() ? fallen.failure().empty() : fallen.failure().ends_with(": fell")));

  flaky.stop();
  flaky.join();
  // Those that failed three times came when it was asked for; all the others in order; none twice.
  std::map<std::uint64_t, std::int64_t> once;
  std::uint64_t before = 0;
  for (const auto& [number, content] : flaky_handled) {
    CHECK(once.emplace(number, content).second);
    if (number % 50 == 17) continue;
    CHECK((number == 0 || number > before));
    before = number;
  }
  CHECK(once == truth);

  std::vector<std::int64_t> first_contents;
  for (const auto& [number, content] : appended[0])
    for (std::uint64_t times = number % 3 == 0 ? 2 : 1; times != 0; --times) first_contents.push_back(content);
  std::vector<std::int64_t> first_found;
  std::vector<std::int64_t> second_found;
  for (const event_view& event : store.stream("first")) first_found.push_back(event.as<withdrawn>().cents);
  for (const event_view& event : store.stream("second")) second_found.push_back(event.as<withdrawn>().cents - 1);
  CHECK(first_found == first_contents);
  CHECK(second_found == first_contents);

  CHECK(whole.state() == store.template project<account>(region::all()));
  for (const char* entity : {"before", "first", "second", "writer:0", "writer:1", "writer:2", "end"})
    CHECK(each.find(entity) == store.template project<account>(entity));
  CHECK(each.size() == 7);

  store.close();
  subscribing.join();
  CHECK(pushed.size() + lost == total + 1 - 200);
  for (std::size_t index = 0; index < pushed.size(); ++index) {
    CHECK(truth.at(pushed[index].first) == pushed[index].second);
    if (index != 0) CHECK(pushed[index - 1].first < pushed[index].first);
  }
}

}  // namespace

TEST_CASE("all that works by itself at once, in memory", "[delivery][working][threads]") {
  quipu::store store{settings_in(memory_world{}, small_segments())};
  stress(store);
}

TEST_CASE("all that works by itself at once, on a disk", "[delivery][working][threads]") {
  const scratch_folder folder;
  {
    quipu::store store{small_segments(folder / "d")};
    stress(store);
  }
  quipu::store store{small_segments(folder / "d")};
  CHECK(store.verify().events == store.stats().events);
}
