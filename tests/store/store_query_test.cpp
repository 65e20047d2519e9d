// SPDX-License-Identifier: BSL-1.0
//
// store_query_test.cpp: regions against a model that is a list, and what a range promises: it is lazy, forward, of one
// moment, and outlives the store.
#include "store_fixture.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <optional>
#include <ranges>
#include <string>
#include <vector>

using namespace store_tests;
using quipu::errc;
using quipu::event_kind;
using quipu::region;

static_assert(std::ranges::forward_range<quipu::event_range>);
static_assert(std::forward_iterator<quipu::event_range::iterator>);
static_assert(std::same_as<std::ranges::range_value_t<quipu::event_range>, quipu::event_view>);

namespace {

/// An event as the model has it.
struct entry {
  std::string entity;
  std::string scope;
  event_kind kind;
  std::uint64_t entity_sequence;
  std::uint64_t sequence;
  std::uint64_t content;
};

std::uint64_t content_of(const quipu::event_view& event) {
  std::uint64_t value{};
  for (std::size_t index = event.payload().size(); index-- != 0;)
    value = value << 8 | static_cast<std::uint64_t>(event.payload()[index]);
  return value;
}

/// A store and the list of all that is in it. Entities are prefixes of each other.
struct modelled {
  explicit modelled(std::uint64_t seed, const memory_world& world = {})
      : random{seed}, store{settings_in(world, small_segments())} {}

  void append_some(std::size_t count) {
    static const std::vector<std::string> entities{"a", "ab", "abc", "b", "account:1", "account:10", "account:2", "x"};
    static const std::vector<std::string> scopes{"s", "st", "branch", "t"};
    static const std::vector<event_kind> kinds{event_kind::custom(1, 1), event_kind::custom(1, 2),
                                               event_kind::custom(2, 1), event_kind::custom(0xF, 0xFFF)};
    for (std::size_t number = 0; number < count; ++number) {
      // "x" is rare, so that segments are without it.
      const std::string& entity = entities[random.below(random.below(12) == 0 ? entities.size() : entities.size() - 1)];
      const std::string& scope = scopes[random.below(scopes.size())];
      const event_kind kind = kinds[random.below(kinds.size())];
      std::uint64_t of_entity = 0;
      for (const entry& each : all) of_entity += each.entity == entity;
      const std::uint64_t content = random.next();
      quipu::bytes payload(8);
      for (std::size_t index = 0; index < 8; ++index)
        payload[index] = static_cast<std::byte>(content >> (8 * index) & 0xFF);
      const auto how = random.below(3) == 0 ? quipu::durability::durable : quipu::durability::buffered;
      const quipu::receipt given = store.append_raw({entity, scope}, kind, payload, {.durability = how});
      all.push_back({entity, scope, kind, of_entity, given.sequence, content});
    }
  }

  /// Each refinement is there or not.
  region random_region() {
    region wanted = region::all();
    static const std::vector<std::string> texts{"a", "ab", "abc", "account:1", "account:", "x", "nobody", "b"};
    switch (random.below(4)) {
      case 0:
        wanted = region::entity(texts[random.below(texts.size())]);
        break;
      case 1:
        wanted = region::entity_prefix(random.below(5) == 0 ? "" : texts[random.below(texts.size())]);
        break;
      case 2:
        wanted = region::scope("st");
        break;
      default:
        break;
    }
    if (random.below(3) == 0)
      wanted = wanted.with_scope(random.below(4) == 0 ? "nowhere" : random.below(2) == 0 ? "s" : "st");
    if (random.below(3) == 0) wanted = wanted.with_category(static_cast<unsigned>(random.below(3)));
    if (random.below(3) == 0)
      wanted = wanted.with_kind(event_kind::custom(1, 1 + static_cast<unsigned>(random.below(3))));
    if (random.below(4) == 0)
      wanted = wanted.with_kinds({event_kind::custom(1, 1), event_kind::custom(2, 1), event_kind::custom(0xF, 0xFFF),
                                  event_kind::custom(7, 7)});
    if (random.below(3) == 0) {
      const std::uint64_t first = random.below(30);
      wanted = wanted.with_entity_sequence_range(first, random.below(6) == 0 ? UINT64_MAX : first + random.below(25));
    }
    if (random.below(20) == 0) wanted = wanted.with_entity_sequence_range(9, 8);
    if (random.below(3) == 0) {
      const std::uint64_t first = random.below(all.size() + 3);
      wanted =
          wanted.with_sequence_range(first, random.below(6) == 0 ? UINT64_MAX : first + random.below(all.size() + 3));
    }
    return wanted;
  }

