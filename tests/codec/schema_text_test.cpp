// SPDX-License-Identifier: BSL-1.0
//
// schema_text_test.cpp: the literal texts of many types, the same on every compiler and standard library, and which
// types have none.
#include "codec_samples.hpp"

#include <catch2/catch.hpp>

#include <functional>
#include <memory>

using namespace codec_samples;
using quipu::schema_text;

namespace {

struct event_with_version {
  [[maybe_unused]] static constexpr std::uint16_t version = 4;
  std::int32_t n;
};
struct event_without_version {
  std::int32_t n;
};
struct unnamed_loop {
  std::vector<unnamed_loop> kids;
};
struct holds_loop {
  int number;
  std::optional<std::vector<unnamed_loop>> loop;
};
struct two_loops {
  std::vector<two_loops> left;
  std::vector<two_loops> right;
};
struct beside {
  node first;
  std::map<std::string, node> more;
};
struct middle;
struct outer_named {
  static constexpr std::string_view schema_name = "outer";
  static constexpr std::uint32_t schema_version = 1;
  std::vector<middle> parts;
};
struct middle {
  std::optional<outer_named> back;
};
struct outside {
  int a;
};
struct c_array {
  int numbers[3];
};
struct c_arrays {
  char letters[4];
  std::string names[2][3];
};
struct reference {
  int& to;
};
struct constant {
  const int number = 3;
};
struct base_struct {
  int a;
};
struct derived : base_struct {
  int b;
};
struct no_default {
  struct part {
    explicit part(int) {}
  };
  int a;
  part b;
};
struct not_an_aggregate {
  not_an_aggregate() : a_{1} {}
  int a() const { return a_; }

 private:
  int a_;
};
union either {
  int a;
  float b;
};
struct own_clock {
  using rep = std::int64_t;
  using period = std::nano;
  using duration = std::chrono::nanoseconds;
  using time_point = std::chrono::time_point<own_clock>;
  [[maybe_unused]] static constexpr bool is_steady = false;
  static time_point now() { return {}; }
};
enum class wide_letter : wchar_t {};

struct many_members {
  int a1, b1, c1, d1, e1, f1, g1, h1, i1, j1, k1, l1, m1, n1, o1, p1, q1, r1, s1, t1, u1, v1, w1, x1, y1, z1;
  int a2, b2, c2, d2, e2, f2, g2, h2, i2, j2, k2, l2, m2, n2, o2, p2, q2, r2, s2, t2, u2, v2, w2, x2, y2, z2;
  int a, b, c, d, e, f, g, h, i, j, w;
  std::string x;
};
struct too_many_members {
  int a1, b1, c1, d1, e1, f1, g1, h1, i1, j1, k1, l1, m1, n1, o1, p1, q1, r1, s1, t1, u1, v1, w1, x1, y1, z1;
  int a2, b2, c2, d2, e2, f2, g2, h2, i2, j2, k2, l2, m2, n2, o2, p2, q2, r2, s2, t2, u2, v2, w2, x2, y2, z2;
  int a, b, c, d, e, f, g, h, i, j, w;
  std::string x, y;
};

}  // namespace

template <>
inline constexpr quipu::named_schema quipu::schema_of<outside>{"vendor.outside", 12};

// In constant expressions: what doesn't hold doesn't compile.
static_assert(schema_text<order>() ==
              "{id:i64,who:str,lines:[{sku:str,quantity:u32}],at:?{x:f64},v:<i32,str>,c:enum:u16{red=0,green=700},"
              "a:[u8;4],m:{str=>i32}}");
static_assert(
    schema_text<scalars>() ==
    "{b:bool,raw:byte,c:char,c8:c8,c16:c16,c32:c32,i8:i8,u8:u8,i16:i16,u16:u16,i32:i32,u32:u32,i64:i64,u64:u64,"
    "ll:i64,ull:u64,f32:f32,f64:f64,e:enum:u16{red=0,green=700},yes:enum:bool{no=0,yes=1}}");

