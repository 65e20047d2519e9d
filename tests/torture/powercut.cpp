// SPDX-License-Identifier: BSL-1.0
//
// powercut.cpp: a program that writes to a real ext4 or xfs is killed at random moments, and the file system is cut off
// from its device, as by a power cut. What was acknowledged as durable must be there. Some of the stores are then found
// on a file system that is mounted read-only.
#include "mount.hpp"
#include "part.hpp"
#include "program.hpp"

#include <unistd.h>

#include <array>
#include <chrono>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

namespace torture {
namespace {

constexpr std::size_t cuts_of_a_store = 20;

/// One file system, on which one store after another is cut off.
class cut_off_disk {
 public:
  cut_off_disk(std::string type, std::uint64_t seed, report& to)
      : report_{to}, random_{seed}, cuts_{"power cuts of " + type}, mount_{std::move(type), folder_.path()} {}

  /// A program's life, a power cut, and the check. Empty, or what is wrong.
  std::string next_problem() {
    if (lives_++ % cuts_of_a_store == 0) begin_store();
    const std::uint64_t seed = random_.next();
    {
      speaking_process child{[&](const mouth& speaks) {
        program writes{settings_, speaks, known_, 1000 * lives_};
        work_endlessly(writes, seed);
      }};
      child.listen(known_, std::chrono::microseconds{100 + random_.below(std::size_t{100} << random_.below(10))});
      if (child.kill(known_) != -SIGKILL) return "the writer ended by itself: " + known_.problem();
    }
    mount_.cut_power(random_.below(4) == 0);
    report_.add(cuts_);
    if (!std::filesystem::exists(settings_.directory / "quipu.store"))
      return known_.acknowledged_commits() == 0 ? "" : "the store is gone";
    if (random_.below(4) == 0) {
      if (const std::string problem = read_only_problem(); !problem.empty()) return "read-only: " + problem;
    }
    return known_.problem_after_opening(settings_);
  }

 private:
  /// Under a name that no store had: the removal of the last one may not be on the disk.
  void begin_store() {
    std::filesystem::remove_all(settings_.directory.parent_path());
    settings_ = real_store(mount_.path() / std::to_string(lives_));
    settings_.writer.preallocate_bytes = random_.below(3) * 700;
    known_ = {};
  }

  std::string read_only_problem() {
    mount_.remount(true);
    report_.add("read-only mounts");
    std::string problem = known_.problem_for_a_reader(settings_);
    try {
      const store opened{settings_};
      if (problem.empty()) problem = "a writer opened the store";
    } catch (const quipu::error& failure) {
      if (failure.path().empty() && problem.empty()) problem = std::string{"no place: "} + failure.what();
    }
    mount_.remount(false);
    return problem;
  }

  report& report_;
  seeded random_;
  std::string cuts_;
  scratch_folder folder_{"powercut"};
  small_mount mount_;
  quipu::config settings_{real_store(mount_.path() / "none")};
  oracle known_{};
  std::uint64_t lives_{};
};

}  // namespace

int run_powercut(const options& given) {
  report to{"powercut", given};
  std::vector<std::unique_ptr<cut_off_disk>> disks;
  std::string missing;
  for (const char* type : {"ext4", "xfs"}) {
    try {
      disks.push_back(std::make_unique<cut_off_disk>(type, given.seed, to));
    } catch (const std::exception& failure) {
      missing += (missing.empty() ? "" : "; ") + std::string{"no "} + type + ": " + failure.what();
    }
  }
  if (disks.empty()) return to.skip(missing);
  for (std::size_t turn = 0; !to.is_over(missing); ++turn)
    if (const std::string problem = disks[turn % disks.size()]->next_problem(); !problem.empty())
      to.problem(problem, "--seed " + std::to_string(given.seed));
  return to.conclude(missing);
}

}  // namespace torture
