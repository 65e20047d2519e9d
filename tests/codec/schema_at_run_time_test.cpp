// SPDX-License-Identifier: BSL-1.0
//
// schema_at_run_time_test.cpp: the functions that the compiler evaluates for each event type give the same when a
// program calls them, where sanitizers watch, and readers of a compiler's descriptions read what GCC and clang print.
#include "codec_samples.hpp"

#ifndef QUIPU_TEST_SINGLE_HEADER
#include <quipu/codec/reflect.hpp>
#include <quipu/codec/schema_text.hpp>
#endif

#include <catch2/catch.hpp>

#include <numeric>
#include <string>
#include <string_view>
#include <vector>

using namespace codec_samples;
using quipu::detail::reads_schema;
using quipu::detail::schema_writer;

namespace {

struct own_order {
  std::map<std::int8_t, std::int16_t, std::greater<>> numbers;
};
enum class quoted : char { tick = '\'', slash = '\\' };
struct unnamed_loop {
  std::vector<unnamed_loop> kids;
};

std::vector<std::string> values_in(std::string_view description, int count) {
  quipu::detail::value_list_reader reader{description};
  std::vector<std::string> names;
  for (int index = 0; index < count; ++index) names.emplace_back(reader.next());
  return names;
}

std::vector<std::string> members_in(std::string_view description, int count) {
  quipu::detail::member_name_reader reader{description};
  std::vector<std::string> names;
  for (int index = 0; index < count; ++index) names.emplace_back(reader.next());
  return names;
}

}  // namespace

TEMPLATE_TEST_CASE("a schema's text is the same when a program writes it", "[schema]", order, packed, padded, scalars,
                   containers, sequences, durations, times, node, own_order, quoted, std::vector<node>, std::int8_t,
                   std::uint16_t) {
  schema_writer measured;
  quipu::detail::describe<TestType>(measured, nullptr);
  CHECK_FALSE(measured.refused);
  CHECK_FALSE(measured.endless);
  std::string text(measured.size, '\0');
  schema_writer writer;
  writer.out = text.data();
  quipu::detail::describe<TestType>(writer, nullptr);
  CHECK(writer.size == text.size());
  CHECK(text == quipu::schema_text<TestType>());
}

TEST_CASE("a type without an end is found out when a program describes it", "[schema]") {
  schema_writer writer;
  quipu::detail::describe<unnamed_loop>(writer, nullptr);
  CHECK(writer.endless);
  schema_writer of_a_pointer;
  quipu::detail::describe<int*>(of_a_pointer, nullptr);
  CHECK(of_a_pointer.refused);
}

TEST_CASE("the names of values are read from a compiler's list", "[schema]") {
  using names = std::vector<std::string>;
  const std::string before = "consteval auto f() [List = values_of<A>::quipu_value_list<";
  CHECK(values_in(before + "A::first, (A)1, 2, A::fourth>]", 4) == names{"first", "", "", "fourth"});
  CHECK(values_in(before + "(A)-5, (A)-4, -3, A::minus>]", 4) == names{"", "", "", "minus"});
  CHECK(values_in(before + "(n::of<'\\'', '>', (n::B)1>::A)7, (n::of<'\\'', '>', (n::B)1>::A)8, n::of<'\\'', '>', "
                           "(n::B)1>::A::last>]",
                  3) == names{"", "", "last"});
  CHECK(values_in(before + "n::{anonymous}::A::größe>]", 1) == names{"größe"});
  CHECK(values_in(before + "A::only>]", 3) == names{"only", "", ""});
  CHECK(values_in("consteval auto f() [List = int]", 2) == names{"", ""});
  CHECK(values_in(before + "A::cut", 2) == names{"cut", ""});
  CHECK(values_in(before + "'cut", 2) == names{"cut", ""});
}

TEST_CASE("the names of members are read from a compiler's description", "[schema]") {
  using names = std::vector<std::string>;
  CHECK(members_in(
            "f() [with pointers = {member_pointer<int>{(& quipu_member_witness<n::thing>.n::holder<n::thing>::"
            "value.n::thing::count)}, member_pointer<A>{(& quipu_member_witness<n::thing>.value.n::thing::größe)}]",
            3) == names{"count", "größe", ""});
  CHECK(members_in("f() [pointers = quickly {&quipu_member_witness<n::thing>.value", 1) == names{""});
  CHECK(members_in("", 1) == names{""});
}

TEST_CASE("a type reads what a type of its own text wrote, and older versions of names without a shape", "[schema]") {
  const auto agree = [](std::string_view known, std::string_view logged) { return reads_schema(known, logged); };
  for (const std::string_view text :
       {"", "i64", "{a:i64,b:[str]}", "\"n@3\"{kids:[\"n@3\"]}", "enum:i8{a=0,b=1}", "enum", "enum:i8{a=0", "\"",
        "\"n\"", "\"n@1", "{x:\"a@1\"}", "[\"a@1\";3]", "größe"}) {
    INFO(text);
    CHECK(agree(text, text));
    const std::string longer = std::string{text} + "i8";
    CHECK_FALSE(agree(text, longer));
    CHECK_FALSE(agree(longer, text));
  }
  CHECK(agree("\"a@2\"", "\"a@1\""));
  CHECK(agree("{x:[\"a@12\"],y:i32}", "{x:[\"a@9\"],y:i32}"));
  CHECK_FALSE(agree("\"a@1\"", "\"a@2\""));
  CHECK_FALSE(agree("\"a@2\"", "\"b@1\""));
  CHECK_FALSE(agree("\"a@2\"{x:i32}", "\"a@1\"{x:i32}"));
  CHECK_FALSE(agree("\"a@2\"", "\"a@1\"i32"));
  CHECK_FALSE(agree("\"a@2\"i32", "\"a@1\""));
  CHECK_FALSE(agree("\"a@2\"", "\"a\""));
  CHECK_FALSE(agree("i32", "i64"));
}

TEST_CASE("the greatest common divisor is that of the standard library", "[schema]") {
  for (std::int64_t left = 1; left < 40; ++left)
    for (std::int64_t right = 1; right < 40; ++right)
      REQUIRE(quipu::detail::common_divisor(left, right) == std::gcd(left, right));
  CHECK(quipu::detail::common_divisor(1'000'000'000, 48'000) == 16'000);
}
