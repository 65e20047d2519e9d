// SPDX-License-Identifier: BSL-1.0
//
// unknown_kinds_test.cpp: a consumer that is told to stop at kinds that it does not know stops before such an event,
// says which it is, keeps its position, and goes on where its program knows the kind. Any other passes over it.
#include "worker_fixture.hpp"

#include "../event/upcast_samples.hpp"

#include <catch2/catch.hpp>

#include <atomic>
#include <cstdint>
#include <string>
#include <vector>

using namespace worker_tests;
using quipu::unknown_kinds;

namespace {

using old_program = quipu::event_list<deposited, withdrawn>;
using new_program = quipu::event_list<deposited, withdrawn, renamed>;

const auto strict = unknown_kinds::stop_unless(old_program{});

/// Two events that the old program knows, one that it doesn't, and one behind it.
template <class Store>
void append_four(Store& store) {
  append_numbers(store, 1, 2);
  store.append({"a", "s"}, renamed{"b"}, {.durability = durability::buffered});
  append_numbers(store, 4, 4);
}

void check_message(const std::string& message) {
  CHECK_THAT(message, Catch::Contains("event 2, 0x2007 of \"a\": ") && Catch::Contains("{name:str}") &&
                          Catch::Contains("told to stop"));
}
void check_refusal(const quipu::error& failure) {
  CHECK(failure.code() == errc::kind_mismatch);
  CHECK(failure.actual() == renamed::kind.raw());
  check_message(failure.what());
}

/// A projection that lists fewer kinds than its program knows.
struct withdrawals {
  using events = quipu::event_list<withdrawn>;
  std::int64_t cents{};
  void apply(const withdrawn& event) { cents += event.cents; }
};

}  // namespace

TEST_CASE("a strict cursor stops before an unknown kind, however it is read, and goes on in a newer program",
          "[delivery][unknown_kinds]") {
  auto store = quipu::in_memory_store();
  append_four(store);
  auto cursor = store.cursor_guaranteed(region::all(), quipu::cursor_position::start(), strict);
  SECTION("one by one") {
    CHECK(cursor.poll()->sequence() == 0);
    CHECK(cursor.wait_for(patience)->sequence() == 1);
    check_refusal(error_of([&] { static_cast<void>(cursor.poll()); }));
    check_refusal(error_of([&] { static_cast<void>(cursor.wait()); }));
    CHECK(cursor.try_poll().is_error());
  }
  SECTION("in batches") {
    CHECK(cursor.poll_batch(10).size() == 2);
    check_refusal(error_of([&] { static_cast<void>(cursor.poll_batch(10)); }));
    check_refusal(error_of([&] { static_cast<void>(cursor.wait_batch_for(10, patience)); }));
  }
  CHECK(cursor.position().next_sequence == 2);
  auto newer = store.cursor_guaranteed(region::all(), cursor.position(), unknown_kinds::stop_unless(new_program{}));
  CHECK(newer.poll_batch(10).size() == 2);
  auto careless = store.cursor_guaranteed(region::all(), cursor.position());
  CHECK(careless.poll_batch(10).size() == 2);
}

TEST_CASE("a strict named cursor commits the position before the unknown kind", "[delivery][unknown_kinds]") {
  auto store = quipu::in_memory_store();
  append_four(store);
  {
    auto cursor = store.cursor_guaranteed("books", region::all(), {}, strict);
    CHECK(cursor.poll_batch(10).size() == 2);
    check_refusal(error_of([&] { static_cast<void>(cursor.poll()); }));
    cursor.commit();
  }
  auto again = store.try_cursor_guaranteed("books", region::all(), {}, strict).into_value();
  check_refusal(error_of([&] { static_cast<void>(again.poll()); }));
  auto newer = store.cursor_guaranteed("books", region::all(), {}, unknown_kinds::stop_unless(new_program{}));
  CHECK(newer.poll()->sequence() == 2);
}

TEST_CASE("only what the region selects is judged, and the library's own kinds never are",
          "[delivery][unknown_kinds]") {
  auto store = quipu::in_memory_store();
  append_four(store);
  auto narrow = store.cursor_guaranteed(region::all().with_events<deposited>(), {}, strict);
  CHECK(narrow.poll_batch(10).size() == 3);
  static_cast<void>(
      store.compact(quipu::compaction::tombstone([](const event_view& event) { return !event.is<renamed>(); })));
  auto cursor = store.cursor_guaranteed(region::all(), {}, strict);
  CHECK(cursor.poll_batch(10).size() == 4);
}

