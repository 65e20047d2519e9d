// SPDX-License-Identifier: BSL-1.0
//
// schema_drift_test.cpp: a type whose shape changed without a new version is refused wherever it meets the log: when it
// is appended, folded, or read; and versions that changed as they should are led up.
#ifndef QUIPU_TEST_SINGLE_HEADER
#include <quipu/store/read_only_store.hpp>
#endif

#include "store_fixture.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace store_tests;
using quipu::errc;
using quipu::region;

namespace {

namespace before {
struct moved {
  static constexpr auto kind = quipu::event_kind::custom(5, 1);
  std::uint32_t from{};
  std::uint32_t to{};
};
struct path {
  using events = quipu::event_list<moved>;
  std::uint64_t sum{};
  void apply(const moved& event) { sum += event.from + event.to; }
};
}  // namespace before

namespace drifted {  // as many bytes, another meaning
struct moved {
  static constexpr auto kind = quipu::event_kind::custom(5, 1);
  std::uint32_t to{};
  std::uint32_t from{};
};
struct path {
  using events = quipu::event_list<moved>;
  std::uint64_t sum{};
  void apply(const moved& event) { sum += event.from + event.to; }
};
}  // namespace drifted

namespace after {  // as it should be done
struct moved {
  static constexpr auto kind = quipu::event_kind::custom(5, 1);
  static constexpr std::uint16_t version = 2;
  using previous = before::moved;
  std::uint64_t from{};
  std::uint64_t to{};
  std::string why{};
  static moved upcast(const before::moved& older) { return {older.from, older.to, "unknown"}; }
};
struct path {
  using events = quipu::event_list<moved>;
  std::uint64_t sum{};
  std::string why{};
  void apply(const moved& event) {
    sum += event.from + event.to;
    why += event.why + ";";
  }
};
}  // namespace after

quipu::store open(const memory_world& world) { return quipu::store{settings_in(world, small_segments("d"))}; }

void check_drift(const quipu::error& failure) {
  CHECK(failure.code() == errc::schema_drift);
  const std::string message = failure.what();
  CHECK(message.find("{from:u32,to:u32}") != std::string::npos);  // both shapes
  CHECK(message.find("{to:u32,from:u32}") != std::string::npos);
}

}  // namespace

TEST_CASE("a drifted type is refused when it is appended, projected or read", "[store][schema]") {
  const memory_world world;
  quipu::receipt given;
  for (int life = 0; life < 2; ++life) {  // in the process that wrote, and in the next one
    auto store = open(world);
    if (life == 0) given = store.append({"a", "s"}, before::moved{1, 2});
    check_drift(error_of([&] { store.append({"a", "s"}, drifted::moved{1, 2}); }));
    check_drift(error_of([&] { static_cast<void>(store.project<drifted::path>("a")); }));
    check_drift(error_of([&] { static_cast<void>(store.project<drifted::path>(region::all())); }));
    check_drift(
        error_of([&] { static_cast<void>(store.project<drifted::path>("a", quipu::as_of::entity_sequence(0))); }));
    check_drift(error_of([&] { static_cast<void>(store.project_if_changed<drifted::path>("a", 0)); }));
    check_drift(error_of([&] { static_cast<void>(store.get(given.id).as<drifted::moved>()); }));
    CHECK_FALSE(store.get(given.id).try_as<drifted::moved>());
    CHECK_FALSE(store.try_append({"a", "s"}, drifted::moved{1, 2}).is_ok());
    CHECK(store.stats().events == 1);
    CHECK(store.project<before::path>("a")->sum == 3);
  }
}

