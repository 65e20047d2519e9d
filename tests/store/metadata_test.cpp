// SPDX-License-Identifier: BSL-1.0
//
// metadata_test.cpp: text beside an event: what is kept on each way into the log, what is refused, what reactions copy,
// and what a compaction leaves.
#include "store_fixture.hpp"

#ifndef QUIPU_TEST_SINGLE_HEADER
#include <quipu/store/read_only_store.hpp>
#endif

#include <catch2/catch.hpp>

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

using namespace store_tests;
using quipu::errc;
using quipu::event_view;
using quipu::metadata_map;
using quipu::region;

namespace {

const quipu::coordinate alice{"account:alice", "s"};
const metadata_map trace{{"traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"}, {"user", "u7"}};

}  // namespace

TEST_CASE("an event's metadata is read back in the order of its keys, after reopening too", "[store][metadata]") {
  const memory_world world;
  for (const bool chained : {true, false}) {
    auto settings = small_segments(chained ? "chained" : "unchained");
    settings.chain = chained;
    {
      quipu::store store{settings_in(world, settings)};
      store.append(alice, deposited{1}, {.metadata = {{"z", "last"}, {"a", ""}, {std::string("\0", 1), "first"}}});
      store.append(alice, deposited{2});
    }
    quipu::store store{settings_in(world, settings)};
    const event_view event = *store.query(region::all()).begin();
    std::string seen;
    for (const auto& [key, value] : event.metadata()) seen.append(key).append("=").append(value).append(";");
    CHECK(seen == std::string("\0=first;a=;z=last;", 18));
    CHECK(event.metadata().size() == 3);
    CHECK(event.metadata("z") == "last");
    CHECK(event.metadata("a") == "");
    CHECK_FALSE(event.metadata("b").has_value());
    CHECK(event.to_json().find(R"("metadata":{"\u0000":"first","a":"","z":"last"},"payload")") != std::string::npos);
    CHECK(store.last(region::all())->metadata().empty());
    CHECK(store.last(region::all())->frame().extension_size() == 0);
    CHECK_NOTHROW(store.verify());
    quipu::read_only_store reader{settings_in(world, settings)};
    CHECK((*reader.query(region::all()).begin()).metadata("z") == "last");
  }
}

TEST_CASE("metadata over a limit is refused, and nothing is written", "[store][metadata]") {
  auto store = quipu::in_memory_store();
  const auto refused_with = [&store](const metadata_map& entries) {
    const auto alone = store.try_append(alice, deposited{1}, {.metadata = entries});
    quipu::batch events;
    events.add(alice, deposited{1});
    events.add(alice, deposited{2}, {.metadata = entries});
    const auto together = store.try_append(events);
    REQUIRE(alone.is_error());
    REQUIRE(together.is_error());
    CHECK(alone.error().kind == together.error().kind);
    return std::string{std::string_view{alone.error().message}};
  };
  metadata_map many;
  for (int number = 0; number <= 64; ++number) many.emplace("k" + std::to_string(number), "");
  CHECK(refused_with(many).find("more than 64 entries") != std::string::npos);
  CHECK(refused_with({{"", "v"}}).find("1 to 255 bytes") != std::string::npos);
  CHECK(refused_with({{std::string(256, 'k'), "v"}}).find("1 to 255 bytes") != std::string::npos);
  const std::string most(quipu::metadata_bytes_limit - 4, 'v');
  CHECK(refused_with({{"k", most + "v"}}).find("over 16,384 bytes") != std::string::npos);
  CHECK(store.stats().events == 0);

  many.erase("k64");
  store.append(alice, deposited{1}, {.metadata = many});
  store.append(alice, deposited{1}, {.metadata = {{std::string(255, 'k'), "v"}}});
  store.append(alice, deposited{1}, {.metadata = {{"k", most}}});
  CHECK(store.last(region::all())->metadata("k") == most);
}

TEST_CASE("every way to append keeps metadata", "[store][metadata]") {
  auto store = quipu::in_memory_store();
  const quipu::append_options options{.metadata = trace};
  quipu::batch events;
  events.add(alice, deposited{1}, options);
  events.add_raw(alice, quipu::event_kind::custom(3, 3), "raw", options);
  store.append(events);
  store.submit(alice, deposited{2}, options).wait();
  CHECK(store.try_submit(alice, deposited{3}, options).is_ok());
  auto staged = store.outbox();
  staged.stage(alice, deposited{4}, options);
  staged.flush();
  auto fence = store.begin_visibility_fence();
  fence.append(alice, deposited{5}, options);
  fence.commit();
  store.append_raw(alice, quipu::event_kind::custom(3, 3), "raw", options);
  CHECK(store.stats().events == 7);
  for (const event_view& each : store.query(region::all())) CHECK(each.metadata().copy() == trace);
}

