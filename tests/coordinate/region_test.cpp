// SPDX-License-Identifier: BSL-1.0
#ifdef QUIPU_TEST_SINGLE_HEADER
#include <quipu.hpp>
#else
#include <quipu/coordinate/region.hpp>
#endif

#include <catch2/catch.hpp>

#include <cstdint>
#include <limits>
#include <string_view>
#include <vector>

using quipu::event_kind;
using quipu::region;

namespace {

struct deposited {
  static constexpr auto kind = event_kind::custom(1, 1);
};
struct withdrawn {
  static constexpr auto kind = event_kind::custom(1, 2);
};
struct opened {
  static constexpr auto kind = event_kind::custom(2, 1);
};
constexpr std::uint64_t most = std::numeric_limits<std::uint64_t>::max();

bool selects_entity(const region& where, std::string_view entity) {
  return where.matches(entity, "s", deposited::kind, 0);
}
bool selects_scope(const region& where, std::string_view scope) {
  return where.matches("e", scope, deposited::kind, 0);
}
bool selects_kind(const region& where, event_kind kind) { return where.matches("e", "s", kind, 0); }
bool selects_entity_sequence(const region& where, std::uint64_t sequence) {
  return where.matches("e", "s", deposited::kind, sequence);
}

}  // namespace

TEST_CASE("all events", "[coordinate][region]") {
  CHECK(region::all().matches("e", "s", event_kind::data, most));
  CHECK(region::all().matches("", "", event_kind::from_raw(0xFFFF), 0));
  CHECK_FALSE(region::all().selects_nothing());
  CHECK(region::all().entity_match() == region::match::any);
}

TEST_CASE("an entity is matched exactly, a prefix as a prefix", "[coordinate][region]") {
  const region exact = region::entity("account:a");
  CHECK(selects_entity(exact, "account:a"));
  CHECK_FALSE(selects_entity(exact, "account:ab"));
  CHECK_FALSE(selects_entity(exact, "account:"));
  CHECK_FALSE(selects_entity(exact, "ACCOUNT:A"));
  CHECK(exact.entity_match() == region::match::exact);
  CHECK(exact.entity_text() == "account:a");

  const region prefix = region::entity_prefix("account:a");
  CHECK(selects_entity(prefix, "account:a"));
  CHECK(selects_entity(prefix, "account:ab"));
  CHECK_FALSE(selects_entity(prefix, "account:"));
  CHECK_FALSE(selects_entity(prefix, "my account:a"));
  CHECK(prefix.entity_match() == region::match::prefix);
  CHECK(selects_entity(region::entity_prefix(""), "anything"));
  CHECK(selects_entity(region::entity_prefix("\xFF"), "\xFF\xFF"));
}

TEST_CASE("a scope is matched exactly", "[coordinate][region]") {
  for (const region& where : {region::scope("zurich"), region::all().with_scope("zurich")}) {
    CHECK(selects_scope(where, "zurich"));
    CHECK_FALSE(selects_scope(where, "zurich:1"));
    CHECK_FALSE(selects_scope(where, "zuric"));
    CHECK_FALSE(where.selects_nothing());
  }
  CHECK(region::scope("zurich") == region::all().with_scope("zurich"));
  CHECK(*region::scope("zurich").scope_name() == "zurich");
}

TEST_CASE("kinds and categories", "[coordinate][region]") {
  const region one = region::all().with_kind(deposited::kind);
  CHECK(selects_kind(one, deposited::kind));
  CHECK_FALSE(selects_kind(one, withdrawn::kind));
  const region two = region::all().with_events<withdrawn, deposited>();
  CHECK(selects_kind(two, deposited::kind));
  CHECK(selects_kind(two, withdrawn::kind));
  CHECK_FALSE(selects_kind(two, opened::kind));
  CHECK(two == region::all().with_kinds({deposited::kind, withdrawn::kind, deposited::kind}));
  const region category = region::all().with_category(1);
  CHECK(selects_kind(category, withdrawn::kind));
  CHECK_FALSE(selects_kind(category, opened::kind));
  CHECK(category.category() == 1U);
  CHECK(selects_kind(region::all().with_category(0), event_kind::data));
  CHECK_FALSE(selects_kind(region::all().with_category(0x10), event_kind::from_raw(0)));
  const region none = region::all().with_kinds({});
  CHECK(none.selects_nothing());
  CHECK_FALSE(selects_kind(none, deposited::kind));
}