  /// Whether the store and the list agree about a region.
  void check(const region& wanted) {
    std::vector<entry> expected;
    std::copy_if(all.begin(), all.end(), std::back_inserter(expected), [&](const entry& each) {
      return wanted.matches(each.entity, each.scope, each.kind, each.entity_sequence, each.sequence);
    });
    std::size_t position = 0;
    for (const quipu::event_view& each : store.query(wanted)) {
      REQUIRE(position < expected.size());
      const entry& other = expected[position++];
      REQUIRE(each.sequence() == other.sequence);
      REQUIRE(each.entity() == other.entity);
      REQUIRE(each.scope() == other.scope);
      REQUIRE(each.kind() == other.kind);
      REQUIRE(each.entity_sequence() == other.entity_sequence);
      REQUIRE(content_of(each) == other.content);
    }
    REQUIRE(position == expected.size());
    const std::uint64_t begin = random.below(2) == 0 ? 0 : random.below(all.size() + 1);
    auto cursor = store.cursor_guaranteed(wanted, quipu::cursor_position::at(begin));
    auto next =
        std::find_if(expected.begin(), expected.end(), [begin](const entry& each) { return each.sequence >= begin; });
    for (const quipu::event_view& each : cursor.poll_batch(expected.size() + 1))
      REQUIRE(each.sequence() == next++->sequence);
    REQUIRE(next == expected.end());
    REQUIRE(store.count(wanted) == expected.size());
    REQUIRE(store.query(wanted).empty() == expected.empty());
  }

  seeded random;
  quipu::store store;
  std::vector<entry> all;
};

}  // namespace

TEST_CASE("every region selects what the model selects, while the log grows and after reopening", "[store][query]") {
  for (std::uint64_t seed = 1; seed <= 4; ++seed) {
    const memory_world world;
    std::vector<entry> all;
    {
      modelled pair{seed, world};
      for (int round = 0; round < 8; ++round) {
        pair.append_some(25 + pair.random.below(30));
        for (int query = 0; query < 60; ++query) {
          INFO("seed " << seed << " round " << round << " query " << query);
          pair.check(pair.random_region());
        }
      }
      CHECK(pair.store.stats().segments > 8);
      all = pair.all;
    }
    modelled again{seed + 100, world};
    again.all = all;
    for (int query = 0; query < 200; ++query) {
      INFO("seed " << seed << " reopened, query " << query);
      again.check(again.random_region());
    }
  }
}

