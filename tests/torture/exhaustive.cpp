// SPDX-License-Identifier: BSL-1.0
//
// exhaustive.cpp: all short workloads, a crash at every change that each makes to the disk, and every state that a
// power cut may leave there.
//
// A crash before the last operation of a workload is the crash of a shorter workload, so only those during the last
// operation and after it are tried. Where a power cut has more states than the limit, so many are drawn by seed.
#include "part.hpp"
#include "workload.hpp"

#include <cstdint>
#include <exception>
#include <stdexcept>
#include <string>
#include <vector>

namespace torture {
namespace {

/// All workloads of so many operations that make sense: on a closed store, only opening does.
void add_workloads(std::vector<workload>& all, workload& begun, std::uint64_t more) {
  if (more == 0) return all.push_back(begun);
  for (std::size_t next = 0; next < operation_names.size(); ++next) {
    const auto what = static_cast<operation>(next);
    if (!begun.empty() && begun.back() == operation::close && what != operation::reopen) continue;
    begun.push_back(what);
    add_workloads(all, begun, more - 1);
    begun.pop_back();
  }
}
std::vector<workload> workloads_up_to(std::uint64_t operations) {
  std::vector<workload> all;
  workload begun;
  for (std::uint64_t count = 0; count <= operations; ++count) add_workloads(all, begun, count);
  return all;
}

/// Runs a workload until the machine stops, if it does.
void run_to_the_stop(life& of, const disk& machine, const workload& work) {
  try {
    of.open();
    for (const operation each : work) of.run(each);
  } catch (const std::exception& failure) {
    if (!machine.is_off()) throw std::runtime_error{std::string{"with the power on: "} + failure.what()};
  }
}

/// The changes of a workload: before its last operation, and all.
struct extent {
  std::uint64_t before{};
  std::uint64_t all{};
};
extent changes_of(const workload& work, std::uint64_t seed) {
  const disk machine{seed};
  life sound{machine};
  extent found;
  if (!work.empty()) sound.open();
  for (const operation each : work) {
    found.before = machine.changes();
    sound.run(each);
  }
  if (work.empty()) sound.open();
  found.all = machine.changes();
  return found;
}

class crash_point {
 public:
  crash_point(const workload& work, std::uint64_t at, const options& given, report& to)
      : work_{work}, given_{given}, report_{to}, random_{given.seed + at}, machine_{given.seed}, life_{machine_} {
    machine_.plan({.at = at, .effect = dies});
    run_to_the_stop(life_, machine_, work);
  }

  void check_states() {
    report_.add("crash points");
    check(machine_.after_death(), "kills");
    check_power_cut_after_kill();
    const std::uint64_t states = machine_.power_cut_states();
    if (states <= given_.states) {
      for (std::uint64_t state = 0; state < states; ++state) check(machine_.after_power_cut(state), "power cuts");
      report_.add("points with all states");
    } else {
      for (std::uint64_t count = 0; count < given_.states; ++count)
        check(machine_.after_power_cut(random_), "power cuts");
      report_.add("points with a sample");
    }
  }

  /// Stops the recovery at each change that it makes, and the recovery from that.
  void check_recoveries() {
    const disk found = machine_.after_power_cut(random_);
    for (std::uint64_t first = 0;; ++first) {
      const disk second = found.after_death();
      if (!stop_recovery(second, first)) return;
      const disk left = second.after_power_cut(random_);
      for (std::uint64_t at = 0;; ++at) {
        const disk third = left.after_death();
        if (!stop_recovery(third, at)) break;
        check(third.after_power_cut(random_), "recoveries cut twice");
      }
    }
  }

 private:
  static bool stop_recovery(const disk& of, std::uint64_t at) {
    of.plan({.at = at, .effect = dies});
    try {
      store opened{settings_in(of, small_store())};
    } catch (const std::exception&) {
      if (!of.is_off()) throw;
    }
    return of.is_off();
  }
  void check(const disk& found, std::string_view how) {
    report_.add(how);
    const std::string history = found.history();
    tell_of(life_.problem_of(found), history);
  }
  /// The next start after a kill finds what isn't flushed, and appends to it; then the power is cut. What it appended
  /// is durable, and so is all before that.
  void check_power_cut_after_kill() {
    report_.add("power cuts after a kill and an append");
    const disk found = machine_.after_death();
    writer next{found};
    next.given = life_.given();
    next.next_number = 1000;
    try {
      next.open();
      next.append("alice", 40, durability::durable);
    } catch (const std::exception& failure) {
      return tell_of(std::string{"the next start fails: "} + failure.what(), found.history());
    }
    const disk left = found.after_power_cut(random_);
    const std::string history = left.history();
    tell_of(recovery_problem(left, next.given), history);
  }
  void tell_of(const std::string& problem, const std::string& history) {
    if (!problem.empty())
      report_.problem(problem + "\n  " + history,
                      "--seed " + std::to_string(given_.seed) + " --only " + text_of(work_));
  }

  const workload& work_;
  const options& given_;
  report& report_;
  seeded random_;
  disk machine_;
  life life_;
};

void check_workload(const workload& work, const options& given, report& to, const std::string& progress) {
  try {
    const extent changes = changes_of(work, given.seed);
    for (std::uint64_t at = changes.before; at <= changes.all; ++at) {
      crash_point point{work, at, given, to};
      point.check_states();
      // Of longer workloads a part of the crashes: most of their recoveries are those of the shorter ones.
      const std::uint64_t one_in = work.size() < 2 ? 1 : work.size() == 2 ? 8 : 64;
      if ((at + given.seed) % one_in == 0) point.check_recoveries();
      if (to.is_over(progress)) return;
    }
  } catch (const std::exception& failure) {
    to.problem(failure.what(), "--seed " + std::to_string(given.seed) + " --only " + text_of(work));
  }
}

}  // namespace

int run_exhaustive(const options& given) {
  report to{"exhaustive", given};
  std::vector<workload> all = workloads_up_to(given.operations);
  if (!given.only.empty()) {
    std::erase_if(all, [&](const workload& each) { return text_of(each) != given.only; });
    if (all.empty()) throw std::invalid_argument{"there is no workload " + given.only};
  }
  std::size_t done = 0;
  for (const workload& each : all) {
    const std::string progress = "workload " + std::to_string(done + 1) + " of " + std::to_string(all.size());
    check_workload(each, given, to, progress);
    if (to.is_over(progress)) break;
    ++done;
  }
  return to.conclude(std::to_string(done) + " of " + std::to_string(all.size()) + " workloads of up to " +
                     std::to_string(given.operations) + " operations");
}

}  // namespace torture
