// SPDX-License-Identifier: BSL-1.0
//
// store_upcast_test.cpp: a log that an older program wrote, read by a newer one whose upcasts drop and split: every way
// to project agrees, sequences and counts stay those of the stored events, and what this program can't read is said
// with both shapes.
#include "store_fixture.hpp"

#include "../event/upcast_samples.hpp"

#include <catch2/catch.hpp>

#include <cstdint>
#include <string>

using namespace store_tests;
using namespace upcasts;
using quipu::as_of;
using quipu::errc;
using quipu::region;

namespace {

struct position {
  using events = quipu::event_list<moved, named, moved_and_named, counted, noted>;
  std::int64_t to{};
  std::uint64_t order{};
  void apply(const moved& event) { to = event.to, order = order * 31 + 1; }
  void apply(const named& event) { order = order * 31 + event.number; }
  void apply(const counted& event) { order = order * 31 + event.digit; }
  friend bool operator==(const position&, const position&) = default;
};

/// What the older program knew.
struct old_position {
  using events = quipu::event_list<moved_v1, moved_and_named_v1>;
  std::int64_t to{};
  void apply(const moved_v1& event) { to = event.to; }
  void apply(const moved_and_named_v1& event) { to = event.to; }
};

/// Of the kind and version of `moved_v1`, and of another shape.
struct impostor {
  static constexpr auto kind = quipu::event_kind::custom(4, 1);
  std::uint32_t to{};
};

/// Over many segments, and for two entities.
template <class Store>
void write_old_events(Store& store) {
  for (std::int32_t step = 0; step < 60; ++step) {
    const quipu::coordinate where{step % 3 == 0 ? "robot:2" : "robot:1", "hall"};
    store.append(where, moved_v1{step});
    store.append(where, moved_and_named_v1{step, static_cast<std::uint32_t>(step)});
    store.append(where, counted_v1{step % 2 == 0 ? step * 7 : -1});
    store.append(where, noted_v1{"a note"});
  }
}

/// As `fold` makes it of the same events.
position expected(bool second) {
  quipu::detail::value_folder<position> folding;
  for (std::int32_t step = 0; step < 60; ++step) {
    if ((step % 3 == 0) != second) continue;
    folding.add(moved_v1{step});
    folding.add(moved_and_named_v1{step, static_cast<std::uint32_t>(step)});
    folding.add(counted_v1{step % 2 == 0 ? step * 7 : -1});
    folding.add(noted_v1{"a note"});
  }
  return folding.state;
}

}  // namespace

TEST_CASE("every way to project old events agrees, with a cache and without", "[store][upcast]") {
  const memory_world world;
  quipu::store cached{settings_in(world, small_segments("d")), quipu::memory_cache{1 << 20}};
  write_old_events(cached);
  CHECK(cached.project<position>("robot:1") == expected(false));
  CHECK(cached.project<position>("robot:1") == expected(false));  // now from the cache
  CHECK(cached.project<position>("robot:2") == expected(true));
  CHECK(cached.project<position>("robot:2", as_of::entity_sequence(1'000'000)) == expected(true));
  CHECK(cached.project<position>(region::entity("robot:2")) == expected(true));
  std::size_t entities = 0;
  cached.project_all<position>(region::all(), [&](std::string_view entity, const position& state) {
    ++entities;
    CHECK(state == expected(entity == "robot:2"));
  });
  CHECK(entities == 2);
  // A cached state goes on with what is dropped and with what is split.
  const auto folded = [&] { return *cached.project<position>("robot:1"); };
  position before = folded();
  cached.append({"robot:1", "hall"}, noted_v1{"more"});
  CHECK(folded() == before);
  cached.append({"robot:1", "hall"}, moved_and_named_v1{5, 6});
  CHECK(folded().to == 500);
  CHECK(folded().order == (before.order * 31 + 1) * 31 + 6);
  CHECK(cached.stats().segments > 1);
}