TEST_CASE("a range of entity sequences has both its ends", "[coordinate][region]") {
  const region range = region::all().with_entity_sequence_range(3, 5);
  CHECK_FALSE(selects_entity_sequence(range, 2));
  CHECK(selects_entity_sequence(range, 3));
  CHECK(selects_entity_sequence(range, 5));
  CHECK_FALSE(selects_entity_sequence(range, 6));
  CHECK(selects_entity_sequence(region::all().with_entity_sequence_range(7, 7), 7));
  CHECK(selects_entity_sequence(region::all().with_entity_sequence_range(0, most), most));
  const region turned = region::all().with_entity_sequence_range(5, 3);
  CHECK(turned.selects_nothing());
  CHECK_FALSE(selects_entity_sequence(turned, 4));
}

TEST_CASE("a range of the store's sequences has both its ends, and is another than that of entity sequences",
          "[coordinate][region]") {
  const region range = region::all().with_sequence_range(3, 5);
  const auto selects = [](const region& where, std::uint64_t entity_sequence, std::uint64_t sequence) {
    return where.matches("e", "s", deposited::kind, entity_sequence, sequence);
  };
  for (const std::uint64_t entity_sequence : {std::uint64_t{0}, std::uint64_t{4}, most}) {
    CHECK_FALSE(selects(range, entity_sequence, 2));
    CHECK(selects(range, entity_sequence, 3));
    CHECK(selects(range, entity_sequence, 5));
    CHECK_FALSE(selects(range, entity_sequence, 6));
    CHECK(range.matches("e", "s", deposited::kind, entity_sequence));  // which has no sequence to compare
  }
  CHECK(range.first_sequence() == 3);
  CHECK(range.last_sequence() == 5);
  CHECK(range.first_entity_sequence() == 0);
  CHECK(range.last_entity_sequence() == most);
  CHECK(range.matches_sequence(3));
  CHECK_FALSE(range.matches_sequence(6));
  CHECK(range != region::all().with_entity_sequence_range(3, 5));

  const region both = range.with_sequence_range(4, 9).with_entity_sequence_range(1, 2);
  CHECK(both.first_sequence() == 4);
  CHECK(both.last_sequence() == 5);
  CHECK(selects(both, 1, 4));
  CHECK_FALSE(selects(both, 1, 3));
  CHECK_FALSE(selects(both, 0, 4));
  CHECK_FALSE(both.selects_nothing());
  CHECK(range.with_sequence_range(6, 9).selects_nothing());
  CHECK(region::all().with_sequence_range(1, 0).selects_nothing());
  CHECK(selects(region::all().with_sequence_range(most, most), 0, most));
}

TEST_CASE("a refinement selects less, and leaves the original as it was", "[coordinate][region]") {
  const region original = region::entity_prefix("account:");
  const region narrowed = original.with_scope("s")
                              .with_category(1)
                              .with_events<deposited, opened>()
                              .with_entity_sequence_range(2, 9)
                              .with_entity_sequence_range(0, 4);
  CHECK(original == region::entity_prefix("account:"));
  CHECK(narrowed.matches("account:a", "s", deposited::kind, 2));
  CHECK(narrowed.matches("account:a", "s", deposited::kind, 4));
  CHECK_FALSE(narrowed.matches("bccount:a", "s", deposited::kind, 2));
  CHECK_FALSE(narrowed.matches("account:a", "t", deposited::kind, 2));
  CHECK_FALSE(narrowed.matches("account:a", "s", opened::kind, 2));     // listed, but of another category
  CHECK_FALSE(narrowed.matches("account:a", "s", withdrawn::kind, 2));  // of the category, but not listed
  CHECK_FALSE(narrowed.matches("account:a", "s", deposited::kind, 1));
  CHECK_FALSE(narrowed.matches("account:a", "s", deposited::kind, 5));
  CHECK(narrowed.first_entity_sequence() == 2);
  CHECK(narrowed.last_entity_sequence() == 4);
  CHECK_FALSE(narrowed.selects_nothing());
  // What an index asks by itself.
  CHECK(narrowed.matches_names("account:a", "s"));
  CHECK(narrowed.matches_kind(deposited::kind));
  CHECK(narrowed.matches_entity_sequence(4));
}

