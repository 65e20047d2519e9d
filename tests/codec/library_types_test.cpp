// SPDX-License-Identifier: BSL-1.0
//
// library_types_test.cpp: types of the standard library beside those that codec_samples.hpp has.
#ifdef QUIPU_TEST_SINGLE_HEADER
#include <quipu.hpp>
#else
#include <quipu/codec/codec.hpp>
#include <quipu/codec/schema_json.hpp>
#endif

#include <boost/serialization/bitset.hpp>
#include <boost/serialization/deque.hpp>

#include <catch2/catch.hpp>

#include <bitset>
#include <chrono>
#include <cstdint>
#include <deque>
#include <filesystem>
#include <forward_list>
#include <functional>
#include <list>
#include <memory>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>
#if __has_include(<expected>)
#include <expected>
#endif

using quipu::schema_text;

namespace {

template <class Type>
std::string json_of(const Type& value) {
  return quipu::schema_to_json(schema_text<Type>(), quipu::encode(value));
}

/// Checks that a value comes back, and that its JSON is as told.
template <class Type>
void check(const Type& value, std::string_view schema, std::string_view json) {
  INFO(schema);
  CHECK(schema_text<Type>() == schema);
  const quipu::bytes encoded = quipu::encode(value);
  CHECK(json_of(value) == json);
  const auto decoded = quipu::decode<Type>(encoded);
  CHECK(decoded == value);
  CHECK(quipu::encode(decoded) == encoded);
  for (std::size_t size = 0; size < encoded.size(); ++size)
    CHECK_THROWS_AS(quipu::decode<Type>({encoded.data(), size}), quipu::error);
}

bool is_refused(auto value, std::string_view raw) {
  try {
    quipu::decode_to({reinterpret_cast<const std::byte*>(raw.data()), raw.size()}, value);
    return false;
  } catch (const quipu::error& refused) {
    return refused.code() == quipu::errc::decode_failed;
  }
}

struct tree {
  static constexpr std::string_view schema_name = "samples.tree_of_pointers";
  static constexpr std::uint32_t schema_version = 1;
  int value{};
  std::unique_ptr<tree> left{};
  std::unique_ptr<tree> right{};
};

struct holder {
  std::filesystem::path file{};
  std::chrono::year_month_day day{};
  std::bitset<3> flags{};
  std::list<std::u8string> lines{};
  bool operator==(const holder&) const = default;
};

/// Written by its own `serialize`, inside which a bitset is written by Boost's.
struct by_serialize {
  static constexpr std::string_view schema_name = "samples.bits_by_serialize";
  std::bitset<3> bits{};
  std::deque<int> numbers{};
  template <class Archive>
  void serialize(Archive& archive, unsigned) {
    archive& bits& numbers;
  }
};

struct polymorphic {
  virtual ~polymorphic() = default;
};

static_assert(!quipu::encodable<std::wstring> && !quipu::encodable<std::shared_ptr<int>> &&
              !quipu::encodable<std::weak_ptr<int>> && !quipu::encodable<std::unique_ptr<int[]>> &&
              !quipu::encodable<std::unique_ptr<int, std::function<void(int*)>>> &&
              !quipu::encodable<std::unique_ptr<polymorphic>> && !quipu::encodable<std::unique_ptr<const int>> &&
              !quipu::encodable<std::function<void()>> && !quipu::encodable<std::chrono::year_month_day_last>);

}  // namespace

TEST_CASE("strings of Unicode code units are lists", "[codec][library]") {
  check(std::u8string{u8"gr\u00fcn"}, "[c8]", "\"gr\xC3\xBCn\"");
  check(std::u8string{}, "[c8]", R"("")");
  check(std::u16string{u"hi"}, "[c16]", "[104,105]");
  check(std::u32string{U"x"}, "[c32]", "[120]");
}

TEST_CASE("deques and lists are encoded as vectors are", "[codec][library]") {
  check(std::deque<int>{1, -2}, "[i32]", "[1,-2]");
  check(std::deque<bool>{true, false}, "[bool]", "[true,false]");
  check(std::list<std::string>{"a", "", "bc"}, "[str]", R"(["a","","bc"])");
  check(std::forward_list<std::uint8_t>{1, 2, 3}, "[u8]", R"("010203")");
  check(std::list<std::tuple<>>{{}, {}}, "[()]", "[[],[]]");
  check(std::forward_list<std::deque<std::string>>{{"a"}, {}}, "[[str]]", R"([["a"],[]])");
  CHECK(quipu::encode(std::list<int>{1, 2, 3}) == quipu::encode(std::vector<int>{1, 2, 3}));
  CHECK(quipu::decode<std::forward_list<int>>(quipu::encode(std::vector<int>{1, 2, 3})) ==
        std::forward_list<int>{1, 2, 3});
  CHECK(is_refused(std::list<int>{}, {"\xFF\xFF\xFF\xFF\1\0\0\0", 8}));
}

