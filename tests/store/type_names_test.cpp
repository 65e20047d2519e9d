// SPDX-License-Identifier: BSL-1.0
//
// type_names_test.cpp: the names of event types in the log: where they come from, when they are written, that they
// outlive rotation, compaction, salvage and copies, and that two types of one kind are noticed.
#include "../journal/simulated_machine.hpp"
#include "store_fixture.hpp"

#ifndef QUIPU_TEST_SINGLE_HEADER
#include <quipu/projection/catalogue.hpp>
#include <quipu/store/read_only_store.hpp>
#endif

#include <catch2/catch.hpp>

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace team_one {

struct paid {
  static constexpr auto kind = quipu::event_kind::custom(0xC, 1);
  std::int64_t cents{};
};
template <class Unit, int size>
struct measured {
  static constexpr auto kind = quipu::event_kind::custom(0xC, 3);
  Unit value{};
};

}  // namespace team_one

namespace team_two {

struct paid {
  static constexpr auto kind = quipu::event_kind::custom(0xC, 1);
  static constexpr std::string_view name = "billing/paid";
  std::int64_t cents{};
};
struct refunded {
  static constexpr auto kind = quipu::event_kind::custom(0xC, 2);
  std::string name{};  // a part of the event
};
struct greeted {
  static constexpr auto kind = quipu::event_kind::custom(0xC, 4);
  [[nodiscard]] static std::string name() { return "a function"; }
};

}  // namespace team_two

namespace vendor {

struct ping {
  static constexpr auto kind = quipu::event_kind::custom(0xC, 5);
};
struct secret {
  static constexpr auto kind = quipu::event_kind::custom(0xC, 6);
  static constexpr std::string_view name = "secret";
};

}  // namespace vendor

template <>
inline constexpr std::string_view quipu::event_name_of<vendor::ping> = "vendor ping";
template <>
inline constexpr std::string_view quipu::event_name_of<vendor::secret> = {};

namespace {

using quipu::event_kind;
using quipu::event_name_of;
using quipu::region;
using quipu::shared_kind;
using simulation::disk;
using text_list = std::vector<std::string>;

const quipu::coordinate where{"account:alice", "shop"};

quipu::config settings(std::uint64_t segment_max_bytes = 64 << 10) {
  quipu::config made{.directory = "ledger"};
  made.segment_max_bytes = segment_max_bytes;
  made.writer.preallocate_bytes = 0;
  made.sync.interval_ms = 0;
  return made;
}

template <class Store>
text_list names_in(const Store& store) {
  text_list all;
  for (const auto& each : const_cast<Store&>(store).query(region::all())) all.push_back(each.type_name());
  return all;
}

/// How often a text is in the segments.
std::size_t occurrences(const disk& on, std::string_view text) {
  std::size_t count = 0;
  for (const std::string& name : on.names()) {
    if (!name.ends_with(".segment")) continue;
    const quipu::bytes content = on.content(name);
    const std::string_view all{reinterpret_cast<const char*>(content.data()), content.size()};
    for (std::size_t at = all.find(text); at != std::string_view::npos; at = all.find(text, at + 1)) ++count;
  }
  return count;
}

const std::vector<shared_kind> both_paid{{team_one::paid::kind, 1, {"team_one::paid", "billing/paid"}}};

}  // namespace

TEST_CASE("an event type is called what it says, or what the compiler calls it", "[store][type_names]") {
  STATIC_REQUIRE(event_name_of<team_one::paid> == "team_one::paid");
  STATIC_REQUIRE(event_name_of<team_two::paid> == "billing/paid");
  STATIC_REQUIRE(event_name_of<team_two::refunded> == "team_two::refunded");
  STATIC_REQUIRE(event_name_of<team_two::greeted> == "team_two::greeted");
  STATIC_REQUIRE(event_name_of<team_one::measured<unsigned short, 3>> == "team_one::measured<unsigned short,3>");
  STATIC_REQUIRE(event_name_of<vendor::ping> == "vendor ping");
  STATIC_REQUIRE(event_name_of<vendor::secret>.empty());
  STATIC_REQUIRE(quipu::catalogue<team_two::paid, team_two::refunded>::names()[1] == "team_two::refunded");
}

