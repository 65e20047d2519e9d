// SPDX-License-Identifier: BSL-1.0
//
// power_cut_test.cpp: random work, and a power cut at a random point of it. What wasn't flushed is lost, kept or torn
// sector by sector, and names that weren't flushed are there or not. A failure is repeated by its seed:
// QUIPU_POWER_CUT_SEED=<seed>; QUIPU_POWER_CUTS=<count> runs a campaign.
#include "random_lives.hpp"

#include <catch2/catch.hpp>

#include <cstdint>
#include <cstdlib>
#include <exception>
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

TEST_CASE("what opening cuts off behind the mark of a closing doesn't come back", "[journal][crash]") {
  quipu::config settings = small_store();
  settings.chain = false;  // a seal without a head ends with zeros: where its end is torn off, zeros make it whole
  const std::string name = "00000000000000000000.segment";
  const disk machine{1};
  writer first{machine, settings};
  first.open();
  first.append("alice", 2000, durability::durable);
  first.close();
  const disk sealed = machine.after_death();
  writer full{sealed, settings};
  full.open();
  full.append("bob", 1900, durability::durable);  // the segment has no room for it
  quipu::bytes torn = sealed.content(name);
  while (torn.back() == std::byte{0}) torn.pop_back();
  REQUIRE(torn.size() > machine.content(name).size());
  machine.put(name, quipu::bytes_view{torn});

  const auto goes_on = [&](const disk& on, writer& with) {
    try {
      with.open();
      with.append("bob", 30, durability::buffered);
      static_cast<void>(with.events().count(quipu::region::all()));  // has it written
      if (!on.is_off()) with.append("bob", 30, durability::durable);
    } catch (const std::exception&) {
      static_cast<void>(0);  // the power is off
    }
  };
  const auto check_cuts = [&](const disk& of, const promises& given) {
    for (std::uint64_t state = 0; state < of.power_cut_states(); ++state) {
      INFO("state " << state);
      CHECK(recovery_problem(of.after_power_cut(state), given, settings) == "");
    }
  };
  for (std::uint64_t point = 0; point < 10; ++point) {
    INFO("change " << point);
    const disk again = machine.after_death();
    again.plan({.at = point, .effect = dies});
    writer second{again, settings};
    second.given = first.given;
    second.next_number = 1000;
    goes_on(again, second);
    check_cuts(again, second.given);
    for (std::uint64_t later = 0; later < 10; ++later) {  // the process was killed, and the next one goes on
      INFO("change " << later << " after that");
      const disk killed = again.after_death();
      killed.plan({.at = later, .effect = dies});
      writer third{killed, settings};
      third.given = second.given;
      third.next_number = 2000;
      goes_on(killed, third);
      check_cuts(killed, third.given);
    }
  }
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
