// SPDX-License-Identifier: BSL-1.0
//
// fingerprint_test.cpp: literal fingerprints, the same on every compiler, standard library and platform, and what they
// tell apart.
#include "codec_samples.hpp"

#include <catch2/catch.hpp>

#include <set>

using namespace codec_samples;
using quipu::fingerprint;

namespace {

struct spot_of_float {
  float x;
};
struct spot_by_another_name {
  double y;
};
struct two_spots {
  double x;
  double y;
};
struct two_spots_turned {
  double y;
  double x;
};
struct same_as_spot {
  double x;
};
struct holds_spot {
  spot at;
};
struct holds_other {
  spot_of_float at;
};

}  // namespace

// Another value here means that every store out there reads as another shape: never change these.
static_assert(fingerprint<std::int64_t>() == 0x2AD42C293A6ECF93U);
static_assert(fingerprint<order>() == 0x05B8A038638BCFC5U);
static_assert(fingerprint<scalars>() == 0xCAA9D8C72B24D2D8U);
static_assert(fingerprint<containers>() == 0x754775034A40596DU);
static_assert(fingerprint<times>() == 0x9D70F0C2FA3105FBU);
static_assert(fingerprint<node>() == 0xE5CD252FE4D838A9U);

TEST_CASE("a fingerprint is the hash of the text", "[fingerprint]") {
  CHECK(fingerprint<order>() == quipu::fingerprint_of_text(quipu::schema_text<order>()));
  CHECK(fingerprint<order>() == quipu::detail::type_fingerprint<order>());
  CHECK(quipu::fingerprint_of_text("{x:f64}") == fingerprint<spot>());
}

TEST_CASE("a fingerprint tells shapes apart and nothing else", "[fingerprint]") {
  const std::set<std::uint64_t> distinct{fingerprint<spot>(),
                                         fingerprint<spot_of_float>(),
                                         fingerprint<spot_by_another_name>(),
                                         fingerprint<two_spots>(),
                                         fingerprint<two_spots_turned>(),
                                         fingerprint<holds_spot>(),
                                         fingerprint<holds_other>(),
                                         fingerprint<std::set<int>>(),
                                         fingerprint<std::multiset<int>>(),
                                         fingerprint<std::vector<int>>()};
  CHECK(distinct.size() == 10);
  CHECK(fingerprint<same_as_spot>() == fingerprint<spot>());
  CHECK(fingerprint<long long>() == fingerprint<std::int64_t>());
}