TEST_CASE("golden texts", "[schema]") {
  CHECK(schema_text<empty>() == "{}");
  CHECK(schema_text<padded>() ==
        "{letter:char,number:u64,flag:bool,said:enum:bool{no=0,yes=1},"
        "chosen:enum:i8{first_choice=0,second_choice=1},both:(u8,f32)}");
  CHECK(schema_text<containers>() ==
        "{ordered:set<i32>,repeated:multiset<str>,repeated_map:multimap{i32=>char},hashed:hashset<str>,"
        "hashed_repeated:hashmultiset<bool>,hashed_map:hashmap{i32=>str},hashed_multimap:hashmultimap{i32=>[i32]},"
        "descending:set<i32>!,nested:{(str,i32)=>set<i32>}}");
  CHECK(schema_text<sequences>() ==
        "{bits:[bool],nothings:[{}],no_numbers:[[i32;0]],"
        "padded_ones:[{letter:char,number:u64,flag:bool,said:enum:bool{no=0,yes=1},"
        "chosen:enum:i8{first_choice=0,second_choice=1},both:(u8,f32)}],"
        "packed_ones:[{amount:i64,number:u64,rest:[u8;16]}],names:[[str]],two:[str;2],three:[bool;3],none:(),some:(i32,"
        "str,{}),"
        "perhaps:??i32,either:<{},i32,[{x:f64}]>}");
  CHECK(schema_text<durations>() == "{whole:dur<1/1000>,seconds:fdur<1/1>,minutes:fdur<60/1>,frames:dur<1/60>}");
  CHECK(schema_text<times>() == "{now:time,tick:steady,second:time,frame:time}");
  CHECK(schema_text<std::map<int, int, std::greater<int>>>() == "{i32=>i32}!");
  CHECK(schema_text<many_members>().ends_with(",w:i32,x:str}"));
  CHECK(schema_text<c_array>() == "{numbers:[i32;3]}");
  CHECK(schema_text<c_arrays>() == "{letters:[char;4],names:[[str;3];2]}");
}

TEST_CASE("names stand for shapes that contain themselves", "[schema]") {
  CHECK(schema_text<node>() == R"("samples.node@3"{name:str,kids:["samples.node@3"]})");
  CHECK(schema_text<beside>() == R"({first:"samples.node@3"{name:str,kids:["samples.node@3"]},)"
                                 R"(more:{str=>"samples.node@3"{name:str,kids:["samples.node@3"]}}})");
  CHECK(schema_text<outer_named>() == R"("outer@1"{parts:[{back:?"outer@1"}]})");
  CHECK(schema_text<middle>() == R"({back:?"outer@1"{parts:[{back:?"outer@1"}]}})");
  CHECK(schema_text<outside>() == R"("vendor.outside@12"{a:i32})");
}

TEST_CASE("a version is no part of a plain shape, nor is a type's name", "[schema]") {
  CHECK(schema_text<event_with_version>() == schema_text<event_without_version>());
  CHECK(quipu::fingerprint<event_with_version>() == quipu::fingerprint<event_without_version>());
}

TEST_CASE("what has an encoding and what hasn't", "[schema]") {
  using quipu::encodable;
  STATIC_REQUIRE(encodable<int>);
  STATIC_REQUIRE(encodable<node>);
  STATIC_REQUIRE(encodable<many_members>);
  STATIC_REQUIRE(encodable<long long>);
  STATIC_REQUIRE_FALSE(encodable<unnamed_loop>);
  STATIC_REQUIRE_FALSE(encodable<holds_loop>);
  STATIC_REQUIRE_FALSE(encodable<two_loops>);
  STATIC_REQUIRE_FALSE(encodable<too_many_members>);
  STATIC_REQUIRE(encodable<c_array>);
  STATIC_REQUIRE(encodable<std::vector<c_array>>);
  STATIC_REQUIRE_FALSE(encodable<int[3]>);
  STATIC_REQUIRE_FALSE(encodable<char[]>);
  STATIC_REQUIRE_FALSE(encodable<reference>);
  STATIC_REQUIRE_FALSE(encodable<constant>);
  STATIC_REQUIRE_FALSE(encodable<derived>);
  STATIC_REQUIRE_FALSE(encodable<no_default>);
  STATIC_REQUIRE_FALSE(encodable<not_an_aggregate>);
  STATIC_REQUIRE_FALSE(encodable<either>);
  STATIC_REQUIRE_FALSE(encodable<own_clock::time_point>);
  STATIC_REQUIRE_FALSE(encodable<wide_letter>);
  STATIC_REQUIRE_FALSE(encodable<wchar_t>);
  STATIC_REQUIRE_FALSE(encodable<long double>);
  STATIC_REQUIRE_FALSE(encodable<int*>);
  STATIC_REQUIRE_FALSE(encodable<std::nullptr_t>);
  STATIC_REQUIRE_FALSE(encodable<std::string_view>);
  STATIC_REQUIRE_FALSE(encodable<std::vector<const char*>>);
  STATIC_REQUIRE_FALSE(encodable<std::unique_ptr<int[]>>);
  STATIC_REQUIRE_FALSE(encodable<std::optional<std::vector<int*>>>);
  STATIC_REQUIRE_FALSE(encodable<std::chrono::duration<long double>>);
  STATIC_REQUIRE_FALSE(encodable<void>);
  STATIC_REQUIRE_FALSE(encodable<int&>);
  STATIC_REQUIRE_FALSE(encodable<int[2]>);
  STATIC_REQUIRE_FALSE(encodable<void()>);
}
