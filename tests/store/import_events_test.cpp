// SPDX-License-Identifier: BSL-1.0
//
// import_events_test.cpp: events of one store in another: what is kept, what is translated, and that each comes once.
#include "store_fixture.hpp"

#include <catch2/catch.hpp>

#ifndef QUIPU_TEST_SINGLE_HEADER
#include <quipu/store/import_events.hpp>
#include <quipu/store/read_only_store.hpp>
#endif

#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

using namespace store_tests;
using quipu::errc;
using quipu::event_view;
using quipu::region;

namespace {

const quipu::coordinate alice{"account:alice", "branch:zurich"};
const quipu::coordinate bob{"account:bob", "branch:basel"};

/// Another shape of the same kind.
struct text_deposited {
  static constexpr auto kind = deposited::kind;
  std::string cents{};
};

std::vector<std::string> tags_of(const event_view& event) {
  std::vector<std::string> all;
  for (const std::string_view tag : event.tags()) all.emplace_back(tag);
  return all;
}

std::vector<event_view> all_of(quipu::store_reader& store) {
  std::vector<event_view> all;
  for (const event_view& each : store.query(region::all())) all.push_back(each);
  return all;
}

/// A conversation of three events of two entities, raw bytes, tags, a bypass, and 40 more.
void fill(quipu::store& store) {
  const auto first = store.append(
      alice, deposited{1}, {.flags = quipu::event_flags::requires_ack, .metadata = {{"user", "eve"}}, .tags = {"vip"}});
  const auto second = store.append_reaction(bob, withdrawn{2, "rent"}, first);
  store.append_reaction(alice, renamed{"Alice"}, second);
  store.append_raw(bob, quipu::event_kind::custom(0x3, 3), "bytes", {.bypass_reason = "migration: opening"});
  store.append_denial(alice, quipu::denial{"limit", "over it"});
  for (int number = 0; number < 40; ++number)
    store.append(number % 3 == 0 ? alice : bob, deposited{number},
                 {.idempotency_key = quipu::event_id::from_name("own " + std::to_string(number)),
                  .durability = quipu::durability::buffered});
}

}  // namespace

TEST_CASE("an import keeps what events are, and translates what they name", "[store][import]") {
  const memory_world world;
  quipu::store source{settings_in(world, small_segments("source"))};
  fill(source);
  quipu::store target{settings_in(world, small_segments("target"))};
  target.append({"own", "own"}, deposited{7});
  const quipu::import_report done = target.import_events(source, region::all());
  CHECK(done == quipu::import_report{.imported = 45});
  const auto given = all_of(source);
  auto made = all_of(target);
  made.erase(made.begin());
  REQUIRE(made.size() == given.size());
  for (std::size_t index = 0; index < given.size(); ++index) {
    const event_view& from = given[index];
    const event_view& to = made[index];
    REQUIRE(to.payload() == from.payload());
    REQUIRE(to.where() == from.where());
    REQUIRE(to.kind() == from.kind());
    REQUIRE(to.schema_version() == from.schema_version());
    REQUIRE(to.schema() == from.schema());
    REQUIRE(to.header().flags == from.header().flags);
    REQUIRE(to.bypass_reason() == from.bypass_reason());
    REQUIRE(tags_of(to) == tags_of(from));
    REQUIRE(to.id() != from.id());
    REQUIRE(to.valid_time_us() == from.valid_time_us());
    REQUIRE(to.metadata(quipu::import_report::lineage_key) == source.identity().str());
    REQUIRE(to.metadata(quipu::import_report::id_key) == from.id().str());
    REQUIRE(to.metadata(quipu::import_report::sequence_key) == std::to_string(index));
  }
  CHECK(made[0].has_tag("vip"));
  CHECK(made[0].metadata("user") == "eve");
  CHECK(made[1].header().causation_id == made[0].id());
  CHECK(made[2].header().causation_id == made[1].id());
  CHECK(made[2].header().correlation_id == made[0].id());
  CHECK(made[3].header().correlation_id == made[3].id());
  CHECK(target.correlated(made[0].id()).size() == 3);
  CHECK(target.project<account>("account:alice") == source.project<account>("account:alice"));
  CHECK_NOTHROW(target.verify());
}

