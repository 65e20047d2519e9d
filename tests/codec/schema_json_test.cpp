// SPDX-License-Identifier: BSL-1.0
//
// schema_json_test.cpp: payloads printed by the text of their schema, what is printed where JSON has no form of its
// own, and texts and payloads that are none.
#include "codec_samples.hpp"

#ifndef QUIPU_TEST_SINGLE_HEADER
#include <quipu/codec/schema_json.hpp>
#endif

#include <catch2/catch.hpp>

#include <cmath>
#include <limits>

using namespace codec_samples;
using quipu::schema_to_json;

namespace {

template <class Type>
std::string json(const Type& value) {
  return schema_to_json(quipu::schema_text<Type>(), quipu::encode(value));
}

bool is_refused(std::string_view text, quipu::bytes_view payload) {
  try {
    static_cast<void>(schema_to_json(text, payload));
  } catch (const quipu::error& caught) {
    return caught.code() == quipu::errc::decode_failed;
  }
  return false;
}

struct text_and_list {
  std::string s;
  std::vector<colour> colours;
  std::vector<char> letters;
  std::vector<std::uint8_t> raw;
};

}  // namespace

TEST_CASE("payloads as JSON", "[json]") {
  CHECK(
      json(order{
          7, "bob", {{"x", 1}}, spot{1.5}, std::string{"hi"}, colour::green, {1, 2, 3, 255}, {{"k", -1}, {"l", 2}}}) ==
      R"({"id":7,"who":"bob","lines":[{"sku":"x","quantity":1}],"at":{"x":1.5},"v":{"index":1,"value":"hi"},"c":"green",)"
      R"("a":"010203ff","m":{"k":-1,"l":2}})");
  CHECK(json(order{}) ==
        R"({"id":0,"who":"","lines":[],"at":null,"v":{"index":0,"value":0},"c":"red","a":"00000000","m":{}})");
  CHECK(
      json(scalars{true,
                   std::byte{200},
                   'q',
                   u8'a',
                   u'b',
                   U'c',
                   -1,
                   255,
                   -2,
                   65535,
                   -3,
                   4'000'000'000,
                   std::int64_t{1} << 62,
                   ~std::uint64_t{0},
                   -5,
                   6,
                   0.1F,
                   0.1,
                   colour::red,
                   answer::yes}) ==
      R"({"b":true,"raw":200,"c":"q","c8":97,"c16":98,"c32":99,"i8":-1,"u8":255,"i16":-2,"u16":65535,"i32":-3,"u32":4000000000,)"
      R"("i64":4611686018427387904,"u64":18446744073709551615,"ll":-5,"ull":6,"f32":0.1,"f64":0.1,"e":"red","yes":"yes"})");
  CHECK(json(node{"r", {{"a", {}}, {"b", {}}}}) ==
        R"({"name":"r","kids":[{"name":"a","kids":[]},{"name":"b","kids":[]}]})");
  CHECK(json(std::map<int, bool>{{1, true}, {2, false}}) == "[[1,true],[2,false]]");
  CHECK(json(std::unordered_map<std::string, int>{{"b", 1}, {"a", 2}}) == R"({"a":2,"b":1})");
  CHECK(json(std::multimap<std::string, int>{{"a", 1}, {"a", 2}}) == R"([["a",1],["a",2]])");
  CHECK(json(std::set<std::uint8_t>{1, 2}) == "[1,2]");
  CHECK(json(std::vector<empty>(2)) == "[{},{}]");
  CHECK(json(std::tuple<std::tuple<>, int>{std::tuple<>{}, 1}) == "[[],1]");
  CHECK(json(text_and_list{"", {colour::red}, {'a', '"'}, {0, 255}}) ==
        R"({"s":"","colours":["red"],"letters":"a\"","raw":"00ff"})");
  CHECK(json(std::chrono::system_clock::time_point{std::chrono::seconds{1}}) == "1000000000");
}

TEST_CASE("numbers that JSON has none for are strings", "[json]") {
  CHECK(json(std::nan("")) == R"("NaN")");
  CHECK(json(std::numeric_limits<float>::infinity()) == R"("Infinity")");
  CHECK(json(-std::numeric_limits<double>::infinity()) == R"("-Infinity")");
  CHECK(json(-0.0) == "-0");
  CHECK(json(1e300) == "1e+300");
}

