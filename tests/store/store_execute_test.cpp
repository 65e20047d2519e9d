// SPDX-License-Identifier: BSL-1.0
//
// store_execute_test.cpp: commands against a store: what is decided is appended if nothing got in between, and decided
// again otherwise.
#include "store_fixture.hpp"

#include <catch2/catch.hpp>

#include <atomic>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <thread>
#include <type_traits>
#include <vector>

using quipu::error_kind;
using quipu::outcome;

namespace {

struct opened {
  static constexpr auto kind = quipu::event_kind::custom(5, 1);
  std::string owner{};
};
struct paid_in {
  static constexpr auto kind = quipu::event_kind::custom(5, 2);
  std::int64_t cents{};
};
struct paid_out {
  static constexpr auto kind = quipu::event_kind::custom(5, 3);
  std::int64_t cents{};
};

struct open_account {
  std::string owner{};
  std::int64_t cents{};
};
struct pay_out {
  std::int64_t cents{};
};
/// Runs something between projecting and appending.
struct interrupted {
  std::function<void()> meanwhile{};
  std::int64_t cents{};
};
struct do_nothing {};
struct come_later {};
struct throw_conflict {};
struct throw_other {};
struct pay_out_twice {
  std::int64_t cents{};
};

struct purse {
  using events = quipu::event_list<opened, paid_in, paid_out>;
  bool is_open{};
  std::int64_t cents{};
  std::uint64_t events_seen{};
  void apply(const opened&) {
    is_open = true;
    ++events_seen;
  }
  void apply(const paid_in& event) {
    cents += event.cents;
    ++events_seen;
  }
  void apply(const paid_out& event) {
    cents -= event.cents;
    ++events_seen;
  }

  using any_of = quipu::events_for<purse>;
  static outcome<std::vector<any_of>> decide(const purse& state, const open_account& command) {
    if (state.is_open) return quipu::outcome_error{error_kind::conflict, "is open already"};
    return std::vector<any_of>{opened{command.owner}, paid_in{command.cents}};
  }
  static outcome<paid_out> decide(const purse& state, const pay_out& command) {
    if (command.cents > state.cents) return quipu::outcome_error{error_kind::validation, "insufficient funds"};
    return paid_out{command.cents};
  }
  static outcome<paid_out> decide(const purse& state, const interrupted& command) {
    command.meanwhile();
    return decide(state, pay_out{command.cents});
  }
  static outcome<std::vector<any_of>> decide(const purse&, const do_nothing&) { return std::vector<any_of>{}; }
  static outcome<any_of> decide(const purse&, const come_later&) {
    return outcome<any_of>::retry(50, 1, 3, "closed at noon");
  }
  static outcome<any_of> decide(const purse&, const throw_conflict&) {
    throw quipu::error{quipu::errc::conflict, "not the append's"};
  }
  static outcome<any_of> decide(const purse&, const throw_other&) { throw std::runtime_error{"decide"}; }
  static outcome<paid_out> decide(const purse& state, const pay_out_twice& command) {
    return outcome<paid_out>::batch({decide(state, pay_out{command.cents}), decide(state, pay_out{command.cents})});
  }
};

const quipu::coordinate alice{"purse:alice", "zurich"};

template <class Store>
void open_with(Store& store, std::int64_t cents) {
  REQUIRE(store.template execute<purse>(alice, open_account{"alice", cents}).is_ok());
}

}  // namespace

TEST_CASE("a command's events are appended together, and their receipts come back", "[store][execute]") {
  auto store = quipu::in_memory_store();
  const auto done = store.execute<purse>(alice, open_account{"alice", 500});
  static_assert(std::is_same_v<std::remove_cvref_t<decltype(done)>, outcome<std::vector<quipu::receipt>>>);
  REQUIRE(done.is_ok());
  REQUIRE(done.value().size() == 2);
  CHECK(done.value()[0].entity_sequence == 0);
  CHECK(done.value()[1].entity_sequence == 1);
  CHECK(done.value()[1].durable);
  CHECK(store.get(done.value()[0].id).as<opened>().owner == "alice");
  CHECK(store.get(done.value()[1].id).scope() == "zurich");
  CHECK(store.stats().commits == 1);
  CHECK(store.execute<purse>(alice, pay_out{120}).value().at(0).entity_sequence == 2);
  CHECK(store.project<purse>("purse:alice")->cents == 380);
}

