// SPDX-License-Identifier: BSL-1.0
#ifdef QUIPU_TEST_SINGLE_HEADER
#include <quipu.hpp>
#else
#include <quipu/codec/codec.hpp>
#include <quipu/codec/schema_json.hpp>
#endif

#include <boost/describe/enum.hpp>

#include <catch2/catch.hpp>

#include <array>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

using quipu::schema_text;
using quipu::detail::reads_schema;

namespace enumerator_samples {

enum class state { open, paid, shipped };
enum unscoped { north, south = 5 };
enum unscoped_signed { below = -2, above = 2 };
enum class gaps : std::int16_t { lost = -1, first, second = 100, last = std::numeric_limits<std::int16_t>::max() };
enum class flags : std::uint64_t {
  none,
  read = 1,
  write = 2,
  execute = 4,
  owner = std::uint64_t{1} << 63,
  all = ~std::uint64_t{0}
};
enum class letter : char { a = 'a', b = 'b' };
enum class answer : bool { no, yes };
enum class octet : std::uint8_t { low, odd = 77, high = 255 };
enum class aliased { one = 1, uno = 1, two };
enum class umlaut { größe };
enum class none_named : std::uint16_t {};
enum class status { ok = 200, not_found = 404, broken = 503 };
enum class far_off { first = 5000, second };
enum class searched { first = 5000, second };
enum class silent { first, second };
enum class least : std::int64_t {
  lowest = std::numeric_limits<std::int64_t>::min(),
  highest = std::numeric_limits<std::int64_t>::max()
};

enum class described { sentinel = 3, far = 1 << 30, near = 0, alias = 0, middle = 70000 };
BOOST_DESCRIBE_ENUM(described, near, far, middle, alias)

template <class Type, char letter>
struct outer {
  enum class inner : std::uint8_t { one, two };
  enum plain { three = 3 };
};

struct holder {
  enum class nested : std::uint8_t { x, y };
  nested value{};
};

}  // namespace enumerator_samples

template <>
inline constexpr quipu::enumerator_range quipu::enumerators_of<enumerator_samples::searched>{4990, 5010};
template <>
inline constexpr quipu::enumerator_range quipu::enumerators_of<enumerator_samples::silent> = quipu::no_enumerators;

using namespace enumerator_samples;

namespace {

enum class hidden { first, second };
enum hidden_unscoped { a_name, b = 300 };

template <class Enum>
std::string json_of(std::underlying_type_t<Enum> number) {
  return quipu::schema_to_json(schema_text<Enum>(), quipu::encode(static_cast<Enum>(number)));
}

}  // namespace

TEST_CASE("the schema of an enumeration has its enumerators and their values", "[codec][enumerators]") {
  CHECK(schema_text<state>() == "enum:i32{open=0,paid=1,shipped=2}");
  CHECK(schema_text<unscoped>() == "enum:u32{north=0,south=5}");
  CHECK(schema_text<unscoped_signed>() == "enum:i32{below=-2,above=2}");
  CHECK(schema_text<gaps>() == "enum:i16{lost=-1,first=0,second=100,last=32767}");
  CHECK(schema_text<flags>() ==
        "enum:u64{none=0,read=1,write=2,execute=4,owner=9223372036854775808,all=18446744073709551615}");
  CHECK(schema_text<letter>() == "enum:char{a=97,b=98}");
  CHECK(schema_text<answer>() == "enum:bool{no=0,yes=1}");
  CHECK(schema_text<octet>() == "enum:u8{low=0,odd=77,high=255}");
  CHECK(schema_text<aliased>() == "enum:i32{one=1,two=2}");
  CHECK(schema_text<umlaut>() == "enum:i32{größe=0}");
  CHECK(schema_text<least>() == "enum:i64{lowest=-9223372036854775808,highest=9223372036854775807}");
  CHECK(schema_text<hidden>() == "enum:i32{first=0,second=1}");
  CHECK(schema_text<hidden_unscoped>() == "enum:u32{a_name=0}");
  CHECK(schema_text<outer<int, ','>::inner>() == "enum:u8{one=0,two=1}");
  CHECK(schema_text<outer<std::map<int, char>, '>'>::inner>() == "enum:u8{one=0,two=1}");
  CHECK(schema_text<outer<int, '\''>::plain>() == "enum:u32{three=3}");
  CHECK(schema_text<holder>() == "{value:enum:u8{x=0,y=1}}");
  enum class local { here, there };
  CHECK(schema_text<local>() == "enum:i32{here=0,there=1}");
}

TEST_CASE("enumerators are looked for in a bounded range, which a program can move or close", "[codec][enumerators]") {
  CHECK(schema_text<status>() == "enum:i32{ok=200,not_found=404,broken=503}");  // each is near the one before
  CHECK(schema_text<far_off>() == "enum:i32");
  CHECK(schema_text<searched>() == "enum:i32{first=5000,second=5001}");
  CHECK(schema_text<silent>() == "enum:i32");
  CHECK(schema_text<none_named>() == "enum:u16");
}

