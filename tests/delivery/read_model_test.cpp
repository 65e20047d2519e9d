// SPDX-License-Identifier: BSL-1.0
//
// read_model_test.cpp: a read model agrees with every other way to fold, at each moment that a reader looks, in each of
// its lives, whatever was done to what it saved.
#include "worker_fixture.hpp"

#include <catch2/catch.hpp>

#include <atomic>
#include <cstdint>
#include <fstream>
#include <iterator>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

using namespace worker_tests;

namespace {

template <class Store>
quipu::receipt last_of(Store& store, const char* entity = "a") {
  return store.append({entity, "s"}, deposited{1000});
}

/// Throws at one event.
struct brittle {
  using events = quipu::event_list<deposited>;
  std::int64_t cents{};
  void apply(const deposited& event) {
    cents += event.cents;
    if (event.cents == 13) throw std::runtime_error{"thirteen"};
  }
};
/// Its state has no encoding.
struct unsaved {
  using events = quipu::event_list<deposited>;
  std::int64_t cents{};
  const void* somewhere{};
  void apply(const deposited& event) { cents += event.cents; }
};
/// Folds what it can't name.
struct everything {
  using events = quipu::any_event;
  std::uint64_t count{};
  void apply(const event_view&) { ++count; }
};
/// As deposit_count, after its logic changed.
struct deposit_count_again {
  using events = quipu::event_list<deposited>;
  static constexpr std::uint64_t version = 2;
  std::uint64_t count{};
  void apply(const deposited&) { count += 2; }
};

}  // namespace

TEST_CASE("one definition of a state serves every way to fold, and the read model agrees with all of them",
          "[delivery][read_model]") {
  auto store = quipu::in_memory_store();
  append_numbers(store, 1, 50, "a");
  append_numbers(store, 51, 60, "b");
  auto whole = store.read_model<account>("all", region::all());
  auto each = store.read_model_by_entity<account>("each", region::all());
  append_numbers(store, 61, 70, "a");
  const auto receipt = last_of(store, "b");
  REQUIRE(whole.wait_visible_for(receipt, patience));
  REQUIRE(each.wait_visible_for(receipt, patience));
  CHECK(whole.state() == store.project<account>(region::all()));
  CHECK(each.find("a") == store.project<account>("a"));
  CHECK(each.find("b") == store.project<account>("b"));
  CHECK(each.find("b") == store.project<account>("b", quipu::as_of::entity_sequence(receipt.entity_sequence)));
  CHECK_FALSE(each.find("c"));
  CHECK(each.size() == 2);
  std::vector<std::string> names;
  each.for_each([&](std::string_view entity, const account&) { names.emplace_back(entity); });
  CHECK(names == std::vector<std::string>{"a", "b"});
  CHECK(whole.with_state([](const account& state) { return state.cents; }) == whole.state().cents);
  CHECK(whole.position().next_sequence == store.stats().events);
  CHECK(whole.position().store == store.identity());
}

TEST_CASE("a read model of a sequence range has the range's events", "[delivery][read_model]") {
  auto store = quipu::in_memory_store();
  append_numbers(store, 1, 20, "a");
  const region range = region::all().with_sequence_range(5, 29);
  auto whole = store.read_model<account>("range", range);
  auto each = store.read_model_by_entity<account>("by entity", range);
  append_numbers(store, 21, 40, "b");
  const auto receipt = last_of(store, "c");
  REQUIRE(whole.wait_visible_for(receipt, patience));
  REQUIRE(each.wait_visible_for(receipt, patience));
  CHECK(whole.state() == store.project<account>(range));
  CHECK(whole.state().cents == (6 + 30) * 25 / 2);
  CHECK(each.size() == 2);
  CHECK(each.find("b") == store.project<account>("b", quipu::as_of::sequence(29)));
  whole.rebuild();
  CHECK(whole.state() == store.project<account>(range));
}

