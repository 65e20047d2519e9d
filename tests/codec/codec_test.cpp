// SPDX-License-Identifier: BSL-1.0
//
// codec_test.cpp: the laws of the codec over many types: what is written is read back; equal values have equal bytes;
// whatever decodes encodes to the bytes it came from. Golden bytes pin the format.
#include "codec_samples.hpp"

#include <catch2/catch.hpp>

#include <bit>
#include <cmath>
#include <limits>
#include <stdexcept>

using namespace codec_samples;

namespace {

std::string hex(const quipu::bytes& data) { return quipu::detail::to_hex(data); }

template <class Type>
quipu::errc decode_error(quipu::bytes_view data) {
  try {
    static_cast<void>(quipu::decode<Type>(data));
  } catch (const quipu::error& caught) {
    return caught.code();
  }
  return quipu::errc{};
}

template <class Type>
quipu::errc encode_error(const Type& value) {
  try {
    static_cast<void>(quipu::encode(value));
  } catch (const quipu::error& caught) {
    return caught.code();
  }
  return quipu::errc{};
}

// A hash that puts everything in one bucket, in the order of insertion.
struct one_bucket {
  std::size_t operator()(int) const { return 0; }
};

}  // namespace

TEMPLATE_TEST_CASE("what is written is read back, and fits its least and fixed sizes", "[codec]", order, packed, padded,
                   scalars, containers, sequences, durations, times, node, empty, line, std::string, std::vector<order>,
                   (std::map<std::string, order>)) {
  random_source random{2024};
  for (int round = 0; round < 60; ++round) {
    const auto value = random_value<TestType>(random);
    const quipu::bytes data = quipu::encode(value);
    REQUIRE(quipu::decode<TestType>(data) == value);
    REQUIRE(data.size() >= quipu::detail::min_encoded_size<TestType>);
    if (quipu::detail::fixed_encoded_size<TestType> != quipu::detail::no_fixed_size) {
      REQUIRE(data.size() == quipu::detail::fixed_encoded_size<TestType>);
    }
    // An existing value is replaced, whatever was in it.
    auto reused = random_value<TestType>(random);
    quipu::decode_to(data, reused);
    REQUIRE(reused == value);
    // Appending leaves what is there, and the same bytes follow.
    quipu::bytes buffer{std::byte{42}};
    quipu::byte_writer writer{buffer};
    quipu::encode_to(writer, value);
    REQUIRE(buffer[0] == std::byte{42});
    REQUIRE(quipu::bytes_view{buffer}.subview(1) == quipu::bytes_view{data});
  }
}

TEMPLATE_TEST_CASE("a part or a changed byte of an encoding decodes to a value of its own, or not at all", "[codec]",
                   order, packed, padded, scalars, containers, sequences, durations, node,
                   (std::unordered_map<std::string, order>)) {
  random_source random{7};
  std::size_t refused = 0;
  for (int round = 0; round < 12; ++round) {
    quipu::bytes data = quipu::encode(random_value<TestType>(random));
    TestType value{};
    for (std::size_t size = 0; size < data.size(); ++size) {
      REQUIRE_FALSE(quipu::detail::decode_into(quipu::bytes_view{data}.subview(0, size), value));
    }
    for (std::size_t index = 0; index < data.size(); ++index) {
      const std::byte kept = data[index];
      for (const unsigned change : {1U, 2U, 4U, 8U, 16U, 32U, 64U, 128U, 255U}) {
        data[index] = kept ^ static_cast<std::byte>(change);
        if (quipu::detail::decode_into(data, value))
          REQUIRE(quipu::encode(value) == data);
        else
          ++refused;
      }
      data[index] = kept;
    }
    data.push_back(std::byte{0});
    REQUIRE_FALSE(quipu::detail::decode_into(data, value));
  }
  if (!quipu::detail::is_packed<TestType>) REQUIRE(refused > 0);
}

