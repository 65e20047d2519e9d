// SPDX-License-Identifier: BSL-1.0
//
// keyed_model_test.cpp: a read model by key has the state that the definition says for each key, whatever types keys
// and events are of, in each of its lives; and what it saves are the keys that changed.
#include "keyed_model_fixture.hpp"

#include "../event/upcast_samples.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <array>
#include <compare>
#include <cstdint>
#include <fstream>
#include <iterator>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

using namespace keyed_tests;

namespace {

const std::vector<std::string> articles{"lamp", "candle", "match"};

template <class Store>
void append_some(Store& store) {
  const quipu::coordinate where{"till:1", "shop"};
  store.append(where, ordered{{"lamp", "candle", "lamp"}, 3});
  store.append(where, counted_in{"lamp", 4});
  store.append(where, counted_in{std::nullopt, 5});
  store.append(where, closed_for_today{1});
  store.append(where, discontinued{"candle", false});
  store.append(where, renamed{"of a kind that isn't listed"});
}

/// Compares the states of `articles`.
template <class Store, class Model>
void check_states(Store& store, const Model& model) {
  const stocks expected = expected_of(store, region::all(), articles);
  for (const std::string& article : articles) {
    const auto found = expected.find(article);
    CHECK(model.find(article) == (found == expected.end() ? std::nullopt : std::optional{found->second}));
  }
}

/// As above, and there are no others.
template <class Store, class Model>
void check_model(Store& store, const Model& model) {
  check_states(store, model);
  const stocks expected = expected_of(store, region::all(), articles);
  CHECK((found_in(model) == expected));
  CHECK(model.size() == expected.size());
}

/// The names of the parts that a model has saved.
std::vector<std::string> parts_in(const fs::path& folder) {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator{folder})
    if (entry.path().extension() == ".part") names.push_back(entry.path().filename().string());
  std::sort(names.begin(), names.end());
  return names;
}

struct point {
  std::int32_t x{};
  std::int32_t y{};
  friend auto operator<=>(const point&, const point&) = default;
};
struct placed {
  static constexpr auto kind = quipu::event_kind::custom(0x3, 5);
  point where{};
};
struct placements {
  using events = quipu::event_list<placed>;
  std::uint64_t count{};
  void apply(const placed&) { ++count; }
};
/// Its state has no encoding.
struct unsaved_placements {
  using events = quipu::event_list<placed>;
  std::uint64_t count{};
  const void* somewhere{};
  void apply(const placed&) { ++count; }
};
struct event_count {
  using events = quipu::any_event;
  std::uint64_t count{};
  void apply(const event_view&) { ++count; }
  static bool ends(const event_view& event) { return event.is<renamed>(); }
};
struct named_stock {
  using events = quipu::event_list<discontinued>;
  std::uint64_t count{};
  void apply(const discontinued&) { ++count; }
};
struct visits {
  using events = quipu::event_list<upcasts::moved, upcasts::named, upcasts::moved_and_named>;
  std::uint64_t count{};
  void apply(const upcasts::moved&) { ++count; }
  void apply(const upcasts::named&) { count += 100; }
};
struct number_of {
  std::int64_t operator()(const upcasts::moved& event) const { return event.to; }
  std::int64_t operator()(const upcasts::named& event) const { return event.number; }
};

}  // namespace

TEST_CASE("each key has the fold of its events after the last one that ended it", "[delivery][read_model][keyed]") {
  auto store = quipu::in_memory_store();
  append_some(store);
  auto model = store.read_model_by<stock>("stock", region::all(), article_of{}, {.current = true});
  check_model(store, model);
  CHECK(model.size() == 2);
  store.append({"till:2", "shop"}, discontinued{"candle", true});
  CHECK_FALSE(model.find("candle"));
  check_model(store, model);
  store.append({"till:2", "shop"}, discontinued{"candle", true});  // there is nothing to end
  store.append({"till:2", "shop"}, counted_in{"candle", 1});       // and now it begins anew
  CHECK(model.find("candle")->order == 1001);
  check_model(store, model);
}

TEST_CASE("an event that names a key twice is folded into it once", "[delivery][read_model][keyed]") {
  auto store = quipu::in_memory_store();
  store.append({"till:1", "shop"}, ordered{{"lamp", "lamp", "lamp"}, 1});
  auto model = store.read_model_by<stock>("stock", region::all(), article_of{}, {.current = true});
  CHECK(model.find("lamp")->order == 2);
}

