// SPDX-License-Identifier: BSL-1.0
//
// append_condition_test.cpp: appends that are refused if something happened since: to any part of the log, not just to
// one stream. The classic cases are here as programs write them.
#include "store_fixture.hpp"

#include <catch2/catch.hpp>

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <vector>

using namespace store_tests;
using quipu::conflict_error;
using quipu::durability;
using quipu::errc;
using quipu::error_kind;
using quipu::none_ever;
using quipu::none_since;
using quipu::outcome;
using quipu::region;

namespace {

std::optional<conflict_error> conflict_of(const std::function<void()>& append) {
  try {
    append();
  } catch (const conflict_error& met) {
    return met;
  }
  return std::nullopt;
}

std::vector<std::uint64_t> sequences_of(const quipu::event_range& events) {
  std::vector<std::uint64_t> found;
  for (const quipu::event_view& each : events) found.push_back(each.sequence());
  return found;
}

quipu::append_options when(const quipu::append_condition& condition) { return {.condition = condition}; }

// ---- a user name that is used once

struct registered {
  static constexpr auto kind = quipu::event_kind::custom(6, 1);
  std::string name{};
};
struct register_user {
  std::string name{};
};
struct user_names {
  using events = quipu::event_list<registered>;
  std::set<std::string> taken{};
  void apply(const registered& event) { taken.insert(event.name); }
  static outcome<registered> decide(const user_names& state, const register_user& command) {
    if (state.taken.contains(command.name)) return quipu::outcome_error{error_kind::validation, "the name is taken"};
    return registered{command.name};
  }
};

// ---- a course with a limit, and a student with a limit

struct course_opened {
  static constexpr auto kind = quipu::event_kind::custom(6, 2);
  std::string course{};
  std::uint32_t seats{};
};
struct subscribed {
  static constexpr auto kind = quipu::event_kind::custom(6, 3);
  std::string course{};
  std::string student{};
};
struct subscribe {
  std::string course{};
  std::string student{};
};
struct enrolment {
  static constexpr std::size_t courses_of_a_student_max = 2;
  using events = quipu::event_list<course_opened, subscribed>;
  std::map<std::string, std::uint32_t> seats{};
  std::multiset<std::string> by_course{};
  std::multiset<std::string> by_student{};
  void apply(const course_opened& event) { seats[event.course] = event.seats; }
  void apply(const subscribed& event) {
    by_course.insert(event.course);
    by_student.insert(event.student);
  }
  static outcome<subscribed> decide(const enrolment& state, const subscribe& command) {
    const auto course = state.seats.find(command.course);
    if (course == state.seats.end()) return quipu::outcome_error{error_kind::validation, "no such course"};
    if (state.by_course.count(command.course) >= course->second)
      return quipu::outcome_error{error_kind::validation, "the course is full"};
    if (state.by_student.count(command.student) >= courses_of_a_student_max)
      return quipu::outcome_error{error_kind::validation, "the student has enough courses"};
    return subscribed{command.course, command.student};
  }
};

/// Runs something between deciding and appending, once.
struct interrupted_subscribe {
  subscribe wanted{};
  std::function<void()> meanwhile{};
};
outcome<subscribed> decide(const enrolment& state, const interrupted_subscribe& command) {
  const auto decided = enrolment::decide(state, command.wanted);
  command.meanwhile();
  return decided;
}

}  // namespace

