// SPDX-License-Identifier: BSL-1.0
//
// replicated_store_test.cpp: replicas decide alike, have the same log, and go on where they stopped.
#include "replica_fixture.hpp"

#include <catch2/catch.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <thread>
#include <vector>

using namespace replication_tests;
using quipu::errc;
using quipu::expected_version;

namespace {

/// What every replica must agree on: numbers, ids, times, coordinates, payloads and hashes.
std::vector<std::string> told(quipu::store_reader& store) {
  std::vector<std::string> all;
  for (const auto& event : store.query(quipu::region::all()))
    all.push_back(std::to_string(event.sequence()) + " " + event.id().str() + " " + std::string{event.entity()} + " " +
                  event.hash().str());
  return all;
}

void check_same(quipu::replicated_store& left, quipu::replicated_store& right) {
  left.sync();
  right.sync();
  CHECK(left.replication().position == right.replication().position);
  CHECK(left.replication().head == right.replication().head);
  CHECK(left.head() == right.head());
  CHECK(left.head() == left.replication().head);
  CHECK(left.identity() == right.identity());
  CHECK(told(left) == told(right));
  CHECK(left.replication().failure.empty());
}

}  // namespace

TEST_CASE("what one replica appends, all have", "[replication]") {
  const cluster bank;
  const machine here;
  const machine there;
  auto one = bank.open(here);
  auto two = bank.open(there);
  const auto first = one.append(alice, deposited{500});
  CHECK(first.sequence == 0);
  CHECK(first.durable);
  CHECK_FALSE(first.hash.is_zero());
  CHECK(one.project<account>("account:alice")->cents == 500);

  CHECK(two.wait_visible_for(first, std::chrono::seconds{20}));
  CHECK(two.project<account>("account:alice", quipu::freshness::at_least(first.sequence))->cents == 500);
  CHECK(two.get(first.id).hash() == first.hash);
  const auto second = two.append(alice, withdrawn{120});
  CHECK(second.sequence == 1);
  CHECK(second.entity_sequence == 1);
  one.sync();
  CHECK(one.project<account>("account:alice")->cents == 380);
  check_same(one, two);
  one.verify();
}

