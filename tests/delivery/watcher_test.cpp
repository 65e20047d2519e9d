// SPDX-License-Identifier: BSL-1.0
//
// watcher_test.cpp: a watcher gives the state after each change, the newest where several came together, the same as
// projecting does; and it ends with the store.
#include "../store/store_fixture.hpp"

#ifndef QUIPU_TEST_SINGLE_HEADER
#include <quipu/store/read_only_store.hpp>
#endif

#include <catch2/catch.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>

using namespace store_tests;
using namespace std::chrono_literals;
using quipu::durability;
using quipu::errc;

namespace {

struct last_raw {
  using events = quipu::any_event;
  std::uint64_t count{};
  std::string entity{};
  void apply(const quipu::event_view& event) {
    ++count;
    entity = event.entity();
  }
};
struct unique_sum {
  using events = quipu::event_list<deposited>;
  std::unique_ptr<std::int64_t> sum = std::make_unique<std::int64_t>(0);
  void apply(const deposited& event) { *sum += event.cents; }
};
struct picky {
  using events = quipu::event_list<deposited>;
  static inline bool refuses = true;
  std::int64_t cents{};
  void apply(const deposited& event) {
    cents += event.cents;
    if (refuses && event.cents == 13) throw std::domain_error{"13"};
  }
};

const quipu::append_options buffered{.durability = durability::buffered};

}  // namespace

TEST_CASE("a watcher gives the state after a change, and several changes as one", "[delivery][watcher]") {
  auto store = quipu::in_memory_store();
  store.append({"a", "s"}, deposited{1});
  auto watcher = store.watch<account>("a");
  CHECK_FALSE(watcher.try_recv());  // nothing changed since
  store.append({"a", "s"}, deposited{2}, buffered);
  store.append({"b", "s"}, deposited{100}, buffered);
  CHECK(watcher.recv() == store.project<account>("a"));
  CHECK_FALSE(watcher.try_recv());
  store.append({"a", "s"}, deposited{3}, buffered);
  store.append({"a", "s"}, withdrawn{4, "memo"}, buffered);
  CHECK(watcher.recv_for(patience) == store.project<account>("a"));
  store.append({"a", "s"}, renamed{"Alice"}, buffered);  // isn't folded
  store.append({"b", "s"}, deposited{3}, buffered);
  CHECK_FALSE(watcher.recv_for(1ms));
  CHECK_FALSE(watcher.ended());
}

TEST_CASE("a watcher of an entity that isn't there yet, of raw events, and of a state that can't be copied",
          "[delivery][watcher]") {
  auto store = quipu::in_memory_store();
  auto states = store.watch<account>("new");
  auto raw = store.watch<last_raw>("new");
  auto unique = store.watch<unique_sum>("new");
  CHECK_FALSE(states.try_recv());
  for (std::int64_t cents = 1; cents < 40; ++cents) {
    store.append({"new", "s"}, deposited{cents}, buffered);
    if (cents % 3 == 0) {
      CHECK(*unique.recv()->sum == cents * (cents + 1) / 2);
      CHECK_FALSE(unique.try_recv());
    }
    CHECK(states.recv()->cents == cents * (cents + 1) / 2);
  }
  store.append({"new", "s"}, renamed{"Alice"}, buffered);
  CHECK_FALSE(states.try_recv());
  CHECK(raw.recv()->count == 40);
}

TEST_CASE("whoever waits is woken, converges, and ends with the store", "[delivery][watcher]") {
  auto store = quipu::in_memory_store();
  auto watcher = store.watch<account>("a");
  std::int64_t last = 0;
  bool ascending = true;
  int told = 0;
  std::thread watching{[&] {
    while (const auto now = watcher.recv()) {
      ascending = ascending && now->cents > last;
      last = now->cents;
      ++told;
    }
  }};
  for (int number = 0; number < 300; ++number) store.append({"a", "s"}, deposited{1}, buffered);
  store.close();
  watching.join();
  CHECK(last == 300);
  CHECK(ascending);
  CHECK(told >= 1);
  CHECK(watcher.ended());
  CHECK(code_of([&] { static_cast<void>(store.watch<account>("a")); }) == errc::closed);
}

TEST_CASE("after a failure of apply nothing is lost, and nothing is folded twice", "[delivery][watcher]") {
  auto store = quipu::in_memory_store();
  auto watcher = store.watch<picky>("a");
  store.append({"a", "s"}, deposited{1});
  CHECK(watcher.recv()->cents == 1);
  store.append({"a", "s"}, deposited{13});
  store.append({"a", "s"}, deposited{2});
  picky::refuses = true;
  CHECK_THROWS_AS(watcher.recv(), std::domain_error);
  CHECK_THROWS_AS(watcher.try_recv(), std::domain_error);
  picky::refuses = false;
  CHECK(watcher.recv()->cents == 16);
  CHECK_FALSE(watcher.try_recv());
}

namespace {
namespace before {
struct shaped {
  static constexpr auto kind = quipu::event_kind::custom(0x3, 1);
  std::int64_t value{};
};
}  // namespace before
namespace after {
struct shaped {
  static constexpr auto kind = quipu::event_kind::custom(0x3, 1);
  std::string value{};
};
struct state {
  using events = quipu::event_list<shaped>;
  std::string value{};
  void apply(const shaped& event) { value = event.value; }
};
}  // namespace after
}  // namespace

TEST_CASE("a watcher refuses events of another shape, as projecting does", "[delivery][watcher]") {
  auto store = quipu::in_memory_store();
  auto watcher = store.watch<after::state>("a");
  CHECK_FALSE(watcher.try_recv());
  store.append({"a", "s"}, before::shaped{1});
  CHECK(code_of([&] { static_cast<void>(store.project<after::state>("a")); }) == errc::schema_drift);
  CHECK(code_of([&] { static_cast<void>(watcher.recv_for(1s)); }) == errc::schema_drift);
}

TEST_CASE("a watcher of a read-only store follows the writer", "[delivery][watcher][read-only]") {
  const scratch_folder folder;
  quipu::store store{quipu::config{.directory = folder / "d"}};
  quipu::read_only_store reader{quipu::config{.directory = folder / "d"}};
  auto watcher = reader.watch<account>("a");
  store.append({"a", "s"}, deposited{5});
  CHECK(watcher.recv_for(patience)->cents == 5);
  store.append({"a", "s"}, deposited{6});
  CHECK(watcher.recv_for(patience)->cents == 11);
  reader.close();
  CHECK_FALSE(watcher.recv());
}