TEST_CASE("an append is refused if what it excludes came since", "[store][condition]") {
  auto store = quipu::in_memory_store();
  store.append({"a", "s"}, deposited{1});
  const auto seen = store.append({"b", "s"}, deposited{2}).sequence;

  SECTION("nothing came") {
    CHECK(store.append({"c", "s"}, deposited{3}, when(none_since(region::all(), seen))).sequence == 2);
  }
  SECTION("something came, and is told") {
    store.append({"a", "s"}, withdrawn{3});
    store.append({"b", "s"}, deposited{4});
    const auto met = conflict_of([&] {
      store.append({"c", "s"}, deposited{5}, when(none_since(region::entity("b"), seen)));
    });
    REQUIRE(met);
    CHECK(met->code() == errc::conflict);
    CHECK(met->expected() == seen);
    CHECK(met->actual() == 3);
    CHECK(met->entity() == "b");
    CHECK(std::string{met->what()}.find(R"(event 3 of "b" came after event 1: the append's condition excludes it)") !=
          std::string::npos);
    CHECK(sequences_of(met->between()) == std::vector<std::uint64_t>{3});
    CHECK(store.count(region::all()) == 4);
  }
  SECTION("other events, kinds, scopes and entities may come") {
    store.append({"a", "s"}, withdrawn{3});
    store.append({"a", "other"}, deposited{3});
    CHECK(store.append({"c", "s"}, deposited{1}, when(none_since(region::entity("b"), seen))).sequence != 0);
    CHECK(store
              .append({"c", "s"}, deposited{1},
                      when(none_since(region::entity("a").with_kind(quipu::event_kind::custom(9, 9)), seen)))
              .sequence != 0);
    CHECK(conflict_of([&] { store.append({"c", "s"}, deposited{1}, when(none_since(region::scope("other"), seen))); }));
    CHECK(conflict_of([&] {
      store.append({"c", "s"}, deposited{1}, when(none_since(region::all().with_events<withdrawn>(), seen)));
    }));
  }
  SECTION("that there is none at all") {
    CHECK(store.append({"c", "s"}, deposited{1}, when(none_ever(region::entity_prefix("c")))).sequence != 0);
    const auto met = conflict_of([&] { store.append({"c", "s"}, deposited{1}, when(none_ever(region::entity("c")))); });
    REQUIRE(met);
    CHECK_FALSE(met->expected());
    CHECK(std::string{met->what()}.find(R"(event 2 of "c" is in the log)") != std::string::npos);
  }
  SECTION("a sequence that isn't reached yet") {
    CHECK(store.append({"c", "s"}, deposited{1}, when(none_since(region::all(), 100))).sequence != 0);
    CHECK(store.append({"c", "s"}, deposited{1}, when(none_since(region::all(), UINT64_MAX))).sequence != 0);
  }
}

TEST_CASE("every way to write takes conditions", "[store][condition]") {
  auto store = quipu::in_memory_store();
  const auto seen = store.append({"a", "s"}, deposited{1}).sequence;
  const auto condition = none_since(region::entity("a"), seen);
  const auto write_each = [&](const auto& check) {
    check([&] { store.append({"b", "s"}, deposited{1}, when(condition)); });
    check([&] { store.append_raw({"b", "s"}, quipu::event_kind::custom(7, 7), "x", when(condition)); });
    check([&] { store.submit({"b", "s"}, deposited{1}, when(condition)).wait(); });
    check([&] {
      quipu::batch events;
      events.add({"b", "s"}, deposited{1});
      events.add({"b", "s"}, deposited{2}, when(condition));
      store.append(events);
    });
    check([&] {
      auto outbox = store.outbox();
      outbox.stage({"b", "s"}, deposited{1}, when(condition));
      outbox.flush();
    });
    check([&] {
      auto fence = store.begin_visibility_fence();
      fence.append({"b", "s"}, deposited{1}, when(condition));
      fence.commit();
    });
  };
  write_each([](const auto& write) { CHECK_NOTHROW(write()); });
  CHECK(store.try_append({"b", "s"}, deposited{1}, when(condition)).is_ok());
  CHECK(store.try_submit({"b", "s"}, deposited{1}, when(condition)).is_ok());
  store.append({"a", "s"}, deposited{2});
  const std::uint64_t before = store.count(region::all());
  write_each([](const auto& write) { CHECK(code_of(write) == errc::conflict); });
  CHECK_FALSE(store.try_append({"b", "s"}, deposited{1}, when(condition)).is_ok());
  CHECK_FALSE(store.try_submit({"b", "s"}, deposited{1}, when(condition)).is_ok());
  CHECK(store.count(region::all()) == before);
}