TEST_CASE("strings are escaped, and bytes that aren't UTF-8 are kept apart", "[json]") {
  CHECK(json(std::string{"a\"\\\n\x01\x7F"}) == R"("a\"\\\u000a\u0001\u007f")");
  CHECK(json(std::string{"\0b", 2}) == R"("\u0000b")");
  CHECK(json(std::string{"\xC3\xA9 \xE2\x82\xAC \xF0\x9F\x98\x80"}) == "\"\xC3\xA9 \xE2\x82\xAC \xF0\x9F\x98\x80\"");
  CHECK(json(std::string{"\xFF"}) == R"("\udcff")");
  CHECK(json(std::string{"\xC0\x80"}) == R"("\udcc0\udc80")");                      // overlong
  CHECK(json(std::string{"\xED\xA0\x80"}) == R"("\udced\udca0\udc80")");            // a surrogate
  CHECK(json(std::string{"\xF4\x90\x80\x80"}) == R"("\udcf4\udc90\udc80\udc80")");  // beyond U+10FFFF
  CHECK(json(std::string{"\xE2\x82"}) == R"("\udce2\udc82")");                      // cut short
}

TEST_CASE("a type without a shape is printed as its bytes", "[json]") {
  CHECK(schema_to_json(R"({a:"x@1",b:u8})", std::string_view{"\x02\0\0\0\xAB\xCD\x05", 7}) ==
        R"({"a":{"opaque":"x@1","bytes":"abcd"},"b":5})");
}

TEST_CASE("texts that are no schema are refused", "[json]") {
  const char* const wrong[] = {"",           "i63",      "i64 ",     "[i64",    "[i64;]", "[i64;99999999999999999999]",
                               "{a:}",       "{a:i64,",  "{,}",      "{a}",     "{a=>b}", "{i64=>",
                               "{i64=>u8",   "?",        "<i64",     "(i64,",   "enum:",  "enum:str",
                               "enum",       "dur<1>",   "dur<1/>",  "set",     "set<>",  "set<i64",
                               "\"a@1",      "\"\"",     "\"a@1\"{", "hashmap", "i64i64", "!",
                               "multimap{}", "{a:i64}}", "fdur",     "[;1]",    "<>>"};
  for (const char* text : wrong) {
    INFO(text);
    CHECK(is_refused(text, std::string_view{"\0\0\0\0\0\0\0\0", 8}));
  }
}

TEST_CASE("payloads that don't match are refused", "[json]") {
  CHECK(is_refused("bool", std::string_view{"\x02", 1}));
  CHECK(is_refused("enum:bool", std::string_view{"\x02", 1}));
  CHECK(is_refused("?u8", std::string_view{"\x02\0", 2}));
  CHECK(is_refused("<u8>", std::string_view{"\x01\0", 2}));
  CHECK(is_refused("<>", std::string_view{"\0", 1}));
  CHECK(is_refused("u8", std::string_view{"\0\0", 2}));
  CHECK(is_refused("u8", ""));
  CHECK(is_refused("str", std::string_view{"\x02\0\0\0a", 5}));
  CHECK(is_refused("[u32]", std::string_view{"\x02\0\0\0\0\0\0\0", 8}));
  CHECK(is_refused("[{}]", std::string_view{"\x01\0\0\0\x01", 5}));
  CHECK(is_refused("[u8;2]", std::string_view{"\0", 1}));
}

TEMPLATE_TEST_CASE("every part of an encoding is refused, and a changed byte is refused or printed", "[json]", order,
                   padded, scalars, containers, sequences, durations, node) {
  random_source random{11};
  const std::string_view text = quipu::schema_text<TestType>();
  for (int round = 0; round < 6; ++round) {
    quipu::bytes data = quipu::encode(random_value<TestType>(random));
    REQUIRE_NOTHROW(schema_to_json(text, data));
    for (std::size_t size = 0; size < data.size(); ++size)
      REQUIRE(is_refused(text, quipu::bytes_view{data}.subview(0, size)));
    for (std::byte& changed : data) {
      const std::byte kept = changed;
      for (const unsigned change : {1U, 128U, 255U}) {
        changed = kept ^ static_cast<std::byte>(change);
        TestType value{};
        // The printer knows no order of keys, so it may accept more than the type does, and never less.
        if (quipu::detail::decode_into(data, value))
          REQUIRE_NOTHROW(schema_to_json(text, data));
        else
          static_cast<void>(is_refused(text, data));
      }
      changed = kept;
    }
  }
}