TEST_CASE("a path is its text", "[codec][library]") {
  check(std::filesystem::path{"/etc//passwd"}, "str", R"("/etc//passwd")");
  check(std::filesystem::path{}, "str", R"("")");
  CHECK(quipu::decode<std::filesystem::path>(quipu::encode(std::string{"a/b"})) == "a/b");
}

TEST_CASE("a bitset is an array of bool", "[codec][library]") {
  check(std::bitset<3>{0b101}, "[bool;3]", "[true,false,true]");
  check(std::bitset<0>{}, "[bool;0]", "[]");
  CHECK(schema_text<std::bitset<1024>>() == "[bool;1024]");
  CHECK(is_refused(std::bitset<3>{}, {"\1\2\0", 3}));
  check(std::vector<std::bitset<1>>{1, 0}, "[[bool;1]]", "[[true],[false]]");
}

TEST_CASE("dates are structs of numbers", "[codec][library]") {
  using namespace std::chrono;
  check(year{2024} / 2 / 30, "{year:i16,month:u8,day:u8}", R"({"year":2024,"month":2,"day":30})");
  check(year{-32767} / 12, "{year:i16,month:u8}", R"({"year":-32767,"month":12})");
  check(month{3} / 4, "{month:u8,day:u8}", R"({"month":3,"day":4})");
  check(year{1999}, "i16", "1999");
  check(month{12}, "u8", "12");
  check(day{31}, "u8", "31");
  check(weekday{7}, "u8", "0");
  CHECK(is_refused(weekday{}, "\7"));  // another number for Sunday
}

TEST_CASE("a unique pointer is the value that it points to, or none", "[codec][library]") {
  CHECK(schema_text<std::unique_ptr<int>>() == "?i32");
  const auto seven = std::make_unique<int>(7);
  CHECK(json_of(seven) == "7");
  CHECK(*quipu::decode<std::unique_ptr<int>>(quipu::encode(seven)) == 7);
  CHECK(json_of(std::unique_ptr<int>{}) == "null");
  CHECK(quipu::decode<std::unique_ptr<int>>(quipu::encode(std::unique_ptr<int>{})) == nullptr);

  CHECK(schema_text<tree>() == R"("samples.tree_of_pointers@1"{value:i32,left:?"samples.tree_of_pointers@1",)"
                               R"(right:?"samples.tree_of_pointers@1"})");
  tree root{1, nullptr, std::make_unique<tree>(tree{2, std::make_unique<tree>(tree{3, nullptr, nullptr}), nullptr})};
  const auto encoded = quipu::encode(root);
  const auto decoded = quipu::decode<tree>(encoded);
  CHECK(decoded.right->left->value == 3);
  CHECK(decoded.left == nullptr);
  CHECK(quipu::encode(decoded) == encoded);
  for (int depth = 0; depth < 64; ++depth) {
    tree outer{depth, std::make_unique<tree>(std::move(root)), nullptr};
    root = std::move(outer);
  }
  CHECK_THROWS_AS(quipu::encode(root), quipu::error);
}

TEST_CASE("types of the standard library are members of events", "[codec][library]") {
  using namespace std::chrono;
  check(holder{"a.txt", year{2024} / 5 / 6, 0b010, {u8"x", u8""}},
        "{file:str,day:{year:i16,month:u8,day:u8},flags:[bool;3],lines:[[c8]]}",
        R"({"file":"a.txt","day":{"year":2024,"month":5,"day":6},"flags":[false,true,false],"lines":["x",""]})");
}

#if defined(__cpp_lib_expected)
TEST_CASE("an expected is a variant of the value and the error", "[codec][library]") {
  check(std::expected<int, std::string>{3}, "<i32,str>", R"({"index":0,"value":3})");
  check(std::expected<int, std::string>{std::unexpected{"bad"}}, "<i32,str>", R"({"index":1,"value":"bad"})");
  check(std::expected<void, int>{}, "<(),i32>", R"({"index":0,"value":[]})");
  CHECK(is_refused(std::expected<void, int>{}, "\2"));
}
#endif

TEST_CASE("inside a serialize, Boost's functions write what they wrote", "[codec][library][boost]") {
  CHECK(schema_text<std::bitset<3>>() == "[bool;3]");
  CHECK(schema_text<std::deque<int>>() == "[i32]");
  const auto encoded = quipu::encode(by_serialize{0b101, {7}});
  // The class version of the struct; of the bitset, its own, and its digits as a string; one number.
  const std::string_view expected{
      "\x11\0\0\0"
      "\0"
      "\0"
      "\3\0\0\0"
      "101"
      "\1\0\0\0"
      "\7\0\0\0",
      21};
  CHECK(quipu::bytes_view{encoded}.text() == expected);
  CHECK(quipu::decode<by_serialize>(encoded).bits == 0b101);
}
