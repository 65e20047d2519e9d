// SPDX-License-Identifier: BSL-1.0
//
// log_snapshot_test.cpp: a snapshot has the events of the moment at which it was taken, whatever is appended later.
#include "../store/store_fixture.hpp"

#ifndef QUIPU_TEST_SINGLE_HEADER
#include <quipu/journal/write/append_entry.hpp>
#include <quipu/journal/write/journal.hpp>
#endif

#include <catch2/catch.hpp>

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

using namespace store_tests;

TEST_CASE("a snapshot counts an entity's events up to its own end, in however many segments", "[journal][snapshot]") {
  quipu::detail::journal log{settings_in(memory_world{}, small_segments())};
  const std::vector<std::string> names{"often", "sometimes", "late", "never"};
  const std::string payload(100, 'x');
  std::map<std::string, std::uint64_t> counts;
  std::vector<std::pair<quipu::detail::log_snapshot, std::map<std::string, std::uint64_t>>> taken;
  for (int number = 0; number < 120; ++number) {
    const std::string& name = names[number > 90 && number % 3 == 0 ? 2 : number % 5 == 1 ? 1 : 0];
    quipu::detail::append_entry entry{.entity = name, .scope = "s", .kind = quipu::event_kind::custom(1, 1)};
    entry.payload = quipu::bytes_view{payload};
    static_cast<void>(log.append(entry));
    ++counts[name];
    taken.emplace_back(log.snapshot(), counts);
  }
  REQUIRE(taken.back().first.segment_count() > 3);
  for (std::size_t number = 0; number < taken.size(); ++number) {
    auto& [seen, expected] = taken[number];
    INFO("after event " << number);
    for (const std::string& name : names) CHECK(seen.entity_end(name) == expected[name]);
  }
}