TEST_CASE("a receipt is waited for, whether the model selects its event or not, and no longer than asked",
          "[delivery][read_model]") {
  auto store = quipu::in_memory_store();
  auto model = store.read_model<account>("m", region::entity("a"));
  CHECK(model.wait_visible_for(last_of(store, "b"), patience));
  CHECK(model.state() == account{});
  CHECK(model.wait_visible_for(last_of(store, "a"), patience));
  CHECK(model.state().cents == 1000);
  quipu::receipt future = last_of(store, "a");
  future.sequence += 10;
  CHECK_FALSE(model.wait_visible_for(future, 1ms));
  CHECK_FALSE(model.wait_visible_for(future, 0s));
  auto other = quipu::in_memory_store();
  const auto foreign = last_of(other);
  CHECK(code_of([&] { static_cast<void>(model.wait_visible_for(foreign, patience)); }) == errc::invalid_argument);
  model.stop();
  model.join();
  CHECK_FALSE(model.is_running());
  CHECK(code_of([&] { static_cast<void>(model.wait_visible_for(future, patience)); }) == errc::closed);
  CHECK(model.state().cents >= 1000);
}

TEST_CASE("a model goes on from what it saved", "[delivery][read_model]") {
  const scratch_folder folder;
  const auto settings = small_segments(folder / "d");
  {
    quipu::store store{settings};
    append_numbers(store, 1, 100);
    auto whole = store.read_model<account>("m", region::all());
    auto each = store.read_model_by_entity<account>("m-each", region::all());
    CHECK_FALSE(whole.was_loaded());
    const auto receipt = last_of(store);
    REQUIRE(whole.wait_visible_for(receipt, patience));
    REQUIRE(each.wait_visible_for(receipt, patience));
    whole.stop();
    each.stop();
    whole.join();
    each.join();
    CHECK(whole.saving_failure().empty());
    append_numbers(store, 101, 110);
  }
  quipu::store store{settings};
  const auto receipt = last_of(store, "b");
  {
    auto whole = store.read_model<account>("m", region::all());
    auto each = store.read_model_by_entity<account>("m-each", region::all());
    CHECK(whole.was_loaded());
    CHECK(each.was_loaded());
    REQUIRE(whole.wait_visible_for(receipt, patience));
    REQUIRE(each.wait_visible_for(receipt, patience));
    CHECK(whole.state() == store.project<account>(region::all()));
    CHECK(each.find("a") == store.project<account>("a"));
    CHECK(each.find("b") == store.project<account>("b"));
  }
  // Not for another projection, another region, or another form of model.
  SECTION("another projection") {
    auto model = store.read_model<deposit_count>("m", region::all());
    CHECK_FALSE(model.was_loaded());
    REQUIRE(model.wait_visible_for(receipt, patience));
    CHECK(model.state().count == store.stats().events);
  }
  SECTION("another region") {
    auto model = store.read_model<account>("m", region::entity("b"));
    CHECK_FALSE(model.was_loaded());
    REQUIRE(model.wait_visible_for(receipt, patience));
    CHECK(model.state() == store.project<account>("b"));
  }
  SECTION("another form") {
    auto model = store.read_model_by_entity<account>("m", region::all());
    CHECK_FALSE(model.was_loaded());
    REQUIRE(model.wait_visible_for(receipt, patience));
    CHECK(model.find("a") == store.project<account>("a"));
  }
  SECTION("what is damaged") {
    std::string content;
    const fs::path file = folder / "d/model%3am.cursor";
    {
      std::ifstream in{file, std::ios::binary};
      content.assign(std::istreambuf_iterator<char>{in}, {});
    }
    REQUIRE(content.size() > 96);
    for (std::size_t at = 0; at < content.size(); at += 7) {
      std::string damaged = content;
      damaged[at] = static_cast<char>(damaged[at] ^ 0x10);
      std::ofstream{file, std::ios::binary | std::ios::trunc} << damaged;
      auto model = store.read_model<account>("m", region::all());
      CHECK_FALSE(model.was_loaded());
      REQUIRE(model.wait_visible_for(receipt, patience));
      CHECK(model.state() == store.project<account>(region::all()));
    }
  }
}

