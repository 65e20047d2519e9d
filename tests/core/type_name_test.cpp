// SPDX-License-Identifier: BSL-1.0
//
// type_name_test.cpp: the names of types that messages and diagrams show.
#ifdef QUIPU_TEST_SINGLE_HEADER
#include <quipu.hpp>
#else
#include <quipu/core/detail/type_name.hpp>
#endif

#include <catch2/catch.hpp>

#include <string_view>

using quipu::detail::type_name;
using quipu::detail::without_namespaces;

namespace named_types {

struct plain {};
struct with_name {
  static constexpr std::string_view name = "another name";
};
struct with_member {
  int name;
};

}  // namespace named_types

static_assert(type_name<named_types::plain>() == "plain");
static_assert(type_name<named_types::with_name>() == "another name");
static_assert(type_name<named_types::with_member>() == "with_member");

TEST_CASE("a name loses its own namespaces, and its arguments keep theirs", "[core][type_name]") {
  CHECK(without_namespaces("account") == "account");
  CHECK(without_namespaces("bank::inner::account") == "account");
  CHECK(without_namespaces("bank::of<bank::account, std::pair<a::b, c::d> >") ==
        "of<bank::account, std::pair<a::b, c::d> >");
  CHECK(without_namespaces("bank::of<bank::account>::inner") == "inner");
  CHECK(without_namespaces("(anonymous namespace)::hidden") == "hidden");
  CHECK(without_namespaces("{anonymous}::hidden<(bank::colour)1>") == "hidden<(bank::colour)1>");
  CHECK(without_namespaces("").empty());
}
