// SPDX-License-Identifier: BSL-1.0
#ifdef QUIPU_TEST_SINGLE_HEADER
#include <quipu.hpp>
#else
#include <quipu/guard/denial.hpp>
#endif

#include <catch2/catch.hpp>

#include <cstdint>
#include <limits>
#include <string>
#include <type_traits>

using quipu::denial;

namespace {

constexpr bool made_while_compiling() {
  const denial plain{"limit", "over the limit"};
  return plain.gate() == "limit" && plain.message() == "over the limit" && plain.code().empty() &&
         plain.context().empty() && plain.with_code("L1").code() == "L1" && plain.code().empty();
}
static_assert(made_while_compiling());

template <class Value>
constexpr bool takes_as_value = requires(const denial& d, Value value) {
  d.with_context("name", value);
};
static_assert(takes_as_value<int> && takes_as_value<std::uint64_t> && takes_as_value<std::int8_t> &&
              takes_as_value<std::string>);
static_assert(!takes_as_value<char> && !takes_as_value<bool>,
              "a character or truth value would be written as a number");

}  // namespace

TEST_CASE("a denial grows by copies, or in place where nobody else has it", "[guard][denial]") {
  const denial plain{"limit", "over the limit"};
  const denial full =
      plain.with_code("L1").with_context("wanted", 50).with_context("by", "alice").with_context("wanted", "again");
  CHECK(plain.context().empty());
  CHECK(plain.code().empty());
  CHECK(full.gate() == "limit");
  CHECK(full.code() == "L1");
  REQUIRE(full.context().size() == 3);
  CHECK(full.context()[1].name == "by");
  CHECK(full.context("wanted") == "50");
  CHECK(full.context("by") == "alice");
  CHECK_FALSE(full.context("absent"));
  CHECK(denial{"g", "m"}.with_code("a").with_code("b").code() == "b");
  CHECK(denial{"g", "m"}.with_context("least", std::numeric_limits<std::int64_t>::min()).context("least") ==
        "-9223372036854775808");
  CHECK(denial{"g", "m"}.with_context("most", std::numeric_limits<std::uint64_t>::max()).context("most") ==
        "18446744073709551615");
}

TEST_CASE("a denial in words", "[guard][denial]") {
  CHECK(denial{"limit", "over the limit"}.str() == "limit: over the limit");
  CHECK(denial{"limit", "over"}.with_context("a", 1).with_code("L1").with_context("b", "x").str() ==
        "limit: over (L1) [a=1] [b=x]");
}

TEST_CASE("a denial as an outcome's error is a policy rejection", "[guard][denial]") {
  const quipu::outcome_error error = denial{"limit", "over"}.with_code("L1").to_outcome_error();
  CHECK(error.kind == quipu::error_kind::policy_rejection);
  CHECK(error.message == "limit: over (L1)");
}

TEST_CASE("denials are equal where all they say is", "[guard][denial]") {
  const denial one = denial{"g", "m"}.with_code("c").with_context("a", 1);
  CHECK(one == denial{"g", "m"}.with_code("c").with_context("a", "1"));
  CHECK(one != denial{"h", "m"}.with_code("c").with_context("a", 1));
  CHECK(one != denial{"g", "n"}.with_code("c").with_context("a", 1));
  CHECK(one != denial{"g", "m"}.with_context("a", 1));
  CHECK(one != denial{"g", "m"}.with_code("c").with_context("a", 2));
  CHECK(one != denial{"g", "m"}.with_code("c").with_context("b", 1));
  CHECK(one != one.with_context("a", 1));
}