TEST_CASE("refinements of one property keep what both select", "[coordinate][region]") {
  const region kinds = region::all().with_events<deposited, withdrawn>().with_events<withdrawn, opened>();
  CHECK_FALSE(selects_kind(kinds, deposited::kind));
  CHECK(selects_kind(kinds, withdrawn::kind));
  CHECK_FALSE(selects_kind(kinds, opened::kind));
  CHECK(region::scope("s").with_scope("s") == region::scope("s"));
  CHECK(region::all().with_category(1).with_category(1) == region::all().with_category(1));
}

TEST_CASE("refinements that contradict each other select nothing", "[coordinate][region]") {
  const std::vector<region> impossible{
      region::scope("s").with_scope("t"),
      region::scope("t").with_scope("s").with_scope("s"),
      region::all().with_category(1).with_category(2),
      region::all().with_category(2).with_category(1).with_category(1),
      region::all().with_kind(deposited::kind).with_kind(withdrawn::kind),
      region::all().with_entity_sequence_range(0, 4).with_entity_sequence_range(5, 9),
      region::all().with_entity_sequence_range(5, 9).with_entity_sequence_range(0, 4),
  };
  for (std::size_t index = 0; index < impossible.size(); ++index) {
    CAPTURE(index);
    CHECK(impossible[index].selects_nothing());
    for (const auto kind : {deposited::kind, withdrawn::kind, opened::kind})
      for (const std::uint64_t sequence : {0U, 4U, 5U, 9U})
        for (const char* scope : {"s", "t"}) REQUIRE_FALSE(impossible[index].matches("e", scope, kind, sequence));
  }
}

TEST_CASE("a region selects events that have all of its tags", "[region][tags]") {
  const auto has = [](const region& wanted, std::vector<std::string_view> tags) {
    return wanted.matches("a", "s", event_kind::custom(1, 1), 0, 0, tags);
  };
  const region red = region::tag("red");
  CHECK(has(red, {"blue", "red"}));
  CHECK_FALSE(has(red, {"blue"}));
  CHECK_FALSE(has(red, {"redder"}));
  CHECK_FALSE(has(red, {}));
  CHECK_FALSE(red.matches("a", "s", event_kind::custom(1, 1), 0));
  CHECK(has(red.with_tag("blue"), {"blue", "red"}));
  CHECK_FALSE(has(red.with_tag("blue"), {"red"}));
  CHECK(red.with_tag("blue").with_tag("red") == region::tag("blue").with_tag("red"));
}

TEST_CASE("alternatives are flat, each once, and a refinement refines each", "[region][tags]") {
  const region a = region::entity("a");
  const region b = region::entity("b");
  const auto takes = [](const region& wanted, std::string_view entity, std::uint64_t sequence) {
    return wanted.matches(entity, "s", event_kind::custom(1, 1), 0, sequence);
  };
  CHECK(region::any_of({}).selects_nothing());
  CHECK(region::any_of({a}) == a);
  CHECK(region::any_of({a, a}) == a);
  CHECK(region::any_of({a, a.with_sequence_range(1, 0)}) == a);
  CHECK(region::any_of({a, region::any_of({b, region::scope("t")})}) == region::any_of({a, b, region::scope("t")}));
  const region either = region::any_of({a.with_sequence_range(3, 5), b.with_sequence_range(7, 9)});
  CHECK(either.alternatives().size() == 2);
  CHECK(either.first_sequence() == 3);
  CHECK(either.last_sequence() == 9);
  CHECK(takes(either, "a", 5));
  CHECK_FALSE(takes(either, "a", 7));
  CHECK(takes(either, "b", 7));
  CHECK_FALSE(takes(either, "c", 7));
  CHECK(either.with_sequence_range(6, 20) == b.with_sequence_range(7, 9));
  CHECK(either.with_sequence_range(6, 6).selects_nothing());
  CHECK(either.with_kind(event_kind::custom(1, 1)).with_kind(event_kind::custom(1, 2)).selects_nothing());
}