TEST_CASE("a commit's own events don't break its condition, and a repeated append has happened", "[store][condition]") {
  auto store = quipu::in_memory_store();
  quipu::batch events;
  events.add({"a", "s"}, deposited{1}, when(none_ever(region::entity("a"))));
  events.add({"a", "s"}, deposited{2}, when(none_ever(region::entity("a"))));
  CHECK(store.append(events).size() == 2);

  quipu::append_options once = when(none_ever(region::entity("b")));
  once.idempotency_key = quipu::event_id::from_name("order 1");
  const auto first = store.append({"b", "s"}, deposited{1}, once);
  CHECK(store.append({"b", "s"}, deposited{1}, once).id == first.id);
  once.idempotency_key = quipu::event_id::from_name("order 2");
  CHECK(code_of([&] { store.append({"b", "s"}, deposited{1}, once); }) == errc::conflict);
}

TEST_CASE("an event that isn't written yet breaks a condition, and is told", "[store][condition]") {
  quipu::config settings;
  settings.sync.mode = quipu::sync_mode::buffered;
  auto store = quipu::in_memory_store(settings);
  store.append({"a", "s"}, deposited{1});
  const auto met = conflict_of([&] { store.append({"b", "s"}, deposited{2}, when(none_ever(region::entity("a")))); });
  REQUIRE(met);
  CHECK(sequences_of(met->between()) == std::vector<std::uint64_t>{0});
}

TEST_CASE("a condition on one entity looks at the last of its events that wait", "[store][condition]") {
  quipu::config settings;
  settings.sync.mode = quipu::sync_mode::buffered;
  auto store = quipu::in_memory_store(settings);
  const auto breaks = [&store](std::uint64_t since) {
    const auto met = conflict_of([&] {
      store.append({"b", "s"}, deposited{1}, when(none_since(region::entity("a"), since)));
    });
    return met ? met->actual() : std::nullopt;
  };
  quipu::batch events;
  events.add({"b", "s"}, deposited{1});
  events.add({"a", "s"}, deposited{2});
  store.append(events);
  CHECK(breaks(1) == std::nullopt);  // appends event 2
  CHECK(breaks(0) == 1);             // and now all events are written
  store.append({"a", "s"}, deposited{3});
  CHECK(breaks(3) == std::nullopt);
  CHECK(breaks(2) == 3);
  store.append({"a", "s"}, deposited{3});
  const auto either = region::any_of({region::entity("c"), region::entity("a")});
  CHECK(conflict_of([&] { store.append({"b", "s"}, deposited{1}, when(none_since(either, 4))); })->actual() == 5);
}

TEST_CASE("events that were dropped or erased don't break a condition", "[store][condition][compaction]") {
  auto store = quipu::in_memory_store();
  store.append({"a", "s"}, deposited{1});
  store.append({"b", "s"}, deposited{2});
  store.compact(quipu::compaction::retain([](const quipu::event_view& event) { return event.entity() != "b"; }));
  CHECK(store.append({"c", "s"}, deposited{1}, when(none_since(region::all(), 0))).sequence == 2);
}

TEST_CASE("of several threads that want the same, one gets it", "[store][condition][threads]") {
  const scratch_folder folder;
  quipu::store store{quipu::config{.directory = folder / "data"}};
  constexpr int rounds = 20;
  constexpr int threads = 4;
  std::atomic<int> sold{0};
  std::atomic<int> refused{0};
  std::vector<std::thread> all;
  for (int thread = 0; thread < threads; ++thread)
    all.emplace_back([&, thread] {
      for (int round = 0; round < rounds; ++round) {
        // Each thread writes to an entity of its own: no version of a stream would tell.
        const std::string seat = "seat:" + std::to_string(round);
        const quipu::append_options options{
            .condition = none_ever(region::scope(seat)),
            .durability = (round + thread) % 2 == 0 ? durability::durable : durability::buffered};
        try {
          store.append({"buyer:" + std::to_string(thread), seat}, deposited{round}, options);
          ++sold;
        } catch (const conflict_error&) {
          ++refused;
        }
      }
    });
  for (std::thread& each : all) each.join();
  CHECK(sold == rounds);
  CHECK(refused == rounds * (threads - 1));
  for (int round = 0; round < rounds; ++round) CHECK(store.count(region::scope("seat:" + std::to_string(round))) == 1);
}