TEST_CASE("what cannot be a name, and what is left of a long one", "[store][type_names]") {
  using quipu::detail::is_event_name;
  using quipu::detail::usable_part_of_name;
  const std::string letters(255, 'x');
  CHECK(is_event_name("a"));
  CHECK(is_event_name(letters));
  CHECK(is_event_name("d\xC3\xA9pos\xC3\xA9 {anonymous}"));
  CHECK_FALSE(is_event_name(""));
  CHECK_FALSE(is_event_name(letters + 'x'));
  for (const std::string_view each : {"a\nb", "\x1F", "\x7F", "\xC3", "\xFF", "a\xED\xA0\x80"}) {
    INFO(each);
    CHECK_FALSE(is_event_name(each));
  }
  CHECK_FALSE(is_event_name({"a\0b", 3}));
  CHECK(usable_part_of_name(letters + 'x') == letters);
  CHECK(usable_part_of_name(letters.substr(1) + "\xC3\xA9") == letters.substr(1));  // never half a character
  CHECK(usable_part_of_name("a\nb") == "a");
}

TEST_CASE("a stored event tells the name of its type, however it was appended", "[store][type_names]") {
  quipu::store store = quipu::in_memory_store();
  store.append(where, team_two::paid{1});
  quipu::batch batch;
  batch.add(where, team_two::refunded{"r"});
  batch.add(where, team_two::paid{2});
  store.append(batch);
  {
    auto fence = store.begin_visibility_fence();
    fence.append(where, team_one::measured<std::int32_t, 1>{});
    fence.commit();
  }
  static_cast<void>(store.submit(where, team_two::greeted{}).wait());
  store.append(where, team_two::greeted{}, {.idempotency_key = quipu::event_id::from_name("once")});
  store.append(where, vendor::ping{});
  store.append(where, vendor::secret{});
  store.append_raw(where, event_kind::custom(0xC, 7), "raw");
  CHECK(names_in(store) == text_list{"billing/paid", "team_two::refunded", "billing/paid", "team_one::measured<int,1>",
                                     "team_two::greeted", "team_two::greeted", "vendor ping", "", ""});
  const auto events = store.query(region::all());
  CHECK_THAT((*events.begin()).to_json(), Catch::Contains(R"("version":1,"type":"billing/paid","hash":)"));
  CHECK_THAT((*store.by_kind(vendor::secret::kind).begin()).to_json(), !Catch::Contains(R"("type")"));
}

TEST_CASE("a name is written once in a segment", "[store][type_names]") {
  const disk machine;
  {
    quipu::store store{settings_in(machine, settings(4096))};
    for (int number = 0; number < 4; ++number) store.append(where, team_one::paid{number});
    CHECK(occurrences(machine, "team_one::paid") == 1);
    store.append(where, team_one::paid{}, {.expected = quipu::expected_version::stream_exists()});
    CHECK(occurrences(machine, "team_one::paid") == 1);
    store.append_raw(where, event_kind::custom(0xC, 7), std::string(4000, 'r'));
    store.append(where, team_one::paid{});
    CHECK(store.stats().segments == 3);
    CHECK(occurrences(machine, "team_one::paid") == 2);
    store.close();
  }
  quipu::store again{settings_in(machine, settings(4096))};
  again.append(where, team_one::paid{});
  CHECK(occurrences(machine, "team_one::paid") == 2);
  CHECK(again.diagnostics().shared_kinds.empty());
}

TEST_CASE("types of one kind and shape with two names are reported", "[store][type_names]") {
  const disk machine;
  {
    quipu::store store{settings_in(machine, settings(4096))};
    for (int number = 0; number < 3; ++number) {
      store.append(where, team_one::paid{number});
      CHECK(store.diagnostics().shared_kinds == (number == 0 ? std::vector<shared_kind>{} : both_paid));
      store.append(where, team_two::paid{number});
      CHECK(store.diagnostics().shared_kinds == both_paid);
    }
    CHECK(occurrences(machine, "team_one::paid") == 1);
    CHECK(occurrences(machine, "billing/paid") == 1);
    CHECK(names_in(store) == text_list(6, "team_one::paid"));  // which one an event had isn't known: the oldest
    quipu::read_only_store reader{settings_in(machine, settings())};
    CHECK(reader.diagnostics().shared_kinds == both_paid);
    store.close();
  }
  {
    quipu::store store{settings_in(machine, settings(4096))};
    CHECK(store.diagnostics().shared_kinds.empty());  // nothing was asked
    store.append(where, team_two::paid{});
    CHECK(store.diagnostics().shared_kinds == both_paid);
    store.append_raw(where, event_kind::custom(0xC, 7), std::string(4000, 'r'));
    store.append(where, team_two::paid{});
    store.close();
  }
  // The last segment has the new name only: the rename is over.
  quipu::store store{settings_in(machine, settings(4096))};
  store.append(where, team_two::paid{});
  CHECK(store.diagnostics().shared_kinds.empty());
  CHECK(names_in(store).back() == "billing/paid");
}

