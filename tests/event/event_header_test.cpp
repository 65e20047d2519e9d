// SPDX-License-Identifier: BSL-1.0
#ifdef QUIPU_TEST_SINGLE_HEADER
#include <quipu.hpp>
#else
#include <quipu/event/event_header.hpp>
#include <quipu/event/event_list.hpp>
#endif

#include <catch2/catch.hpp>

#include <cstdint>
#include <limits>
#include <string>
#include <type_traits>

using quipu::event_flags;
using quipu::event_header;
using quipu::has_flag;
using quipu::schema_version_of;

namespace {

// Stored: never change one.
static_assert(static_cast<int>(event_flags::requires_ack) == 1 && static_cast<int>(event_flags::transactional) == 2 &&
              static_cast<int>(event_flags::replay) == 4);
static_assert(has_flag(event_flags::requires_ack | event_flags::replay, event_flags::replay));
static_assert(!has_flag(event_flags::requires_ack | event_flags::replay, event_flags::transactional));

constexpr event_header with_flags(event_flags flags) {
  event_header header;
  header.flags = flags;
  return header;
}
static_assert(with_flags(event_flags::requires_ack).requires_ack() && !with_flags(event_flags::requires_ack).replay());
static_assert(with_flags(event_flags::transactional).transactional() &&
              !with_flags(event_flags::transactional).requires_ack());
static_assert(with_flags(event_flags::replay).replay() && !with_flags(event_flags::replay).transactional());
static_assert(!with_flags(event_flags::none).requires_ack() && !event_header{}.causation_id);

constexpr event_header at_time(std::int64_t timestamp_us) {
  event_header header;
  header.timestamp_us = timestamp_us;
  return header;
}
static_assert(at_time(100).age_us(150) == 50 && at_time(100).age_us(100) == 0 && at_time(100).age_us(50) == 0);
static_assert(at_time(-100).age_us(50) == 150);
static_assert(at_time(0).age_us(std::numeric_limits<std::int64_t>::max()) == std::numeric_limits<std::int64_t>::max());

struct without_version {};
struct version_7 {
  static constexpr std::uint16_t version = 7;
};
struct version_of_an_int {
  static constexpr int version = 65535;
};
struct version_as_a_field {
  std::uint32_t version{};
};
struct version_as_text {
  std::string version{};
};
static_assert(schema_version_of<without_version>() == 1 && schema_version_of<version_7>() == 7);
static_assert(schema_version_of<version_of_an_int>() == 65535);
static_assert(schema_version_of<version_as_a_field>() == 1 && schema_version_of<version_as_text>() == 1,
              "a member called version is a part of the event");
static_assert(quipu::event_list<version_7, without_version>::size == 2 && quipu::event_list<>::size == 0);

}  // namespace

TEST_CASE("an event keeps its header and links when its payload is mapped", "[event]") {
  quipu::event<int> first{at_time(5), 20, {}};
  CHECK(first.is_genesis());
  first.header.position.sequence = 3;
  CHECK_FALSE(first.is_genesis());
  first.chain.hash = *quipu::digest::parse(std::string(64, '1'));
  const auto mapped = first.map_payload([](int value) { return std::to_string(value + 1); });
  static_assert(std::is_same_v<decltype(mapped), const quipu::event<std::string>>);
  CHECK(mapped.payload == "21");
  CHECK(mapped.header.timestamp_us == 5);
  CHECK(mapped.header.position.sequence == 3);
  CHECK(mapped.chain == first.chain);
  CHECK(first.payload == 20);
}