TEST_CASE("texts and payloads can't make the printer run away", "[json]") {
  const std::string deep(100'000, '[');
  CHECK(is_refused(deep, ""));
  CHECK(is_refused(std::string(100'000, '?') + "u8", ""));
  CHECK(is_refused("[{};4000000000]", ""));
  CHECK(is_refused("[[[[{};65535];65535];65535];65535]", ""));
  CHECK(is_refused(R"("a@1"{x:"a@1",y:"a@1"})", ""));
  CHECK(is_refused(R"("a@1"{x:?"a@1"})", std::string(100'000, '\x01')));
  CHECK(is_refused("[[u8;1000000000];1000000000]", ""));
  std::string wide = "[{";
  for (int field = 0; field < 2000; ++field) wide += (field == 0 ? "f" : ",f") + std::to_string(field) + ":{}";
  wide += "}]";
  quipu::bytes many;
  quipu::byte_writer writer{many};
  writer.put(std::uint32_t{100'000});
  many.resize(100'004);
  CHECK(is_refused(wide, many));
}

TEST_CASE("numbers in a schema's text are those of 64 bits, and no greater", "[json]") {
  const auto is_taken = [](const std::string& number) {
    return !is_refused("dur<" + number + "/1>", std::string_view{"\0\0\0\0\0\0\0\0", 8});
  };
  for (const char* const number : {"0", "1", "18446744073709551609", "18446744073709551615"}) CHECK(is_taken(number));
  for (const char* const number : {"18446744073709551616", "18446744073709551620", "20000000000000000000",
                                   "36893488147419103233", "184467440737095516150"})
    CHECK_FALSE(is_taken(number));
}

TEST_CASE("values of one byte may follow each other in a list", "[json]") {
  CHECK(schema_to_json("[?u8]", std::string_view{"\x03\0\0\0\0\1\5\0", 8}) == "[null,5,null]");
  CHECK(schema_to_json("[<u8>]", std::string_view{"\x01\0\0\0\0\5", 6}) == R"([{"index":0,"value":5}])");
  CHECK(schema_to_json(R"("n@1"?["n@1"])", std::string_view{"\1\3\0\0\0\0\0\0", 8}) == "[null,null,null]");
}

TEST_CASE("a name stands for the shape that is described around it, however many are", "[json]") {
  CHECK(schema_to_json(R"("a@1"{x:["b@1"{y:["a@1"]}]})", std::string_view{"\1\0\0\0\1\0\0\0\0\0\0\0", 12}) ==
        R"({"x":[{"y":[{"x":[]}]}]})");
}

TEST_CASE("names of fields may have letters beyond ASCII", "[json]") {
  CHECK(schema_to_json("{Größe:u8,名:bool}", std::string_view{"\5\1", 2}) == R"({"Größe":5,"名":true})");
}

TEST_CASE("records of more bytes than can be are read until the payload ends", "[json]") {
  const std::string huge = "[u8;1099511627776]";  // 2^40
  for (const std::string& text : {"{a:" + huge + ",b:" + huge + "}", "[{a:" + huge + ",b:u8}]", "(" + huge + ",u8)"})
    CHECK(is_refused(text, std::string_view{"\1\0\0\0\0\0\0\0", 8}));
  CHECK(schema_to_json("[{a:" + huge + ",b:" + huge + "}]", std::string_view{"\0\0\0\0", 4}) == "[]");
}

TEST_CASE("values nested deeper than the printer goes are refused", "[json]") {
  const std::string text = "\"n@1\"" + std::string(200, '?') + "\"n@1\"";
  CHECK(schema_to_json(text, std::string(300, '\1') + '\0') == "null");
  CHECK(is_refused(text, std::string(3000, '\1') + '\0'));
}

TEST_CASE("UTF-8 sequences have lengths, and anything else has none", "[json]") {
  using quipu::detail::utf8_length;
  using namespace std::string_view_literals;
  for (const std::string_view one : {"a"sv, "\0"sv, "\xC2\x80"sv, "\xDF\xBF"sv, "\xE0\xA0\x80"sv, "\xED\x9F\xBF"sv,
                                     "\xEF\xBF\xBF"sv, "\xF0\x90\x80\x80"sv, "\xF4\x8F\xBF\xBF"sv}) {
    CHECK(utf8_length(one) == one.size());
    CHECK(utf8_length(std::string{one} + "\x80") == one.size());
    if (one.size() > 1) CHECK(utf8_length(one.substr(0, one.size() - 1)) == 0);
  }
  for (const std::string_view none : {""sv, "\x80"sv, "\xC1\xBF"sv, "\xE0\x9F\xBF"sv, "\xED\xA0\x80"sv,
                                      "\xF0\x8F\xBF\xBF"sv, "\xF4\x90\x80\x80"sv, "\xF5\x80\x80\x80"sv, "\xC2\xC0"sv})
    CHECK(utf8_length(none) == 0);
}

TEST_CASE("of several names for one value the first is printed", "[json]") {
  CHECK(schema_to_json("enum:u8{one=1,uno=1,zero=0}", std::string_view{"\1", 1}) == R"("one")");
}

TEST_CASE("named types are nested as deep as values may be", "[json]") {
  std::string text = "u8";
  for (unsigned depth = 0; depth < quipu::detail::depth_limit; ++depth)
    text = "\"n@" + std::to_string(depth) + "\"" + text;
  CHECK(schema_to_json(text, std::string_view{"\5", 1}) == "5");
  CHECK(is_refused("\"n\"" + text, std::string_view{"\5", 1}));
}
