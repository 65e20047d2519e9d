// SPDX-License-Identifier: BSL-1.0
//
// boost_serialization_test.cpp: types with a `serialize`, with Boost's own headers for what is in them. What Boost's
// archives would write is not what is checked: ours are.
#include "boost_samples.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <concepts>

using namespace boost_samples;
using quipu::detail::decode_into;

static_assert(quipu::has_serialize<reading> && quipu::has_serialize<label> &&
              quipu::has_serialize<split_member_sample>);
static_assert(quipu::has_serialize<tree> && quipu::has_serialize<vendor> && quipu::has_serialize<std::complex<double>>);
static_assert(!quipu::has_serialize<point> && !quipu::has_serialize<text_serialize> &&
              !quipu::has_serialize<one_argument>);
static_assert(!quipu::has_serialize<plain_holder>);
static_assert(quipu::encodable<tree> && quipu::encodable<event_by_members> && quipu::encodable<other_library>);
static_assert(!quipu::encodable<reading>);
static_assert(quipu::schema_text<tree>() == R"("samples.tree@4")");
static_assert(quipu::schema_text<versioned_name>() == R"("samples.versioned@7")");
static_assert(quipu::schema_text<vendor>() == R"("vendor.thing@3")");
static_assert(quipu::schema_text<event_by_members>() == R"({all:["samples.series@0"],id:[u8;16]})");
static_assert(quipu::schema_text<other_library>() == "{number:i32}");
static_assert(quipu::detail::reads_schema(R"("a@2")", R"("a@2")") &&
              quipu::detail::reads_schema(R"("a@10")", R"("a@9")"));
static_assert(quipu::detail::reads_schema(R"({x:["a@2"],y:i32})", R"({x:["a@1"],y:i32})"));
static_assert(!quipu::detail::reads_schema(R"("a@1")", R"("a@2")") &&
              !quipu::detail::reads_schema(R"("a@2")", R"("b@1")"));
static_assert(!quipu::detail::reads_schema(R"("a@2"{x:i32})", R"("a@1"{x:i32})"));
static_assert(!quipu::detail::reads_schema(R"("a@2")", R"("a@1"i32)"));
static_assert(!quipu::detail::reads_schema(R"("a@2")", R"(["a@1"])") && !quipu::detail::reads_schema("i32", "i64"));
// The archives model Boost's concepts.
template <class Archive>
concept boost_archive = requires(Archive& archive, label& object) {
  typename Archive::is_saving::type;
  typename Archive::is_loading::type;
  { archive& object } -> std::same_as<Archive&>;
  { archive.get_library_version() } -> std::convertible_to<unsigned>;
  archive.template register_type<label>();
  archive.register_type(&object);
};
template <class Archive>
concept saving_archive_of_boost = boost_archive<Archive> && Archive::is_saving::value && !Archive::is_loading::value &&
                                  requires(Archive & archive, const label& object, const void* address) {
  { archive << object } -> std::same_as<Archive&>;
  archive.save_binary(address, std::size_t{1});
};
template <class Archive>
concept loading_archive_of_boost = boost_archive<Archive> && Archive::is_loading::value && !Archive::is_saving::value &&
                                   requires(Archive & archive, label& object, void* address) {
  { archive >> object } -> std::same_as<Archive&>;
  archive.load_binary(address, std::size_t{1});
  archive.reset_object_address(&object, &object);
};
static_assert(saving_archive_of_boost<quipu::detail::saving_archive> &&
              !loading_archive_of_boost<quipu::detail::saving_archive>);
static_assert(loading_archive_of_boost<quipu::detail::loading_archive> &&
              !saving_archive_of_boost<quipu::detail::loading_archive>);
static_assert(quipu::fingerprint<tree>() == quipu::fingerprint_of_text(R"("samples.tree@4")"));