TEST_CASE("an event's time is its proposer's, and never goes back", "[replication]") {
  const cluster bank;
  const machine here;
  const machine there;
  auto early = here.settings();
  early.clock = [] { return std::int64_t{1'000'000'000}; };
  auto late = there.settings();
  late.clock = [] { return std::int64_t{2'000'000'000}; };
  quipu::replicated_store one{early, bank.connect(), patient()};
  quipu::replicated_store two{late, bank.connect(), patient()};
  const auto a = one.append(alice, deposited{1});
  const auto b = two.append(alice, deposited{2});
  const auto c = one.append(alice, deposited{3});
  CHECK(one.get(a.id).header().timestamp_us == 1'000'000'000);
  CHECK(one.get(b.id).header().timestamp_us == 2'000'000'000);
  CHECK(one.get(c.id).header().timestamp_us == 2'000'000'000);
  CHECK(a.id < b.id);
  CHECK(b.id < c.id);
  check_same(one, two);
}

namespace {

struct withdraw {
  std::int64_t cents{};
};
quipu::outcome<withdrawn> decide(const account& now, const withdraw& command) {
  if (command.cents > now.cents) return quipu::outcome_error{quipu::error_kind::validation, "not enough"};
  return withdrawn{command.cents};
}

}  // namespace

TEST_CASE("a replica executes commands over what all have appended", "[replication]") {
  const cluster bank;
  const machine here;
  const machine there;
  auto one = bank.open(here);
  auto two = bank.open(there);
  one.append(alice, deposited{500});
  two.sync();
  CHECK(two.execute<account>(alice, withdraw{120}).value().front().entity_sequence == 1);
  one.sync();
  CHECK(one.execute<account>(alice, withdraw{400}).error().message == "not enough");
  const auto of_the_bank = quipu::region::entity_prefix("account:");
  CHECK(one.execute<account>(of_the_bank, bob, withdraw{380}).value().front().sequence == 2);
  two.sync();
  CHECK(two.execute<account>(of_the_bank, alice, withdraw{1}).error().message == "not enough");
  check_same(one, two);
}

TEST_CASE("conditions are decided by the order of the shared log", "[replication]") {
  const cluster bank;
  const machine here;
  const machine there;
  auto one = bank.open(here);
  auto two = bank.open(there);
  one.append(alice, deposited{500}, {.expected = expected_version::no_stream()});
  // `two` may not have applied that yet: the condition is decided where the record has its place.
  CHECK(code_thrown_by([&] { two.append(alice, deposited{1}, {.expected = expected_version::no_stream()}); }) ==
        errc::conflict);
  two.append(alice, deposited{1}, {.expected = expected_version::exactly(0)});

  const auto of_bob = quipu::region::entity("account:bob").with_events<deposited>();
  one.append(bob, deposited{7}, {.condition = quipu::none_ever(of_bob)});
  try {
    two.append(bob, deposited{8}, {.condition = quipu::none_ever(quipu::region::any_of({of_bob}))});
    FAIL("the condition excludes an event");
  } catch (const quipu::conflict_error& conflict) {
    CHECK(conflict.actual() == 2);
    std::size_t between = 0;
    for (const auto& event : conflict.between()) between += event.as<deposited>().cents == 7 ? 1 : 0;
    CHECK(between == 1);
  }
  two.append(bob, deposited{9}, {.condition = quipu::none_since(of_bob, 2)});
  check_same(one, two);
}

TEST_CASE("a key happens once, whichever replica repeats it", "[replication]") {
  const cluster bank;
  const machine here;
  const machine there;
  auto one = bank.open(here);
  auto two = bank.open(there);
  const auto key = quipu::event_id::from_name("transfer 1");
  const auto first = one.append(alice, deposited{500}, {.idempotency_key = key});
  const auto again = two.append(alice, deposited{500}, {.idempotency_key = key});
  CHECK(again.id == first.id);
  CHECK(again.sequence == first.sequence);
  CHECK(code_thrown_by([&] { two.append(alice, deposited{501}, {.idempotency_key = key}); }) ==
        errc::idempotency_mismatch);
  check_same(one, two);
  CHECK(one.count(quipu::region::all()) == 1);
}

TEST_CASE("a batch is one commit everywhere, with its options", "[replication]") {
  const cluster bank;
  const machine here;
  const machine there;
  auto one = bank.open(here);
  auto two = bank.open(there);
  quipu::batch transfer;
  const auto taken = transfer.add(alice, withdrawn{100},
                                  {.flags = quipu::event_flags::transactional,
                                   .metadata = {{"user", "carol"}, {"trace", "7"}},
                                   .timestamp_us = 1'600'000'000'000'000,
                                   .tags = {"transfer:1"}});
  transfer.add_reaction(bob, deposited{100}, taken, {.copy_metadata = true});
  const auto receipts = one.append(transfer);
  REQUIRE(receipts.size() == 2);
  CHECK(two.wait_visible_for(receipts[1], std::chrono::seconds{20}));
  const auto given = two.get(receipts[1].id);
  CHECK(given.header().causation_id == receipts[0].id);
  CHECK(given.metadata().find("user") == "carol");
  CHECK(two.get(receipts[0].id).header().valid_time_us() == 1'600'000'000'000'000);
  CHECK(two.count(quipu::region::tag("transfer:1")) == 1);
  CHECK(one.append(quipu::batch{}).empty());
  check_same(one, two);

  const auto reaction = two.append_reaction(bob, deposited{5}, receipts[0]);
  CHECK(two.get(reaction.id).header().correlation_id == two.get(receipts[0].id).header().correlation_id);
  check_same(one, two);
}

TEST_CASE("a replica goes on where it stopped, with a segment size of its own", "[replication]") {
  const cluster bank;
  const machine here;
  const machine there;
  auto one = bank.open(here);
  auto small = there.settings();
  small.segment_max_bytes = 4096;
  for (int round = 0; round < 5; ++round) {
    quipu::replicated_store two{small, bank.connect(), patient()};
    for (int count = 0; count < 20; ++count) {
      one.append(alice, deposited{count});
      two.append(bob, deposited{count});
    }
    check_same(one, two);
    two.close();
    CHECK(code_thrown_by([&] { two.append(bob, deposited{1}); }) == errc::closed);
    one.append(alice, deposited{-1});
  }
  auto late = bank.open(machine{});
  check_same(one, late);
}

TEST_CASE("a store that a program has becomes the first replica", "[replication]") {
  const cluster bank;
  const machine here;
  const machine there;
  {
    quipu::store before{here.settings()};
    before.append(alice, deposited{500});
    before.snapshot("copy");
  }
  auto one = bank.open(here);
  one.append(alice, withdrawn{20});
  CHECK(one.project<account>("account:alice")->cents == 480);
  SECTION("a new replica can't start without the events of before") {
    CHECK(code_thrown_by([&] { const auto two = bank.open(there); }) == errc::not_found);
  }
  SECTION("it starts from a snapshot") {
    auto settings = here.settings();
    settings.directory = "copy";
    quipu::replicated_store two{settings, bank.connect(), patient()};
    check_same(one, two);
  }
  SECTION("a store with another beginning is not one of its replicas") {
    {
      quipu::store other{there.settings()};
      other.append(alice, deposited{500});
    }
    auto two = bank.open(there);
    CHECK(code_thrown_by([&] { two.sync(); }) == errc::diverged);
    CHECK(two.count(quipu::region::all()) == 1);
  }
}

TEST_CASE("many appends at once, on several replicas", "[replication]") {
  const cluster bank;
  const machine here;
  const machine there;
  auto one = bank.open(here);
  auto two = bank.open(there);
  constexpr int each = 40;
  std::vector<std::thread> writers;
  for (int writer = 0; writer < 4; ++writer) {
    writers.emplace_back([&, writer] {
      auto& store = writer % 2 == 0 ? one : two;
      for (int count = 0; count < each; ++count) store.append(alice, deposited{1});
    });
  }
  for (auto& writer : writers) writer.join();
  check_same(one, two);
  CHECK(one.project<account>("account:alice")->cents == 4 * each);
}

TEST_CASE("submitted appends share a record", "[replication]") {
  const cluster bank;
  const machine here;
  auto one = bank.open(here);
  one.append(alice, deposited{1});
  std::vector<quipu::replicated_ticket> tickets;
  for (int count = 0; count < 200; ++count) tickets.push_back(one.submit(alice, deposited{1}));
  for (auto& ticket : tickets) CHECK(ticket.wait().size() == 1);
  CHECK(tickets.front().ready());
  CHECK(code_thrown_by([&] { tickets.front().wait(); }) == errc::invalid_argument);
  CHECK(one.replication().position < 150);
  CHECK(one.project<account>("account:alice")->cents == 201);
}

TEST_CASE("settings that replicas can't share are refused", "[replication]") {
  const cluster bank;
  const machine here;
  const auto refused = [&](void (*change)(quipu::config&)) {
    auto settings = here.settings();
    change(settings);
    return code_thrown_by([&] { quipu::replicated_store{settings, bank.connect(), patient()}; });
  };
  CHECK(refused([](quipu::config& settings) { settings.chain = false; }) == errc::configuration);
  CHECK(refused([](quipu::config& settings) { settings.payload_max_bytes = std::uint64_t{32} << 20; }) ==
        errc::configuration);
  CHECK(refused([](quipu::config& settings) { settings.batch.max_size = 20'000; }) == errc::configuration);
  CHECK(code_thrown_by([&] {
          quipu::replicated_store{machine{}.settings(), bank.connect(), {.record_bytes = 0}};
        }) == errc::configuration);
}

TEST_CASE("a condition's range of sequences means what it means in a store, or is refused", "[replication]") {
  const cluster bank;
  const machine here;
  auto store = bank.open(here);
  const quipu::region of_alice = quipu::region::entity("account:alice");
  const auto append_if_none = [&](const quipu::region& unexpected) {
    return code_thrown_by([&] { store.append(bob, deposited{1}, {.condition = quipu::none_ever(unexpected)}); });
  };
  for (int number = 0; number < 3; ++number) store.append(alice, deposited{number});
  // From a sequence on: there is none from 3 on, and one from 2 on.
  CHECK(append_if_none(of_alice.with_sequence_range(3, UINT64_MAX)) == errc{});
  CHECK(append_if_none(of_alice.with_sequence_range(2, UINT64_MAX)) == errc::conflict);
  const auto both = quipu::region::any_of({of_alice, quipu::region::entity("account:carol")});
  CHECK(append_if_none(both.with_sequence_range(3, UINT64_MAX)) == errc{});
  CHECK(append_if_none(both.with_sequence_range(2, UINT64_MAX)) == errc::conflict);
  const auto since = [&](std::uint64_t sequence) {
    return code_thrown_by([&] {
      store.append(bob, deposited{1},
                   {.condition = quipu::none_since(of_alice.with_sequence_range(2, UINT64_MAX), sequence)});
    });
  };
  CHECK(since(0) == errc::conflict);
  CHECK(since(1) == errc::conflict);
  CHECK(since(2) == errc{});
  // A record can't say these.
  const std::uint64_t before = store.stats().events;
  CHECK(append_if_none(of_alice.with_sequence_range(100, 200)) == errc::invalid_argument);
  CHECK(append_if_none(of_alice.with_sequence_range(0, 1)) == errc::invalid_argument);
  const auto from_two_places = quipu::region::any_of({of_alice, quipu::region::scope("s").with_sequence_range(2, 9)});
  CHECK(append_if_none(from_two_places) == errc::invalid_argument);
  CHECK(append_if_none(quipu::region::any_of({of_alice, quipu::region::tag("t").with_sequence_range(2, UINT64_MAX)})) ==
        errc::invalid_argument);
  CHECK(code_thrown_by([&] {
          quipu::batch events;
          events.add(bob, deposited{1});
          events.add(bob, deposited{2}, {.condition = quipu::none_ever(of_alice.with_sequence_range(100, 200))});
          store.append(events);
        }) == errc::invalid_argument);
  CHECK(store.stats().events == before);
  CHECK(store.replication().failure.empty());
  store.append(bob, deposited{1});
}
