// SPDX-License-Identifier: BSL-1.0
//
// fuzz.cpp: gives each target bytes that a simple mutator makes of sound ones, in a process of its own, so that a crash
// is a finding too. tools/torture prefers libFuzzer, which knows what it has covered; this works with every compiler.
#include "fuzz_targets.hpp"
#include "part.hpp"
#include "scratch_folder.hpp"
#include "shared_page.hpp"

#include "../journal/simulated_machine.hpp"

#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

namespace torture {
namespace {

using quipu::bytes;
using simulation::seeded;

constexpr std::size_t most_input_bytes = 1 << 14;

/// What the process that runs a target shares with the one that waits for it.
struct run_record {
  std::atomic<std::uint64_t> executions;
  std::size_t input_size;
  std::array<std::byte, most_input_bytes> input;
};

class mutator {
 public:
  explicit mutator(std::uint64_t seed) noexcept : random_{seed} {}

  bytes next(const std::vector<bytes>& from) {
    bytes made = from[random_.below(from.size())];
    for (std::size_t steps = 1 + random_.below(6); steps != 0; --steps) change(made, from);
    made.resize(std::min(made.size(), most_input_bytes));
    return made;
  }

 private:
  void change(bytes& in, const std::vector<bytes>& all) {
    constexpr std::uint64_t interesting[]{0,    1,      2,      7,          8,          0x7F,           0x80,
                                          0xFF, 0x7FFF, 0xFFFF, 0x7FFFFFFF, 0xFFFFFFFF, UINT64_MAX / 2, UINT64_MAX};
    if (in.empty()) in.push_back(std::byte{0});
    const std::size_t at = random_.below(in.size());
    const auto place = in.begin() + static_cast<std::ptrdiff_t>(at);
    const std::size_t count = std::min(in.size() - at, std::size_t{1} << random_.below(4));
    switch (random_.below(7)) {
      case 0:
        in[at] ^= std::byte{1} << static_cast<int>(random_.below(8));
        return;
      case 1:
        in[at] = static_cast<std::byte>(random_.next());
        return;
      case 2: {
        const std::uint64_t value = interesting[random_.below(std::size(interesting))];
        for (std::size_t byte = 0; byte < count; ++byte) in[at + byte] = static_cast<std::byte>(value >> (8 * byte));
        return;
      }
      case 3:
        in.erase(place, place + static_cast<std::ptrdiff_t>(count));
        return;
      case 4:
        in.insert(place, count, in[at]);
        return;
      case 5: {
        const bytes& other = all[random_.below(all.size())];
        const std::size_t begin = random_.below(other.size() + 1);
        in.resize(at);
        in.insert(in.end(), other.begin() + static_cast<std::ptrdiff_t>(begin), other.end());
        return;
      }
      default:
        in.resize(at);
        return;
    }
  }

  seeded random_;
};

/// The sound inputs, and those of the corpus, which once covered something that was new.
std::vector<bytes> inputs_of(const fuzz_target& which) {
  std::vector<bytes> all = which.seeds();
  const std::filesystem::path folder = std::filesystem::path{QUIPU_FUZZ_CORPUS} / which.name;
  if (!std::filesystem::is_directory(folder)) return all;
  for (const auto& each : std::filesystem::directory_iterator{folder}) {
    std::ifstream in{each.path(), std::ios::binary};
    const std::string text{std::istreambuf_iterator<char>{in}, {}};
    all.push_back(quipu::bytes_view{text}.copy());
  }
  return all;
}

void run_until(const fuzz_target& which, std::chrono::steady_clock::time_point end, std::uint64_t seed,
               run_record& record) {
  const std::vector<bytes> seeds = inputs_of(which);
  mutator mutates{seed};
  const auto run = [&](const bytes& input) {
    record.input_size = std::min(input.size(), most_input_bytes);
    std::copy_n(input.begin(), record.input_size, record.input.begin());
    run_target(which, input);
    ++record.executions;
  };
  for (const bytes& each : seeds) run(each);
  while (std::chrono::steady_clock::now() < end)
    for (int turn = 0; turn < 16; ++turn) run(mutates.next(seeds));
}

std::string hex_of(const run_record& record) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  for (std::size_t at = 0; at < record.input_size; ++at) {
    text += digits[static_cast<std::size_t>(record.input[at] >> 4)];
    text += digits[static_cast<std::size_t>(record.input[at] & std::byte{15})];
  }
  return text;
}

/// Empty, or how the process that ran the target ended. Its files are in a folder that is removed however it ends.
std::string run_in_a_process(const fuzz_target& which, std::chrono::milliseconds time, std::uint64_t seed,
                             run_record& record) {
  const scratch_folder files{"fuzz"};
  std::cout.flush();
  const pid_t child = ::fork();
  if (child < 0) throw std::system_error{errno, std::generic_category(), "fork"};
  if (child == 0) {
    ::setenv("TMPDIR", files.path().c_str(), 1);
    try {
      run_until(which, std::chrono::steady_clock::now() + time, seed, record);
      ::_exit(0);
    } catch (const std::exception& failure) {
      std::cout << "fuzz: " << failure.what() << std::endl;
      ::_exit(1);
    }
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  if (status == 0) return {};
  return "the target " + std::string{which.name} +
         (WIFSIGNALED(status) ? " died of signal " + std::to_string(WTERMSIG(status)) : " failed") +
         " with the input " + hex_of(record);
}

}  // namespace

int run_fuzz(const options& given) {
  report to{"fuzz", given};
  std::vector<fuzz_target> chosen;
  for (const fuzz_target& each : fuzz_targets())
    if (given.only.empty() || given.only == each.name) chosen.push_back(each);
  if (chosen.empty()) throw std::invalid_argument{"there is no target " + given.only};
  const std::uint64_t seconds = given.seconds == 0 ? 10 * chosen.size() : given.seconds;
  const std::chrono::milliseconds time{1000 * seconds / chosen.size()};
  for (const fuzz_target& each : chosen) {
    const shared_page<run_record> record;
    const std::string problem = run_in_a_process(each, time, given.seed, record.value());
    if (!problem.empty())
      to.problem(problem, "--seed " + std::to_string(given.seed) + " --only " + std::string{each.name});
    to.add(each.name, record.value().executions);
    static_cast<void>(to.is_over());
  }
  return to.conclude("executions of each target");
}

}  // namespace torture
