// SPDX-License-Identifier: BSL-1.0
//
// enumerators_test.cpp: an enumeration of an event type that changes without a new version.
#ifdef QUIPU_TEST_SINGLE_HEADER
#include <quipu.hpp>
#else
#include <quipu/store/in_memory_store.hpp>
#endif

#include <catch2/catch.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

using quipu::errc;
using quipu::event_kind;
using quipu::region;

namespace last_year {

enum class state { open, paid, shipped };
struct moved {
  static constexpr auto kind = event_kind::custom(6, 1);
  state to{};
};
struct order {
  using events = quipu::event_list<moved>;
  state now{};
  void apply(const moved& event) { now = event.to; }
};

}  // namespace last_year

namespace inserted {

enum class state { open, cancelled, paid, shipped };
struct moved {
  static constexpr auto kind = event_kind::custom(6, 1);
  state to{};
};
struct order {
  using events = quipu::event_list<moved>;
  state now{};
  void apply(const moved& event) { now = event.to; }
};

}  // namespace inserted

namespace appended {

enum class state { open, paid, shipped, cancelled };
struct moved {
  static constexpr auto kind = event_kind::custom(6, 1);
  state to{};
};
struct order {
  using events = quipu::event_list<moved>;
  state now{};
  void apply(const moved& event) { now = event.to; }
};

}  // namespace appended

namespace raised {  // as inserted, with a new version

struct moved {
  static constexpr auto kind = event_kind::custom(6, 1);
  static constexpr std::uint16_t version = 2;
  using previous = last_year::moved;
  static moved upcast(const previous& older) {
    using from = last_year::state;
    return {older.to == from::open   ? inserted::state::open
            : older.to == from::paid ? inserted::state::paid
                                     : inserted::state::shipped};
  }
  inserted::state to{};
};
struct order {
  using events = quipu::event_list<moved>;
  inserted::state now{};
  void apply(const moved& event) { now = event.to; }
};

}  // namespace raised

namespace {

const quipu::coordinate place{"order:1", "shop"};

quipu::store paid_last_year() {
  auto store = quipu::in_memory_store();
  store.append(place, last_year::moved{last_year::state::paid});
  return store;
}

/// Checks that an action is refused as drift from one shape to another.
template <class Action>
void check_drift(std::string_view logged, std::string_view known, Action action) {
  try {
    action();
    FAIL_CHECK("nothing was refused");
  } catch (const quipu::error& refused) {
    CHECK(refused.code() == errc::schema_drift);
    CHECK_THAT(refused.what(),
               Catch::Contains("the log has " + std::string{logged} + ", this program has " + std::string{known}));
  }
}

}  // namespace

TEST_CASE("an enumerator put in the middle is drift, with both lists", "[store][enumerators]") {
  auto store = paid_last_year();
  const auto check_refused = [](auto action) {
    check_drift("{to:enum:i32{open=0,paid=1,shipped=2}}", "{to:enum:i32{open=0,cancelled=1,paid=2,shipped=3}}", action);
  };
  check_refused([&] { static_cast<void>(store.project<inserted::order>("order:1")); });
  check_refused([&] { static_cast<void>(store.project<inserted::order>(region::all())); });
  check_refused([&] { store.append(place, inserted::moved{}); });
  check_refused([&] {
    for (const auto& event : store.query(region::all())) static_cast<void>(event.as<inserted::moved>());
  });
  CHECK(store.project<last_year::order>("order:1")->now == last_year::state::paid);
}

TEST_CASE("an enumerator put in the middle with a new version is led up", "[store][enumerators]") {
  auto store = paid_last_year();
  store.append(place, raised::moved{inserted::state::cancelled});
  CHECK(store.project<raised::order>("order:1")->now == inserted::state::cancelled);
  std::vector<inserted::state> seen;
  for (const auto& event : store.query(region::all())) seen.push_back(event.as<raised::moved>().to);
  CHECK(seen == std::vector{inserted::state::paid, inserted::state::cancelled});
}

TEST_CASE("an enumerator added at the end needs no new version, and older programs then say drift",
          "[store][enumerators]") {
  auto store = paid_last_year();
  CHECK(store.project<appended::order>("order:1")->now == appended::state::paid);
  store.append(place, appended::moved{appended::state::cancelled});
  CHECK(store.project<appended::order>("order:1")->now == appended::state::cancelled);
  std::vector<appended::state> seen;
  std::string shown;
  for (const auto& event : store.query(region::all())) {
    seen.push_back(event.as<appended::moved>().to);
    const std::string json = event.to_json();
    shown += json.substr(json.find("\"payload\""));
  }
  CHECK(seen == std::vector{appended::state::paid, appended::state::cancelled});
  CHECK(shown == R"("payload":{"to":"paid"}}"payload":{"to":"cancelled"}})");

  const auto check_refused = [](auto action) {
    check_drift("{to:enum:i32{open=0,paid=1,shipped=2,cancelled=3}}", "{to:enum:i32{open=0,paid=1,shipped=2}}", action);
  };
  check_refused([&] { static_cast<void>(store.project<last_year::order>("order:1")); });
  check_refused([&] { store.append(place, last_year::moved{}); });
}
