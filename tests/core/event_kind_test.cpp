// SPDX-License-Identifier: BSL-1.0
#ifdef QUIPU_TEST_SINGLE_HEADER
#include <quipu.hpp>
#else
#include <quipu/core/event_kind.hpp>
#endif

#include <catch2/catch.hpp>

#include <compare>
#include <cstdint>
#include <set>
#include <sstream>
#include <string>
#include <type_traits>

using quipu::errc;
using quipu::event_kind;
using quipu::event_type;
using quipu::kind_of;

namespace {

struct names_its_own {
  static constexpr auto kind = event_kind::custom(0xF, 1);
};
struct named_from_outside {};
struct without_kind {};
struct kind_of_another_type {
  static constexpr int kind = 7;
};
struct kind_as_a_field {
  event_kind kind{};
};
struct kind_at_run_time {
  static inline const event_kind kind = event_kind::from_raw(0x1001);
};

}  // namespace

template <>
inline constexpr event_kind quipu::kind_of<named_from_outside> = event_kind::custom(0x2, 1);

namespace {

static_assert(event_kind::custom(0xF, 1).raw() == 0xF001 && event_kind::custom(1, 0).raw() == 0x1000);
static_assert(event_kind::custom(0xF, 0xFFF).raw() == 0xFFFF && event_kind::custom(0xC, 0xFFF).category() == 0xC);
static_assert(event_kind::custom(0xE, 0xABC).type() == 0xABC && event_kind::custom(0xE, 0xABC).category() == 0xE);
static_assert(!event_kind::custom(1, 1).is_system() && !event_kind::custom(1, 1).is_effect() &&
              !event_kind::custom(1, 1).is_reserved());
static_assert(event_kind{} == event_kind::data && event_kind::from_raw(0xD001) == event_kind::effect_error);
static_assert(event_kind::custom(1, 2) < event_kind::custom(1, 3) &&
              event_kind::custom(1, 0xFFF) < event_kind::custom(2, 0));

// The library's kinds: stored, so never change one.
static_assert(event_kind::data.raw() == 0x0000 && event_kind::system_init.raw() == 0x0001 &&
              event_kind::system_shutdown.raw() == 0x0002);
static_assert(event_kind::system_heartbeat.raw() == 0x0003 && event_kind::system_config_change.raw() == 0x0004);
static_assert(event_kind::system_checkpoint.raw() == 0x0005 && event_kind::system_batch_begin.raw() == 0x0006);
static_assert(event_kind::system_batch_commit.raw() == 0x0007 && event_kind::system_schema.raw() == 0x0008);
static_assert(event_kind::tombstone.raw() == 0x0009);
static_assert(event_kind::effect_error.raw() == 0xD001 && event_kind::effect_retry.raw() == 0xD002);
static_assert(event_kind::effect_ack.raw() == 0xD003 && event_kind::effect_backpressure.raw() == 0xD004);
static_assert(event_kind::effect_cancel.raw() == 0xD005 && event_kind::effect_conflict.raw() == 0xD006);
static_assert(event_kind::effect_denial.raw() == 0xD007);

static_assert(kind_of<names_its_own> == event_kind::custom(0xF, 1) &&
              kind_of<named_from_outside> == event_kind::custom(2, 1));
static_assert(event_type<names_its_own> && event_type<named_from_outside>);
static_assert(!event_type<without_kind> && !event_type<kind_of_another_type> && !event_type<int> && !event_type<void>);
static_assert(!event_type<kind_as_a_field> && !event_type<kind_at_run_time>,
              "a kind that isn't a constant names nothing");

template <unsigned category, unsigned type>
concept compiles = requires {
  typename std::integral_constant<unsigned, event_kind::custom(category, type).raw()>;
};
static_assert(compiles<1, 0> && compiles<0xC, 0xFFF> && compiles<0xE, 1>);
static_assert(!compiles<0, 1> && !compiles<0xD, 1> && !compiles<0x10, 1> && !compiles<1, 0x1000>);

errc refusal_of(unsigned category, unsigned type) {
  try {
    static_cast<void>(event_kind::custom(category, type));
  } catch (const quipu::error& refused) {
    return refused.code();
  }
  return errc{};
}

}  // namespace

TEST_CASE("a program's kinds are all those that aren't the library's", "[core][event_kind]") {
  std::set<std::uint16_t> all;
  for (unsigned category = 0; category < 32; ++category) {
    const bool free = category < 16 && category != 0 && category != 0xD;
    for (const unsigned type : {0U, 1U, 0xFFEU, 0xFFFU}) {
      CAPTURE(category, type);
      CHECK(refusal_of(category, type) == (free ? errc{} : errc::invalid_argument));
      if (free) all.insert(event_kind::custom(category, type).raw());
    }
    CHECK(refusal_of(category, 0x1000) == errc::invalid_argument);
    CHECK(refusal_of(category, 0xFFFFFFFF) == errc::invalid_argument);
  }
  CHECK(all.size() == 14 * 4);
  CHECK(refusal_of(0xFFFFFFFF, 0) == errc::invalid_argument);
}

TEST_CASE("a kind's parts make it up", "[core][event_kind]") {
  for (unsigned raw = 0; raw < 65536; raw += 7) {
    const auto kind = event_kind::from_raw(static_cast<std::uint16_t>(raw));
    REQUIRE((kind.category() << 12 | kind.type()) == raw);
    REQUIRE(kind.is_system() == (raw >> 12 == 0));
    REQUIRE(kind.is_effect() == (raw >> 12 == 0xD));
    REQUIRE(kind.is_reserved() == (kind.is_system() || kind.is_effect()));
  }
}

TEST_CASE("kinds are ordered by category, then by type", "[core][event_kind]") {
  const auto first = event_kind::custom(1, 0xFFF);
  const auto second = event_kind::custom(2, 1);
  CHECK(std::is_lt(first <=> second));
  CHECK(std::is_gt(second <=> first));
  CHECK(std::is_eq(second <=> event_kind::custom(2, 1)));
  CHECK(first != second);
}

TEST_CASE("a kind prints as four digits", "[core][event_kind]") {
  CHECK(event_kind::custom(0xF, 1).str() == "0xF001");
  CHECK(event_kind::data.str() == "0x0000");
  CHECK(event_kind::from_raw(0xABCD).str() == "0xABCD");
  std::ostringstream out;
  out << event_kind::custom(0x9, 0xA0F);
  CHECK(out.str() == "0x9A0F");
}