TEST_CASE("an enumeration that is described with Boost.Describe has what it was described with",
          "[codec][enumerators]") {
  CHECK(schema_text<described>() == "enum:i32{near=0,middle=70000,far=1073741824}");
  CHECK(json_of<described>(70000) == R"("middle")");
  CHECK(json_of<described>(3) == "3");
}

TEST_CASE("enumerators are in the schema wherever the enumeration is", "[codec][enumerators]") {
  CHECK(schema_text<std::vector<answer>>() == "[enum:bool{no=0,yes=1}]");
  CHECK(schema_text<std::map<answer, std::optional<answer>>>() == "{enum:bool{no=0,yes=1}=>?enum:bool{no=0,yes=1}}");
  CHECK(schema_text<std::variant<int, answer>>() == "<i32,enum:bool{no=0,yes=1}>");
  CHECK(schema_text<std::array<answer, 2>>() == "[enum:bool{no=0,yes=1};2]");
}

TEST_CASE("JSON shows the names of enumerators, and the numbers of other values", "[codec][enumerators]") {
  CHECK(json_of<state>(1) == R"("paid")");
  CHECK(json_of<state>(3) == "3");
  CHECK(json_of<state>(-1) == "-1");
  CHECK(json_of<gaps>(-1) == R"("lost")");
  CHECK(json_of<flags>(3) == "3");
  CHECK(json_of<flags>(~std::uint64_t{0}) == R"("all")");
  CHECK(json_of<letter>('b') == R"("b")");
  CHECK(json_of<letter>('c') == R"("c")");
  CHECK(json_of<answer>(true) == R"("yes")");
  CHECK(json_of<octet>(255) == R"("high")");
  CHECK(json_of<umlaut>(0) == "\"größe\"");
  CHECK(json_of<least>(std::numeric_limits<std::int64_t>::min()) == R"("lowest")");
  CHECK(json_of<silent>(1) == "1");
  const std::map<answer, std::vector<octet>> value{{answer::yes, {octet::low, static_cast<octet>(1)}}};
  CHECK(quipu::schema_to_json(schema_text<std::map<answer, std::vector<octet>>>(), quipu::encode(value)) ==
        R"([["yes",["low",1]]])");
}

TEST_CASE("a list of enumerators that can't be read is refused", "[codec][enumerators]") {
  for (const std::string_view text :
       {"enum:i32{", "enum:i32{}", "enum:i32{a}", "enum:i32{a=}", "enum:i32{a=1", "enum:i32{a=1,}", "enum:i32{=1}",
        "enum:i32{a=+1}", "enum:u8{a=256}", "enum:u64{a=18446744073709551616}", "enum:f32{a=1}", "i32{a=1}"}) {
    INFO(text);
    CHECK_THROWS_AS(quipu::schema_to_json(text, quipu::encode(std::int32_t{1})), quipu::error);
  }
  CHECK_THROWS_AS(quipu::schema_to_json("enum:i32{a=1}", std::string_view{"\x01\x00", 2}), quipu::error);
}

TEST_CASE("a schema reads one whose enumerators it has, with their values", "[codec][enumerators]") {
  const std::string_view three = "{to:enum:i32{open=0,paid=1,shipped=2},n:u8}";
  CHECK(reads_schema(three, three));
  CHECK(reads_schema("{to:enum:i32{open=0,paid=1,shipped=2,lost=3},n:u8}", three));  // at the end
  CHECK(reads_schema("{to:enum:i32{lost=-1,open=0,paid=1,shipped=2},n:u8}", three));
  CHECK(reads_schema("{to:enum:i32{a=0,b=1,c=2}}", "{to:enum:i32{a=0,c=2}}"));  // a value that had no name
  CHECK(reads_schema(three, "{to:enum:i32,n:u8}"));                             // before schemas had them
  CHECK(reads_schema("{to:enum:i32,n:u8}", three));                             // no_enumerators

  CHECK_FALSE(reads_schema("{to:enum:i32{open=0,cancelled=1,paid=2,shipped=3},n:u8}", three));
  CHECK_FALSE(reads_schema("{to:enum:i32{open=0,paid=1},n:u8}", three));             // one is gone
  CHECK_FALSE(reads_schema("{to:enum:i32{open=0,paid=1,sent=2},n:u8}", three));      // another name
  CHECK_FALSE(reads_schema("{to:enum:i32{paid=0,open=1,shipped=2},n:u8}", three));   // changed places
  CHECK_FALSE(reads_schema("{to:enum:i32{open=0,paid=1,shipped=20},n:u8}", three));  // a value that begins alike
  CHECK_FALSE(reads_schema("{to:enum:u32{open=0,paid=1,shipped=2},n:u8}", three));
  CHECK_FALSE(reads_schema("{to:enum:i32{open=0,paid=1,shipped=2},n:u16}", three));
  CHECK_FALSE(reads_schema("{to:i32,n:u8}", three));
  CHECK_FALSE(reads_schema("{to:enum:i32,m:u8}", three));
  CHECK_FALSE(reads_schema("{myenum:i32}", "{myenum:i32{a=0}}"));
}
