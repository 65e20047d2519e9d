// SPDX-License-Identifier: BSL-1.0
#include "store_fixture.hpp"

#ifndef QUIPU_TEST_SINGLE_HEADER
#include <quipu/store/read_only_store.hpp>
#endif

#include <catch2/catch.hpp>

#include <algorithm>
#include <array>
#include <functional>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace {

using quipu::event_kind;
using quipu::region;

struct enrolled {
  static constexpr auto kind = event_kind::custom(0xA, 1);
  std::string student;
  std::string course;
  [[nodiscard]] std::vector<std::string> tags() const { return {"student:" + student, "course:" + course}; }
};
struct opened {
  static constexpr auto kind = event_kind::custom(0xA, 2);
  static constexpr std::array<std::string_view, 2> tags{"term:autumn", "billing"};
  std::int32_t seats{};
};
struct closed {
  static constexpr auto kind = event_kind::custom(0xA, 3);
  static constexpr std::array<std::string_view, 1> tags() { return {"billing"}; }
};
struct noted {
  static constexpr auto kind = event_kind::custom(0xA, 4);
  std::vector<std::string> tags;  // a part of the event
};

using text_list = std::vector<std::string>;

text_list tags_of(const quipu::event_view& event) {
  text_list all;
  for (const std::string_view each : event.tags()) all.emplace_back(each);
  return all;
}

template <class Range>
std::vector<std::uint64_t> sequences(const Range& range) {
  std::vector<std::uint64_t> all;
  for (const auto& each : range) all.push_back(each.sequence());
  return all;
}

}  // namespace

TEST_CASE("an event has the tags that its type names and those of its append, ascending, each once", "[store][tags]") {
  quipu::store store = quipu::in_memory_store();
  const quipu::coordinate where{"a", "s"};
  store.append(where, enrolled{"ann", "maths"}, {.tags = {"zeal", "course:maths"}});
  store.append(where, opened{30});
  store.append(where, closed{});
  store.append(where, noted{{"no tag"}});
  store.append_raw(where, event_kind::custom(0xA, 5), "raw", {.tags = {"b", "a"}});
  quipu::batch batch;
  batch.add(where, opened{1}, {.tags = {"extra"}});
  store.append(batch);
  std::vector<quipu::event_view> events;
  for (const auto& each : store.query(region::all())) events.push_back(each);
  REQUIRE(events.size() == 6);
  CHECK(tags_of(events[0]) == text_list{"course:maths", "student:ann", "zeal"});
  CHECK(tags_of(events[1]) == text_list{"billing", "term:autumn"});
  CHECK(tags_of(events[2]) == text_list{"billing"});
  CHECK(events[3].tags().empty());
  CHECK(events[3].as<noted>().tags == text_list{"no tag"});
  CHECK(tags_of(events[4]) == text_list{"a", "b"});
  CHECK(tags_of(events[5]) == text_list{"billing", "extra", "term:autumn"});
  CHECK(events[0].has_tag("zeal"));
  CHECK_FALSE(events[0].has_tag("zea"));
  CHECK(events[4].to_json().find(R"("tags":["a","b"])") != std::string::npos);
  CHECK(events[3].to_json().find(R"("tags":[])") == std::string::npos);
}

TEST_CASE("tags that can't be are refused, and nothing is written", "[store][tags]") {
  quipu::store store = quipu::in_memory_store();
  const quipu::coordinate where{"a", "s"};
  const auto code_of = [&](text_list tags) {
    return store.try_append(where, closed{}, {.tags = std::move(tags)}).is_error();
  };
  const auto appended = [&](text_list tags) {
    try {
      store.append(where, closed{}, {.tags = std::move(tags)});
      return true;
    } catch (const quipu::error& refused) {
      CHECK(refused.code() == quipu::errc::invalid_argument);
      return false;
    }
  };
  text_list many;
  for (int number = 0; number < 15; ++number) many.push_back(std::to_string(number));
  CHECK_FALSE(appended({""}));
  CHECK_FALSE(appended({std::string(256, 'x')}));
  CHECK_FALSE(appended({std::string("a\0b", 3)}));
  CHECK(code_of({""}));
  text_list too_many = many;
  too_many.push_back("one more");
  CHECK_FALSE(appended(too_many));
  CHECK(store.count(region::all()) == 0);
  CHECK(appended({std::string(255, 'x')}));
  text_list repeated = many;
  repeated.push_back("0");
  CHECK(appended(repeated));
  CHECK(store.count(region::all()) == 2);
}