TEST_CASE("a strict cursor passes the place of an unknown event that was dropped", "[delivery][unknown_kinds]") {
  auto store = quipu::in_memory_store();
  append_four(store);
  auto cursor = store.cursor_guaranteed(region::all(), {}, strict);
  CHECK(cursor.poll_batch(10).size() == 2);
  check_refusal(error_of([&] { static_cast<void>(cursor.poll()); }));
  static_cast<void>(
      store.compact(quipu::compaction::retain([](const event_view& event) { return !event.is<renamed>(); })));
  CHECK(cursor.poll()->sequence() == 3);
}

TEST_CASE("an event without a schema is named by its kind alone", "[delivery][unknown_kinds]") {
  auto store = quipu::in_memory_store();
  store.append_raw({"a", "s"}, quipu::event_kind::custom(7, 7), "raw");
  auto cursor = store.cursor_guaranteed(region::all(), {}, strict);
  const auto failure = error_of([&] { static_cast<void>(cursor.poll()); });
  CHECK(failure.code() == errc::kind_mismatch);
  CHECK_THAT(failure.what(), Catch::Contains("0x7007") && !Catch::Contains("schema"));
}

TEST_CASE("a strict subscription throws at an unknown kind, through its stages too", "[delivery][unknown_kinds]") {
  auto store = quipu::in_memory_store();
  auto plain = store.subscribe_lossy(region::all(), {.capacity = 3, .unknown_kinds = strict});
  auto staged = store.subscribe_lossy(region::all(), {.unknown_kinds = strict}).map([](const event_view& event) {
    return event.sequence();
  });
  append_four(store);
  CHECK(staged.recv() == 0U);
  CHECK(staged.recv() == 1U);
  check_refusal(error_of([&] { static_cast<void>(staged.recv()); }));
  CHECK(plain.recv()->sequence() == 1);
  check_refusal(error_of([&] { static_cast<void>(plain.recv()); }));
  append_numbers(store, 5, 6);  // a subscription drops the oldest: here the one at which it stopped
  CHECK(plain.recv()->sequence() == 3);
  CHECK(plain.dropped() == 2);
}

TEST_CASE("a strict worker fails for good before an unknown kind, and a newer one goes on there",
          "[delivery][unknown_kinds]") {
  auto store = quipu::in_memory_store();
  append_four(store);
  std::atomic<int> handled{0};
  const auto handle = [&](const event_view&) { ++handled; };
  {
    auto worker = store.cursor_worker(
        "books", region::all(), handle,
        {.restart = restart_policy::bounded(3, 1min), .poison = poison_policy::skip(), .unknown_kinds = strict});
    REQUIRE(comes_true([&] { return worker.state() == worker_state::failed; }));
    CHECK(worker.restarts() == 0);
    CHECK(worker.skipped_count() == 0);
    CHECK(worker.next_sequence() == 2);
    check_message(worker.failure());
  }
  CHECK(handled == 2);
  auto newer =
      store.cursor_worker("books", region::all(), handle, {.unknown_kinds = unknown_kinds::stop_unless(new_program{})});
  CHECK(newer.wait_caught_up_for(patience));
  CHECK(handled == 4);
}

TEST_CASE("what a handler's own strict cursor throws is a failure of the handler", "[delivery][unknown_kinds]") {
  auto store = quipu::in_memory_store();
  append_four(store);
  auto worker = store.cursor_worker("books", region::all(),
                                    [&](const event_view&) {
                                      auto cursor =
                                          store.cursor_guaranteed(region::all(), quipu::cursor_position::at(2), strict);
                                      static_cast<void>(cursor.poll());
                                    },
                                    {.restart = restart_policy::once()});
  REQUIRE(comes_true([&] { return worker.state() == worker_state::failed; }));
  CHECK(worker.restarts() == 1);
}

TEST_CASE("a strict reactor stops before an unknown kind", "[delivery][unknown_kinds]") {
  auto store = quipu::in_memory_store();
  append_four(store);
  auto reactor = store.react("notes", region::entity("a"),
                             [](const event_view&, auto& emit) {
                               emit({"notes", "s"}, withdrawn{});
                             },
                             {.unknown_kinds = strict});
  REQUIRE(comes_true([&] { return reactor.state() == worker_state::failed; }));
  check_message(reactor.failure());
  CHECK(store.count(region::entity("notes")) == 2);
}

