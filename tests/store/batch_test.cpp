// SPDX-License-Identifier: BSL-1.0
//
// batch_test.cpp: a batch is a value: it can be copied, cleared and filled again, its items have the options that each
// was given, and one that could not be added leaves nothing behind.
#include "store_fixture.hpp"

#include <catch2/catch.hpp>

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace {

using quipu::region;

/// Not every value has an encoding, and what comes before the one without has one.
struct dated {
  static constexpr auto kind = quipu::event_kind::custom(1, 77);
  std::string text{};
  std::chrono::sys_seconds at{};
};

const std::chrono::sys_seconds too_far{std::chrono::seconds{1'000'000'000'000}};

std::vector<std::string> texts_of(quipu::store& store) {
  std::vector<std::string> texts;
  for (const auto event : store.query(region::all())) texts.push_back(event.as<dated>().text);
  return texts;
}

}  // namespace

TEST_CASE("an item that can't be encoded leaves nothing behind in its batch", "[store][batch]") {
  auto store = quipu::in_memory_store();
  quipu::batch events;
  CHECK_THROWS_AS(events.add({"a", "s"}, dated{"never", too_far}), quipu::error);
  CHECK(events.empty());
  events.add({"a", "s"}, dated{"first", {}});
  CHECK_THROWS_AS(events.add({"a", "s"}, dated{"never", too_far}), quipu::error);
  events.add({"a", "s"}, dated{"second", {}});
  CHECK_THROWS_AS(
      events.add_reaction({"a", "s"}, dated{"never", {}}, {0}, {.causation_id = quipu::event_id::generate()}),
      quipu::error);
  events.add_raw({"a", "s"}, dated::kind, {});
  CHECK(events.size() == 3);
  const auto receipts = store.append(events);
  CHECK(store.get(receipts[0].id).as<dated>().text == "first");
  CHECK(store.get(receipts[1].id).as<dated>().text == "second");
  CHECK(store.get(receipts[2].id).payload().size() == 0);
}

TEST_CASE("each item of a batch has its own options, or none", "[store][batch]") {
  auto store = quipu::in_memory_store();
  quipu::batch events;
  events.add({"a", "s"}, dated{"plain", {}});
  events.add({"a", "s"}, dated{"tagged", {}}, {.tags = {"red"}});
  events.add({"a", "s"}, dated{"plain again", {}});
  events.add({"a", "s"}, dated{"told", {}}, {.metadata = {{"by", "alice"}}});
  const auto receipts = store.append(events);
  const auto event = [&](std::size_t number) { return store.get(receipts[number].id); };
  CHECK(event(0).tags().empty());
  CHECK(event(1).has_tag("red"));
  CHECK(event(2).tags().empty());
  CHECK(event(2).metadata().empty());
  CHECK(event(3).tags().empty());
  CHECK(event(3).metadata("by") == "alice");
}

TEST_CASE("a batch is copied whole, and cleared whole", "[store][batch]") {
  auto store = quipu::in_memory_store();
  quipu::batch events;
  events.add({"a", "s"}, dated{"one", {}}, {.tags = {"red"}});
  const quipu::batch copy = events;
  events.clear();
  CHECK(events.empty());
  events.add({"a", "s"}, dated{"two", {}});
  store.append(events);
  store.append(copy);
  CHECK(texts_of(store) == std::vector<std::string>{"two", "one"});
  CHECK(store.count(region::tag("red")) == 1);
}

TEST_CASE("an empty batch appends nothing, whichever way", "[store][batch]") {
  auto store = quipu::in_memory_store();
  store.append({"a", "s"}, dated{"first", {}});
  const auto before = store.stats();
  const quipu::batch none;
  CHECK(store.append(none).empty());
  auto ticket = store.submit_batch(none);
  CHECK(ticket.ready());
  CHECK(ticket.wait().empty());
  auto tried = store.try_submit_batch(none);
  REQUIRE(tried);
  CHECK(std::move(tried).into_value().wait().empty());
  auto fence = store.begin_visibility_fence();
  CHECK(fence.append(none).empty());
  CHECK(fence.commit().empty());
  CHECK(store.outbox().flush().empty());
  const auto after = store.stats();
  CHECK(after.events == before.events);
  CHECK(after.commits == before.commits);
  CHECK(after.written_bytes == before.written_bytes);
}
