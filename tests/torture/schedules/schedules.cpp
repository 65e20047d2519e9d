// SPDX-License-Identifier: BSL-1.0
//
// schedules.cpp: tries the scenarios in one order of their threads after another.
#include "../part.hpp"
#include "scenarios.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>
#include <stdexcept>
#include <string>
#include <unordered_set>

namespace torture {
namespace {

int run_schedules(const options& given) {
  const auto all = schedules::scenarios();
  const auto is_chosen = [&given](const schedules::scenario& each) { return each.name == given.only; };
  if (!given.only.empty() && std::none_of(all.begin(), all.end(), is_chosen))
    throw std::invalid_argument{"there is no scenario " + given.only};
  report to{"schedules", given};
  std::unordered_set<std::uint64_t> orders;
  for (std::uint64_t seed = given.seed; !to.is_over("seed " + std::to_string(seed)); ++seed) {
    for (const schedules::scenario& each : all) {
      if (!given.only.empty() && !is_chosen(each)) continue;
      const schedules::result found = each.run(seed);
      const std::string replay = "--seed " + std::to_string(seed) + " --only " + std::string{each.name};
      if (!found.problem.empty()) to.problem(std::string{each.name} + ": " + found.problem, replay);
      if (found.problem.empty() && seed % 64 == 0 && each.run(seed).order != found.order)
        to.problem(std::string{each.name} + ": the same seed gives another order", replay);
      to.add("schedules");
      to.add("of them different", orders.insert(found.order).second ? 1 : 0);
      to.add("decisions", found.decisions);
    }
    if (!given.only.empty()) break;
  }
  return to.conclude("seeds from " + std::to_string(given.seed));
}

}  // namespace

std::span<const named_part> parts() {
  static constexpr std::array all{named_part{"schedules", run_schedules}};
  return all;
}

}  // namespace torture