TEST_CASE("random bytes decode to a value of their own, or not at all", "[codec]") {
  random_source random{99};
  std::size_t decoded = 0;
  for (int round = 0; round < 20'000; ++round) {
    quipu::bytes data(random.below(14));
    for (std::byte& value : data)
      value = static_cast<std::byte>(random.below(9) == 0 ? random.next() : random.below(3));
    std::tuple<std::optional<bool>, std::variant<std::uint8_t, std::unordered_map<std::uint8_t, bool>, std::string>>
        value;
    if (!quipu::detail::decode_into(data, value)) continue;
    ++decoded;
    REQUIRE(quipu::encode(value) == data);
  }
  REQUIRE(decoded > 100);
}

TEST_CASE("golden bytes", "[codec]") {
  const order placed{
      7, "bob", {{"x", 1}, {"yy", 2}}, spot{1.5}, std::string{"hi"}, colour::green, {1, 2, 3, 4}, {{"k", -1}}};
  CHECK(hex(quipu::encode(placed)) ==
        "0700000000000000"  // id
        "03000000626f62"    // who
        "02000000"
        "0100000078"
        "01000000"
        "020000007979"
        "02000000"  // lines
        "01"
        "000000000000f83f"  // at
        "01"
        "020000006869"  // v
        "bc02"          // c
        "01020304"      // a
        "01000000"
        "010000006b"
        "ffffffff");  // m
  CHECK(hex(quipu::encode(packed{1, 2, {3}})) ==
        "0100000000000000"
        "0200000000000000"
        "03000000000000000000000000000000");
  CHECK(hex(quipu::encode(std::vector<empty>(3))) ==
        "03000000"
        "000000");
  CHECK(hex(quipu::encode(std::vector<bool>{true, false})) ==
        "02000000"
        "0100");
  CHECK(hex(quipu::encode(std::array<empty, 3>{})).empty());
  CHECK(hex(quipu::encode(std::unordered_map<int, std::uint8_t>{{256, 1}, {1, 2}, {-1, 3}})) ==
        "03000000"
        "00010000"
        "01"
        "01000000"
        "02"
        "ffffffff"
        "03");
  CHECK(hex(quipu::encode(node{"r", {{"a", {}}}})) ==
        "0100000072"
        "01000000"
        "0100000061"
        "00000000");
  CHECK(hex(quipu::encode(std::chrono::milliseconds{-2})) == "feffffffffffffff");
  CHECK(hex(quipu::encode(std::chrono::duration<float>{1.5F})) == "000000000000f83f");
  CHECK(hex(quipu::encode(std::chrono::system_clock::time_point{std::chrono::microseconds{1}})) == "e803000000000000");
  CHECK(hex(quipu::encode(std::optional<int>{})) == "00");
  CHECK(hex(quipu::encode(-0.0)) == "0000000000000080");
}

TEST_CASE("unordered containers have one encoding, whatever they went through", "[codec]") {
  random_source random{5};
  for (int round = 0; round < 50; ++round) {
    std::vector<int> values;
    for (std::size_t count = random.below(40); count > 0; --count)
      values.push_back(static_cast<int>(random.below(50)) - 25);
    std::unordered_multiset<int, one_bucket> forward(values.begin(), values.end());
    std::unordered_multiset<int, one_bucket> backward(values.rbegin(), values.rend());
    backward.rehash(1000);
    REQUIRE(quipu::encode(forward) == quipu::encode(backward));
    const std::unordered_set<int> hashed(values.begin(), values.end());
    const std::unordered_set<int, one_bucket> chained(values.rbegin(), values.rend());
    REQUIRE(quipu::encode(hashed) == quipu::encode(chained));
  }
}