namespace {

containers sample_containers() {
  containers sample;
  sample.readings = {reading{1}, reading{2, "m"}};
  sample.bits = {true, false, true};
  sample.deque = {reading{3, "s"}};
  sample.list = {1, 2, 3};
  sample.labels = {{"ab"}, {"cde"}};
  sample.forward = {reading{4}, reading{5}, reading{6, "kg"}};
  sample.set = {reading{7}, reading{8}};
  sample.multiset = {reading{7}, reading{7}};
  sample.map = {{"a", reading{1}}, {"b", reading{2}}};
  sample.by_reading = {{reading{1}, reading{2}}, {reading{3}, reading{4}}};
  sample.multimap = {{1, {"x"}}, {1, {"y"}}, {2, {"z"}}};
  for (int number = 0; number < 12; ++number) {
    sample.hashed[number * 7919] = reading{static_cast<double>(number)};
    sample.hashed_multimap.insert({number % 5, label{std::to_string(number)}});
    sample.hashed_set.insert(std::to_string(number));
    sample.hashed_readings.insert(reading{static_cast<double>(number), "u"});
    sample.boost_hashed[number * 31] = reading{static_cast<double>(number)};
  }
  sample.pair = {reading{9}, 10};
  sample.tuple = {{"label"}, reading{11}, {}};
  sample.array = {reading{12}, reading{13, "A"}};
  sample.boost_array = {{1, 2, 3}};
  sample.holders = {{1, {"one"}}, {2, {"two"}}};
  sample.nothings.resize(3);
  sample.empties.resize(4);
  return sample;
}

values sample_values() {
  values sample;
  sample.optional = reading{1, "m"};
  sample.variant = reading{2, "s"};
  sample.duration = std::chrono::milliseconds{1500};
  sample.time = std::chrono::system_clock::time_point{std::chrono::seconds{1'700'000'000}};
  sample.known = point{3, -4};
  sample.complex = {1.5, -2.5};
  sample.bitset = std::bitset<11>{0b101'0000'1111};
  sample.valarray = {1, 2, 3};
  sample.boost_optional = reading{5};
  sample.uuid = {{0x12, 0x34}};
  sample.number = boost::multiprecision::cpp_int{"-123456789012345678901234567890123456789012345678901234567890"};
  sample.number128 = boost::multiprecision::int128_t{"-170141183460469231731687303715884105720"};
  sample.number256 = boost::multiprecision::uint256_t{
      "115792089237316195423570985008687907853269984665640564039457584007913129639935"};
  sample.pointer = std::make_unique<reading>(6, "K");
  for (const int number : {3, 1, 2}) {
    sample.queue.push(number);
    sample.stack.push(reading{static_cast<double>(number)});
    sample.priorities.push(number);
  }
  sample.shade = colour::green;
  sample.letter = 'q';
  sample.c_array[1] = -1;
  sample.objects[1] = reading{7};
  sample.raw = {std::byte{1}, std::byte{2}};
  sample.derived.title = "derived";
  sample.derived.number = 42;
  return sample;
}

/// Every truncation is refused, every change of one byte is refused or gives a value that is whole: it can be walked.
template <class Type>
void damage(const quipu::bytes& data) {
  Type value;
  for (std::size_t index = 0; index < data.size(); ++index) {
    for (const unsigned change : {1U, 255U}) {
      quipu::bytes damaged = data;
      damaged[index] ^= static_cast<std::byte>(change);
      if (decode_into(damaged, value)) static_cast<void>(quipu::encode(value));
    }
    REQUIRE_FALSE(decode_into(quipu::bytes_view{data}.subview(0, index), value));
    // As much, but said to be all that there is.
    quipu::bytes shorter{data.begin(), data.begin() + static_cast<std::ptrdiff_t>(index)};
    if (index < 4) continue;
    quipu::detail::store_little_endian(shorter.data(), static_cast<std::uint32_t>(index - 4));
    REQUIRE_FALSE(decode_into(shorter, value));
  }
  quipu::bytes longer = data;
  longer.push_back(std::byte{0});
  REQUIRE_FALSE(decode_into(longer, value));
  quipu::detail::store_little_endian(longer.data(), static_cast<std::uint32_t>(longer.size() - 4));
  REQUIRE_FALSE(decode_into(longer, value));
}

}  // namespace

TEST_CASE("containers of objects and of numbers come back", "[boost]") {
  const containers sample = sample_containers();
  const quipu::bytes data = quipu::encode(sample);
  CHECK((quipu::decode<containers>(data) == sample));
  CHECK((quipu::decode<containers>(quipu::encode(containers{})) == containers{}));
  damage<containers>(data);
}

TEST_CASE("single values come back", "[boost]") {
  const values sample = sample_values();
  const quipu::bytes data = quipu::encode(sample);
  auto back = quipu::decode<values>(data);
  CHECK(quipu::encode(back) == data);
  CHECK((back.optional == sample.optional && back.variant == sample.variant && back.duration == sample.duration));
  CHECK((back.time == sample.time && back.known == sample.known && back.complex == sample.complex &&
         back.bitset == sample.bitset));
  CHECK((back.valarray.size() == 3 && back.valarray[2] == 3));
  CHECK((back.boost_optional == sample.boost_optional && back.uuid == sample.uuid && back.number == sample.number));
  CHECK((back.number128 == sample.number128 && back.number256 == sample.number256 && *back.pointer == *sample.pointer));
  CHECK((back.queue == sample.queue && back.stack == sample.stack && back.priorities.top() == 3));
  CHECK((back.shade == colour::green && back.letter == 'q' && back.c_array[1] == -1 && back.objects[1] == reading{7}));
  CHECK((back.raw == sample.raw && back.derived == sample.derived));
  CHECK_FALSE(quipu::decode<values>(quipu::encode(values{})).pointer);
  damage<values>(data);
}

TEST_CASE("Boost's dates and times come back", "[boost]") {
  using boost::posix_time::microseconds;
  const dates sample{{2024, 2, 29}, {{1999, 12, 31}, microseconds{123'456'789}}, microseconds{-5}};
  const quipu::bytes data = quipu::encode(sample);
  const auto back = quipu::decode<dates>(data);
  CHECK((back.day == sample.day && back.time == sample.time && back.duration == sample.duration));
  CHECK(quipu::decode<dates>(quipu::encode(dates{})).time.is_not_a_date_time());
  dates value;
  for (std::size_t size = 0; size < data.size(); ++size) {
    REQUIRE_FALSE(decode_into(quipu::bytes_view{data}.subview(0, size), value));
  }
}

TEST_CASE("the bytes of a serialize are pinned", "[boost]") {
  series<reading> sample;
  sample.number = 0x0102;
  sample.readings = {reading{1, "m"}, reading{2}};
  sample.best = reading{1, "m"};
  const quipu::bytes data = quipu::encode(sample);
  CHECK(quipu::detail::to_hex(data) ==
        "30000000"  // the bytes that follow
        "00"        // the class version of series
        "0201"      // number
        "02000000"
        "02"  // two readings, which have class version 2
        "000000000000f03f"
        "01000000"
        "6d"  // 1.0, "m"
        "0000000000000040"
        "00000000"  // 2.0, ""
        "01"
        "02"  // best is there; the class version of a reading
        "000000000000f03f"
        "01000000"
        "6d");
  CHECK(quipu::schema_text<series<reading>>() == R"("samples.series@0")");
  CHECK(quipu::schema_to_json(quipu::schema_text<series<reading>>(), data) ==
        R"({"opaque":"samples.series@0","bytes":")" + quipu::detail::to_hex(data).substr(8) + R"("})");
}

TEST_CASE("an older class version is read, a newer one is refused", "[boost]") {
  series<old_reading> old;
  old.readings = {old_reading{1}, old_reading{2}};
  old.best = old_reading{3};
  series<reading> expected;
  expected.readings = {reading{1}, reading{2}};
  expected.best = reading{3};
  CHECK((quipu::decode<series<reading>>(quipu::encode(old)) == expected));
  // What an older version doesn't have isn't left over from an earlier value.
  only<reading> used{reading{9, "left over"}};
  REQUIRE(decode_into(quipu::encode(only<old_reading>{old_reading{4}}), used));
  CHECK((used.container == reading{4}));

  series<future_reading> future;
  CHECK_THROWS_AS(quipu::decode<series<reading>>(quipu::encode(future)), quipu::error);
  future.best = future_reading{};
  const quipu::bytes data = quipu::encode(future);
  CHECK_FALSE(decode_into(data, expected));
  CHECK(decode_into(data, future));
}

TEST_CASE("hashed containers are written in one order", "[boost]") {
  containers forwards = sample_containers();
  containers backwards = sample_containers();
  backwards.hashed.clear();
  backwards.hashed.rehash(1000);
  backwards.boost_hashed.clear();
  backwards.boost_hashed.rehash(1000);
  backwards.hashed_set.clear();
  backwards.hashed_multimap.clear();
  for (int number = 11; number >= 0; --number) {
    backwards.hashed[number * 7919] = reading{static_cast<double>(number)};
    backwards.hashed_multimap.insert({number % 5, label{std::to_string(number)}});
    backwards.hashed_set.insert(std::to_string(number));
    backwards.boost_hashed[number * 31] = reading{static_cast<double>(number)};
  }
  REQUIRE((forwards == backwards));
  CHECK(quipu::encode(forwards) == quipu::encode(backwards));
}

TEST_CASE("a number that doesn't fit is refused before it is stored", "[boost]") {
  using boost::multiprecision::uint256_t;
  const auto with_bytes = [](std::uint32_t size) {
    quipu::bytes data;
    quipu::byte_writer writer{data};
    writer.put(size + 7);
    writer.put(std::uint16_t{0});  // the class versions of `only` and of the number
    writer.put(std::uint8_t{0});
    writer.put(size);
    data.resize(11 + size, std::byte{0xA5});
    return data;
  };
  const auto value = std::make_unique<only<uint256_t>>();
  CHECK(decode_into(with_bytes(32), *value));
  CHECK(quipu::encode(*value) == with_bytes(32));
  for (const std::uint32_t size : {33U, 40U, 41U, 4096U}) CHECK_FALSE(decode_into(with_bytes(size), *value));
  only<boost::multiprecision::uint128_t> narrow;
  CHECK(decode_into(with_bytes(16), narrow));
  CHECK_FALSE(decode_into(with_bytes(17), narrow));
  only<boost::multiprecision::cpp_int> wide;
  CHECK(decode_into(with_bytes(4096), wide));
  CHECK(quipu::encode(wide) == with_bytes(4096));
}

TEMPLATE_TEST_CASE("elements out of order, or twice, are refused", "[boost]", (std::map<std::uint8_t, label>),
                   (std::unordered_map<std::uint8_t, label>), (std::map<label_key, int>),
                   (std::multimap<std::uint8_t, label>)) {
  // A frame, the class version of `only`, a count, the class version of the objects, and two elements of equal size.
  quipu::bytes data = quipu::encode(only<TestType>{{{{1}, {}}, {{2}, {}}}});
  const std::size_t half = (data.size() - 10) / 2;
  only<TestType> value;
  REQUIRE(decode_into(data, value));
  const std::vector<std::byte> first(data.begin() + 10, data.begin() + 10 + static_cast<std::ptrdiff_t>(half));
  std::copy(data.end() - static_cast<std::ptrdiff_t>(half), data.end(), data.begin() + 10);
  CHECK(decode_into(data, value) == quipu::detail::keeps_equal_keys<TestType>);
  std::copy(first.begin(), first.end(), data.end() - static_cast<std::ptrdiff_t>(half));
  // Sorted by objects, they may come in any order: an older version's order may have been another.
  CHECK(decode_into(data, value) == std::is_same_v<typename TestType::key_type, label_key>);
}

TEST_CASE("names and versions come from where the type says", "[boost]") {
  event_by_members sample;
  sample.all.resize(2);
  sample.all[1].readings = {reading{1}};
  const quipu::bytes data = quipu::encode(sample);
  CHECK((quipu::decode<event_by_members>(data) == sample));
  damage<series<reading>>(quipu::encode(sample.all[1]));
  CHECK(quipu::decode<vendor>(quipu::encode(vendor{"key"})).secret == "key");
  sealed number;
  number.number = 5;
  CHECK(quipu::decode<sealed>(quipu::encode(number)).number == 5);
  CHECK(quipu::schema_text<text_serialize>() == "{text:str}");
  CHECK(quipu::schema_text<one_argument>() == "{number:i32}");
}

TEST_CASE("objects that contain themselves nest as deep as others", "[boost]") {
  const auto nest = [](int levels) {
    tree root;
    for (int level = 1; level < levels; ++level) {
      tree outer;
      if (level % 2 == 0)
        outer.kids.push_back(std::move(root));
      else
        outer.next = std::make_unique<tree>(std::move(root));
      root = std::move(outer);
    }
    return root;
  };
  const quipu::bytes deepest = quipu::encode(nest(64));
  CHECK(quipu::encode(quipu::decode<tree>(deepest)) == deepest);
  CHECK_THROWS_AS(quipu::encode(nest(65)), quipu::error);
  damage<tree>(quipu::encode(nest(3)));
  // Bytes that nest deeper: each level is its version, an empty name, no kids (of that version), and one more.
  quipu::bytes deeper;
  quipu::byte_writer writer{deeper};
  writer.put(std::uint32_t{0});
  for (int level = 0; level < 100'000; ++level) {
    writer.put(std::uint8_t{4});
    writer.put(std::uint64_t{0});
    writer.put(std::uint8_t{4});
    writer.put(std::uint8_t{1});
  }
  quipu::detail::store_little_endian(deeper.data(), static_cast<std::uint32_t>(deeper.size() - 4));
  tree value;
  CHECK_FALSE(decode_into(deeper, value));
}

TEST_CASE("counts by hand are believed as far as there is input", "[boost]") {
  const by_hand sample{{1, 2, 3}};
  const quipu::bytes data = quipu::encode(sample);
  CHECK(quipu::detail::to_hex(data) ==
        "11000000"
        "00"
        "03000000"
        "01000000"
        "02000000"
        "03000000");
  CHECK((quipu::decode<by_hand>(data) == sample));
  damage<by_hand>(data);
  // What the type's own `serialize` throws is a refusal, too.
  CHECK_THROWS_AS(quipu::decode<by_hand>(quipu::encode(by_hand{{13}})), quipu::error);
}
