// SPDX-License-Identifier: BSL-1.0
//
// Whether the checker of laws can find a law broken.
#include "property.hpp"

#include <catch2/catch.hpp>

#include <vector>

TEST_CASE("a property that holds is tried as often as asked", "[laws]") {
  int tried = 0;
  const auto verdict = laws::for_all(1, 50, [&](laws::choices&) { return ++tried > 0; });
  CHECK(verdict.holds);
  CHECK(tried == 50);
}

TEST_CASE("a property that fails is found and shrunk to the smallest failure", "[laws]") {
  const auto list_of = [](laws::choices& from) {
    std::vector<std::uint64_t> list(from.below(20));
    for (auto& element : list) element = from.below(1000);
    return list;
  };
  // False for lists that hold anything from 500 on.
  const auto verdict = laws::for_all(7, 200, [&](laws::choices& from) {
    for (const auto element : list_of(from))
      if (element >= 500) return false;
    return true;
  });
  REQUIRE_FALSE(verdict.holds);
  CHECK(verdict.smallest == std::vector<std::uint64_t>{1, 500});
}

TEST_CASE("the same seed makes the same choices, and a record repeats them", "[laws]") {
  laws::choices first{42};
  laws::choices second{42};
  laws::choices other{43};
  bool differs = false;
  for (int index = 0; index < 20; ++index) {
    const auto chosen = first.below(1000);
    CHECK(second.below(1000) == chosen);
    differs = differs || other.below(1000) != chosen;
  }
  CHECK(differs);
  laws::choices repeated{first.record()};
  laws::choices again{42};
  for (int index = 0; index < 20; ++index) CHECK(repeated.below(1000) == again.below(1000));
  CHECK(repeated.below(1000) == 0);
}