TEST_CASE("a sequence range is of the store's sequences, and what is outside isn't read", "[store][query]") {
  const scratch_folder folder;
  quipu::config settings = small_segments(folder / "d");
  settings.segment_max_bytes = 32 << 10;
  constexpr std::uint64_t count = 1500;
  {
    quipu::store store{settings};
    for (std::uint64_t number = 0; number < count; ++number)
      store.append({"entity:" + std::to_string(number % 3), "s"}, deposited{static_cast<std::int64_t>(number)},
                   {.durability = quipu::durability::buffered});
    REQUIRE(store.stats().segments > 4);
    for (const std::uint64_t first :
         {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{99}, count - 2, count - 1, count})
      for (const std::uint64_t last : {std::uint64_t{0}, std::uint64_t{100}, count - 1, UINT64_MAX}) {
        const std::uint64_t end = std::min(last, count - 1) + 1;
        CHECK(store.count(region::all().with_sequence_range(first, last)) == (end > first ? end - first : 0));
      }
    store.close();
  }
  std::vector<fs::path> segments;
  for (const auto& each : fs::directory_iterator{folder / "d"})
    if (each.path().extension() == ".segment") segments.push_back(each.path());
  std::sort(segments.begin(), segments.end());
  {
    std::fstream file{segments[1], std::ios::in | std::ios::out | std::ios::binary};
    file.seekp(static_cast<std::streamoff>(fs::file_size(segments[1]) / 4));
    file.write("damage", 6);
  }
  quipu::store store{settings};
  const std::uint64_t behind = std::stoull(segments[2].stem().string());
  const std::uint64_t before = std::stoull(segments[1].stem().string());
  const auto sum_of = [&](const region& wanted) {
    std::int64_t sum = 0;
    for (const auto& each : store.query(wanted)) sum += each.as<deposited>().cents;
    return sum;
  };
  CHECK(sum_of(region::all().with_sequence_range(behind, behind + 2)) == static_cast<std::int64_t>(3 * behind + 3));
  CHECK(sum_of(region::scope("s").with_sequence_range(behind, UINT64_MAX)) ==
        static_cast<std::int64_t>((behind + count - 1) * (count - behind) / 2));
  CHECK(sum_of(region::all().with_sequence_range(0, before - 1)) ==
        static_cast<std::int64_t>((before - 1) * before / 2));
  CHECK(store.project<deposit_count>(region::all().with_sequence_range(behind, UINT64_MAX)).count == count - behind);
  CHECK(store.project<deposit_count>("entity:0", quipu::as_of::sequence(before - 1))->count == (before + 2) / 3);
  CHECK(store.cursor_guaranteed(region::all().with_sequence_range(behind, UINT64_MAX)).poll_batch(count).size() ==
        count - behind);
  CHECK(code_of([&] { sum_of(region::all()); }) == errc::corrupt);
}

TEST_CASE("every region selects from what a compaction left as from all that is left", "[store][query]") {
  modelled pair{21};
  pair.append_some(400);
  pair.store.compact(quipu::compaction::retain(
      [](const quipu::event_view& event) { return event.sequence() % 5 < 2 || event.sequence() > 300; }));
  pair.append_some(30);
  const auto left = [](const quipu::event_range& range) {
    std::vector<std::uint64_t> numbers;
    for (const auto& each : range) numbers.push_back(each.sequence());
    return numbers;
  };
  REQUIRE(left(pair.store.query(region::all())).size() < 320);
  for (int query = 0; query < 300; ++query) {
    INFO("query " << query);
    const region wanted = pair.random_region();
    std::vector<std::uint64_t> expected;
    for (const auto& each : pair.store.query(region::all()))
      if (wanted.matches(each.entity(), each.scope(), each.kind(), each.entity_sequence(), each.sequence()))
        expected.push_back(each.sequence());
    REQUIRE(left(pair.store.query(wanted)) == expected);
    REQUIRE(pair.store.count(wanted) == expected.size());
    REQUIRE(pair.store.cursor_guaranteed(wanted).poll_batch(1000).size() == expected.size());
  }
}

TEST_CASE("stream, by_scope and by_kind take exactly what they name", "[store][query]") {
  modelled pair{9};
  pair.append_some(300);
  const auto count = [](const quipu::event_range& range) {
    return static_cast<std::size_t>(std::ranges::distance(range));
  };
  const auto expected = [&](auto&& taken) {
    return static_cast<std::size_t>(std::count_if(pair.all.begin(), pair.all.end(), taken));
  };
  for (const std::string name : {"a", "ab", "account:1", "x", "nobody", "", "account:"}) {
    CHECK(count(pair.store.stream(name)) == expected([&](const entry& each) { return each.entity == name; }));
  }
  for (const std::string name : {"s", "st", "branch", "none"}) {
    CHECK(count(pair.store.by_scope(name)) == expected([&](const entry& each) { return each.scope == name; }));
  }
  for (const event_kind kind : {event_kind::custom(1, 1), event_kind::custom(2, 1), event_kind::custom(9, 9)})
    CHECK(count(pair.store.by_kind(kind)) == expected([&](const entry& each) { return each.kind == kind; }));
}