TEST_CASE("a key may be any type that is encodable and ordered", "[delivery][read_model][keyed]") {
  auto store = quipu::in_memory_store();
  for (const std::int32_t x : {3, 1, 3}) store.append({"board", "s"}, placed{{x, 2}});
  SECTION("a struct, in its order") {
    auto model = store.read_model_by<placements>("m", region::all(), [](const placed& event) { return event.where; },
                                                 {.current = true});
    CHECK(model.find(point{3, 2})->count == 2);
    std::vector<point> keys;
    model.for_each([&](const point& key, const placements&) { keys.push_back(key); });
    CHECK(keys == std::vector<point>{{1, 2}, {3, 2}});
  }
  SECTION("a number that is optional") {
    auto model = store.read_model_by<placements>(
        "m", region::all(),
        [](const placed& event) { return event.where.x == 1 ? std::nullopt : std::optional{event.where.x}; },
        {.current = true});
    CHECK(model.size() == 1);
    CHECK(model.find(3)->count == 2);
  }
  SECTION("several in an array") {
    auto model = store.read_model_by<placements>("m", region::all(),
                                                 [](const placed& event) {
                                                   return std::array{event.where.x, event.where.y};
                                                 },
                                                 {.current = true});
    CHECK(model.find(2)->count == 3);
  }
  SECTION("a literal") {
    auto model = store.read_model_by<placements>(
        "m", region::all(), [](const placed& event) { return event.where.x == 1 ? "left" : "right"; },
        {.current = true});
    CHECK(model.find("right")->count == 2);
  }
}

TEST_CASE("a state of any event has a key for each event, and may end by one", "[delivery][read_model][keyed]") {
  auto store = quipu::in_memory_store();
  append_some(store);
  append_numbers(store, 1, 3, "a");
  auto model = store.read_model_by<event_count>(
      "m", region::all(), [](const event_view& event) { return event.entity(); }, {.current = true});
  CHECK_FALSE(model.find("till:1"));
  CHECK(model.find("a")->count == 3);
}

TEST_CASE("events of old versions have the keys of what they became", "[delivery][read_model][keyed]") {
  using namespace upcasts;
  auto store = quipu::in_memory_store();
  store.append({"robot", "s"}, moved_and_named_v1{3, 300});
  store.append({"robot", "s"}, moved_v1{3});
  store.append({"robot", "s"}, named{5});
  auto model = store.read_model_by<visits>("m", region::all(), number_of{}, {.current = true});
  CHECK(model.find(300)->count == 102);
  CHECK(model.find(5)->count == 100);
  CHECK(code_of([&] {
          static_cast<void>(store.read_model_by<visits>("n", region::all().with_events<moved>(), number_of{}));
        }) == errc::invalid_argument);
}

TEST_CASE("a model by key goes on from what was saved, and saves what changed", "[delivery][read_model][keyed]") {
  const scratch_folder folder;
  quipu::store store{quipu::config{.directory = folder / "d"}};
  append_some(store);
  for (int number = 0; number < 500; ++number)
    store.append({"till", "shop"}, counted_in{"article " + std::to_string(number), number},
                 {.durability = durability::buffered});
  const auto open = [&] { return store.read_model_by<stock>("m", region::all(), article_of{}, {.current = true}); };
  CHECK(open().size() == 502);
  CHECK(parts_in(folder / "d") == std::vector<std::string>{"model%3am.1.part"});
  const auto whole = fs::file_size(folder / "d/model%3am.1.part");
  for (int life = 2; life < 6; ++life) {
    store.append({"till", "shop"}, counted_in{"lamp", life});
    if (life == 3) store.append({"till", "shop"}, discontinued{"candle", true});
    auto model = open();
    CHECK(model.was_loaded());
    check_states(store, model);
    CHECK(model.size() == (life < 3 ? 502U : 501U));
    model.stop();
    model.join();
    CHECK(model.saving_failure().empty());
    const std::string part = "model%3am." + std::to_string(life) + ".part";
    CHECK(fs::file_size(folder / ("d/" + part)) * 50 < whole);
  }
  CHECK(parts_in(folder / "d").size() == 5);
  CHECK(store.remove_cursor("model:m"));
  CHECK(parts_in(folder / "d").empty());
}

TEST_CASE("when the changes have become as large as the states, these are written again", "[delivery][keyed]") {
  const scratch_folder folder;
  quipu::store store{quipu::config{.directory = folder / "d"}};
  for (int life = 0; life < 40; ++life) {
    for (int number = 0; number < 5; ++number)
      store.append({"till", "shop"}, counted_in{"article " + std::to_string(number), life},
                   {.durability = durability::buffered});
    auto model = store.read_model_by<stock>("m", region::all(), article_of{}, {.current = true});
    CHECK(model.size() == 5);
    CHECK(model.was_loaded() == (life != 0));
  }
  CHECK(parts_in(folder / "d").size() <= 2);
}

