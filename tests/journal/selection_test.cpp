// SPDX-License-Identifier: BSL-1.0
//
// selection_test.cpp: what a region selects of a log with several segments is what it selects of the list of all
// events, whichever list of an index is read, and wherever its range of sequences begins and ends.
#include "compaction_fixture.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

using namespace simulation;
using quipu::region;

namespace {

/// The sequences before, at and behind each segment's first event, and those at the ends of the log.
std::vector<std::uint64_t> bounds_of(const disk& of) {
  std::vector<std::uint64_t> found{compaction_events - 1, compaction_events, UINT64_MAX};
  for (const std::string& name : of.names()) {
    if (!name.ends_with(".segment")) continue;
    const std::uint64_t first = std::stoull(name);
    for (const std::uint64_t each : {first - 1, first, first + 1})
      if (each != UINT64_MAX) found.push_back(each);
  }
  return found;
}

/// What of an event a region looks at, copied.
struct seen_event {
  std::string entity;
  std::string scope;
  quipu::event_kind kind;
  std::uint64_t entity_sequence{};
  std::uint64_t sequence{};
  std::vector<std::string> tags;

  [[nodiscard]] bool is_in(const region& wanted) const {
    const std::vector<std::string_view> tag_views(tags.begin(), tags.end());
    return wanted.matches(entity, scope, kind, entity_sequence, sequence, tag_views);
  }
};

std::vector<seen_event> all_events(store& of) {
  std::vector<seen_event> found;
  for (const quipu::event_view& each : of.query(region::all())) {
    const auto tags = each.tags();
    found.push_back({std::string{each.entity()}, std::string{each.scope()}, each.kind(), each.entity_sequence(),
                     each.sequence(), std::vector<std::string>(tags.begin(), tags.end())});
  }
  return found;
}

/// Each is found in another way: by an entity, a tag, a scope, a kind, all events or a merge of several lists, and each
/// with conditions that the list doesn't answer.
std::vector<region> regions_of_all_kinds() {
  const auto raw = quipu::event_kind::custom(0x3, 7);
  return {region::all(),
          region::all().with_kind(noted::kind),
          region::all().with_kinds({noted::kind, raw}),
          region::all().with_category(0x3),
          region::scope("seventh"),
          region::scope("seventh").with_kind(noted::kind),
          region::scope("others").with_category(0x3),
          region::entity("entity:9"),
          region::entity("entity:1").with_kind(noted::kind),
          region::entity("entity:2").with_kind(raw).with_scope("others"),
          region::entity("entity:2").with_entity_sequence_range(3, 17),
          region::entity("entity:2").with_tag("every:11").with_entity_sequence_range(3, 17),
          region::entity_prefix("entity:"),
          region::entity_prefix("entity:").with_kind(raw),
          region::tag("every:5"),
          region::tag("every:2").with_tag("every:11"),
          region::tag("every:2").with_entity_sequence_range(3, UINT64_MAX),
          region::tag("every:2").with_entity_sequence_range(0, 17),
          region::tag("every:5").with_kind(counted::kind),
          region::any_of({region::entity("entity:1"), region::all().with_kind(noted::kind)}),
          region::any_of({region::entity("entity:3").with_kind(raw), region::tag("every:11").with_kind(counted::kind),
                          region::entity("entity:9").with_sequence_range(4, 9)})};
}

template <class Range>
std::vector<std::uint64_t> sequences_of(const Range& events) {
  std::vector<std::uint64_t> found;
  for (const quipu::event_view& each : events) found.push_back(each.sequence());
  return found;
}

/// Asks each region within each range of sequences. `of` has `size` events.
void check_regions(store& of, const std::vector<std::uint64_t>& bounds, std::uint64_t size) {
  const std::vector<seen_event> all = all_events(of);
  REQUIRE(all.size() == size);
  const std::vector<region> wanted = regions_of_all_kinds();
  for (std::size_t number = 0; number < wanted.size(); ++number)
    for (const std::uint64_t first : bounds)
      for (const std::uint64_t last : bounds) {
        const region each = wanted[number].with_sequence_range(first, last);
        std::vector<std::uint64_t> expected;
        for (const seen_event& event : all)
          if (event.is_in(each)) expected.push_back(event.sequence);
        CAPTURE(number, first, last);
        CHECK(of.count(each) == expected.size());
        CHECK(sequences_of(of.query(each)) == expected);
        std::reverse(expected.begin(), expected.end());
        CHECK(sequences_of(of.query(each).reverse()) == expected);
      }
}

}  // namespace

TEST_CASE("a region selects the same of segments as of a list, wherever its range ends", "[journal][selection]") {
  const disk machine;
  make_log(machine);
  const std::vector<std::uint64_t> bounds = bounds_of(machine);
  REQUIRE(bounds.size() > 9);  // of several segments
  store reopened{settings_in(machine, compaction_settings(4096))};
  check_regions(reopened, bounds, compaction_events);
  std::uint64_t kept = 0;
  for (const quipu::event_view& each : reopened.query(region::all())) kept += is_kept(each);
  static_cast<void>(reopened.compact(quipu::compaction::retain(is_kept)));
  check_regions(reopened, bounds, kept);
}