TEST_CASE("get and find: each event by its id, and no other", "[store][query]") {
  modelled pair{10};
  pair.append_some(200);
  std::vector<quipu::event_id> ids;
  for (const auto& each : pair.store.query(region::all())) ids.push_back(each.id());
  REQUIRE(ids.size() == 200);
  for (std::size_t index = 0; index < ids.size(); ++index) {
    REQUIRE(pair.store.get(ids[index]).sequence() == index);
    auto raw = ids[index].raw();
    raw[15] ^= 1;
    REQUIRE_FALSE(pair.store.find(quipu::event_id{raw}));
  }
  CHECK_FALSE(pair.store.find(quipu::event_id::nil()));
  CHECK_FALSE(pair.store.find(quipu::event_id::generate()));
  const quipu::error missing = error_of([&] { static_cast<void>(pair.store.get(quipu::event_id::nil())); });
  CHECK(missing.code() == errc::not_found);
  CHECK_FALSE(pair.store.try_get(quipu::event_id::nil()).is_ok());
  CHECK(pair.store.try_get(ids[7]).is_ok());

  auto empty = quipu::in_memory_store();
  CHECK_FALSE(empty.find(quipu::event_id::generate()));
  CHECK(empty.query(region::all()).empty());
  CHECK(empty.count(region::all()) == 0);
}

TEST_CASE("a range can be read many times, from several iterators at once, and by algorithms", "[store][query]") {
  modelled pair{11};
  pair.append_some(150);
  const quipu::event_range range = pair.store.query(region::entity_prefix("a"));
  std::vector<std::uint64_t> first;
  for (const auto& each : range) first.push_back(each.sequence());
  std::vector<std::uint64_t> second;
  std::ranges::transform(range, std::back_inserter(second),
                         [](const quipu::event_view& each) { return each.sequence(); });
  CHECK(first == second);
  REQUIRE(first.size() > 20);

  auto slow = range.begin();
  auto fast = range.begin();
  CHECK(slow == fast);
  for (std::size_t index = 0; index < first.size(); ++index) {
    REQUIRE((*slow).sequence() == first[index]);
    const auto before = slow++;
    REQUIRE((*before).sequence() == first[index]);
    REQUIRE(before != slow);
    if (fast != range.end()) ++fast;
    if (fast != range.end()) ++fast;
  }
  CHECK(slow == range.end());
  CHECK(fast == range.end());
  CHECK(range.end() == quipu::event_range::iterator{});
  CHECK(std::ranges::is_sorted(range, {}, [](const quipu::event_view& each) { return each.sequence(); }));
  const auto found = std::ranges::find_if(range, [](const quipu::event_view& each) { return each.entity() == "abc"; });
  CHECK((found == range.end() || (*found).entity() == "abc"));
  CHECK(range.begin()->sequence() == first.front());
  CHECK(pair.store.query(region::entity_prefix("a")).begin()->sequence() == first.front());
}

TEST_CASE("a copy of an iterator goes on by itself, wherever it was made", "[store][query]") {
  modelled pair{13};
  pair.append_some(300);
  const auto check = [](const auto& range) {
    std::vector<std::uint64_t> all;  // from now on the events are checked, and come many at a time
    for (const auto& each : range) all.push_back(each.sequence());
    REQUIRE(all.size() == 300);
    for (std::size_t index = 0; index < all.size(); index += 7) {
      auto reached = range.begin();
      for (std::size_t steps = 0; steps < index; ++steps) ++reached;
      const auto copied = reached;
      while (reached != range.end()) ++reached;  // and reads over what it had at hand
      std::vector<std::uint64_t> rest;
      for (auto each = copied; each != range.end(); ++each) rest.push_back(each->sequence());
      REQUIRE(std::equal(rest.begin(), rest.end(), all.begin() + static_cast<std::ptrdiff_t>(index), all.end()));
    }
  };
  const quipu::event_range range = pair.store.query(region::all());
  check(range);
  check(range.reverse());
}

