// SPDX-License-Identifier: BSL-1.0
#ifdef QUIPU_TEST_SINGLE_HEADER
#include <quipu.hpp>
#else
#include <quipu/outcome/error_kind.hpp>
#endif

#include <catch2/catch.hpp>

#include <set>
#include <string>

using quipu::error_class;
using quipu::error_kind;

namespace {

struct expectation {
  error_kind kind;
  unsigned number;
  const char* name;
  bool domain;
  bool retryable;
};

constexpr expectation table[]{
    {error_kind::not_found, 1, "not_found", true, false},
    {error_kind::conflict, 2, "conflict", true, true},
    {error_kind::validation, 3, "validation", true, false},
    {error_kind::policy_rejection, 4, "policy_rejection", true, false},
    {error_kind::storage, 5, "storage", false, false},
    {error_kind::timeout, 6, "timeout", false, true},
    {error_kind::serialization, 7, "serialization", false, false},
    {error_kind::internal, 8, "internal", false, false},
};

static_assert(error_kind{} == error_kind::internal);
static_assert(error_kind::custom(7).is_custom() && error_kind::custom(7).custom_number() == 7);
static_assert(error_kind::custom(7) != error_kind::custom(8) && !(error_kind::custom(3) == error_kind::validation));

}  // namespace

TEST_CASE("each kind has its number, name and classification", "[outcome]") {
  std::set<unsigned> numbers;
  for (const expectation& row : table) {
    CAPTURE(row.name);
    CHECK(row.kind.number == row.number);
    CHECK(row.kind.name() == row.name);
    CHECK(row.kind.str() == row.name);
    CHECK(row.kind.is_domain() == row.domain);
    CHECK(row.kind.is_operational() != row.domain);
    CHECK(row.kind.is_retryable() == row.retryable);
    CHECK_FALSE(row.kind.is_custom());
    CHECK(row.kind.custom_number() == 0);
    CHECK(numbers.insert(row.number).second);
  }
}

TEST_CASE("a custom kind says itself how it is classified", "[outcome]") {
  for (const unsigned number : {0U, 1U, 8U, error_kind::max_custom}) {
    for (const error_class belongs : {error_class::domain, error_class::operational}) {
      for (const bool retryable : {false, true}) {
        const error_kind kind = error_kind::custom(number, belongs, retryable);
        CHECK(kind.is_custom());
        CHECK(kind.custom_number() == number);
        CHECK(kind.classification() == belongs);
        CHECK(kind.is_retryable() == retryable);
        CHECK(kind.name() == "custom");
        CHECK(kind.str() == "custom(" + std::to_string(number) + ")");
      }
    }
  }
  CHECK(error_kind::custom(5).is_domain());
  CHECK_FALSE(error_kind::custom(5).is_retryable());
}

TEST_CASE("a custom number out of range is refused", "[outcome]") {
  try {
    static_cast<void>(error_kind::custom(error_kind::max_custom + 1));
    FAIL("nothing was thrown");
  } catch (const quipu::error& thrown) {
    CHECK(thrown.code() == quipu::errc::invalid_argument);
  }
}

TEST_CASE("a number from a later version is operational and not retryable", "[outcome]") {
  for (const unsigned number : {0U, 9U, 300U}) {
    const error_kind kind{static_cast<std::uint16_t>(number)};
    CHECK(kind.is_operational());
    CHECK_FALSE(kind.is_retryable());
    CHECK(kind.name() == "unknown");
  }
}