TEST_CASE("metadata does not count where an idempotency key repeats", "[store][metadata]") {
  auto store = quipu::in_memory_store();
  const auto key = quipu::event_id::from_name("once");
  const auto first = store.append(alice, deposited{1}, {.idempotency_key = key, .metadata = trace});
  const auto again = store.append(alice, deposited{1}, {.idempotency_key = key, .metadata = {{"attempt", "2"}}});
  CHECK(again.id == first.id);
  CHECK(store.get(first.id).metadata().copy() == trace);
}

TEST_CASE("a reaction copies its cause's metadata where it is asked to", "[store][metadata]") {
  auto store = quipu::in_memory_store();
  const auto cause = store.append(alice, deposited{1}, {.metadata = trace});
  const auto metadata_of = [&store](const quipu::receipt& of) { return store.get(of.id).metadata().copy(); };
  CHECK(metadata_of(store.append_reaction(alice, deposited{2}, cause)).empty());
  CHECK(metadata_of(store.append_reaction(alice, deposited{2}, cause, {.copy_metadata = true})) == trace);
  metadata_map both = trace;
  both["user"] = "other";
  both["more"] = "m";
  const quipu::append_options options{.metadata = {{"user", "other"}, {"more", "m"}}, .copy_metadata = true};
  CHECK(metadata_of(store.append_reaction(alice, deposited{2}, cause, options)) == both);

  quipu::batch events;
  const auto first = events.add(alice, deposited{3}, {.metadata = trace});
  const auto second = events.add_reaction(alice, deposited{4}, first, options);
  events.add_reaction(alice, deposited{5}, second, {.copy_metadata = true});
  const auto given = store.append(events);
  CHECK(metadata_of(given[1]) == both);
  CHECK(metadata_of(given[2]) == both);

  auto fence = store.begin_visibility_fence();
  const auto inside = fence.append(alice, deposited{6}, {.metadata = trace});
  fence.append_reaction(alice, deposited{7}, inside, {.copy_metadata = true});
  fence.append_reaction(alice, deposited{8}, cause, {.copy_metadata = true});
  for (const auto& each : fence.commit()) CHECK(metadata_of(each) == trace);
}

TEST_CASE("a large batch whose events copy metadata fits by what is copied", "[store][metadata]") {
  auto store = quipu::in_memory_store();
  quipu::batch events;
  auto last = events.add(alice, deposited{1}, {.metadata = trace});
  for (int number = 1; number < 10'000; ++number)
    last = events.add_reaction(alice, deposited{number}, last, {.copy_metadata = true});
  const auto given = store.append(events);
  CHECK(store.get(given.back().id).metadata().copy() == trace);

  quipu::batch larger;
  const std::string most(quipu::metadata_bytes_limit - 4, 'v');
  last = larger.add(alice, deposited{1}, {.metadata = {{"k", most}}});
  for (int number = 1; number < 10'000; ++number)
    last = larger.add_reaction(alice, deposited{number}, last, {.copy_metadata = true});
  const auto refused = store.try_append(larger);
  REQUIRE(refused.is_error());
  CHECK(std::string_view{refused.error().message}.find("too large") != std::string_view::npos);
  CHECK(store.stats().events == 10'000);
}

TEST_CASE("copied metadata that does not fit, or has nothing to be copied from, is refused", "[store][metadata]") {
  auto store = quipu::in_memory_store();
  const auto cause =
      store.append(alice, deposited{1}, {.metadata = {{"k", std::string(quipu::metadata_bytes_limit - 4, 'v')}}});
  const auto refused =
      store.try_append(alice, deposited{2}, {.causation_id = cause.id, .metadata = {{"l", ""}}, .copy_metadata = true});
  REQUIRE(refused.is_error());
  CHECK(std::string_view{refused.error().message}.find("over 16,384 bytes") != std::string::npos);
  const auto alone = store.try_append(alice, deposited{2}, {.copy_metadata = true});
  REQUIRE(alone.is_error());
  CHECK(std::string_view{alone.error().message}.find("no cause to copy from") != std::string::npos);
  CHECK(store.stats().events == 1);
}

TEST_CASE("a reactor's events take over the metadata of what they react to", "[store][metadata]") {
  auto store = quipu::in_memory_store();
  store.append(alice, deposited{1}, {.metadata = trace});
  auto reactor = store.react("copies", region::entity("account:alice"), [](const event_view&, quipu::emitter& emit) {
    emit({"other", "s"}, deposited{2}, {.copy_metadata = true});
  });
  CHECK(reactor.wait_caught_up_for(std::chrono::seconds{30}));
  CHECK(store.last(region::entity("other"))->metadata().copy() == trace);
}

TEST_CASE("an erased event has no metadata any more, and a kept one has it", "[store][metadata]") {
  auto store = quipu::in_memory_store();
  store.append(alice, deposited{1}, {.metadata = trace});
  store.append(alice, deposited{2}, {.metadata = trace});
  store.compact(quipu::compaction::tombstone([](const event_view& event) { return event.sequence() != 0; }));
  std::vector<bool> empty;
  for (const event_view& each : store.query(region::all())) empty.push_back(each.metadata().empty());
  CHECK(empty == std::vector<bool>{true, false});
  CHECK_NOTHROW(store.verify());
}