TEST_CASE("a state that could be read as another form's isn't", "[delivery][read_model]") {
  auto store = quipu::in_memory_store();
  const auto receipt = store.append({"a", "s"}, renamed{"x"});
  {
    auto model = store.read_model<deposit_count>("m", region::all());
    REQUIRE(model.wait_visible_for(receipt, patience));  // eight bytes of 0, which are also no entity at all
  }
  auto model = store.read_model_by_entity<deposit_count>("m", region::all());
  CHECK_FALSE(model.was_loaded());
  REQUIRE(model.wait_visible_for(receipt, patience));
  CHECK(model.find("a") == deposit_count{});
}

TEST_CASE("a projection whose logic changed is folded anew", "[delivery][read_model]") {
  auto store = quipu::in_memory_store();
  const auto receipt = last_of(store);
  {
    auto model = store.read_model<deposit_count>("m", region::all());
    REQUIRE(model.wait_visible_for(receipt, patience));
  }
  auto same = store.read_model<deposit_count>("m", region::all());
  CHECK(same.was_loaded());
  same.stop();
  same.join();
  auto changed = store.read_model<deposit_count_again>("m", region::all());
  CHECK_FALSE(changed.was_loaded());
  REQUIRE(changed.wait_visible_for(receipt, patience));
  CHECK(changed.state().count == 2);
}

TEST_CASE("a state that has no encoding is folded anew in each life, and leaves no file", "[delivery][read_model]") {
  auto store = quipu::in_memory_store();
  for (int life = 0; life < 2; ++life) {
    auto model = store.read_model<unsaved>("m", region::all());
    CHECK_FALSE(model.was_loaded());
    REQUIRE(model.wait_visible_for(last_of(store), patience));
    CHECK(model.state().cents == (life + 1) * 1000);
  }
  CHECK(store.cursors().empty());
}

TEST_CASE("a model is saved after as many events as it is told", "[delivery][read_model]") {
  auto store = quipu::in_memory_store();
  auto model = store.read_model<account>("m", region::all(), {.save_every_events = 1});
  REQUIRE(model.wait_visible_for(last_of(store), patience));
  REQUIRE(comes_true([&] { return store.cursors().size() == 1; }));
  CHECK(code_of([&] { static_cast<void>(store.read_model<account>("n", region::all(), {.save_every_events = 0})); }) ==
        errc::invalid_argument);
  CHECK(code_of([&] { static_cast<void>(store.read_model<account>("m", region::all())); }) == errc::busy);
  CHECK(store.try_read_model<account>("m", region::all()).is_error());
  CHECK(store.try_read_model_by_entity<account>("m", region::all()).is_error());
  CHECK(store.try_read_model_by_entity<account>("n", region::all()).is_ok());
}

TEST_CASE("a model that has nothing to do is saved", "[delivery][read_model]") {
  auto store = quipu::in_memory_store();
  append_numbers(store, 1, 3);
  auto model = store.read_model<account>("m", region::all());
  CHECK(comes_true([&] { return store.cursors().size() == 1; }));
}

TEST_CASE("rebuilding gives the same state, and readers never see less than before", "[delivery][read_model]") {
  auto store = quipu::in_memory_store();
  append_numbers(store, 1, 3000);
  auto model = store.read_model<deposit_count>("m", region::all());
  REQUIRE(model.wait_visible_for(last_of(store), patience));
  std::atomic<bool> over{false};
  std::atomic<bool> went_back{false};
  std::thread reader{[&] {
    std::uint64_t before = 0;
    while (!over) {
      const std::uint64_t now = model.state().count;
      if (now < before) went_back = true;
      before = now;
    }
  }};
  std::thread writer{[&] { append_numbers(store, 1, 3000); }};
  for (int round = 0; round < 20; ++round) model.rebuild();
  writer.join();
  const auto receipt = last_of(store);
  CHECK(model.wait_visible_for(receipt, patience));
  over = true;
  reader.join();
  CHECK_FALSE(went_back);
  CHECK(model.rebuilds() == 20);
  CHECK(model.state().count == store.stats().events);
}