TEST_CASE("a strict read model stops before a kind that neither its projection nor its list has",
          "[delivery][unknown_kinds]") {
  const memory_world world;
  quipu::store store{settings_in(world, small_segments("d"))};
  append_four(store);
  SECTION("its projection lists all that the program knows") {
    auto model = store.read_model<account>("books", region::all(), {.unknown_kinds = unknown_kinds::stop()});
    CHECK(error_of([&] { static_cast<void>(model.wait_caught_up_for(patience)); }).code() == errc::cancelled);
    check_message(model.failure());
    CHECK(model.position().next_sequence == 2);
    CHECK(error_of([&] { model.rebuild(); }).code() == errc::kind_mismatch);
    CHECK(code_of([&] { static_cast<void>(model.state()); }) == errc::cancelled);
  }
  SECTION("it goes on from what was saved, where the kind is known") {
    {
      auto model = store.read_model<account>("books", region::all(), {.unknown_kinds = unknown_kinds::stop()});
      REQUIRE(comes_true([&] { return !model.is_running(); }));
      CHECK_FALSE(model.failure().empty());
    }
    auto newer =
        store.read_model<account>("books", region::all(), {.unknown_kinds = unknown_kinds::stop_unless<renamed>()});
    CHECK(newer.was_loaded());
    CHECK(newer.wait_caught_up_for(patience));
    CHECK(newer.state() == store.project<account>(region::all()));
  }
  SECTION("its projection lists some of them") {
    auto model = store.read_model<withdrawals>("few", region::all(), {.unknown_kinds = unknown_kinds::stop()});
    REQUIRE(comes_true([&] { return !model.is_running(); }));
    CHECK_THAT(model.failure(), Catch::Contains("event 0, 0xF001"));
    auto informed = store.read_model<withdrawals>("some", region::all(),
                                                  {.unknown_kinds = unknown_kinds::stop_unless<deposited, renamed>()});
    CHECK(informed.wait_caught_up_for(patience));
  }
  SECTION("for each entity") {
    auto model = store.read_model_by_entity<account>("each", region::all(), {.unknown_kinds = unknown_kinds::stop()});
    REQUIRE(comes_true([&] { return !model.is_running(); }));
    check_message(model.failure());
  }
  SECTION("for each key, where keys and states were saved before it") {
    const auto by_cents = [](const auto& event) { return event.cents; };
    {
      auto model =
          store.read_model_by<account>("cents", region::all(), by_cents, {.unknown_kinds = unknown_kinds::stop()});
      REQUIRE(comes_true([&] { return !model.is_running(); }));
      check_message(model.failure());
      CHECK(model.position().next_sequence == 2);
    }
    auto newer = store.read_model_by<account>("cents", region::all(), by_cents,
                                              {.unknown_kinds = unknown_kinds::stop_unless<renamed>()});
    CHECK(newer.was_loaded());
    CHECK(newer.wait_caught_up_for(patience));
    CHECK(newer.size() == 3);
  }
}

TEST_CASE("without a policy, every consumer passes over unknown kinds", "[delivery][unknown_kinds]") {
  auto store = quipu::in_memory_store();
  auto subscription = store.subscribe_lossy(region::all());
  append_four(store);
  CHECK(store.cursor_guaranteed(region::all()).poll_batch(10).size() == 4);
  CHECK(subscription.waiting() == 4);
  CHECK(store.read_model<account>("books", region::all()).wait_caught_up_for(patience));
  CHECK(store.cursor_worker("books", region::all(), [](const event_view&) {}).wait_caught_up_for(patience));
}

TEST_CASE("the list of a strict consumer and its region are judged as a projection's are",
          "[delivery][unknown_kinds][region]") {
  using namespace upcasts;
  auto store = quipu::in_memory_store();
  const auto listed = unknown_kinds::stop_unless<moved, named, moved_and_named>();
  const region refused = region::all().with_events<moved, named>();
  const region accepted = region::all().with_events<moved, named, moved_and_named>();
  const auto refuses = [](auto call) { CHECK(code_of(call) == errc::invalid_argument); };
  refuses([&] { static_cast<void>(store.cursor_guaranteed(refused, {}, listed)); });
  refuses([&] { static_cast<void>(store.cursor_guaranteed("named", refused, {}, listed)); });
  refuses([&] { static_cast<void>(store.subscribe_lossy(refused, {.unknown_kinds = listed})); });
  refuses([&] {
    static_cast<void>(store.cursor_worker("works", refused, [](const event_view&) {}, {.unknown_kinds = listed}));
  });
  refuses([&] {
    static_cast<void>(store.react("reacts", refused, [](const event_view&, auto&) {}, {.unknown_kinds = listed}));
  });
  refuses([&] { static_cast<void>(store.read_model<account>("model", refused, {.unknown_kinds = listed})); });
  static_cast<void>(store.cursor_guaranteed(accepted, {}, listed));
  static_cast<void>(store.cursor_guaranteed("named", accepted, {}, listed));
  static_cast<void>(store.subscribe_lossy(accepted, {.unknown_kinds = listed}));
  // Old versions are of the kind that is listed.
  store.append({"r", "s"}, moved_v1{1});
  CHECK(store.cursor_guaranteed(accepted, {}, listed).poll());
}
