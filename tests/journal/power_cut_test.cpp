// SPDX-License-Identifier: BSL-1.0
//
// power_cut_test.cpp: random work, and a power cut at a random point of it. What wasn't flushed is lost, kept or torn
// sector by sector, and names that weren't flushed are there or not. A failure is repeated by its seed:
// QUIPU_POWER_CUT_SEED=<seed>; QUIPU_POWER_CUTS=<count> runs a campaign.
#include "random_lives.hpp"

#include <catch2/catch.hpp>

#include <cstdint>
#include <cstdlib>
#include <string>

using namespace simulation;
using quipu::durability;

namespace {

std::uint64_t number_from(const char* variable, std::uint64_t otherwise) {
  const char* const text = std::getenv(variable);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

}  // namespace

TEST_CASE("no power cut breaks a promise", "[journal][crash]") {
  std::uint64_t states = 0;
  const std::uint64_t first = number_from("QUIPU_POWER_CUT_SEED", 1);
  const std::uint64_t count = number_from("QUIPU_POWER_CUTS", first == 1 ? 900 : 1);
  for (std::uint64_t seed = first; seed != first + count; ++seed) {
    const std::string problem = problem_of_lives(seed, states);
    INFO("QUIPU_POWER_CUT_SEED=" << seed);
    REQUIRE(problem == "");
  }
  CHECK((count < 900 || states >= 2 * count));
}

TEST_CASE("a sync flushes events that a reader had written to the file before", "[journal][crash]") {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    const disk machine{seed};
    writer with{machine};
    with.open();
    with.append("entity", 600, durability::buffered);
    CHECK(with.events().count(quipu::region::all()) == 1);  // visible, and not durable
    CHECK(with.events().writer_pressure().events_not_durable == 1);
    with.sync();
    CHECK(with.events().writer_pressure().events_not_durable == 0);
    seeded random{seed};
    REQUIRE(recovery_problem(machine.after_power_cut(random), with.given) == "");
  }
}

TEST_CASE("a disk that lies shows a prefix of the log or an error, never something else", "[journal][crash]") {
  std::uint64_t refused = 0;
  for (std::uint64_t seed = 1; seed <= 600; ++seed) {
    INFO("seed " << seed);
    REQUIRE(problem_on_a_lying_disk(seed, refused) == "");
  }
  CHECK(refused > 20);
}
