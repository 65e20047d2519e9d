// SPDX-License-Identifier: BSL-1.0
//
// scheduler.hpp: runs the threads of a scenario one at a time, in an order that a seed decides. The program defines
// the functions of pthreads that lock, wait and begin threads, and those that tell the time and sleep, so that the code
// under test is as it is elsewhere. A switch is possible at each of these calls; between them a thread is alone. Atomic
// operations are no calls, and no place of a switch.
//
// Half of the orders are those of Burckhardt, Kothari, Musuvathi and Nagarakatte, "A Randomized Scheduler with
// Probabilistic Guarantees of Finding Bugs" (ASPLOS 2010): threads have random priorities, which change at a few random
// points. In the others, each decision is random.
//
// Time stands still but for a microsecond at each decision. When all threads wait, it jumps to the first end of a wait.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

namespace schedules {

struct result {
  std::string problem{};                     ///< empty if the scenario's threads ended
  std::uint64_t decisions{};                 ///< places where a switch was possible
  std::uint64_t order{0xCBF29CE484222325U};  ///< a digest of what was decided (FNV-1a)
};

/// Runs `body` as a thread, with those that it begins, until all have ended. A thread that waits for ever, or for
/// longer than a minute in the time of the schedule, is a problem; then the threads are left where they are.
[[nodiscard]] result run(std::uint64_t seed, const std::function<void()>& body);

/// While one lives, its thread goes on unless it has to wait.
class alone {
 public:
  alone();
  ~alone();
  alone(const alone&) = delete;
  alone& operator=(const alone&) = delete;
};

}  // namespace schedules
