// SPDX-License-Identifier: BSL-1.0
//
// soak.cpp: a store under a steady load for a long time, compacted again and again. Consumers of every kind are
// compared with what was appended. What the process holds of memory, of the system and of the disk is written to
// soak.csv, in the current folder; soak_samples.py says whether it grows.
#include "oracle.hpp"
#include "part.hpp"
#include "soak_load.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <fstream>
#include <string>
#include <string_view>
#include <thread>

namespace torture {
namespace {

constexpr std::size_t samples_between_compactions = 3;

/// A line of a file for each sample.
class samples {
 public:
  samples() : file_{"soak.csv"} {
    file_ << "seconds,events,events_per_second";
    for (const char* process : {"", "reader_"})
      for (const std::string_view each : resource_names) file_ << ',' << process << each;
    file_ << ",files,bytes,bytes_of_dropped,dropped" << std::endl;
  }

  void add(const soak_load& load, const reader_page& reader, const folder_size& folder) {
    const double seconds = std::chrono::duration<double>(clock::now() - began_).count();
    const std::uint64_t events = load.appended();
    file_ << seconds << ',' << events << ',' << static_cast<double>(events - events_) / (seconds - seconds_);
    for (const std::uint64_t each : current_resources()) file_ << ',' << each;
    for (const auto& each : reader.held) file_ << ',' << each.load();
    file_ << ',' << folder.files << ',' << folder.bytes << ',' << load.bytes_of_dropped() << ',' << load.dropped()
          << std::endl;
    events_ = events;
    seconds_ = seconds;
  }

 private:
  using clock = std::chrono::steady_clock;

  std::ofstream file_;
  clock::time_point began_{clock::now()};
  double seconds_{};
  std::uint64_t events_{};
};

std::string problem_of(speaking_process& reader) {
  oracle heard;
  if (!reader.listen(heard, std::chrono::microseconds{1})) return {};
  return heard.problem().empty() ? "the reader of another process died" : heard.problem();
}

}  // namespace

int run_soak(const options& given) {
  report to{"soak", given};
  const scratch_folder folder{"soak"};
  const shared_page<reader_page> page;
  speaking_process reader{[&](const mouth&) { follow_store(soak_load::settings_in(folder.path()), page); }};
  soak_load load{folder.path(), given.seed};
  samples taken;
  std::string problem;
  const auto pause = std::clamp<std::chrono::milliseconds>(std::chrono::milliseconds{1000 * given.seconds / 12},
                                                           std::chrono::milliseconds{100}, std::chrono::seconds{5});
  const std::uint64_t kept_events = std::min<std::uint64_t>(60'000, 500 * given.seconds);
  for (std::size_t turn = 1; problem.empty() && !to.is_over(std::to_string(load.appended()) + " events"); ++turn) {
    std::this_thread::sleep_for(pause);
    taken.add(load, page.value(), size_of_folder(folder.path()));
    problem = problem_of(reader);
    if (problem.empty()) problem = load.problem_in_pause(page);
    to.add("comparisons");
    if (!problem.empty() || turn % samples_between_compactions != 0) continue;
    load.compact(kept_events);
    to.add("compactions");
  }
  if (problem.empty())
    load.verify();
  else
    to.problem(problem, "--seed " + std::to_string(given.seed));
  return to.conclude(std::to_string(load.appended()) + " events, " + std::to_string(load.dropped()) + " dropped");
}

}  // namespace torture