TEST_CASE("encodings in another order, or with a key twice, are refused", "[codec]") {
  const auto of = [](const auto& value) { return quipu::encode(value); };
  const quipu::bytes up = of(std::vector<std::uint8_t>{1, 2});
  const quipu::bytes down = of(std::vector<std::uint8_t>{2, 1});
  const quipu::bytes twice = of(std::vector<std::uint8_t>{1, 1});
  CHECK(quipu::decode<std::set<std::uint8_t>>(up).size() == 2);
  CHECK(decode_error<std::set<std::uint8_t>>(down) == quipu::errc::decode_failed);
  CHECK(decode_error<std::set<std::uint8_t>>(twice) == quipu::errc::decode_failed);
  CHECK(quipu::decode<std::multiset<std::uint8_t>>(twice).size() == 2);
  CHECK(decode_error<std::multiset<std::uint8_t>>(down) == quipu::errc::decode_failed);
  CHECK(decode_error<std::set<std::uint8_t, std::greater<>>>(up) == quipu::errc::decode_failed);
  CHECK(quipu::decode<std::set<std::uint8_t, std::greater<>>>(down).size() == 2);
  CHECK(decode_error<std::unordered_set<std::uint8_t>>(down) == quipu::errc::decode_failed);
  CHECK(decode_error<std::unordered_set<std::uint8_t>>(twice) == quipu::errc::decode_failed);
  CHECK(quipu::decode<std::unordered_multiset<std::uint8_t>>(twice).size() == 2);
  CHECK(decode_error<std::unordered_multiset<std::uint8_t>>(down) == quipu::errc::decode_failed);

  using pairs = std::vector<std::pair<std::uint8_t, std::uint8_t>>;
  const quipu::bytes same_key = of(pairs{{1, 1}, {1, 2}});
  CHECK(decode_error<std::map<std::uint8_t, std::uint8_t>>(same_key) == quipu::errc::decode_failed);
  CHECK(decode_error<std::unordered_map<std::uint8_t, std::uint8_t>>(same_key) == quipu::errc::decode_failed);
  CHECK(quipu::decode<std::multimap<std::uint8_t, std::uint8_t>>(same_key).size() == 2);
  CHECK(quipu::decode<std::unordered_multimap<std::uint8_t, std::uint8_t>>(same_key).size() == 2);
  CHECK(decode_error<std::unordered_multimap<std::uint8_t, std::uint8_t>>(of(pairs{{1, 2}, {1, 1}})) ==
        quipu::errc::decode_failed);
  // Two keys that differ in their bits and are equal to the container.
  CHECK(decode_error<std::unordered_set<double>>(of(std::vector<double>{0.0, -0.0})) == quipu::errc::decode_failed);
  CHECK(decode_error<std::set<double>>(of(std::vector<double>{std::nan(""), std::nan("")})) ==
        quipu::errc::decode_failed);
}