TEST_CASE("sequences and counts are those of the stored events", "[store][upcast]") {
  auto store = quipu::in_memory_store();
  const quipu::coordinate where{"robot:1", "hall"};
  store.append(where, noted_v1{"first"});
  CHECK(store.project<position>("robot:1") == position{});  // there is an event, and nothing was made of it
  CHECK_FALSE(store.project<position>("robot:2"));
  CHECK(store.append(where, moved_and_named_v1{3, 4}).entity_sequence == 1);
  const auto given = store.append(where, moved{1, 2}, {.expected = quipu::expected_version::exactly(1)});
  CHECK(given.entity_sequence == 2);
  CHECK(store.count(region::entity("robot:1")) == 3);
  CHECK(store.project_if_changed<position>("robot:1", 0)->count == 3);
  CHECK_FALSE(store.project_if_changed<position>("robot:1", 3));
  CHECK(store.project<position>("robot:1", as_of::entity_sequence(0)) == position{});
  CHECK(store.project<position>("robot:1", as_of::entity_sequence(1))->to == 300);
  CHECK(store.ancestors(given.id, 10).size() == 2);
  // A region of kinds is one of stored kinds.
  CHECK(store.count(region::all().with_events<moved>()) == 1);
  CHECK(store.count(region::all().with_events<moved_and_named>()) == 1);
  // What is stored is shown as it was stored.
  const auto shown = (*store.by_kind(moved_and_named::kind).begin()).to_json();
  CHECK_THAT(shown, Catch::Contains("\"version\":1,") && Catch::Contains("\"payload\":{\"to\":3,\"number\":4}"));
}

TEST_CASE("a version that is newer than the program is refused with both shapes, wherever it is met",
          "[store][upcast]") {
  auto store = quipu::in_memory_store(small_segments());
  store.append({"robot:1", "hall"}, moved_v1{3});
  const auto given = store.append({"robot:1", "hall"}, moved{4, 2});
  const auto check_drift = [](const quipu::error& failure) {
    CHECK(failure.code() == errc::schema_drift);
    CHECK(failure.expected() == 1U);
    CHECK(failure.actual() == 2U);
    CHECK_THAT(failure.what(), Catch::Contains("0x4001") && Catch::Contains("newer than this program's version 1") &&
                                   Catch::Contains("the log has {to:i64,from_version:i64}, this program has {to:i32}"));
  };
  check_drift(error_of([&] { static_cast<void>(store.project<old_position>("robot:1")); }));
  check_drift(error_of([&] { static_cast<void>(store.project<old_position>("robot:1", as_of::entity_sequence(1))); }));
  check_drift(error_of([&] { static_cast<void>(store.project<old_position>(region::all())); }));
  check_drift(
      error_of([&] { store.project_all<old_position>(region::all(), [](std::string_view, const old_position&) {}); }));
  check_drift(error_of([&] { static_cast<void>(store.get(given.id).as<moved_v1>()); }));
  check_drift(error_of([&] { store.get(given.id).visit(quipu::event_list<moved_v1>{}, [](const moved_v1&) {}); }));
  CHECK_FALSE(store.get(given.id).try_as<moved_v1>());
  CHECK(store.try_project<old_position>("robot:1").is_error());
  CHECK(store.project<old_position>("robot:1", as_of::entity_sequence(0))->to == 3);  // what came before is read
}

TEST_CASE("a newer version of an event that splits is refused with both shapes", "[store][upcast]") {
  auto store = quipu::in_memory_store(small_segments());
  store.append({"a", "s"}, counted{7});
  struct reader {
    using events = quipu::event_list<counted_v2>;
    std::uint32_t sum{};
    void apply(const counted_v2& event) { sum += event.value; }
  };
  const auto failure = error_of([&] { static_cast<void>(store.project<reader>("a")); });
  CHECK(failure.code() == errc::schema_drift);
  CHECK_THAT(failure.what(), Catch::Contains("newer than this program's version 2") &&
                                 Catch::Contains("the log has {digit:u8}, this program has {value:u32}"));
}

TEST_CASE("a shape that changed under an old version is refused before anything is folded", "[store][upcast]") {
  auto store = quipu::in_memory_store(small_segments());
  store.append({"robot:1", "hall"}, impostor{3});
  const auto failure = error_of([&] { static_cast<void>(store.project<position>("robot:1")); });
  CHECK(failure.code() == errc::schema_drift);
  CHECK_THAT(failure.what(), Catch::Contains("{to:u32}") && Catch::Contains("{to:i32}"));
}