TEST_CASE("a model forgets what a compaction drops, while it runs and in its next life", "[delivery][read_model]") {
  const scratch_folder folder;
  const auto settings = small_segments(folder / "d");
  {
    quipu::store store{settings};
    append_numbers(store, 1, 200);
    auto model = store.read_model<account>("m", region::all());
    auto any = store.read_model<everything>("any", region::all());
    REQUIRE(model.wait_visible_for(last_of(store), patience));
    REQUIRE(any.wait_visible_for(last_of(store), patience));
    model.stop();
    model.join();
    store.compact(quipu::compaction::retain([](const event_view& event) { return event.sequence() % 2 == 0; }));
    store.compact(quipu::compaction::tombstone([](const event_view& event) { return event.sequence() % 4 == 0; }));
    REQUIRE(comes_true(
        [&] { return any.rebuilds() >= 1 && any.state().count == store.project<everything>(region::all()).count; }));
    CHECK(any.state().count < 110);
  }
  quipu::store store{settings};
  auto model = store.read_model<account>("m", region::all());
  CHECK_FALSE(model.was_loaded());
  REQUIRE(model.wait_visible_for(last_of(store), patience));
  CHECK(model.state() == store.project<account>(region::all()));
}

TEST_CASE("a rebuilt model is saved, though no event came since", "[delivery][read_model]") {
  const memory_world world;
  for (int life = 0; life < 2; ++life) {
    quipu::store store{settings_in(world, small_segments())};
    if (life == 0) append_numbers(store, 1, 200);
    auto model = store.read_model<account>("m", region::all(), {.save_every_events = 1});
    CHECK(model.was_loaded() == (life == 1));
    REQUIRE(model.wait_caught_up_for(patience));
    if (life == 1) continue;
    REQUIRE(comes_true([&] { return store.cursors().size() == 1; }));
    store.compact(quipu::compaction::retain([](const event_view& event) { return event.sequence() % 2 == 0; }));
    REQUIRE(comes_true([&] { return model.rebuilds() == 1; }));
  }
}

TEST_CASE("a model whose folding throws has failed, and shows no half of an event", "[delivery][read_model]") {
  auto store = quipu::in_memory_store();
  auto model = store.read_model<brittle>("m", region::all());
  REQUIRE(model.wait_visible_for(last_of(store), patience));
  CHECK(model.state().cents == 1000);
  const auto receipt = store.append({"a", "s"}, deposited{13});
  const auto failed = error_of([&] { static_cast<void>(model.wait_visible_for(receipt, patience)); });
  CHECK(failed.code() == errc::cancelled);
  CHECK(std::string{failed.what()}.find("thirteen") != std::string::npos);
  model.join();
  CHECK(model.failure() == R"(event 1, 0xF001 of "a": thirteen)");
  CHECK(code_of([&] { static_cast<void>(model.state()); }) == errc::cancelled);
  CHECK_THROWS_AS(model.rebuild(), std::runtime_error);
}

TEST_CASE("a model outlives its store, with all that this had", "[delivery][read_model]") {
  std::optional<quipu::read_model<deposit_count>> model;
  {
    auto store = quipu::in_memory_store();
    model.emplace(store.read_model<deposit_count>("m", region::all()));
    append_numbers(store, 1, 2000);
  }
  model->join();
  CHECK(model->state().count == 2000);
  CHECK(model->failure().empty());
}
