// SPDX-License-Identifier: BSL-1.0
//
// reflect_test.cpp: counting, reaching and naming the members of plain aggregates.
#ifdef QUIPU_TEST_SINGLE_HEADER
#include <quipu.hpp>
#else
#include <quipu/codec/reflect.hpp>
#endif

#include <catch2/catch.hpp>

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

using quipu::detail::find_member_names;
using quipu::detail::has_base_class;
using quipu::detail::member_count;

namespace {

struct none {};
struct one {
  int alone;
};
struct mixed {
  int numbers[3];
  std::string some_text_;
  std::map<int, std::vector<std::string>> byName;
  std::optional<one> maybe = one{3};
  none nothing;
  std::variant<std::monostate, one> either;
  std::function<int(int)> call;
  std::unique_ptr<mixed> next;
};
struct base {};
struct derived : base {
  int a;
};
struct other {
  one first;
  [[maybe_unused]] static constexpr int version = 3;
  int method() const { return first.alone; }
};
template <class Type, auto value>
struct templated {
  Type of_type;
  int plain;
};
struct twenty_four {
  int a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15, a16, a17, a18, a19, a20, a21, a22, a23;
  std::string a24;
};
struct sixty_four {
  int a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15, a16, a17, a18, a19, a20, a21, a22, a23, a24;
  int b1, b2, b3, b4, b5, b6, b7, b8, b9, b10, b11, b12, b13, b14, b15, b16, b17, b18, b19, b20, b21, b22, b23, b24;
  int c1, c2, c3, c4, c5, c6, c7, c8, c9, c10, c11, c12, c13, c14, c15;
  std::string c16;
};
struct sixty_five {
  int a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15, a16, a17, a18, a19, a20, a21, a22, a23, a24;
  int b1, b2, b3, b4, b5, b6, b7, b8, b9, b10, b11, b12, b13, b14, b15, b16, b17, b18, b19, b20, b21, b22, b23, b24;
  int c1, c2, c3, c4, c5, c6, c7, c8, c9, c10, c11, c12, c13, c14, c15, c16;
  std::string c17;
};
// A member called like the library's own words, and like the object that members are pointed to in.
struct awkward {
  int value;
  int pointers;
  int Type;
  int quipu_member_witness_;
};

struct address_hidden {
  int inside;
  std::nullptr_t operator&() const { return nullptr; }
};
struct with_constants {
  const int fixed = 3;
  const int numbers[2] = {1, 2};
  mutable int changing;
  address_hidden hides_its_address;
};

}  // namespace

TEST_CASE("members are counted", "[reflect]") {
  STATIC_REQUIRE(member_count<none> == 0);
  STATIC_REQUIRE(member_count<one> == 1);
  STATIC_REQUIRE(member_count<mixed> == 8);
  STATIC_REQUIRE(member_count<other> == 1);
  STATIC_REQUIRE(member_count<twenty_four> == 24);
  STATIC_REQUIRE(member_count<sixty_four> == 64);
  STATIC_REQUIRE(member_count<sixty_five> == 65);
}

TEST_CASE("base classes are noticed", "[reflect]") {
  STATIC_REQUIRE(has_base_class<derived>);
  STATIC_REQUIRE_FALSE(has_base_class<other>);
  STATIC_REQUIRE_FALSE(has_base_class<mixed>);
  STATIC_REQUIRE_FALSE(has_base_class<none>);
}

TEST_CASE("members are named as written", "[reflect]") {
  struct local {
    one inside;
    std::string after;
  };
  STATIC_REQUIRE(find_member_names<mixed>()[0] == "numbers");
  STATIC_REQUIRE(find_member_names<mixed>()[1] == "some_text_");
  STATIC_REQUIRE(find_member_names<mixed>()[2] == "byName");
  STATIC_REQUIRE(find_member_names<mixed>()[7] == "next");
  STATIC_REQUIRE(find_member_names<twenty_four>()[0] == "a1");
  STATIC_REQUIRE(find_member_names<twenty_four>()[23] == "a24");
  STATIC_REQUIRE(find_member_names<sixty_four>()[0] == "a1");
  STATIC_REQUIRE(find_member_names<sixty_four>()[63] == "c16");
  STATIC_REQUIRE(find_member_names<local>()[1] == "after");
  STATIC_REQUIRE(find_member_names<with_constants>()[0] == "fixed");
  STATIC_REQUIRE(find_member_names<with_constants>()[1] == "numbers");
  STATIC_REQUIRE(find_member_names<with_constants>()[2] == "changing");
  STATIC_REQUIRE(find_member_names<with_constants>()[3] == "hides_its_address");
  STATIC_REQUIRE(find_member_names<templated<local, one{3}>>()[0] == "of_type");
  STATIC_REQUIRE(find_member_names<templated<local, one{3}>>()[1] == "plain");
  STATIC_REQUIRE(find_member_names<none>().empty());
  STATIC_REQUIRE(find_member_names<awkward>()[0] == "value");
  STATIC_REQUIRE(find_member_names<awkward>()[1] == "pointers");
  STATIC_REQUIRE(find_member_names<awkward>()[2] == "Type");
  STATIC_REQUIRE(find_member_names<awkward>()[3] == "quipu_member_witness_");
}

TEST_CASE("members are reached in order", "[reflect]") {
  sixty_four object{};
  quipu::detail::visit_plain_members<64>(object, [](auto&... members) {
    int number = 0;
    const auto set = [&number](auto& member) {
      ++number;
      if constexpr (std::is_same_v<decltype(member), int&>)
        member = number;
      else
        member = "last";
    };
    (set(members), ...);
  });
  CHECK(object.a1 == 1);
  CHECK(object.a23 == 23);
  CHECK(object.b24 == 48);
  CHECK(object.c15 == 63);
  CHECK(object.c16 == "last");
}
