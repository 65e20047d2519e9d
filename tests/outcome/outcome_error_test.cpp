// SPDX-License-Identifier: BSL-1.0
#ifdef QUIPU_TEST_SINGLE_HEADER
#include <quipu.hpp>
#else
#include <quipu/outcome/outcome_error.hpp>
#endif

#include <catch2/catch.hpp>

#include <string>

using quipu::errc;
using quipu::error_kind;
using quipu::from_error;
using quipu::outcome_error;
using quipu::to_error;

namespace {

constexpr outcome_error refused{error_kind::validation, "insufficient funds"};
static_assert(refused.kind == error_kind::validation && refused.message == "insufficient funds");
static_assert(!refused.retryable && !refused.compensation && !refused.origin);
static_assert(outcome_error{error_kind::timeout, "late"}.retryable &&
              outcome_error{error_kind::conflict, "stale"}.retryable);
static_assert(outcome_error{.kind = error_kind::storage, .message = "busy", .retryable = true}.retryable);
static_assert(std::is_aggregate_v<outcome_error>);

constexpr bool carries_a_compensation() {
  const outcome_error failure{error_kind::internal, "half done", quipu::compensation_action::notify("ops", "look")};
  const outcome_error copy = failure;
  return copy == failure && copy.compensation->name == "ops";
}
static_assert(carries_a_compensation());

struct mapping {
  errc code;
  error_kind kind;
  bool retryable;
};

// Written out so that a new code, or a changed mapping, is noticed here.
constexpr mapping mappings[]{
    {errc::invalid_argument, error_kind::validation, false},
    {errc::invalid_coordinate, error_kind::validation, false},
    {errc::configuration, error_kind::validation, false},
    {errc::payload_too_large, error_kind::validation, false},
    {errc::not_found, error_kind::not_found, false},
    {errc::conflict, error_kind::conflict, true},
    {errc::idempotency_mismatch, error_kind::conflict, false},
    {errc::kind_mismatch, error_kind::serialization, false},
    {errc::decode_failed, error_kind::serialization, false},
    {errc::encode_failed, error_kind::serialization, false},
    {errc::schema_drift, error_kind::serialization, false},
    {errc::corrupt, error_kind::storage, false},
    {errc::unsupported_format, error_kind::storage, false},
    {errc::locked, error_kind::storage, true},
    {errc::io_failed, error_kind::storage, false},
    {errc::storage_full, error_kind::storage, false},
    {errc::cache_failed, error_kind::storage, false},
    {errc::closed, error_kind::storage, false},
    {errc::writer_failed, error_kind::storage, false},
    {errc::timeout, error_kind::timeout, true},
    {errc::cancelled, error_kind::internal, false},
    {errc::busy, error_kind::timeout, true},
    {errc::unavailable, error_kind::timeout, true},
    {errc::trimmed, error_kind::storage, false},
    {errc::diverged, error_kind::storage, false},
};

}  // namespace

TEST_CASE("an exception becomes a value with its kind, message and origin", "[outcome]") {
  for (const mapping& row : mappings) {
    CAPTURE(quipu::name_of(row.code));
    const outcome_error failure = from_error(quipu::error{row.code, "what was said"});
    CHECK(failure.kind == row.kind);
    CHECK(failure.retryable == row.retryable);
    CHECK(failure.message == "what was said");
    REQUIRE(failure.origin);
    CHECK(failure.origin->code == row.code);
  }
  CHECK(quipu::name_of(static_cast<errc>(std::size(mappings) + 2)) == "unknown");  // 15 isn't used
}

TEST_CASE("an exception survives the way to a value and back", "[outcome]") {
  const quipu::error all{errc::corrupt,
                         "a [path x] message: with [offset 1]",
                         {.path = "dir/000001.seg", .offset = 77, .expected = 5, .actual = 6, .system_error = 28}};
  const quipu::error bare{errc::io_failed, ""};
  const quipu::error some{errc::conflict, "stale", {.expected = 3}};
  for (const quipu::error& original : {all, bare, some}) {
    const outcome_error failure = from_error(original);
    const quipu::error again = to_error(failure);
    CHECK(std::string{again.what()} == original.what());
    CHECK(again.code() == original.code());
    CHECK(again.path() == original.path());
    CHECK(again.offset() == original.offset());
    CHECK(again.expected() == original.expected());
    CHECK(again.actual() == original.actual());
    CHECK(again.system_error() == original.system_error());
  }
  CHECK(from_error(all).message == "a [path x] message: with [offset 1]");
}

TEST_CASE("a failure of the program's own becomes an exception that names its kind", "[outcome]") {
  const quipu::error thrown = to_error(refused);
  CHECK(thrown.code() == errc::invalid_argument);
  CHECK(std::string{thrown.what()} == "quipu: invalid_argument: validation: insufficient funds");
  CHECK(to_error({error_kind::not_found, "x"}).code() == errc::not_found);
  CHECK(to_error({error_kind::conflict, "x"}).code() == errc::conflict);
  CHECK(to_error({error_kind::storage, "x"}).code() == errc::io_failed);
  CHECK(to_error({error_kind::timeout, "x"}).code() == errc::timeout);
  CHECK(to_error({error_kind::serialization, "x"}).code() == errc::decode_failed);
  CHECK(std::string{to_error({error_kind::custom(9), "x"}).what()} == "quipu: invalid_argument: custom(9): x");
}

TEST_CASE("failures differ when any part of them does", "[outcome]") {
  outcome_error other = refused;
  CHECK(other == refused);
  other.message = "no funds";
  CHECK_FALSE(other == refused);
  other = refused;
  other.retryable = true;
  CHECK_FALSE(other == refused);
  other = refused;
  other.compensation = quipu::compensation_action::release({});
  CHECK_FALSE(other == refused);
  other = refused;
  other.origin.emplace();
  CHECK_FALSE(other == refused);
  other = refused;
  other.kind = error_kind::internal;
  CHECK_FALSE(other == refused);
}