namespace {

// What a region selects, said by a model that has nothing of the library's.
struct record {
  std::string entity;
  std::string scope;
  event_kind kind;
  text_list tags;
  std::uint64_t entity_sequence{};
  std::uint64_t sequence{};
};
struct asked {
  region wanted;
  std::function<bool(const record&)> takes;
};

class choice {
 public:
  explicit choice(unsigned seed) : random_{seed} {}
  std::size_t below(std::size_t end) { return std::uniform_int_distribution<std::size_t>{0, end - 1}(random_); }
  std::string tag() { return std::string{"tag:"} + static_cast<char>('a' + below(6)); }
  std::string entity() { return "entity:" + std::to_string(below(5)); }
  std::string scope() { return "scope:" + std::to_string(below(2)); }
  event_kind kind() { return event_kind::custom(static_cast<unsigned>(1 + below(2)), static_cast<unsigned>(below(3))); }

  asked one(std::uint64_t end) {
    switch (below(4)) {
      case 0: {
        const std::string name = entity();
        return {region::entity(name), [name](const record& each) { return each.entity == name; }};
      }
      case 1: {
        const std::string name = tag();
        return {region::tag(name), [name](const record& each) { return has(each, name); }};
      }
      case 2:
        return refined({region::entity_prefix("entity:"), [](const record&) { return true; }}, end);
      default: {
        const std::string name = scope();
        return {region::scope(name), [name](const record& each) { return each.scope == name; }};
      }
    }
  }
  asked refined(asked from, std::uint64_t end) {
    const auto both = [&from](region narrowed, std::function<bool(const record&)> also) {
      return asked{std::move(narrowed), [before = from.takes, also = std::move(also)](const record& each) {
                     return before(each) && also(each);
                   }};
    };
    switch (below(6)) {
      case 0: {
        const std::string name = tag();
        return both(from.wanted.with_tag(name), [name](const record& each) { return has(each, name); });
      }
      case 1: {
        const event_kind wanted = kind();
        return both(from.wanted.with_kind(wanted), [wanted](const record& each) { return each.kind == wanted; });
      }
      case 2: {
        const std::string name = scope();
        return both(from.wanted.with_scope(name), [name](const record& each) { return each.scope == name; });
      }
      case 3: {
        const std::uint64_t first = below(end);
        const std::uint64_t last = first + below(end);
        return both(from.wanted.with_sequence_range(first, last),
                    [=](const record& each) { return each.sequence >= first && each.sequence <= last; });
      }
      case 4: {
        const std::uint64_t first = below(10);
        return both(from.wanted.with_entity_sequence_range(first, first + 30), [=](const record& each) {
          return each.entity_sequence >= first && each.entity_sequence <= first + 30;
        });
      }
      default:
        return both(from.wanted.with_category(1), [](const record& each) { return each.kind.category() == 1; });
    }
  }
  asked any(std::uint64_t end) {
    asked made = one(end);
    for (std::size_t count = below(3); count != 0; --count) made = refined(std::move(made), end);
    if (below(2) == 0) return made;
    std::vector<region> regions{made.wanted};
    for (std::size_t count = below(4); count != 0; --count) {
      asked other = below(4) == 0 ? any(end) : one(end);
      regions.push_back(other.wanted);
      made.takes = [left = made.takes, right = other.takes](const record& each) { return left(each) || right(each); };
    }
    made.wanted = region::any_of(regions);
    for (std::size_t count = below(2); count != 0; --count) made = refined(std::move(made), end);
    return made;
  }

