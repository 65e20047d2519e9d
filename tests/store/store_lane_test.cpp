// SPDX-License-Identifier: BSL-1.0
//
// store_lane_test.cpp: histories that fork: an event's depth and lane are kept beside it, order positions within a
// lane, and change nothing else: numbers, streams, regions and states are those of the entity, whatever the lane.
#include "store_fixture.hpp"

#include <catch2/catch.hpp>

#include <compare>
#include <cstdint>

using namespace store_tests;
using quipu::dag_position;
using quipu::region;

TEST_CASE("an event is appended to a lane, and found there after reopening", "[store][lane]") {
  const memory_world world;
  for (const bool chained : {true, false}) {
    auto settings = small_segments(chained ? "chained" : "unchained");
    settings.chain = chained;
    quipu::receipt trunk;
    quipu::receipt first;
    quipu::receipt second;
    quipu::receipt other;
    {
      quipu::store store{settings_in(world, settings)};
      trunk = store.append({"plan", "s"}, deposited{1});
      const dag_position fork = store.get(trunk.id).header().position.fork(1, 7);
      first = store.append({"plan", "s"}, deposited{2}, {.position = fork});
      second = store.append_reaction({"plan", "s"}, deposited{3}, first,
                                     {.idempotency_key = quipu::event_id::from_name("once"), .position = fork});
      other = store.append({"plan", "s"}, deposited{4}, {.position = fork.fork(4'000'000'000U, 4'294'967'295U)});
    }
    quipu::store store{settings_in(world, settings)};
    const auto position_of = [&store](const quipu::receipt& given) { return store.get(given.id).header().position; };
    CHECK((position_of(trunk).depth == 0 && position_of(trunk).lane == 0));
    CHECK((position_of(first).depth == 1 && position_of(first).lane == 7));
    CHECK((position_of(second).depth == 1 && position_of(second).lane == 7));
    CHECK((position_of(other).depth == 4'000'000'000U && position_of(other).lane == 4'294'967'295U));
    CHECK(store.get(second.id).header().causation_id == first.id);
    CHECK(store.get(second.id).idempotency_key() == quipu::event_id::from_name("once"));
    // Ordered on a lane, and not between lanes.
    CHECK(position_of(first).is_ancestor_of(position_of(second)));
    CHECK((position_of(trunk) <=> position_of(first)) == std::partial_ordering::unordered);
    CHECK((position_of(other) <=> position_of(second)) == std::partial_ordering::unordered);
    // One entity, one numbering, one stream.
    CHECK(position_of(second).sequence == 2);
    CHECK(other.entity_sequence == 3);
    CHECK(store.count(region::entity("plan")) == 4);
    CHECK(store.ancestors(other.id, 10).size() == 3);
    CHECK(store.project<account>("plan")->cents == 10);
    CHECK_NOTHROW(store.verify());
  }
}

TEST_CASE("an erased event keeps its lane", "[store][lane]") {
  const memory_world world;
  quipu::receipt forked;
  const auto lane_is_kept = [&](quipu::store& store) {
    const auto found = store.get(forked.id);
    CHECK(found.erased());
    CHECK(found.header().position.depth == 1);
    CHECK(found.header().position.lane == 7);
    CHECK_NOTHROW(store.verify());
  };
  {
    quipu::store store{settings_in(world, small_segments())};
    forked = store.append({"plan", "s"}, deposited{1}, {.position = dag_position::root().fork(1, 7)});
    store.append({"plan", "s"}, deposited{2});
    store.compact(quipu::compaction::tombstone([](const quipu::event_view& each) { return each.sequence() != 0; }));
    lane_is_kept(store);
  }
  quipu::store store{settings_in(world, small_segments())};
  lane_is_kept(store);
}

TEST_CASE("a lane is kept for the items of a batch, and the root history takes no room", "[store][lane]") {
  auto store = quipu::in_memory_store(small_segments());
  quipu::batch events;
  static_cast<void>(events.add({"plan", "s"}, deposited{1}, {.position = dag_position::root()}));
  static_cast<void>(events.add({"plan", "s"}, deposited{2}, {.position = dag_position::root().fork(2, 0)}));
  static_cast<void>(
      events.add({"plan", "s"}, deposited{3},
                 {.position = dag_position{.depth = 0, .lane = 5, .sequence = 99, .wall_ms = 1, .counter = 1}}));
  const auto given = store.append(events);
  CHECK(store.get(given[0].id).frame().extension_size() == 0);
  CHECK(store.get(given[1].id).frame().extension_size() == 12);
  CHECK(store.get(given[1].id).header().position.depth == 2);
  CHECK(store.get(given[2].id).header().position.lane == 5);
  CHECK(store.get(given[2].id).header().position.sequence == 2);  // the store's own
  CHECK(store.get(given[2].id).header().position.wall_ms > 1);
}

TEST_CASE("all that may stand beside an event fits", "[store][lane]") {
  auto store = quipu::in_memory_store();
  const auto cause = store.append({"plan", "s"}, deposited{1});
  const auto given = store.append({"plan", "s"}, deposited{2},
                                  {.idempotency_key = quipu::event_id::from_name("key"),
                                   .correlation_id = quipu::event_id::from_name("talk"),
                                   .causation_id = cause.id,
                                   .position = dag_position::root().fork(1, 2),
                                   .bypass_reason = std::string(1024, 'r'),
                                   .metadata = {{"k", std::string(quipu::metadata_bytes_limit - 4, 'm')}}});
  const auto seen = store.get(given.id);
  CHECK(seen.frame().extension_size() == 3 * 20 + 12 + 4 + 1024 + 4 + quipu::metadata_bytes_limit);
  CHECK(seen.bypass_reason().size() == 1024);
  CHECK(seen.metadata("k")->size() == quipu::metadata_bytes_limit - 4);
  CHECK(seen.header().position.lane == 2);
  CHECK(seen.header().correlation_id == quipu::event_id::from_name("talk"));
  CHECK_NOTHROW(store.verify());
}
