// SPDX-License-Identifier: BSL-1.0
#ifdef QUIPU_TEST_SINGLE_HEADER
#include <quipu.hpp>
#else
#include <quipu/projection/cache_key.hpp>
#endif

#include <catch2/catch.hpp>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

using quipu::bytes;
using quipu::bytes_view;
using quipu::cache_key;

namespace {

struct deposited {
  static constexpr auto kind = quipu::event_kind::custom(0xF, 1);
  std::int64_t cents{};
};
struct account {
  using events = quipu::event_list<deposited>;
  std::int64_t cents{};
  void apply(const deposited& e) { cents += e.cents; }
};
struct account_2 {
  using events = quipu::event_list<deposited>;
  static constexpr std::uint64_t version = 2;
  std::int64_t cents{};
  void apply(const deposited& e) { cents += e.cents; }
};

struct account_of_that_shape {
  using events = quipu::event_list<deposited>;
  std::int64_t cents{};
  void apply(const deposited& e) { cents = e.cents; }
};

bool starts_with(const bytes& key, std::string_view prefix) { return bytes_view{key}.text().starts_with(prefix); }

}  // namespace

TEST_CASE("a cache key is the entity, NUL, and the fingerprint in little-endian", "[projection][cache_key]") {
  // Another value here means that every cache out there is folded again: never change it. (It changed once, when the
  // projection's name became a part of what is hashed.)
  const bytes key = cache_key<account>("alice");
  CHECK(quipu::detail::to_hex(key) ==
        "616c696365"
        "00"
        "8104bc6074e3b7d1");
  REQUIRE(key.size() == 5 + 1 + 8);
  std::uint64_t print = 0;
  for (std::size_t index = 0; index < 8; ++index) print |= std::to_integer<std::uint64_t>(key[6 + index]) << 8 * index;
  CHECK(print == quipu::fingerprint<account>());
}

TEST_CASE("entities and projections have keys of their own", "[projection][cache_key]") {
  CHECK(cache_key<account>("alice") == cache_key<account>(std::string{"alice"}));
  CHECK(cache_key<account>("alice") != cache_key<account>("alicf"));
  CHECK(cache_key<account>("alice") != cache_key<account_2>("alice"));
  CHECK(cache_key<account>("alice") != cache_key<account_of_that_shape>("alice"));
  CHECK(cache_key<account>("").size() == 9);
}

TEST_CASE("all keys of an entity begin with it and NUL, and no other entity's do", "[projection][cache_key]") {
  using namespace std::string_view_literals;
  CHECK(starts_with(cache_key<account>("alice"), "alice\0"sv));
  CHECK(starts_with(cache_key<account_2>("alice"), "alice\0"sv));
  CHECK_FALSE(starts_with(cache_key<account>("alice2"), "alice\0"sv));
  CHECK_FALSE(starts_with(cache_key<account>("alic"), "alice\0"sv));
}