TEST_CASE("a reader that follows learns names that come later", "[store][type_names]") {
  const disk machine;
  quipu::store store{settings_in(machine, settings())};
  store.append(where, team_one::paid{});
  quipu::read_only_store reader{settings_in(machine, settings())};
  CHECK(names_in(reader) == text_list{"team_one::paid"});
  CHECK(reader.diagnostics().shared_kinds.empty());
  store.append(where, team_two::paid{});
  store.append(where, team_two::refunded{});
  CHECK(names_in(reader) == text_list{"team_one::paid", "team_one::paid", "team_two::refunded"});
  CHECK(reader.diagnostics().shared_kinds == both_paid);
}

TEST_CASE("names are known by the index file, too", "[store][type_names]") {
  const disk machine;
  {
    quipu::store store{settings_in(machine, settings())};
    for (int number = 0; number < 1000; ++number)
      store.append(where, team_one::paid{number}, {.durability = quipu::durability::buffered});
    store.append(where, team_two::paid{});
    store.append(where, team_two::refunded{});
    store.close();
  }
  const auto names = machine.names();
  REQUIRE(std::any_of(names.begin(), names.end(), [](const std::string& each) { return each.ends_with(".index"); }));
  {
    quipu::read_only_store reader{settings_in(machine, settings())};
    CHECK(reader.diagnostics().opening.indexed == 1);
    CHECK(names_in(reader).back() == "team_two::refunded");
  }
  quipu::store store{settings_in(machine, settings())};
  CHECK(store.diagnostics().opening.indexed == 1);
  CHECK(names_in(store).front() == "team_one::paid");
  store.append(where, team_two::paid{});
  CHECK(occurrences(machine, "billing/paid") == 1);
  CHECK(store.diagnostics().shared_kinds == both_paid);
}

TEST_CASE("names outlive compactions as long as their events", "[store][type_names][compaction]") {
  const disk machine;
  quipu::store store{settings_in(machine, settings(4096))};
  store.append(where, team_one::paid{1});
  store.append(where, team_two::paid{2});
  store.append_raw(where, event_kind::custom(0xC, 7), std::string(4000, 'r'));
  store.append(where, team_two::refunded{"third"});
  store.compact(quipu::compaction::merge());
  CHECK(names_in(store) == text_list{"team_one::paid", "team_one::paid", "", "team_two::refunded"});
  CHECK(occurrences(machine, "team_one::paid") == 1);
  CHECK(occurrences(machine, "billing/paid") == 1);

  store.compact(quipu::compaction::retain([](const auto& event) { return event.sequence() != 0; }));
  CHECK(names_in(store) == text_list{"billing/paid", "", "team_two::refunded"});
  CHECK(occurrences(machine, "team_one::paid") == 0);

  store.compact(quipu::compaction::tombstone([](const auto& event) { return event.sequence() != 3; }));
  CHECK(names_in(store) == text_list{"billing/paid", "", ""});
  CHECK(occurrences(machine, "refunded") == 0);
  CHECK_NOTHROW(store.verify());
}

TEST_CASE("names are in what is salvaged, copied and imported", "[store][type_names]") {
  const disk machine;
  {
    quipu::store store{settings_in(machine, settings())};
    store.append(where, team_one::paid{1});
    store.append(where, team_two::refunded{"second"});
    store.append_raw(where, event_kind::custom(0xC, 7), "raw");
    store.close();
  }
  const text_list expected{"team_one::paid", "team_two::refunded", ""};
  quipu::config salvaging = settings();
  salvaging.open = quipu::open_policy::salvage;
  quipu::read_only_store salvaged{settings_in(machine, salvaging)};
  CHECK(names_in(salvaged) == expected);

  quipu::store source{settings_in(machine, settings())};
  source.snapshot("copy");
  quipu::config at_copy = settings();
  at_copy.directory = "copy";
  quipu::read_only_store copy{settings_in(machine, at_copy)};
  CHECK(names_in(copy) == expected);

  quipu::store target = quipu::in_memory_store();
  CHECK(target.import_events(source, region::all()).imported == 3);
  CHECK(names_in(target) == expected);
}