TEST_CASE("what was saved is not used where any of it is damaged, missing or another's", "[delivery][keyed]") {
  const scratch_folder folder;
  const auto settings = quipu::config{.directory = folder / "d"};
  std::vector<std::string> parts;
  {
    quipu::store store{settings};
    append_some(store);
    for (int number = 0; number < 20; ++number)
      store.append({"till", "shop"}, counted_in{"article " + std::to_string(number), 1});
    for (int life = 0; life < 3; ++life) {
      store.append({"till", "shop"}, counted_in{"lamp", life});
      static_cast<void>(store.read_model_by<stock>("m", region::all(), article_of{}, {.current = true}).size());
    }
    parts = parts_in(folder / "d");
  }
  REQUIRE(parts.size() == 3);
  fs::copy(folder / "d", folder / "sound");
  const auto check_not_used = [&] {
    quipu::store store{settings};
    auto model = store.read_model_by<stock>("m", region::all(), article_of{}, {.current = true});
    CHECK_FALSE(model.was_loaded());
    check_states(store, model);
    CHECK(model.size() == 22);
  };
  const auto restore = [&] {
    fs::remove_all(folder / "d");
    fs::copy(folder / "sound", folder / "d");
  };
  for (const std::string& part : parts) {
    const fs::path file = folder / ("d/" + part);
    std::string content;
    {
      std::ifstream in{file, std::ios::binary};
      content.assign(std::istreambuf_iterator<char>{in}, {});
    }
    for (std::size_t at = 0; at < content.size(); at += 11) {
      INFO(part << " at " << at);
      std::string damaged = content;
      damaged[at] = static_cast<char>(damaged[at] ^ 0x10);
      std::ofstream{file, std::ios::binary | std::ios::trunc} << damaged;
      check_not_used();
      restore();
    }
    fs::remove(file);
    check_not_used();
    restore();
    std::ofstream{file, std::ios::binary | std::ios::trunc} << content.substr(0, content.size() - 1);
    check_not_used();
    restore();
    for (const std::string& other : parts) {
      if (other == part) continue;
      fs::copy_file(folder / ("d/" + other), file, fs::copy_options::overwrite_existing);
      check_not_used();
      restore();
    }
  }
  quipu::store store{settings};
  CHECK(store.read_model_by<stock>("m", region::all(), article_of{}).was_loaded());
}

TEST_CASE("what was saved is not used for another key, another end, or another form", "[delivery][keyed]") {
  auto store = quipu::in_memory_store();
  append_some(store);
  const auto by_text = [](const auto& event) { return std::string{event.article}; };
  const auto by_size = [](const auto& event) { return event.article.size(); };
  static_cast<void>(store.read_model_by<named_stock>("m", region::all(), by_text, {.current = true}).size());
  CHECK(store.read_model_by<named_stock>("m", region::all(), by_text).was_loaded());
  {
    auto other_key = store.read_model_by<named_stock>("m", region::all(), by_size, {.current = true});
    CHECK_FALSE(other_key.was_loaded());
    CHECK(other_key.find(6)->count == 1);
  }
  auto other_form = store.read_model_by_entity<named_stock>("m", region::all(), {.current = true});
  CHECK_FALSE(other_form.was_loaded());
  CHECK(other_form.find("till:1")->count == 1);
}

TEST_CASE("a state that has no encoding is folded anew in each life, with keys too", "[delivery][keyed]") {
  const scratch_folder folder;
  quipu::store store{quipu::config{.directory = folder / "d"}};
  for (int life = 1; life < 3; ++life) {
    store.append({"board", "s"}, placed{{1, 2}});
    auto model = store.read_model_by<unsaved_placements>(
        "m", region::all(), [](const placed& event) { return event.where.x; }, {.current = true});
    CHECK_FALSE(model.was_loaded());
    CHECK(model.find(1)->count == static_cast<std::uint64_t>(life));
  }
  CHECK(parts_in(folder / "d").empty());
}

TEST_CASE("a key that throws fails the model as an apply does", "[delivery][keyed]") {
  auto store = quipu::in_memory_store();
  store.append({"board", "s"}, placed{{1, 2}});
  auto model = store.read_model_by<placements>(
      "m", region::all(), [](const placed&) -> int { throw std::runtime_error{"no key"}; }, {.current = true});
  CHECK_THAT(error_of([&] { static_cast<void>(model.size()); }).what(), Catch::Contains("no key"));
  CHECK(
      store.try_read_model_by<placements>("m", region::all(), [](const placed&) { return 1; }, {.save_every_events = 0})
          .is_error());
}
