// SPDX-License-Identifier: BSL-1.0
#ifdef QUIPU_TEST_SINGLE_HEADER
#include <quipu.hpp>
#else
#include <quipu/coordinate/coordinate.hpp>
#endif

#include <catch2/catch.hpp>

#include <optional>
#include <sstream>
#include <string>

using quipu::coordinate;
using quipu::errc;

namespace {

std::optional<quipu::error> refusal_of(const std::string& entity, const std::string& scope) {
  try {
    static_cast<void>(coordinate{entity, scope});
  } catch (const quipu::error& refused) {
    return refused;
  }
  return std::nullopt;
}

}  // namespace

TEST_CASE("a coordinate is an entity and a scope", "[coordinate]") {
  const coordinate where{"account:alice", "branch:zurich"};
  CHECK(where.entity() == "account:alice");
  CHECK(where.scope() == "branch:zurich");
  CHECK(where.str() == "account:alice@branch:zurich");
  std::ostringstream out;
  out << where;
  CHECK(out.str() == where.str());
}

TEST_CASE("each part of a coordinate is 1 to 1,024 bytes without a NUL", "[coordinate]") {
  const std::string longest(1024, 'x');
  const std::string too_long(1025, 'x');
  using namespace std::string_literals;
  CHECK_FALSE(refusal_of("a", "b"));
  CHECK_FALSE(refusal_of(longest, longest));
  CHECK_FALSE(refusal_of("\xFF\x01 \n@", "\x80"));  // any other byte will do, text or not
  for (const std::string& bad : {""s, too_long, "a\0b"s, "\0"s, "a\0"s}) {
    CAPTURE(bad.size());
    const auto entity = refusal_of(bad, "scope");
    REQUIRE(entity);
    CHECK(entity->code() == errc::invalid_coordinate);
    CHECK_THAT(entity->what(), Catch::Contains("the entity"));
    const auto scope = refusal_of("entity", bad);
    REQUIRE(scope);
    CHECK(scope->code() == errc::invalid_coordinate);
    CHECK_THAT(scope->what(), Catch::Contains("the scope"));
  }
  CHECK(refusal_of(too_long, "scope")->expected() == 1024U);
  CHECK(refusal_of(too_long, "scope")->actual() == 1025U);
}

TEST_CASE("coordinates are ordered by entity, then scope", "[coordinate]") {
  CHECK(coordinate{"a", "b"} == coordinate{"a", "b"});
  CHECK(coordinate{"a", "b"} != coordinate{"a", "c"});
  CHECK(coordinate{"a", "z"} < coordinate{"b", "a"});
  CHECK(coordinate{"a", "a"} < coordinate{"a", "b"});
  CHECK(coordinate{"a", "b@c"} != coordinate{"a@b", "c"});  // though they print alike
}
