// SPDX-License-Identifier: BSL-1.0
//
// simulated_cluster.cpp: runs schedules of a simulated cluster, and prints what they did.
//
//   simulated_cluster [--schedules N] [--seconds S] [--seed FIRST]
//
// Ends with exit code 1 at the first broken promise, and names its seed: `--seed N --schedules 1` runs it again.
#include "simulated_cluster_run.hpp"

#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <limits>
#include <string_view>

namespace {

void print(const replication_tests::cluster_counts& counts) {
  std::cout << counts.schedules << " schedules: " << counts.records << " records sent, " << counts.acknowledged
            << " appends acknowledged, " << counts.refused << " refused, " << counts.unknown << " unknown; "
            << counts.crashes << " crashes, " << counts.applied_unread << " records applied before they were read, "
            << counts.repeated << " repeats left out, " << counts.expired << " records expired, " << counts.noticed
            << " of " << counts.planted << " planted faults noticed" << std::endl;
}

}  // namespace

int main(int argc, char** argv) {
  using clock = std::chrono::steady_clock;
  std::uint64_t schedules = std::numeric_limits<std::uint64_t>::max();
  std::uint64_t seed = 1;
  std::chrono::seconds seconds{1'000'000'000};
  for (int index = 1; index + 1 < argc; index += 2) {
    const std::string_view option = argv[index];
    const std::uint64_t value = std::strtoull(argv[index + 1], nullptr, 10);
    if (option == "--schedules")
      schedules = value;
    else if (option == "--seconds")
      seconds = std::chrono::seconds{value};
    else if (option == "--seed")
      seed = value;
    else
      return std::cerr << "unknown option " << option << '\n', 2;
  }
  if (argc < 2 || argc % 2 == 0) {
    std::cerr << "simulated_cluster [--schedules N] [--seconds S] [--seed FIRST]\n";
    return 2;
  }
  replication_tests::cluster_counts counts;
  const auto end = clock::now() + seconds;
  try {
    for (; counts.schedules < schedules && clock::now() < end; ++seed) {
      replication_tests::run_schedule(seed, counts);
      if (counts.schedules % 5'000 == 0) print(counts);
    }
  } catch (const replication_tests::broken_promise& broken) {
    print(counts);
    std::cout << broken.what() << '\n';
    return 1;
  }
  print(counts);
  return 0;
}