TEST_CASE("what is refused appends nothing and comes back as it was said", "[store][execute]") {
  auto store = quipu::in_memory_store();
  const auto unopened = store.execute<purse>(alice, pay_out{1});
  REQUIRE(unopened.is_error());
  CHECK(unopened.error().kind == error_kind::validation);
  CHECK(unopened.error().message == "insufficient funds");
  open_with(store, 500);
  const auto again = store.execute<purse>(alice, open_account{"bob", 1});
  REQUIRE(again.is_error());
  CHECK(again.error().kind == error_kind::conflict);
  CHECK_FALSE(again.error().origin);
  const auto later = store.execute<purse>(alice, come_later{});
  REQUIRE(later.is_retry());
  CHECK(later.retry().after_ms == 50);
  CHECK(later.retry().reason == "closed at noon");
  CHECK(store.count(quipu::region::all()) == 2);
}

TEST_CASE("deciding nothing is fine, and appends nothing", "[store][execute]") {
  auto store = quipu::in_memory_store();
  const auto done = store.execute<purse>(alice, do_nothing{});
  REQUIRE(done.is_ok());
  CHECK(done.value().empty());
  CHECK(store.count(quipu::region::all()) == 0);
}

TEST_CASE("an event that gets in between makes it decide again, on what is there then", "[store][execute]") {
  auto store = quipu::in_memory_store();
  open_with(store, 100);
  int asked = 0;
  const auto once_in_between = [&] {
    if (++asked == 1) store.append(alice, paid_in{50});
  };
  const auto done = store.execute<purse>(alice, interrupted{once_in_between, 100});
  REQUIRE(done.is_ok());
  CHECK(asked == 2);
  CHECK(done.value().at(0).entity_sequence == 3);
  // The second time, there isn't enough left.
  asked = 0;
  const auto taken = [&] {
    if (++asked == 1) store.append(alice, paid_out{50});
  };
  const auto refused = store.execute<purse>(alice, interrupted{taken, 50});
  REQUIRE(refused.is_error());
  CHECK(refused.error().kind == error_kind::validation);
  CHECK(asked == 2);
  CHECK(store.project<purse>("purse:alice")->cents == 0);
}

TEST_CASE("the first event of a stream meets another first event", "[store][execute]") {
  auto store = quipu::in_memory_store();
  int asked = 0;
  const auto opened_by_another = [&] {
    if (++asked == 1) store.append(alice, paid_in{70});
  };
  const auto done = store.execute<purse>(alice, interrupted{opened_by_another, 0});
  REQUIRE(done.is_ok());
  CHECK(asked == 2);
  CHECK(done.value().at(0).entity_sequence == 1);
}

TEST_CASE("a command goes on with a stream whose events were all dropped, from the blank state", "[store][execute]") {
  auto store = quipu::in_memory_store();
  open_with(store, 100);
  store.compact(quipu::compaction::retain([](const quipu::event_view&) { return false; }));
  REQUIRE(!store.project<purse>(alice.entity()));
  const auto again = store.execute<purse>(alice, open_account{"alice", 30});
  REQUIRE(again.is_ok());
  CHECK(again.value().front().entity_sequence == 2);
  CHECK(store.project<purse>(alice.entity())->cents == 30);
}

TEST_CASE("the first event after all were dropped meets another one", "[store][execute]") {
  auto store = quipu::in_memory_store();
  open_with(store, 100);
  store.compact(quipu::compaction::retain([](const quipu::event_view&) { return false; }));
  int asked = 0;
  const auto paid_in_between = [&] {
    if (++asked == 1) store.append(alice, paid_in{70});
  };
  const auto done = store.execute<purse>(alice, interrupted{paid_in_between, 0});
  REQUIRE(done.is_ok());
  CHECK(asked == 2);
  CHECK(done.value().at(0).entity_sequence == 3);
}

TEST_CASE("events of another entity don't get in between", "[store][execute]") {
  auto store = quipu::in_memory_store();
  open_with(store, 100);
  int asked = 0;
  const auto elsewhere = [&] {
    ++asked;
    store.append({"purse:bob", "zurich"}, paid_in{1});
  };
  CHECK(store.execute<purse>(alice, interrupted{elsewhere, 100}).is_ok());
  CHECK(asked == 1);
}