TEST_CASE("an import is done once, in whatever parts, and after it was cut off", "[store][import]") {
  const memory_world world;
  quipu::store source{settings_in(world, small_segments("source"))};
  fill(source);
  quipu::store target{settings_in(world, small_segments("target"))};
  // The cause of an event comes in an earlier import, or later, or never.
  CHECK(target.import_events(source, region::entity("account:alice")) ==
        quipu::import_report{.imported = 17, .causes_cleared = 1});
  const std::uint64_t before = target.stats().events;
  CHECK(target.import_events(source, region::all()) == quipu::import_report{.imported = 28, .repeated = 17});
  CHECK(target.stats().events == before + 28);
  const auto rent = *target.by_kind(withdrawn::kind).begin();
  REQUIRE(target.causes(rent.id()).size() == 1);
  CHECK(target.causes(rent.id())[0].as<deposited>().cents == 1);
  CHECK(target.import_events(source, region::all()) == quipu::import_report{.repeated = 45});

  // An effect alone, after its cause: the log knows the cause's new id.
  quipu::store parts{settings_in(world, small_segments("parts"))};
  parts.import_events(source, region::entity("account:alice"));
  CHECK(parts.import_events(source, region::entity("account:bob"), {.batch_events = 1}).causes_cleared == 0);
  CHECK(parts.causes(parts.by_kind(withdrawn::kind).begin()->id()).size() == 1);

  quipu::store other{settings_in(world, small_segments("other"))};
  std::vector<std::uint64_t> seen;
  const auto stop_at_20 = [&](const quipu::progress& now) {
    CHECK(now.total == 45);
    seen.push_back(now.done);
    return now.done < 20;
  };
  CHECK(code_of([&] { other.import_events(source, region::all(), {.batch_events = 10, .report = stop_at_20}); }) ==
        errc::cancelled);
  CHECK(seen == std::vector<std::uint64_t>{10, 20});
  CHECK(other.stats().events == 20);
  CHECK(other.import_events(source, region::all(), {.batch_events = 1}) ==
        quipu::import_report{.imported = 25, .repeated = 20});
  CHECK(other.project<account>("account:bob") == source.project<account>("account:bob"));
  source.append(alice, deposited{99});
  CHECK(other.import_events(source, region::all()).imported == 1);
}

TEST_CASE("an import can give events other coordinates, and reads from a store that is only read", "[store][import]") {
  const memory_world world;
  const quipu::config settings = settings_in(world, small_segments("source"));
  { quipu::store{settings}.append(alice, deposited{5}); }
  quipu::read_only_store source{settings};
  quipu::store target{settings_in(world, small_segments("target"))};
  const quipu::import_options renamed{.where = [](const event_view& event) {
    return quipu::coordinate{"zurich:" + std::string{event.entity()}, "head office"};
  }};
  CHECK(target.try_import_events(source, region::all(), renamed).value().imported == 1);
  CHECK(target.project<account>("zurich:account:alice")->cents == 5);
  // To another place it would be another event.
  CHECK(code_of([&] { target.import_events(source, region::all()); }) == errc::idempotency_mismatch);
  CHECK(target.import_events(source, region::all(), renamed).repeated == 1);
}

TEST_CASE("an import leaves out what was erased, and refuses what can't be right", "[store][import]") {
  const memory_world world;
  quipu::store source{settings_in(world, small_segments("source"))};
  fill(source);
  source.compact(
      quipu::compaction::tombstone([](const event_view& event) { return event.entity() != alice.entity(); }));
  quipu::store target{settings_in(world, small_segments("target"))};
  const auto done = target.import_events(source, region::all());
  CHECK(done.erased == 17);
  CHECK(done.imported == 28);
  CHECK(done.causes_cleared == 1);
  CHECK(target.count(region::entity("account:alice")) == 0);

  CHECK(code_of([&] { source.import_events(source, region::all()); }) == errc::invalid_argument);
  source.snapshot("copy");
  quipu::store copy{settings_in(world, small_segments("copy"))};
  CHECK(code_of([&] { copy.import_events(source, region::all()); }) == errc::invalid_argument);
  CHECK(code_of([&] { target.import_events(source, region::all(), {.batch_events = 0}); }) == errc::invalid_argument);
  const quipu::import_options failing{
      .where = [](const event_view&) -> quipu::coordinate { throw std::runtime_error{"no place"}; }};
  CHECK_THROWS_AS(target.import_events(source, region::all(), failing), std::runtime_error);
  quipu::store drifted{settings_in(world, small_segments("drifted"))};
  drifted.append(bob, text_deposited{"5"});
  CHECK(code_of([&] { drifted.import_events(source, region::all()); }) == errc::schema_drift);
  target.close();
  CHECK(code_of([&] { target.import_events(source, region::all()); }) == errc::closed);
}

