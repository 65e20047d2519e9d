// SPDX-License-Identifier: BSL-1.0
//
// random_lives.hpp: lives of a store that a seed decides: random work, cut off by power cuts at random changes, or on a
// disk that lies.
#pragma once

#include "crash_fixture.hpp"

#include <cstddef>
#include <cstdint>
#include <exception>
#include <string>

namespace simulation {

/// Steps that a seed decides; ends by an exception when the machine is off.
inline void random_work(writer& with, seeded& random) {
  with.open();
  const std::size_t steps = 3 + random.below(20);
  for (std::size_t step = 0; step < steps; ++step) {
    const auto how = random.below(2) == 0 ? quipu::durability::durable : quipu::durability::buffered;
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

inline quipu::config random_settings(seeded& random) {
  quipu::config settings = small_store();
  settings.writer.preallocate_bytes = random.below(3) * 700;
  settings.chain = random.below(4) != 0;
  return settings;
}

/// A store's lives, with up to three power cuts, the later ones mostly during recovery. Empty, or what is wrong.
inline std::string problem_of_lives(std::uint64_t seed, std::uint64_t& states) {
  seeded random{seed};
  const quipu::config settings = random_settings(random);
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

/// A life on a disk that swallows or misplaces writes, or doesn't flush; then a power cut. What is found must be a
/// prefix of what was appended, or a typed error. Empty, or what is wrong. `refused` counts the errors.
inline std::string problem_on_a_lying_disk(std::uint64_t seed, std::uint64_t& refused) {
  seeded random{seed};
  const quipu::config settings = random_settings(random);
  const disk machine{random.next()};
  machine.plan({.at = random.below(60),
                .effect = random.below(2) == 0 ? quipu::simulated_effect::lie : quipu::simulated_effect::misdirect,
                .persists = random.below(3) == 0});
  writer with{machine, settings};
  try {
    random_work(with, random);
  } catch (const quipu::error&) {
    ++refused;  // reading back found it
  }
  promises prefix = with.given;
  prefix.durable_commits = 0;
  try {
    store found{settings_in(machine.after_power_cut(random), settings)};
    return broken_promise(found, prefix);
  } catch (const quipu::error&) {
    ++refused;
    return {};
  } catch (const std::exception& failure) {
    return std::string{"not a typed error: "} + failure.what();
  }
}

}  // namespace simulation
