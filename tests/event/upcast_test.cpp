// SPDX-License-Identifier: BSL-1.0
//
// upcast_test.cpp: payloads of every older version, led up to the newest, and what no upcast reaches.
#ifdef QUIPU_TEST_SINGLE_HEADER
#include <quipu.hpp>
#else
#include <quipu/event/upcast.hpp>
#endif

#include <catch2/catch.hpp>

#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>

using quipu::bytes_view;
using quipu::errc;

namespace {

struct named_v1 {
  static constexpr auto kind = quipu::event_kind::custom(3, 1);
  std::string full{};
};
struct named_v2 {
  static constexpr auto kind = quipu::event_kind::custom(3, 1);
  static constexpr std::uint16_t version = 2;
  using previous = named_v1;
  static named_v2 upcast(const named_v1& older) {
    if (older.full.empty()) throw std::runtime_error{"nobody"};
    const auto space = older.full.find(' ');
    return {older.full.substr(0, space), space == std::string::npos ? "" : older.full.substr(space + 1)};
  }
  std::string first{}, last{};
};
struct named {
  static constexpr auto kind = quipu::event_kind::custom(3, 1);
  static constexpr std::uint16_t version = 3;
  using previous = named_v2;
  static named upcast(const named_v2& older) {
    return {older.first, older.last, static_cast<std::int64_t>(older.last.size())};
  }
  std::string first{}, last{};
  std::int64_t letters{};
};

/// A first version of which nothing older is known.
struct starts_at_5 {
  static constexpr auto kind = quipu::event_kind::custom(3, 2);
  static constexpr std::uint16_t version = 5;
  std::int64_t value{};
};

template <class Event, class Older>
Event read(const Older& older, std::uint16_t stored) {
  Event value{};
  quipu::detail::decode_event(quipu::encode(older), stored, value);
  return value;
}

template <class Event>
std::optional<quipu::error> refusal_of(bytes_view payload, std::uint16_t stored) {
  Event value{};
  try {
    quipu::detail::decode_event(payload, stored, value);
  } catch (const quipu::error& refused) {
    return refused;
  }
  return std::nullopt;
}

}  // namespace

TEST_CASE("a payload enters the chain at its own version", "[event][upcast]") {
  const named from_1 = read<named>(named_v1{"Ada Lovelace"}, 1);
  CHECK(from_1.first == "Ada");
  CHECK(from_1.last == "Lovelace");
  CHECK(from_1.letters == 8);
  const named from_2 = read<named>(named_v2{"Ada", "King"}, 2);
  CHECK(from_2.letters == 4);
  const named from_3 = read<named>(named{"Ada", "King", 99}, 3);
  CHECK(from_3.letters == 99);
}

TEST_CASE("a raw payload is read as the newest version", "[event][upcast]") {
  CHECK(read<named>(named{"Ada", "King", 99}, 0).letters == 99);
  CHECK(read<starts_at_5>(starts_at_5{6}, 0).value == 6);
}

TEST_CASE("a version that is newer than the program is schema drift", "[event][upcast]") {
  for (const std::uint16_t stored : {std::uint16_t{4}, std::uint16_t{65535}}) {
    const auto refused = refusal_of<named>(quipu::encode(named{}), stored);
    REQUIRE(refused);
    CHECK(refused->code() == errc::schema_drift);
    CHECK(refused->expected() == 3U);
    CHECK(refused->actual() == stored);
    CHECK_THAT(refused->what(), Catch::Contains("0x3001") && Catch::Contains("newer than this program's version 3"));
  }
  CHECK(refusal_of<starts_at_5>(quipu::encode(starts_at_5{}), 6)->code() == errc::schema_drift);
}

TEST_CASE("a version that no upcast begins at is schema drift", "[event][upcast]") {
  const auto refused = refusal_of<starts_at_5>(quipu::encode(starts_at_5{}), 4);
  REQUIRE(refused);
  CHECK(refused->code() == errc::schema_drift);
  CHECK(refused->expected() == 5U);
  CHECK(refused->actual() == 4U);
  CHECK_THAT(refused->what(), Catch::Contains("no upcast from it to version 5"));
}

TEST_CASE("a payload must be an encoding of the version that it says", "[event][upcast]") {
  CHECK(refusal_of<named>(quipu::encode(named{"a", "b", 1}), 2)->code() == errc::decode_failed);
  CHECK(refusal_of<named>(quipu::encode(named_v2{"a", "b"}), 3)->code() == errc::decode_failed);
  CHECK(refusal_of<named>("\x05", 1)->code() == errc::decode_failed);
  CHECK_FALSE(refusal_of<named>(quipu::encode(named_v1{"a"}), 1));
}

TEST_CASE("what an upcast throws goes through", "[event][upcast]") {
  CHECK_THROWS_WITH(read<named>(named_v1{""}, 1), "nobody");
}