 private:
  static bool has(const record& each, const std::string& tag) {
    return std::find(each.tags.begin(), each.tags.end(), tag) != each.tags.end();
  }
  std::mt19937 random_;
};

/// Folds numbers of events, in order.
struct seen_numbers {
  using events = quipu::any_event;
  std::vector<std::uint64_t> numbers;
  void apply(const quipu::event_view& event) { numbers.push_back(event.sequence()); }
};

template <class Store>
void check_all(Store& store, const std::vector<record>& model, unsigned seed, int questions) {
  choice chosen{seed};
  for (int question = 0; question < questions; ++question) {
    const asked ask = chosen.any(model.size());
    std::vector<std::uint64_t> expected;
    for (const record& each : model) {
      const bool is_selected = ask.takes(each);
      if (is_selected) expected.push_back(each.sequence);
      const std::vector<std::string_view> tags{each.tags.begin(), each.tags.end()};
      REQUIRE(ask.wanted.matches(each.entity, each.scope, each.kind, each.entity_sequence, each.sequence, tags) ==
              is_selected);
    }
    INFO("seed " << seed << ", question " << question);
    REQUIRE(sequences(store.query(ask.wanted)) == expected);
    REQUIRE(store.count(ask.wanted) == expected.size());
    REQUIRE(store.template project<seen_numbers>(ask.wanted).numbers == expected);
    const auto last = store.last(ask.wanted);
    REQUIRE(last.has_value() == !expected.empty());
    if (last) REQUIRE(last->sequence() == expected.back());
    std::vector<std::uint64_t> backwards = sequences(store.query(ask.wanted).reverse());
    std::reverse(backwards.begin(), backwards.end());
    REQUIRE(backwards == expected);
    auto cursor = store.cursor_guaranteed(ask.wanted);
    std::vector<std::uint64_t> delivered;
    while (const auto event = cursor.poll()) delivered.push_back(event->sequence());
    REQUIRE(delivered == expected);
  }
}

}  // namespace

TEST_CASE("what tags and alternatives select is what a model says", "[store][tags]") {
  const auto world = std::make_shared<quipu::memory_environment>();
  quipu::config settings{.directory = "tagged", .environment = world};
  settings.segment_max_bytes = 16384;
  settings.writer.preallocate_bytes = 0;
  std::vector<record> model;
  std::map<std::string, std::uint64_t> counts;
  choice chosen{7};
  const auto append_some = [&](quipu::store& store) {
    for (int number = 0; number < 300; ++number) {
      record made{chosen.entity(), chosen.scope(), chosen.kind(), {}, 0, model.size()};
      for (std::size_t count = chosen.below(4); count != 0; --count) made.tags.push_back(chosen.tag());
      made.entity_sequence = counts[made.entity]++;
      store.append_raw({made.entity, made.scope}, made.kind, "payload of some bytes",
                       {.durability = quipu::durability::buffered, .tags = made.tags});
      model.push_back(made);
    }
    store.sync();
  };
  {
    quipu::store store{settings};
    append_some(store);
    check_all(store, model, 1, 150);
    quipu::read_only_store reader{settings};
    check_all(reader, model, 2, 50);
    append_some(store);
    check_all(reader, model, 3, 50);
    CHECK(store.stats().segments > 3);
  }
  quipu::store store{settings};  // reads index files
  check_all(store, model, 4, 150);
  append_some(store);
  check_all(store, model, 5, 100);
  store.compact(quipu::compaction::merge());
  check_all(store, model, 6, 100);
  store.compact(quipu::compaction::retain([](const auto& event) { return event.sequence() % 3 != 0; }));
  std::erase_if(model, [&](const record& each) { return each.sequence % 3 == 0 && each.sequence < 899; });
  std::vector<record> left;
  for (const auto& each : store.query(region::all()))
    left.push_back(
        *std::find_if(model.begin(), model.end(), [&](auto& one) { return one.sequence == each.sequence(); }));
  check_all(store, left, 7, 100);
}

TEST_CASE("an erased event has no tags, and no query by tag finds it", "[store][tags]") {
  quipu::store store = quipu::in_memory_store();
  store.append({"a", "s"}, closed{}, {.tags = {"personal:ann"}});
  store.append({"a", "s"}, closed{}, {.tags = {"other"}});
  store.compact(quipu::compaction::tombstone([](const auto& event) { return !event.has_tag("personal:ann"); }));
  CHECK(store.count(region::tag("personal:ann")) == 0);
  CHECK(sequences(store.query(region::tag("billing"))) == std::vector<std::uint64_t>{1});
  CHECK(store.query(region::all()).begin()->tags().empty());
}