TEST_CASE("a drifted type in a batch refuses the batch", "[store][schema]") {
  const memory_world world;
  auto store = open(world);
  store.append({"a", "s"}, before::moved{1, 2});
  quipu::batch events;
  static_cast<void>(events.add({"a", "s"}, deposited{1}));
  static_cast<void>(events.add({"a", "s"}, drifted::moved{1, 2}));
  check_drift(error_of([&] { store.append(events); }));
  CHECK(store.stats().events == 1);
  quipu::batch both;  // the first of its kind, twice and differently
  auto fresh = quipu::in_memory_store(small_segments());
  static_cast<void>(both.add({"a", "s"}, before::moved{1, 2}));
  static_cast<void>(both.add({"a", "s"}, drifted::moved{1, 2}));
  CHECK(code_of([&] { fresh.append(both); }) == errc::schema_drift);
  CHECK(fresh.stats().events == 0);
}

TEST_CASE("what was refused for another reason leaves no schema behind", "[store][schema]") {
  auto store = quipu::in_memory_store(small_segments());
  CHECK(code_of([&] {
          store.append({"a", "s"}, before::moved{1, 2}, {.expected = quipu::expected_version::stream_exists()});
        }) == errc::conflict);
  quipu::batch events;
  static_cast<void>(events.add({"a", "s"}, before::moved{1, 2}));
  static_cast<void>(events.add({"b", "s"}, deposited{1}, {.expected = quipu::expected_version::stream_exists()}));
  CHECK(code_of([&] { store.append(events); }) == errc::conflict);
  CHECK_NOTHROW(store.append({"a", "s"}, drifted::moved{1, 2}));  // the log never had the other shape
  CHECK(store.project<drifted::path>("a")->sum == 3);
}

TEST_CASE("a type that was folded before the log had its kind is checked again when it has", "[store][schema]") {
  auto store = quipu::in_memory_store(small_segments());
  store.append({"a", "s"}, deposited{1});
  CHECK(store.project<drifted::path>("a")->sum == 0);
  store.append({"a", "s"}, before::moved{1, 2});
  check_drift(error_of([&] { static_cast<void>(store.project<drifted::path>("a")); }));
}

TEST_CASE("an older version is led up, in the same log as the newer one", "[store][schema]") {
  const memory_world world;
  {
    auto store = open(world);
    for (std::uint32_t number = 0; number < 60; ++number) store.append({"a", "s"}, before::moved{number, 0});
  }
  {
    auto store = open(world);
    CHECK(store.project<after::path>("a")->sum == 59 * 60 / 2);
    store.append({"a", "s"}, after::moved{1000, 0, "because"});
    const auto state = store.project<after::path>("a");
    CHECK(state->sum == 59 * 60 / 2 + 1000);
    CHECK(state->why.ends_with("unknown;because;"));
    CHECK(store.stats().segments > 1);
  }
  // A program that knows only the older version can't read the newer.
  auto store = open(world);
  CHECK(code_of([&] { static_cast<void>(store.project<before::path>("a")); }) == errc::schema_drift);
  CHECK(store.project<before::path>("a", quipu::as_of::entity_sequence(59))->sum == 59 * 60 / 2);
}

TEST_CASE("the schema is in every segment that needs it", "[store][schema]") {
  const memory_world world;
  {
    auto store = open(world);
    for (std::uint32_t number = 0; number < 60; ++number) store.append({"a", "s"}, before::moved{number, 7});
  }
  auto store = open(world);
  for (const auto& each : store.query(region::all()))
    REQUIRE(each.to_json().find("\"payload\":{\"from\":" + std::to_string(each.sequence()) + ",\"to\":7}") !=
            std::string::npos);
}

TEST_CASE("a reader learns the schemas of events that come after it has asked", "[store][schema]") {
  const memory_world world;
  auto writer = open(world);
  writer.append({"a", "s"}, deposited{1});
  quipu::read_only_store reader{settings_in(world, small_segments("d"))};
  CHECK_FALSE(reader.project<drifted::path>("b"));  // nothing in the log contradicts its shape
  writer.append({"b", "s"}, before::moved{1, 2});
  check_drift(error_of([&] { static_cast<void>(reader.project<drifted::path>("b")); }));
  CHECK(reader.project<before::path>("b")->sum == 3);
}
