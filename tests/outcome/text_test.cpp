// SPDX-License-Identifier: BSL-1.0
#ifdef QUIPU_TEST_SINGLE_HEADER
#include <quipu.hpp>
#else
#include <quipu/outcome/text.hpp>
#endif

#include <catch2/catch.hpp>

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <utility>

using quipu::text;

namespace {

constexpr text at_namespace_scope{"made while compiling"};

constexpr bool survives_copies_and_moves() {
  text first{"short"};
  text second = first;
  text third = std::move(first);
  second = third;
  third = text{"another"};
  return first.empty() && second == "short" && third == "another" && second > third;
}
static_assert(survives_copies_and_moves());
static_assert(text::decimal(-120) == "-120" && text::decimal(0U) == "0");
static_assert(text{}.empty() && text{} == "" && text{}.view().size() == 0);
static_assert(std::is_nothrow_move_constructible_v<text> && std::is_nothrow_move_assignable_v<text>);
static_assert(!std::is_constructible_v<text, int>);

}  // namespace

TEST_CASE("a text owns its characters at run time", "[outcome]") {
  std::string source = "first";
  const text kept{source};
  const text kept_view{std::string_view{source}};
  const text kept_pointer{source.c_str()};
  source.assign("other");
  CHECK(kept == "first");
  CHECK(kept_view == "first");
  CHECK(kept_pointer == "first");
}

TEST_CASE("a copy of a text is independent of it", "[outcome]") {
  text first{std::string{"a message long enough to be on the heap whatever the library"}};
  const text copy = first;
  CHECK(copy.view().data() != first.view().data());
  first = text{"x"};
  CHECK(copy.size() == 60);
  const text* const same = &first;
  first = *same;
  CHECK(first == "x");
}

TEST_CASE("a moved-from text is empty and can be used again", "[outcome]") {
  text first{std::string{"moved"}};
  const text second = std::move(first);
  CHECK(first.empty());
  CHECK(second == "moved");
  first = second;
  CHECK(first == "moved");
}

TEST_CASE("a text made while compiling can be copied at run time", "[outcome]") {
  const text copy = at_namespace_scope;
  CHECK(copy == at_namespace_scope);
  CHECK(copy.view().data() != at_namespace_scope.view().data());
  CHECK(copy.str() == "made while compiling");
}

TEST_CASE("a text keeps NULs and orders as its characters do", "[outcome]") {
  const text with_nul{std::string_view{"a\0b", 3}};
  CHECK(with_nul.size() == 3);
  CHECK(with_nul == std::string_view{"a\0b", 3});
  CHECK(text{"a"} < text{"b"});
  CHECK(text{"a"} < text{"aa"});
  CHECK(text{"a"} != text{"A"});
}

TEST_CASE("the extreme integers are written in full", "[outcome]") {
  CHECK(text::decimal(std::numeric_limits<std::int64_t>::min()) == "-9223372036854775808");
  CHECK(text::decimal(std::numeric_limits<std::uint64_t>::max()) == "18446744073709551615");
  CHECK(text::decimal(std::numeric_limits<std::int8_t>::min()) == "-128");
}
