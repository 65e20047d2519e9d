// SPDX-License-Identifier: BSL-1.0
//
// random.cpp: random lives of a store on the simulated disk, honest and lying, one after another from a seed.
#include "../journal/random_lives.hpp"
#include "part.hpp"

#include <cstdint>
#include <string>

namespace torture {

int run_random(const options& given) {
  report to{"random", given};
  for (std::uint64_t seed = given.seed; !to.is_over("seed " + std::to_string(seed)); ++seed) {
    const std::string replay = "--seed " + std::to_string(seed) + " --only one";
    std::uint64_t states = 0;
    if (const std::string problem = simulation::problem_of_lives(seed, states); !problem.empty())
      to.problem(problem, replay);
    to.add("states after power cuts of an honest disk", states);
    std::uint64_t refused = 0;
    if (const std::string problem = simulation::problem_on_a_lying_disk(seed, refused); !problem.empty())
      to.problem("lying disk: " + problem, replay);
    to.add("of a lying disk");
    to.add("of them refused with a typed error", refused);
    if (!given.only.empty()) break;
  }
  return to.conclude("seeds from " + std::to_string(given.seed));
}

}  // namespace torture
