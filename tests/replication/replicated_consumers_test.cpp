// SPDX-License-Identifier: BSL-1.0
//
// replicated_consumers_test.cpp: cursors, workers and read models of a replica, whose checkpoints are its own; the
// members that a replicated store has because a store has them.
#include "replica_fixture.hpp"

#include <catch2/catch.hpp>

#include <atomic>
#include <chrono>
#include <string>
#include <vector>

using namespace replication_tests;
using std::chrono::seconds;

TEST_CASE("a named cursor of a replica goes on where it was, on that replica", "[replication]") {
  const cluster bank;
  const machine here;
  const machine there;
  {
    auto store = bank.open(here);
    store.append(alice, deposited{1});
    store.append(alice, deposited{2});
    auto cursor = store.cursor_guaranteed("report", quipu::region::all());
    CHECK(cursor.poll()->sequence() == 0);
    cursor.commit();
    CHECK(store.cursors().size() == 1);
  }
  auto store = bank.open(here);
  store.sync();
  CHECK(store.cursor_guaranteed("report", quipu::region::all()).poll()->sequence() == 1);
  CHECK(store.try_cursor_guaranteed("report", quipu::region::all()).is_ok());
  CHECK(store.remove_cursor("report"));

  auto other = bank.open(there);
  other.sync();
  CHECK(other.cursors().empty());
  CHECK(other.cursor_guaranteed("report", quipu::region::all()).poll()->sequence() == 0);
}

TEST_CASE("workers and read models of a replica get what any replica appends", "[replication]") {
  const cluster bank;
  const machine here;
  const machine there;
  auto store = bank.open(here);
  auto other = bank.open(there);
  std::atomic<int> handled{0};
  auto worker = store.cursor_worker("mail", quipu::region::all(), [&](const quipu::event_view&) { ++handled; });
  auto model = store.read_model<account>("totals", quipu::region::all());
  auto by_entity = store.read_model_by_entity<account>("balances", quipu::region::all());
  auto by_amount =
      store.read_model_by<account>("amounts", quipu::region::all(), [](const auto& event) { return event.cents; });

  store.append(alice, deposited{500});
  const auto last = other.append(bob, deposited{20});
  REQUIRE(store.wait_visible_for(last, seconds{20}));
  REQUIRE(model.wait_visible_for(last, seconds{20}));
  REQUIRE(by_entity.wait_visible_for(last, seconds{20}));
  REQUIRE(by_amount.wait_visible_for(last, seconds{20}));
  CHECK(model.state().cents == 520);
  CHECK(by_entity.find("account:bob")->cents == 20);
  CHECK(by_amount.find(20)->cents == 20);
  REQUIRE(worker.wait_caught_up_for(seconds{20}));
  CHECK(handled == 2);
  CHECK(store.parked("mail").empty());
  CHECK(store.try_parked("nobody").is_error());
}

TEST_CASE("a replicated store writes in all ways of a store", "[replication]") {
  const cluster bank;
  const machine here;
  auto store = bank.open(here);
  const auto cause = store.append(alice, deposited{500});
  const auto effect = store.append_reaction(bob, deposited{1}, store.get(cause.id));
  CHECK(store.causes(effect.id).front().id() == cause.id);

  store.append_denial(alice, quipu::denial{"limit", "too much"});
  CHECK(store.try_append_denial(alice, quipu::denial{"limit", "too much"}).is_ok());
  CHECK(store.count(quipu::region::all().with_kind(quipu::denied::kind)) == 2);

  const auto reserved = quipu::event_kind::system_heartbeat;
  CHECK(store.try_append_raw(alice, reserved, "x").is_error());
  CHECK(store.try_append_raw(alice, quipu::event_kind::custom(0xF, 9), "x").is_ok());
  CHECK(store.try_submit(alice, deposited{1}).value().wait().size() == 1);
  CHECK(store.try_submit_raw(alice, reserved, "x").is_error());
  quipu::batch both;
  both.add(alice, deposited{1});
  both.add(bob, deposited{1});
  CHECK(store.try_submit_batch(both).value().wait().size() == 2);
  CHECK(store.stats().events == 8);
  CHECK(store.diagnostics().failure.empty());
  CHECK(store.try_close().is_ok());
  CHECK(store.try_append(alice, deposited{1}).is_error());
}
