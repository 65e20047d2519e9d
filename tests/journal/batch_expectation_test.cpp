// SPDX-License-Identifier: BSL-1.0
//
// batch_expectation_test.cpp: what an entry of a batch expects: its version counts the entries before it, and
// conditions are asked for the entries that have one and aren't repeated.
#include "compaction_fixture.hpp"

#include <catch2/catch.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

using namespace simulation;
using quipu::expected_version;

namespace {

struct expectation {
  std::string entity;
  expected_version of;
};

/// Appends a batch of these, and returns the entity sequences that it got.
std::vector<std::uint64_t> append_all(store& to, const std::vector<expectation>& entries) {
  quipu::batch together;
  for (const expectation& each : entries)
    static_cast<void>(together.add({each.entity, "s"}, counted{1}, {.expected = each.of}));
  std::vector<std::uint64_t> given;
  for (const quipu::receipt& each : to.append(together)) given.push_back(each.entity_sequence);
  return given;
}

}  // namespace

TEST_CASE("an expected version in a batch counts the entries before it", "[journal][batch]") {
  const disk machine;
  store events{settings_in(machine, small_store())};
  using list = std::vector<std::uint64_t>;
  const expected_version none = expected_version::no_stream();
  CHECK(append_all(events, {{"a", none}, {"b", none}, {"a", expected_version::exactly(0)}}) == list{0, 0, 1});
  CHECK(append_all(events, {{"a", expected_version::exactly(1)},
                            {"a", expected_version::any()},
                            {"b", expected_version::exactly(0)},
                            {"a", expected_version::exactly(3)}}) == list{2, 3, 1, 4});
  CHECK(append_all(events, {{"c", none}, {"c", expected_version::stream_exists()}}) == list{0, 1});

  const auto refused = [&](const std::vector<expectation>& entries, std::optional<std::uint64_t> actual) {
    const std::uint64_t before = events.stats().events;
    try {
      static_cast<void>(append_all(events, entries));
      return false;
    } catch (const quipu::conflict_error& conflict) {
      CHECK(conflict.actual() == actual);
    }
    return events.stats().events == before;  // nothing of the batch is there
  };
  CHECK(refused({{"d", none}, {"d", none}}, 0));
  CHECK(refused({{"a", expected_version::exactly(4)}, {"a", expected_version::exactly(4)}}, 5));
  CHECK(refused({{"a", expected_version::any()}, {"b", none}}, 1));
  CHECK(refused(
      {{"b", expected_version::exactly(1)}, {"a", expected_version::exactly(4)}, {"b", expected_version::exactly(3)}},
      2));
  CHECK(refused({{"d", expected_version::stream_exists()}, {"d", expected_version::any()}}, std::nullopt));
}

TEST_CASE("a condition in a batch is its entry's, and isn't asked of a repetition", "[journal][batch]") {
  const disk machine;
  store events{settings_in(machine, small_store())};
  const quipu::append_options once{.condition = quipu::none_ever(quipu::region::entity("a")),
                                   .idempotency_key = key_of(1)};
  const auto append = [&](const char* second) {
    quipu::batch together;
    static_cast<void>(together.add({"a", "s"}, counted{1}, once));
    static_cast<void>(together.add({second, "s"}, counted{2}));
    return events.append(together);
  };
  const auto first = append("b");
  const auto again = append("c");
  CHECK(again[0].id == first[0].id);
  CHECK(again[1].sequence == 2);
  CHECK(events.stats().events == 3);
}
