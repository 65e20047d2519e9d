// SPDX-License-Identifier: BSL-1.0
//
// damage.cpp: each bit of each file of small stores is flipped, and each file is cut at each length. Then all that a
// store shows must be as before; or an error must name the place; or a cut of the log's end must be reported.
#include "furnished.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <stdexcept>
#include <string>
#include <vector>

namespace torture {
namespace {

/// A store and what it shows while it is sound.
struct damaged_base {
  explicit damaged_base(ending how) : files{how}, sound{look_at(files.copy())} {
    if (sound.events.size() != 20 || sound.consumers.find("parked 3") == std::string::npos || sound.states.empty() ||
        sound.named || files.cache().empty())
      throw std::runtime_error{"the undamaged store isn't as it should be"};
  }
  furnished_store files;
  shown_parts sound;
};

/// `cases_of` gives the number of cases for a size, `apply` makes one of the bytes.
template <class Cases, class Apply>
int run_on_each_file(const std::string& part, const options& given, Cases cases_of, Apply apply) {
  report to{part, given};
  const std::array bases{damaged_base{ending::closed}, damaged_base{ending::unfinished}};
  struct damaged_file {
    const damaged_base* of;
    std::string name;
    std::uint64_t cases;
  };
  std::vector<damaged_file> files;
  std::uint64_t all = 0;
  for (const damaged_base& base : bases)
    for (const std::string& name : base.files.names()) {
      files.push_back({&base, name, cases_of(base.files.content(name).size())});
      all += files.back().cases;
    }
  std::uint64_t done = 0;
  for (const std::uint64_t number : sampled_numbers(all, given)) {
    if (to.is_over(std::to_string(done) + " of " + std::to_string(all))) break;
    std::uint64_t rest = number;
    std::size_t which = 0;
    while (rest >= files[which].cases) rest -= files[which++].cases;
    const damaged_base& base = *files[which].of;
    furnished_store damaged = base.files.copy();
    quipu::bytes content = damaged.content(files[which].name);
    apply(content, rest);
    damaged.put(files[which].name, content);
    std::string problem;
    try {
      problem = problem_of(look_at(damaged), base.sound, to);
    } catch (const std::exception& failure) {
      problem = failure.what();
    }
    if (!problem.empty()) to.problem(problem + " (" + files[which].name + ")", "--only " + std::to_string(number));
    ++done;
  }
  return to.conclude(std::to_string(done) + " of " + std::to_string(all) + " cases in " + std::to_string(files.size()) +
                     " files");
}

}  // namespace

int run_bits(const options& given) {
  return run_on_each_file(
      "bits", given, [](std::size_t size) { return std::uint64_t{size} * 8; },
      [](quipu::bytes& content, std::uint64_t bit) {
        content[static_cast<std::size_t>(bit / 8)] ^= std::byte{1} << static_cast<int>(bit % 8);
      });
}

int run_truncate(const options& given) {
  return run_on_each_file(
      "truncate", given, [](std::size_t size) { return std::uint64_t{size}; },
      [](quipu::bytes& content, std::uint64_t size) { content.resize(static_cast<std::size_t>(size)); });
}

}  // namespace torture