TEST_CASE("an event whose own metadata leaves no room for its origin is imported with what fits", "[store][import]") {
  const memory_world world;
  quipu::store source{settings_in(world, small_segments("source"))};
  quipu::store target{settings_in(world, small_segments("target"))};
  const auto entries = [](std::size_t count) {
    quipu::metadata_map all;
    while (all.size() < count) all["key " + std::to_string(all.size())] = "v";
    return all;
  };
  for (const std::size_t count : {61U, 62U, 63U, 64U}) source.append(alice, deposited{1}, {.metadata = entries(count)});
  source.append(alice, deposited{1}, {.metadata = {{"k", std::string(quipu::metadata_bytes_limit - 4, 'v')}}});
  // Room for the id, and not for the lineage as well.
  source.append(alice, deposited{1}, {.metadata = {{"k", std::string(quipu::metadata_bytes_limit - 4 - 60, 'v')}}});
  // One that has an origin already: it must not be a part of that and a part of this one.
  auto full = entries(63);
  full["quipu.source.lineage"] = "another";
  source.append(alice, deposited{1}, {.metadata = full});
  source.append(alice, deposited{2});
  CHECK(target.import_events(source, region::all()) == quipu::import_report{.imported = 8});
  const auto given = all_of(source);
  const auto made = all_of(target);
  REQUIRE(made.size() == given.size());
  std::string origins;
  for (std::size_t index = 0; index < given.size(); ++index) {
    quipu::metadata_map kept = made[index].metadata().copy();
    const auto takes = [&](std::string_view key, const std::string& value) {
      const auto found = kept.find(key);
      if (found == kept.end()) return false;
      CHECK(found->second == value);
      kept.erase(found);
      return true;
    };
    origins += takes(quipu::import_report::id_key, given[index].id().str()) ? 'i' : '-';
    origins += takes(quipu::import_report::lineage_key, source.identity().str()) ? 'l' : '-';
    origins += takes(quipu::import_report::sequence_key, std::to_string(index)) ? 's' : '-';
    origins += ' ';
    quipu::metadata_map own = given[index].metadata().copy();
    own.erase("quipu.source.lineage");
    CHECK(kept == own);
  }
  CHECK(origins == "ils il- i-- --- --- i-- i-- ils ");
  CHECK(target.import_events(source, region::all()) == quipu::import_report{.repeated = 8});
}

TEST_CASE("an event that a store can't take is named", "[store][import]") {
  const memory_world world;
  quipu::store source{settings_in(world, small_segments("source"))};
  source.append(alice, deposited{1});
  const auto large = source.append(alice, renamed{std::string(3000, 'n')});
  source.append(alice, deposited{2});
  quipu::config settings = small_segments("target");
  settings.payload_max_bytes = 1000;
  quipu::store target{settings_in(world, settings)};
  try {
    target.import_events(source, region::all());
    FAIL("nothing was thrown");
  } catch (const quipu::error& failure) {
    CHECK(failure.code() == errc::payload_too_large);
    CHECK_THAT(failure.what(), Catch::Contains("event 1 of the source") && Catch::Contains(large.id.str()) &&
                                   Catch::Contains("config.payload_max_bytes"));
    CHECK(failure.expected() == 1000);
    CHECK(failure.actual() > 3000);
  }
  CHECK(target.count(region::all()) == 1);
  quipu::store drifted{settings_in(world, small_segments("drifted"))};
  drifted.append(bob, text_deposited{"5"});
  CHECK_THROWS_WITH(drifted.import_events(source, region::all()), Catch::Contains("event 0 of the source"));
}

TEST_CASE("an import keeps the lane of each event", "[store][import]") {
  const memory_world world;
  quipu::store source{settings_in(world, small_segments("source"))};
  const auto trunk = source.append(alice, deposited{1});
  const auto fork = source.get(trunk.id).header().position.fork(1, 7);
  source.append(alice, deposited{2}, {.position = fork});
  source.append(alice, deposited{3}, {.position = quipu::dag_position{0, 3, 0, 0, 0}});
  quipu::store target{settings_in(world, small_segments("target"))};
  target.import_events(source, region::all());
  const auto made = all_of(target);
  REQUIRE(made.size() == 3);
  const std::uint32_t expected[][2] = {{0, 0}, {1, 7}, {0, 3}};
  for (std::size_t index = 0; index < 3; ++index) {
    CHECK(made[index].header().position.depth == expected[index][0]);
    CHECK(made[index].header().position.lane == expected[index][1]);
  }
}
