// SPDX-License-Identifier: BSL-1.0
//
// soak.cpp: a store under a steady load for a long time, compacted again and again. What the process holds of memory
// and of the system must not grow, nor what lies on the disk, but for what dropped events leave there. The samples are
// in soak.csv, in the current folder.
#include "oracle.hpp"
#include "part.hpp"
#include "soak_load.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <fstream>
#include <iterator>
#include <string>
#include <thread>
#include <vector>

namespace torture {
namespace {

constexpr std::size_t samples_between_compactions = 3;
constexpr std::uint64_t least_seconds_to_judge = 120;

/// The samples of a run: a line of a file for each, and curves.
class samples {
 public:
  samples() : file_{"soak.csv"} {
    file_ << "seconds,events,events_per_second";
    for (const curve& each : curves_) file_ << ',' << each.name();
    file_ << ",bytes,bytes_of_dropped,dropped" << std::endl;
  }

  void add(const soak_load& load, const reader_page& reader, const folder_size& folder) {
    const double seconds = std::chrono::duration<double>(clock::now() - began_).count();
    const std::uint64_t events = load.appended();
    std::vector<std::uint64_t> values;
    const resources own = current_resources();
    std::copy(own.begin(), own.end(), std::back_inserter(values));
    std::copy(reader.held.begin(), reader.held.end(), std::back_inserter(values));
    values.push_back(folder.files);
    values.push_back((folder.bytes - std::min(folder.bytes, load.bytes_of_dropped())) / 1024);
    file_ << seconds << ',' << events << ',' << static_cast<double>(events - events_) / (seconds - seconds_);
    for (std::size_t each = 0; each < values.size(); ++each) {
      curves_[each].add(static_cast<double>(values[each]));
      file_ << ',' << values[each];
    }
    file_ << ',' << folder.bytes << ',' << load.bytes_of_dropped() << ',' << load.dropped() << std::endl;
    events_ = events;
    seconds_ = seconds;
  }

  /// A line for each curve; one that isn't flat is a problem.
  void judge(report& to, const options& given) const {
    for (const curve& each : curves_) {
      std::cout << "soak: " << each.text() << std::endl;
      if (!each.is_flat()) to.problem(each.text(), "--seconds " + std::to_string(given.seconds));
    }
  }

 private:
  using clock = std::chrono::steady_clock;

  std::ofstream file_;
  std::vector<curve> curves_ = [] {
    const std::vector<double> slacks{4096, 4096, 1024, 4, 16, 1};
    std::vector<curve> made;
    for (const char* process : {"", "reader_"})
      for (std::size_t each = 0; each < resource_names.size(); ++each)
        made.emplace_back(process + std::string{resource_names[each]}, slacks[each]);
    made.emplace_back("files", 8);
    made.emplace_back("kib_without_dropped", 4096);
    return made;
  }();
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
  if (given.seconds >= least_seconds_to_judge) taken.judge(to, given);
  return to.conclude(std::to_string(load.appended()) + " events, " + std::to_string(load.dropped()) + " dropped");
}

}  // namespace torture
