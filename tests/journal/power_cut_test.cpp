// SPDX-License-Identifier: BSL-1.0
//
// power_cut_test.cpp: random work, and a power cut at a random point of it. What wasn't flushed is lost, kept or torn
// sector by sector, and names that weren't flushed are there or not. A failure is repeated by its seed:
// QUIPU_POWER_CUT_SEED=<seed>; QUIPU_POWER_CUTS=<count> runs a campaign.
#include "crash_fixture.hpp"

#include <catch2/catch.hpp>

#include <cstdint>
#include <cstdlib>
#include <string>

using namespace simulation;
using quipu::durability;

namespace {

/// Steps that a seed decides; ends by an exception when the machine is off.
void random_work(writer& with, seeded& random) {
  with.open();
  const std::size_t steps = 3 + random.below(20);
  for (std::size_t step = 0; step < steps; ++step) {
    const durability how = random.below(2) == 0 ? durability::durable : durability::buffered;
    switch (random.below(8)) {
      case 0:
        with.sync();
        break;
      case 1:
        with.close();
        with.open();
        break;
      case 2:
      case 3:
        with.append_batch(1 + random.below(6), how);
        break;
      case 4:
        with.append("large", 600 + random.below(1400), how);
        break;
      default:
        with.append("entity:" + std::to_string(random.below(4)), random.below(200), how);
        break;
    }
    if (random.below(10) == 0)
      static_cast<void>(with.events().count(quipu::region::all()));  // a reader has what is buffered written
  }
  if (random.below(2) == 0) with.close();
}

/// A store's lives, with up to three power cuts, the later ones mostly during recovery. Empty, or what is wrong.
std::string problem_of(std::uint64_t seed, std::uint64_t& states) {
  seeded random{seed};
  quipu::config settings = small_store();
  settings.writer.preallocate_bytes = random.below(3) * 700;
  settings.chain = random.below(4) != 0;
  disk machine{random.next()};
  promises given;
  for (std::size_t life = 0; life < 3; ++life) {
    machine.plan({.at = random.below(life == 0 || random.below(3) == 0 ? 60 : 6), .effect = dies});
    writer with{machine, settings};
    with.given = given;
    with.next_number = 1000 * life;
    try {
      random_work(with, random);
    } catch (const std::exception& failure) {
      if (!machine.is_off()) return std::string{"with the power on: "} + failure.what();
    }
    with.drop();
    given = with.given;
    machine = machine.after_power_cut(random);
    ++states;
    if (random.below(4) == 0) break;
    if (std::string problem = state_problem(machine, given, settings); !problem.empty()) return problem;
  }
  return recovery_problem(machine, given, settings);
}

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
    const std::string problem = problem_of(seed, states);
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

TEST_CASE("the simulated disk forgets what wasn't flushed, and keeps what was", "[journal][crash]") {
  const disk machine;
  auto directory = machine.open_directory("d", true);
  auto file = directory->open_file("a", quipu::open_mode::create);
  directory->sync();
  file->write_at(std::string(1024, 'x'), 0);
  file->sync();
  file->write_at(std::string(1024, 'y'), 0);
  bool torn = false;
  bool lost = false;
  bool kept = false;
  bool named = false;
  bool unnamed = false;
  static_cast<void>(directory->open_file("b", quipu::open_mode::create));
  seeded random{7};
  for (int round = 0; round < 100; ++round) {
    const disk found = machine.after_power_cut(random);
    const auto bytes = found.content("a");
    REQUIRE(bytes.size() == 1024);
    const char left = static_cast<char>(bytes[0]);
    const char right = static_cast<char>(bytes[1023]);
    torn = torn || left != right;
    lost = lost || (left == 'x' && right == 'x');
    kept = kept || (left == 'y' && right == 'y');
    (found.names().size() == 2 ? named : unnamed) = true;
  }
  CHECK((torn && lost && kept && named && unnamed));
}
