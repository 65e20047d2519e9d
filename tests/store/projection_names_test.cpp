// SPDX-License-Identifier: BSL-1.0
//
// projection_names_test.cpp: projections of one shape that fold the same events have a state each, wherever states are
// kept; and types that no name tells apart are refused. projection_names_other_test.cpp has types of the same names.
#include "projection_names.hpp"

#include <catch2/catch.hpp>

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

using namespace store_tests;
using quipu::errc;
using quipu::region;

namespace {

struct add_if_below {
  std::int64_t limit{};
};

/// One shape, the same events, and three meanings.
struct largest {
  using events = quipu::event_list<deposited>;
  std::int64_t value{};
  void apply(const deposited& event) {
    if (event.cents > value) value = event.cents;
  }
};
struct latest {
  using events = quipu::event_list<deposited>;
  std::int64_t value{};
  void apply(const deposited& event) { value = event.cents; }
  static quipu::outcome<deposited> decide(const latest& state, const add_if_below& command) {
    if (state.value >= command.limit) return quipu::outcome_error{quipu::error_kind::validation, "not below"};
    return deposited{command.limit};
  }
};
template <int factor>
struct scaled {
  using events = quipu::event_list<deposited>;
  std::int64_t value{};
  void apply(const deposited& event) { value += factor * event.cents; }
};

/// In each file, another type; nothing can tell them apart but their addresses.
struct sum_of_all {
  using events = quipu::event_list<deposited>;
  std::int64_t value{};
  void apply(const deposited& event) { value += event.cents; }
};

/// Two types that say that they are one.
struct named_first {
  using events = quipu::event_list<deposited>;
  static constexpr std::string_view name = "a name for two";
  std::int64_t value{};
  void apply(const deposited& event) { value += event.cents; }
};
struct named_second {
  using events = quipu::event_list<deposited>;
  static constexpr std::string_view name = "a name for two";
  std::int64_t value{};
  void apply(const deposited& event) { value -= event.cents; }
};

template <class Store>
void append_three(Store& store) {
  for (const std::int64_t cents : {3, 9, 4}) store.append({"probe", "lab"}, deposited{cents});
}

template <class Store>
void all_differ(Store& store) {
  for (int again = 0; again < 3; ++again) {
    CHECK(store.template project<largest>("probe")->value == 9);
    CHECK(store.template project<latest>("probe")->value == 4);
    CHECK(store.template project<scaled<1>>("probe")->value == 16);
    CHECK(store.template project<scaled<2>>("probe")->value == 32);
    CHECK(store.template project_if_changed<largest>("probe", 0)->state.value == 9);
    CHECK(store.template project_if_changed<latest>("probe", 0)->state.value == 4);
    CHECK(store.template project<largest>("probe", quipu::freshness::maybe_stale(std::chrono::hours{1}))->value == 9);
    CHECK(store.template project<latest>("probe", quipu::freshness::maybe_stale(std::chrono::hours{1}))->value == 4);
    store.template project_all<largest>(region::all(), [](auto, const auto& state) { CHECK(state.value == 9); });
    store.template project_all<latest>(region::all(), [](auto, const auto& state) { CHECK(state.value == 4); });
  }
}

template <class Cache>
void all_differ_with(Cache cache) {
  const memory_world world;
  for (int life = 0; life < 2; ++life) {
    quipu::store store{settings_in(world, small_segments("d")), cache};
    if (life == 0) append_three(store);
    all_differ(store);
    quipu::read_only_store reader{settings_in(world, small_segments("d")), cache};
    all_differ(reader);
  }
}

}  // namespace

TEST_CASE("projections of one shape over the same events have a state each in every cache", "[store][project][cache]") {
  const scratch_folder folder;
  all_differ_with(quipu::no_cache{});
  all_differ_with(quipu::memory_cache{1 << 20});
  all_differ_with(quipu::file_cache{folder / "cache"});
  all_differ_with(quipu::tiered_cache{quipu::memory_cache{1 << 20}, quipu::file_cache{folder / "lower"}});
}

TEST_CASE("a command is decided on the state of its own projection", "[store][project][cache]") {
  auto store = quipu::in_memory_store({}, quipu::memory_cache{1 << 20});
  append_three(store);
  CHECK(store.project<largest>("probe")->value == 9);
  CHECK(store.execute<latest>({"probe", "lab"}, add_if_below{5}).is_ok());  // 4 is below, 9 isn't
  CHECK(store.project<latest>("probe")->value == 5);
}

