// SPDX-License-Identifier: BSL-1.0
//
// region_kinds_test.cpp: a region that leaves out stored kinds whose events become events that it selects is refused
// wherever it is read for a list of events, and the message names the kinds. Each refused region has an accepted twin.
#include "store_fixture.hpp"

#include "../event/upcast_samples.hpp"

#include <catch2/catch.hpp>

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

using namespace store_tests;
using namespace upcasts;
using quipu::errc;
using quipu::region;

namespace {

struct robot {
  using events = quipu::event_list<moved, named, moved_and_named>;
  std::int64_t to{};
  std::uint32_t number{};
  void apply(const moved& event) { to += event.to; }
  void apply(const named& event) { number = event.number; }
  [[nodiscard]] static quipu::outcome<moved> decide(const robot&, const moved& command) { return command; }
  friend bool operator==(const robot&, const robot&) = default;
};
/// Lists no kind whose events become others.
struct places {
  using events = quipu::event_list<moved>;
  std::int64_t to{};
  void apply(const moved& event) { to += event.to; }
};
struct event_count {
  using events = quipu::any_event;
  std::uint64_t count{};
  void apply(const quipu::event_view&) { ++count; }
};
/// In another category: what becomes of it is in category 4.
struct delivered_v1 {
  static constexpr auto kind = quipu::event_kind::custom(5, 1);
  std::int32_t to{};
};
struct delivered {
  static constexpr auto kind = quipu::event_kind::custom(5, 1);
  static constexpr std::uint16_t version = 2;
  using previous = delivered_v1;
  static constexpr moved upcast(const delivered_v1& old) { return {old.to, 0}; }
};
struct courier {
  using events = quipu::event_list<moved, delivered>;
  std::int64_t to{};
  void apply(const moved& event) { to += event.to; }
};

template <class Call>
void check_refused(const char* kinds, Call call) {
  const auto failure = error_of(call);
  CHECK(failure.code() == errc::invalid_argument);
  CHECK_THAT(failure.what(), Catch::Contains(std::string{"leaves out those kinds: "} + kinds + ";"));
}

const region refused = region::all().with_events<moved>();
const region accepted = region::all().with_events<moved, moved_and_named>();

}  // namespace

TEST_CASE("a region that leaves out old events of a projection is refused by every way to project a region",
          "[store][upcast][region]") {
  auto store = quipu::in_memory_store();
  store.append({"robot:1", "hall"}, moved_and_named_v1{3, 4});
  store.append({"robot:1", "hall"}, moved{1, 2});
  const auto ignore = [](std::string_view, const robot&) {};

  check_refused("0x4003", [&] { static_cast<void>(store.project<robot>(refused)); });
  check_refused("0x4003", [&] { static_cast<void>(store.project_together<places, robot>(refused)); });
  const region one_refused = region::any_of({region::entity("robot:1"), refused.with_scope("hall")});
  check_refused("0x4003", [&] { static_cast<void>(store.project<robot>(one_refused)); });
  check_refused("0x4003", [&] { store.project_all<robot>(refused, ignore); });
  check_refused("0x4003", [&] { static_cast<void>(quipu::fold<robot>(store.query(refused))); });
  check_refused("0x4003", [&] { static_cast<void>(store.read_model<robot>("all", refused)); });
  check_refused("0x4003", [&] { static_cast<void>(store.read_model_by_entity<robot>("each", refused)); });
  const auto executed = store.execute<robot>(refused, {"robot:1", "hall"}, moved{5, 2});
  REQUIRE(executed.is_error());
  CHECK_THAT(std::string{executed.error().message.view()}, Catch::Contains("0x4003"));
  CHECK(store.count(region::all()) == 2);

  CHECK(store.project<robot>(accepted) == robot{301, 4});
  CHECK(std::get<1>(store.project_together<places, robot>(accepted)) == robot{301, 4});
  store.project_all<robot>(accepted, [](std::string_view, const robot& state) { CHECK(state == robot{301, 4}); });
  CHECK(quipu::fold<robot>(store.query(accepted)) == robot{301, 4});
  auto model = store.read_model<robot>("all", accepted);
  CHECK(model.wait_caught_up_for(patience));
  CHECK(model.state() == robot{301, 4});
  CHECK(store.execute<robot>(accepted, {"robot:1", "hall"}, moved{5, 2}).is_ok());
}

TEST_CASE("a refused region does not remove what a read model has saved", "[store][upcast][region]") {
  const memory_world world;
  quipu::store store{settings_in(world, small_segments("d"))};
  store.append({"robot:1", "hall"}, moved{1, 2});
  {
    auto model = store.read_model<robot>("all", region::all());
    REQUIRE(model.wait_caught_up_for(patience));
  }
  check_refused("0x4003", [&] { static_cast<void>(store.read_model<robot>("all", refused)); });
  CHECK(store.read_model<robot>("all", region::all()).was_loaded());
}

TEST_CASE("kinds and categories are judged alike, and all kinds that are left out are named",
          "[store][upcast][region]") {
  auto store = quipu::in_memory_store();
  store.append({"robot:1", "hall"}, delivered_v1{7});
  check_refused("0x5001", [&] { static_cast<void>(store.project<courier>(region::all().with_category(4))); });
  CHECK(store.project<courier>(region::all().with_category(5)).to == 7);  // all that is left out is newer
  CHECK(store.project<courier>(region::scope("hall")).to == 7);
  check_refused("0x4003, 0x4006",
                [&] { static_cast<void>(store.project<history>(region::all().with_kind(moved::kind))); });
}

TEST_CASE("a region may leave out what its reader does not fold", "[store][upcast][region]") {
  auto store = quipu::in_memory_store();
  store.append({"robot:1", "hall"}, moved_and_named_v1{3, 4});
  store.append({"robot:1", "hall"}, moved{1, 2});
  CHECK(store.project<places>(refused).to == 1);  // places lists no event that becomes a `moved`
  CHECK(store.project<event_count>(refused).count == 1);
  CHECK(store.project<robot>(region::all().with_events<renamed>()) == robot{});
}

TEST_CASE("a watcher reads the old events of its projection", "[store][upcast][region]") {
  auto store = quipu::in_memory_store();
  auto watcher = store.watch<robot>("robot:1");
  store.append({"robot:1", "hall"}, moved_and_named_v1{3, 4});
  CHECK(watcher.try_recv() == robot{300, 4});
}