TEST_CASE("a user name is unique", "[store][condition][execute]") {
  auto store = quipu::in_memory_store();
  const region users = region::entity_prefix("user:");
  CHECK(store.execute<user_names>(users, {"user:1", "s"}, register_user{"ada"}).is_ok());
  CHECK(store.execute<user_names>(users, {"user:2", "s"}, register_user{"bob"}).is_ok());
  const auto again = store.execute<user_names>(users, {"user:3", "s"}, register_user{"ada"});
  REQUIRE(again.is_error());
  CHECK(again.error().message == "the name is taken");
  CHECK(store.count(users) == 2);
}

TEST_CASE("a decision over a region is made again if what it depends on changed", "[store][condition][execute]") {
  auto store = quipu::in_memory_store();
  const region all = region::scope("school");
  store.append({"course:c++", "school"}, course_opened{"c++", 1});
  store.append({"course:rust", "school"}, course_opened{"rust", 9});
  int decisions = 0;
  const auto subscribe_while = [&](const std::function<void()>& meanwhile) {
    decisions = 0;
    return store.execute<enrolment>(all, {"student:ada", "school"}, interrupted_subscribe{{"c++", "ada"}, [&] {
                                                                                            if (decisions++ == 0)
                                                                                              meanwhile();
                                                                                          }});
  };
  SECTION("the last seat is sold once") {
    const auto result = subscribe_while([&] {
      CHECK(store.execute<enrolment>(all, {"student:bob", "school"}, subscribe{"c++", "bob"}).is_ok());
    });
    REQUIRE(result.is_error());
    CHECK(result.error().message == "the course is full");
    CHECK(decisions == 2);
  }
  SECTION("a student has enough courses") {
    store.append({"course:c", "school"}, course_opened{"c", 9});
    const auto result = subscribe_while([&] {
      CHECK(store.execute<enrolment>(all, {"student:ada", "school"}, subscribe{"c", "ada"}).is_ok());
      CHECK(store.execute<enrolment>(all, {"student:ada", "school"}, subscribe{"rust", "ada"}).is_ok());
    });
    REQUIRE(result.is_error());
    CHECK(result.error().message == "the student has enough courses");
  }
  SECTION("what the projection doesn't fold, or lies elsewhere, is no reason") {
    const auto result = subscribe_while([&] {
      store.append({"student:ada", "school"}, deposited{1});
      store.append({"student:ada", "elsewhere"}, subscribed{"c++", "ada"});
    });
    CHECK(result.is_ok());
    CHECK(decisions == 1);
  }
  SECTION("the attempts are limited") {
    const auto result = store.execute<enrolment>(
        all, {"student:ada", "school"},
        interrupted_subscribe{{"rust", "ada"},
                              [&] {
                                store.append({"student:eve", "school"}, subscribed{"rust", "eve"});
                              }},
        {.max_attempts = 3});
    REQUIRE(result.is_error());
    CHECK(result.error().kind == error_kind::conflict);
    CHECK(store.count(all.with_events<subscribed>()) == 3);
  }
}

TEST_CASE("a region of an empty log can be executed over", "[store][condition][execute]") {
  auto store = quipu::in_memory_store();
  CHECK(store.execute<user_names>(region::all(), {"user:1", "s"}, register_user{"ada"}).is_ok());
  CHECK(code_of([&] { store.append({"x", "s"}, deposited{1}, when(none_ever(region::all()))); }) == errc::conflict);
}