TEST_CASE("floating-point numbers keep their bits", "[codec]") {
  const std::uint64_t patterns[] = {0x7FF8'0000'0000'0001U, 0x8000'0000'0000'0000U, 0x7FF0'0000'0000'0000U, 1U};
  for (const std::uint64_t bits : patterns) {
    const auto back = quipu::decode<spot>(quipu::encode(spot{std::bit_cast<double>(bits)}));
    CHECK(std::bit_cast<std::uint64_t>(back.x) == bits);
  }
  CHECK(quipu::encode(0.0) != quipu::encode(-0.0));
}

TEST_CASE("marks other than their values are refused", "[codec]") {
  const std::string_view two{"\x02", 1};
  CHECK(decode_error<bool>(two) == quipu::errc::decode_failed);
  CHECK(decode_error<answer>(two) == quipu::errc::decode_failed);
  CHECK(decode_error<std::optional<empty>>(two) == quipu::errc::decode_failed);
  CHECK(decode_error<std::variant<empty, std::tuple<>>>(two) == quipu::errc::decode_failed);
  CHECK(decode_error<std::vector<bool>>(std::string_view{"\x01\0\0\0\x02", 5}) == quipu::errc::decode_failed);
  CHECK(decode_error<std::vector<empty>>(std::string_view{"\x01\0\0\0\x01", 5}) == quipu::errc::decode_failed);
  CHECK(quipu::decode<std::vector<empty>>(std::string_view{"\x01\0\0\0\0", 5}).size() == 1);
}

TEST_CASE("times are nanoseconds, rounded so that every tick comes back", "[codec]") {
  using std::chrono::system_clock;
  using thirds = std::chrono::time_point<system_clock, std::chrono::duration<std::int64_t, std::ratio<1, 3>>>;
  for (const std::int64_t count : std::vector<std::int64_t>{-4, -3, -2, -1, 0, 1, 2, 3, 4, 3'000'000'001}) {
    const thirds value{thirds::duration{count}};
    CHECK(quipu::decode<thirds>(quipu::encode(value)) == value);
  }
  using whole = std::chrono::time_point<system_clock, std::chrono::seconds>;
  CHECK(quipu::decode<whole>(quipu::encode(std::int64_t{1'999'999'999})) == whole{std::chrono::seconds{1}});
  CHECK(quipu::decode<whole>(quipu::encode(std::int64_t{-1})) == whole{std::chrono::seconds{-1}});

  using fine = std::chrono::time_point<system_clock, std::chrono::duration<std::int64_t, std::pico>>;
  CHECK(hex(quipu::encode(fine{fine::duration{-3000}})) == "fdffffffffffffff");
  CHECK(encode_error(fine{fine::duration{1}}) == quipu::errc::encode_failed);
  CHECK(decode_error<fine>(quipu::encode(std::numeric_limits<std::int64_t>::max())) == quipu::errc::decode_failed);

  using hours = std::chrono::time_point<system_clock, std::chrono::duration<std::int64_t, std::ratio<3600>>>;
  CHECK(encode_error(hours{hours::duration{2'562'047}}) == quipu::errc{});
  CHECK(encode_error(hours{hours::duration{2'562'048}}) == quipu::errc::encode_failed);
  CHECK(encode_error(hours{hours::duration::min()}) == quipu::errc::encode_failed);
  using narrow = std::chrono::time_point<system_clock, std::chrono::duration<std::int8_t>>;
  CHECK(decode_error<narrow>(quipu::encode(std::int64_t{128'000'000'000})) == quipu::errc::decode_failed);
  CHECK(quipu::decode<narrow>(quipu::encode(std::int64_t{127'000'000'000})).time_since_epoch().count() == 127);

  using real = std::chrono::time_point<system_clock, std::chrono::duration<double>>;
  CHECK(hex(quipu::encode(real{real::duration{1.5}})) == hex(quipu::encode(std::int64_t{1'500'000'000})));
  CHECK(quipu::decode<real>(quipu::encode(real{real::duration{-2.25}})) == real{real::duration{-2.25}});
  CHECK(encode_error(real{real::duration{1e10}}) == quipu::errc::encode_failed);
  CHECK(encode_error(real{real::duration{std::nan("")}}) == quipu::errc::encode_failed);

  using large = std::chrono::duration<std::uint64_t>;
  CHECK(encode_error(large{std::uint64_t{1} << 63}) == quipu::errc::encode_failed);
  CHECK(encode_error(large{(std::uint64_t{1} << 63) - 1}) == quipu::errc{});
  CHECK(decode_error<std::chrono::duration<std::uint8_t>>(quipu::encode(std::int64_t{256})) ==
        quipu::errc::decode_failed);
  CHECK(decode_error<std::chrono::duration<float>>(quipu::encode(0.1)) == quipu::errc::decode_failed);
  using small = std::chrono::duration<std::int8_t>;
  for (const std::int64_t count : std::vector<std::int64_t>{-128, -1, 0, 127})
    CHECK(quipu::decode<small>(quipu::encode(count)).count() == count);
  for (const std::int64_t count : std::vector<std::int64_t>{-129, 128, std::numeric_limits<std::int64_t>::min()})
    CHECK(decode_error<small>(quipu::encode(count)) == quipu::errc::decode_failed);
}

TEST_CASE("a value without an encoding leaves the buffer as it was", "[codec]") {
  struct thrower {
    operator line() const { throw std::runtime_error{"no value"}; }
  };
  std::tuple<std::string, std::variant<int, line>> value{"before", 1};
  REQUIRE_THROWS_AS(std::get<1>(value).emplace<1>(thrower{}), std::runtime_error);
  REQUIRE(std::get<1>(value).valueless_by_exception());
  quipu::bytes buffer{std::byte{1}};
  quipu::byte_writer writer{buffer};
  try {
    quipu::encode_to(writer, value);
    FAIL("a valueless variant was encoded");
  } catch (const quipu::error& caught) {
    CHECK(caught.code() == quipu::errc::encode_failed);
  }
  CHECK(buffer.size() == 1);
}

TEST_CASE("nesting of recursive types is bounded on both sides", "[codec]") {
  const auto nest = [](int levels) {
    node root{"leaf", {}};
    for (int level = 1; level < levels; ++level) {
      node outer{"x", {}};
      outer.kids.push_back(std::move(root));
      root = std::move(outer);
    }
    return root;
  };
  const node deepest = nest(64);
  const quipu::bytes data = quipu::encode(deepest);
  CHECK(quipu::decode<node>(data) == deepest);
  CHECK(encode_error(nest(65)) == quipu::errc::encode_failed);
  // One level more, by hand: a node "x" with one child.
  quipu::bytes deeper;
  for (const unsigned value : {1U, 0U, 0U, 0U, 0x78U, 1U, 0U, 0U, 0U}) deeper.push_back(static_cast<std::byte>(value));
  deeper.insert(deeper.end(), data.begin(), data.end());
  CHECK(decode_error<node>(deeper) == quipu::errc::decode_failed);
  // As deep as the bytes reach: refused, and not by running out of stack.
  quipu::bytes endless;
  for (int level = 0; level < 100'000; ++level) endless.insert(endless.end(), deeper.begin(), deeper.begin() + 9);
  CHECK(decode_error<node>(endless) == quipu::errc::decode_failed);
}

TEST_CASE("a failure says what was expected", "[codec]") {
  try {
    static_cast<void>(quipu::decode<line>("abc"));
    FAIL("decoded");
  } catch (const quipu::error& caught) {
    CHECK(caught.code() == quipu::errc::decode_failed);
    CHECK(caught.actual() == 3U);
    CHECK_THAT(caught.what(), Catch::Contains("{sku:str,quantity:u32}"));
  }
}

TEST_CASE("a failure shows the begin of a long schema", "[codec]") {
  const std::string schema{quipu::schema_text<containers>()};
  REQUIRE(schema.size() > 240);
  try {
    static_cast<void>(quipu::decode<containers>("abc"));
    FAIL("decoded");
  } catch (const quipu::error& caught) {
    CHECK_THAT(caught.what(), Catch::Contains(schema.substr(0, 240) + "..."));
    CHECK_THAT(caught.what(), !Catch::Contains(schema));
  }
}

TEST_CASE("a count that has no 32 bits has no encoding", "[codec]") {
  CHECK(quipu::detail::checked_count(0xFFFF'FFFFU) == 0xFFFF'FFFFU);
  for (const std::size_t count : {std::size_t{1} << 32, ~std::size_t{0}}) {
    try {
      static_cast<void>(quipu::detail::checked_count(count));
      FAIL("counted");
    } catch (const quipu::error& caught) {
      CHECK(caught.code() == quipu::errc::encode_failed);
    }
  }
}

TEST_CASE("packed types are their memory", "[codec]") {
  using quipu::detail::is_packed;
  STATIC_REQUIRE(is_packed<packed> == quipu::detail::host_is_little_endian);
  STATIC_REQUIRE_FALSE(is_packed<padded>);
  STATIC_REQUIRE_FALSE(is_packed<scalars>);
  STATIC_REQUIRE_FALSE(is_packed<bool>);
  STATIC_REQUIRE_FALSE(is_packed<answer>);
  STATIC_REQUIRE_FALSE(is_packed<empty>);
  STATIC_REQUIRE(is_packed<std::array<packed, 2>> == quipu::detail::host_is_little_endian);
  STATIC_REQUIRE(quipu::detail::fixed_encoded_size<padded> == 1 + 8 + 1 + 1 + 1 + 1 + 4);
  STATIC_REQUIRE(quipu::detail::fixed_encoded_size<empty> == 0);
  STATIC_REQUIRE(quipu::detail::fixed_encoded_size<line> == quipu::detail::no_fixed_size);
  STATIC_REQUIRE(quipu::detail::min_encoded_size<line> == 8);
}
