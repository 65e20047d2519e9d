// SPDX-License-Identifier: BSL-1.0
//
// error_test.cpp: the numbers and names of the codes, which programs store and compare, and what an error says.
#ifdef QUIPU_TEST_SINGLE_HEADER
#include <quipu.hpp>
#else
#include <quipu/core/error.hpp>
#endif

#include <catch2/catch.hpp>

#include <cerrno>
#include <cstdint>
#include <iterator>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>

using quipu::errc;
using quipu::error;
using quipu::name_of;

namespace {

struct numbered {
  errc code;
  int number;
  std::string_view name;
};

// Never change a line: numbers never change meaning. New ones go to the end.
constexpr numbered codes[] = {
    {errc::invalid_argument, 1, "invalid_argument"},
    {errc::invalid_coordinate, 2, "invalid_coordinate"},
    {errc::configuration, 3, "configuration"},
    {errc::payload_too_large, 4, "payload_too_large"},
    {errc::not_found, 5, "not_found"},
    {errc::conflict, 6, "conflict"},
    {errc::idempotency_mismatch, 7, "idempotency_mismatch"},
    {errc::kind_mismatch, 8, "kind_mismatch"},
    {errc::decode_failed, 9, "decode_failed"},
    {errc::encode_failed, 10, "encode_failed"},
    {errc::schema_drift, 11, "schema_drift"},
    {errc::corrupt, 12, "corrupt"},
    {errc::unsupported_format, 13, "unsupported_format"},
    {errc::locked, 14, "locked"},
    {errc::io_failed, 16, "io_failed"},
    {errc::storage_full, 17, "storage_full"},
    {errc::cache_failed, 18, "cache_failed"},
    {errc::closed, 19, "closed"},
    {errc::writer_failed, 20, "writer_failed"},
    {errc::timeout, 21, "timeout"},
    {errc::cancelled, 22, "cancelled"},
    {errc::busy, 23, "busy"},
    {errc::unavailable, 24, "unavailable"},
    {errc::trimmed, 25, "trimmed"},
    {errc::diverged, 26, "diverged"},
};

constexpr bool all_named() {
  for (const numbered& each : codes)
    if (static_cast<int>(each.code) != each.number || name_of(each.code) != each.name) return false;
  return true;
}
static_assert(all_named());
static_assert(name_of(errc{15}) == "unknown", "the number of a code that is gone isn't used again");
static_assert(name_of(errc{0}) == "unknown" && name_of(static_cast<errc>(65535)) == "unknown");
static_assert(std::is_same_v<std::underlying_type_t<errc>, std::uint16_t>);
static_assert(std::is_base_of_v<std::runtime_error, error>);

}  // namespace

TEST_CASE("every code has a number and a name of its own", "[core][error]") {
  std::set<std::string_view> names;
  int known = 0;
  for (int number = 0; number < 65536; ++number) {
    const std::string_view name = name_of(static_cast<errc>(number));
    if (name == "unknown") continue;
    ++known;
    names.insert(name);
  }
  CHECK(known == static_cast<int>(std::size(codes)));  // a new code is missing in the table above
  CHECK(names.size() == std::size(codes));
}

TEST_CASE("an error says what is known, and nothing else", "[core][error]") {
  const error bare{errc::conflict, "someone was faster"};
  CHECK(std::string{bare.what()} == "quipu: conflict: someone was faster");
  CHECK(bare.code() == errc::conflict);
  CHECK(bare.path().empty());
  CHECK_FALSE(bare.offset());
  CHECK_FALSE(bare.expected());
  CHECK_FALSE(bare.actual());
  CHECK(bare.system_error() == 0);

  const error full{
      errc::corrupt,
      "checksum",
      {.path = "bank/1.seg", .offset = 0, .expected = 7, .actual = 18446744073709551615U, .system_error = EIO}};
  CHECK(std::string{full.what()} ==
        "quipu: corrupt: checksum [path bank/1.seg] [offset 0] [expected 7] [actual 18446744073709551615]");
  CHECK(full.path() == "bank/1.seg");
  CHECK(full.offset() == 0U);
  CHECK(full.expected() == 7U);
  CHECK(full.actual() == 18446744073709551615U);
  CHECK(full.system_error() == EIO);
}

TEST_CASE("an error is caught as what it derives from, and copies keep all", "[core][error]") {
  try {
    throw error{errc::locked, "in use", {.path = "bank"}};
  } catch (const std::exception& caught) {
    const auto* ours = dynamic_cast<const error*>(&caught);
    REQUIRE(ours != nullptr);
    const error copy = *ours;
    CHECK(copy.code() == errc::locked);
    CHECK(copy.path() == "bank");
    CHECK(std::string{copy.what()} == ours->what());
  }
}