TEST_CASE("attempts are bounded, and the last conflict is told", "[store][execute]") {
  auto store = quipu::in_memory_store();
  open_with(store, 100);
  for (const std::uint32_t most : {1U, 3U}) {
    int asked = 0;
    const auto always = [&] {
      ++asked;
      store.append(alice, paid_in{1});
    };
    const auto before = store.count(quipu::region::entity("purse:alice"));
    const auto failed = store.execute<purse>(alice, interrupted{always, 1}, {.max_attempts = most});
    REQUIRE(failed.is_error());
    CHECK(failed.error().kind == error_kind::conflict);
    CHECK(failed.error().retryable);
    REQUIRE(failed.error().origin);
    CHECK(failed.error().origin->code == quipu::errc::conflict);
    CHECK(failed.error().origin->actual == before + most - 1);
    CHECK(asked == static_cast<int>(most));
    CHECK(store.count(quipu::region::entity("purse:alice")) == before + most);
  }
  CHECK(store.execute<purse>(alice, pay_out{1}, {.max_attempts = 0}).error().kind == error_kind::validation);
}

TEST_CASE("what decide throws isn't tried again", "[store][execute]") {
  auto store = quipu::in_memory_store();
  const auto thrown = store.execute<purse>(alice, throw_conflict{});
  REQUIRE(thrown.is_error());
  CHECK(thrown.error().message == "not the append's");
  CHECK_THROWS_WITH(store.execute<purse>(alice, throw_other{}), "decide");
}

TEST_CASE("what the store refuses comes back as an error", "[store][execute]") {
  auto store = quipu::in_memory_store();
  const auto unknown =
      store.execute<purse>(alice, open_account{"alice", 1}, {.causation_id = quipu::event_id::generate()});
  REQUIRE(unknown.is_error());
  CHECK(unknown.error().kind == error_kind::not_found);
  CHECK(store.count(quipu::region::all()) == 0);
  store.close();
  CHECK(store.execute<purse>(alice, pay_out{1}).error().origin->code == quipu::errc::closed);
}

TEST_CASE("a batch of decisions is one commit or none", "[store][execute]") {
  auto store = quipu::in_memory_store();
  open_with(store, 100);
  REQUIRE(store.execute<purse>(alice, pay_out_twice{30}).value().size() == 2);
  CHECK(store.stats().commits == 2);
  CHECK(store.execute<purse>(alice, pay_out_twice{50}).is_error());
  CHECK(store.project<purse>("purse:alice")->cents == 40);
}

TEST_CASE("options reach each event", "[store][execute]") {
  auto store = quipu::in_memory_store();
  const auto cause = store.append({"purse:bob", "zurich"}, paid_in{1});
  const auto done = store.execute<purse>(
      alice, open_account{"alice", 5},
      {.causation_id = cause.id, .flags = quipu::event_flags::requires_ack, .durability = quipu::durability::buffered});
  REQUIRE(done.is_ok());
  for (const quipu::receipt& each : done.value()) {
    const auto header = store.get(each.id).header();
    CHECK(header.causation_id == cause.id);
    CHECK(header.correlation_id == cause.id);
    CHECK(header.requires_ack());
  }
}

TEST_CASE("commands agree with the state whether it comes from a cache or from the log", "[store][execute]") {
  auto cached = quipu::in_memory_store({}, quipu::memory_cache{1 << 16});
  auto plain = quipu::in_memory_store();
  open_with(cached, 1000);
  open_with(plain, 1000);
  for (std::int64_t cents = 1; cents <= 60; ++cents) {
    REQUIRE(cached.execute<purse>(alice, pay_out{cents}).is_ok() ==
            plain.execute<purse>(alice, pay_out{cents}).is_ok());
    REQUIRE(cached.project<purse>("purse:alice")->cents == plain.project<purse>("purse:alice")->cents);
  }
  CHECK(plain.execute<purse>(alice, pay_out{60}).is_error());
}

TEST_CASE("threads that execute at once never spend what isn't there", "[store][execute]") {
  auto store = quipu::in_memory_store();
  constexpr int threads = 4, commands = 50;
  open_with(store, threads * commands - 10);
  std::atomic<int> paid{0}, refused{0}, other{0};
  std::vector<std::thread> running;
  for (int thread = 0; thread < threads; ++thread)
    running.emplace_back([&] {
      for (int command = 0; command < commands; ++command) {
        const auto done = store.execute<purse>(alice, pay_out{1},
                                               {.max_attempts = 10'000, .durability = quipu::durability::buffered});
        if (done.is_ok())
          ++paid;
        else if (done.is_error() && done.error().kind == error_kind::validation)
          ++refused;
        else
          ++other;
      }
    });
  for (std::thread& each : running) each.join();
  CHECK(paid == threads * commands - 10);
  CHECK(refused == 10);
  CHECK(other == 0);
  CHECK(store.project<purse>("purse:alice")->cents == 0);
  CHECK(store.project<purse>("purse:alice")->events_seen == static_cast<std::uint64_t>(threads * commands - 10 + 2));
}
