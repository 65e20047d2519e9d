// SPDX-License-Identifier: BSL-1.0
//
// simulated_cluster_test.cpp: some schedules of the simulated cluster; the program simulated_cluster runs many.
#include "simulated_cluster_run.hpp"

#include <catch2/catch.hpp>

#include <cstdint>

using replication_tests::cluster_counts;

TEST_CASE("a simulated cluster keeps its promises", "[replication]") {
  cluster_counts counts;
  for (std::uint64_t seed = 1; seed <= 300; ++seed) REQUIRE_NOTHROW(replication_tests::run_schedule(seed, counts));
  // Everything happened that the schedules are there for.
  CHECK(counts.acknowledged > 0);
  CHECK(counts.refused > 0);
  CHECK(counts.unknown > 0);
  CHECK(counts.crashes > 0);
  CHECK(counts.repeated > 0);
  CHECK(counts.applied_unread > 0);
  CHECK(counts.expired > 0);
  CHECK(counts.planted > 0);
  CHECK(counts.noticed == counts.planted);
}