TEST_CASE("a saved read model isn't taken up as another projection of its shape", "[store][project][read_model]") {
  const memory_world world;
  quipu::receipt last;
  const auto value_of = [&](auto&& model) {
    REQUIRE(model.wait_visible_for(last, patience));
    return model.with_state([](const auto& state) { return state.value; });
  };
  const auto probe_of = [&](auto&& model) {
    REQUIRE(model.wait_visible_for(last, patience));
    return model.find("probe")->value;
  };
  quipu::store store{settings_in(world, small_segments("d"))};
  for (const std::int64_t cents : {3, 9, 4}) last = store.append({"probe", "lab"}, deposited{cents});
  CHECK(value_of(store.read_model<largest>("whole", region::all())) == 9);
  CHECK(probe_of(store.read_model_by_entity<largest>("each", region::all())) == 9);
  const auto again = store.read_model<largest>("whole", region::all());
  CHECK(again.was_loaded());
  CHECK(value_of(store.read_model<scaled<3>>("third", region::all())) == 48);
  CHECK(value_of(store.read_model<latest>("fourth", region::all())) == 4);
  auto whole = store.read_model<scaled<3>>("fourth", region::all());
  CHECK_FALSE(whole.was_loaded());
  CHECK(value_of(whole) == 48);
  auto each = store.read_model_by_entity<latest>("each", region::all());
  CHECK_FALSE(each.was_loaded());
  CHECK(probe_of(each) == 4);
}

TEST_CASE("two types that nothing tells apart are refused where they would share cached states",
          "[store][project][cache]") {
  const memory_world world;
  {
    quipu::store store{settings_in(world, small_segments("d")), quipu::memory_cache{1 << 20}};
    append_three(store);
    CHECK(store.project<sum_of_all>("probe")->value == 16);
    const quipu::error refused = error_of([&] { static_cast<void>(project_the_other_sum(store, "probe")); });
    CHECK(refused.code() == errc::invalid_argument);
    const std::string text = refused.what();
    const std::size_t first = text.find("(anonymous namespace)::sum_of_all");
    CAPTURE(text);
    REQUIRE(first != std::string::npos);
    CHECK(text.find("(anonymous namespace)::sum_of_all", first + 1) != std::string::npos);
    CHECK_THAT(text, Catch::Contains("static constexpr std::string_view name"));
    CHECK(store.project<sum_of_all>("probe")->value == 16);
  }
  // The cache may outlive the store, and so may what was found out.
  quipu::store again{settings_in(world, small_segments("d")), quipu::memory_cache{1 << 20}};
  CHECK(code_of([&] { static_cast<void>(project_the_other_sum(again, "probe")); }) == errc::invalid_argument);
  // Where there is no cache, nothing is shared; nor with another log.
  auto other = quipu::in_memory_store({}, quipu::memory_cache{1 << 20});
  append_three(other);
  CHECK(project_the_other_sum(other, "probe") == 32);
  auto without = quipu::in_memory_store();
  append_three(without);
  CHECK(without.project<sum_of_all>("probe")->value == 16);
  CHECK(project_the_other_sum(without, "probe") == 32);
}

TEST_CASE("two types with one static name are refused by the names they have in the program",
          "[store][project][cache]") {
  auto store = quipu::in_memory_store({}, quipu::memory_cache{1 << 20});
  append_three(store);
  CHECK(store.project<named_second>("probe")->value == -16);
  const auto refused = store.try_project<named_first>("probe");
  REQUIRE(refused.is_error());
  CHECK_THAT(refused.error().message.str(), Catch::Contains("named_first") && Catch::Contains("named_second"));
  CHECK(code_of([&] { static_cast<void>(store.read_model<named_first>("m", region::all())); }) ==
        errc::invalid_argument);
  CHECK(store.project<named_second>("probe")->value == -16);
}

TEST_CASE("local types of two functions are two projections, or refused", "[store][project][cache]") {
  auto store = quipu::in_memory_store({}, quipu::memory_cache{1 << 20});
  append_three(store);
  const auto project_sum = [&] {
    struct local {
      using events = quipu::event_list<deposited>;
      std::int64_t value{};
      void apply(const deposited& event) { value += event.cents; }
    };
    return store.project<local>("probe")->value;
  };
  const auto project_difference = [&] {
    struct local {
      using events = quipu::event_list<deposited>;
      std::int64_t value{};
      void apply(const deposited& event) { value -= event.cents; }
    };
    return store.project<local>("probe")->value;
  };
  CHECK(project_sum() == 16);
  // Compilers name the functions, or they don't: then both types have one name.
  const auto second = quipu::detail::attempt([&] { return project_difference(); });
  if (second.is_ok())
    CHECK(second.value() == -16);
  else
    CHECK(second.error().kind == quipu::error_kind::validation);
}