TEST_CASE("a range shows the log as it was when it was made", "[store][query]") {
  modelled pair{12};
  pair.append_some(120);
  for (const region& wanted : {region::all(), region::entity("a"), region::scope("s"), region::all().with_category(1),
                               region::entity_prefix("acc")}) {
    const quipu::event_range before = pair.store.query(wanted);
    const auto begun = before.begin();
    std::vector<std::uint64_t> there;
    for (const auto& each : before) there.push_back(each.sequence());
    const std::uint64_t last = pair.all.back().sequence;
    pair.append_some(90);  // over the end of the segment, and of others
    std::vector<std::uint64_t> still;
    for (const auto& each : before) still.push_back(each.sequence());
    CHECK(still == there);
    std::vector<std::uint64_t> from_begun;
    for (auto each = begun; each != before.end(); ++each) from_begun.push_back((*each).sequence());
    CHECK(from_begun == there);
    CHECK(std::all_of(still.begin(), still.end(), [&](std::uint64_t sequence) { return sequence <= last; }));
    CHECK(pair.store.count(wanted) > there.size());
  }
}

TEST_CASE("ranges, iterators and views outlive the store's closing and its end", "[store][query]") {
  const scratch_folder folder;
  std::optional<quipu::event_range> range;
  std::optional<quipu::event_range::iterator> midway;
  std::vector<quipu::event_view> views;
  std::vector<std::string> expected;
  {
    quipu::store store{small_segments(folder / "d")};
    for (int number = 0; number < 120; ++number)
      store.append({"entity:" + std::to_string(number % 5), "s"}, deposited{number});
    range = store.query(region::all());
    midway = range->begin();
    for (int step = 0; step < 60; ++step) ++*midway;
    for (const auto& each : *range) {
      views.push_back(each);
      expected.push_back(each.to_json());
    }
    store.close();
    CHECK((**midway).as<deposited>().cents == 60);
  }
  fs::remove_all(folder / "d");
  std::vector<std::string> after;
  for (const auto& each : *range) after.push_back(each.to_json());
  CHECK(after == expected);
  for (std::size_t index = 0; index < views.size(); ++index) REQUIRE(views[index].to_json() == expected[index]);
  range.reset();
  CHECK((**midway).as<deposited>().cents == 60);
  CHECK(std::distance(*midway, quipu::event_range::iterator{}) == 60);
}

TEST_CASE("to_json prints an event by the schema that the log has", "[store][query]") {
  auto store = quipu::in_memory_store({.clock = [] { return std::int64_t{1'700'000'000'123'456}; }});
  const auto first = store.append({"account:\"alice\"", "branch"}, withdrawn{-120, "rent\n"});
  const auto second = store.append_reaction({"b", "c"}, renamed{"x"}, first);
  const auto raw = store.append_raw({"b", "c"}, withdrawn::kind, std::string_view{"\x01\xFF", 2});
  const std::string text = store.get(first.id).to_json();
  CHECK(text ==
        "{\"sequence\":0,\"entity\":\"account:\\\"alice\\\"\",\"scope\":\"branch\",\"entity_sequence\":0,\"id\":\"" +
            first.id.str() + "\",\"correlation_id\":\"" + first.id.str() +
            "\",\"timestamp_us\":1700000000123456,\"kind\":\"0xF002\",\"version\":1,"
            "\"type\":\"store_tests::withdrawn\",\"hash\":\"" +
            first.hash.str() + "\",\"payload\":{\"cents\":-120,\"memo\":\"rent\\u000a\"}}");
  CHECK(store.get(second.id).to_json().find("\"causation_id\":\"" + first.id.str() + "\"") != std::string::npos);
  CHECK(store.get(raw.id).to_json().find("\"bytes\":\"01ff\"") != std::string::npos);
  CHECK(store.get(raw.id).to_json().find("\"version\":0") != std::string::npos);
}
