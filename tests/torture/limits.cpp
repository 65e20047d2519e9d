// SPDX-License-Identifier: BSL-1.0
//
// limits.cpp: a scripted program meets a limit on the size of files, at each size, and a disk with no more than so much
// room, at each number of pages. Its errors must be typed, and with room again its store must open and keep what it
// promised.
#include "mount.hpp"
#include "part.hpp"
#include "program.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <csignal>
#include <cstdint>
#include <exception>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <utility>

namespace torture {
namespace {

constexpr std::uint64_t most_file_bytes = 8192;  // larger than any file of the script
constexpr std::uint64_t page_bytes = 4096;
constexpr std::uint64_t most_pages = 24;  // more than the script's files need

/// Runs the script in `settings`, after `limit` in its process; then `lift`. Empty, or what is wrong.
template <class Limit, class Lift>
std::string problem_of_script(const quipu::config& settings, Limit limit, Lift lift) {
  oracle known;
  speaking_process child{[&](const mouth& speaks) {
    limit();
    program writes{settings, speaks, known, 1};
    work_by_script_to_an_error(writes);
  }};
  for (int tries = 60; !child.listen(known, std::chrono::seconds{1});)
    if (--tries == 0) return "the program hangs";
  const int end = child.wait();
  lift();
  if (end != 0) return "the program ends with " + std::to_string(end) + ": " + known.problem();
  return known.problem_after_opening(settings);
}

std::string problem_of_file_limit(std::uint64_t bytes) {
  const scratch_folder folder{"limits"};
  const auto limit = [bytes] {
    const rlimit most{bytes, bytes};
    ::setrlimit(RLIMIT_FSIZE, &most);
    std::signal(SIGXFSZ, SIG_IGN);
  };
  return problem_of_script(real_store(folder.path()), limit, [] {});
}

std::string problem_of_full_disk(std::uint64_t pages) {
  const scratch_folder folder{"limits"};
  const std::uint64_t all = 256;
  const small_mount disk{"tmpfs", folder.path(), all * page_bytes};
  const std::filesystem::path ballast = disk.path() / "ballast";
  std::ofstream{ballast} << std::string((all - pages) * page_bytes, 'b');
  return problem_of_script(
      real_store(disk.path()), [] {}, [&] { std::filesystem::remove(ballast); });
}

bool can_mount() {
  try {
    const scratch_folder folder{"limits"};
    const small_mount probe{"tmpfs", folder.path(), page_bytes};
    return true;
  } catch (const std::exception&) {
    return false;
  }
}

}  // namespace

int run_limits(const options& given) {
  report to{"limits", given};
  const bool has_disks = can_mount();
  const std::uint64_t all = most_file_bytes + (has_disks ? most_pages : 0);
  std::uint64_t done = 0;
  for (const std::uint64_t number : sampled_numbers(all, given)) {
    if (to.is_over(std::to_string(done) + " of " + std::to_string(all))) break;
    const bool is_disk = number >= most_file_bytes;
    const std::string problem =
        is_disk ? problem_of_full_disk(number - most_file_bytes + 1) : problem_of_file_limit(number);
    if (!problem.empty()) to.problem(problem, "--only " + std::to_string(number));
    to.add(is_disk ? "full disks" : "limits of file size");
    ++done;
  }
  return to.conclude(std::to_string(done) + " of " + std::to_string(all) + " cases" +
                     (has_disks ? "" : "; no full disks: mounting a tmpfs is not allowed"));
}

}  // namespace torture
