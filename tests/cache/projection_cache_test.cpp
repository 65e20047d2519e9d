// SPDX-License-Identifier: BSL-1.0
#include "cache_fixture.hpp"

#include <catch2/catch.hpp>

#include <memory>
#include <optional>
#include <string>

using namespace cache_tests;

namespace {

/// The least that is a cache; each of the types below it lacks one thing.
struct least {
  quipu::cache_capabilities capabilities() const { return {}; }
  std::optional<quipu::cache_entry> get(quipu::bytes_view) {
    return quipu::cache_entry{quipu::bytes_view{"kept"}.copy(), {5, 6}};
  }
  void put(quipu::bytes_view, quipu::bytes_view, quipu::cache_meta) {}
  std::uint64_t delete_prefix(quipu::bytes_view) { return 0; }
  void sync() {}
};
struct without_get : least {
  void get() {}
};
struct without_put : least {
  void put() {}
};
struct without_delete : least {
  void delete_prefix(quipu::bytes_view) {}
};
struct without_sync : least {
  void sync(int) {}
};
struct without_capabilities : least {
  int capabilities() { return 0; }
};
struct immovable : least {
  immovable() = default;
  immovable(immovable&&) = delete;
};
struct announced : least {
  explicit announced(bool useful) : helps{useful} {}
  bool helps;
  int told{};
  quipu::cache_capabilities capabilities() const { return {.supports_prefetch = helps}; }
  void prefetch(quipu::bytes_view, quipu::cache_meta) { ++told; }
};

static_assert(quipu::projection_cache<least> && quipu::projection_cache<announced>);
static_assert(!quipu::projection_cache<without_get> && !quipu::projection_cache<without_put>);
static_assert(!quipu::projection_cache<without_delete> && !quipu::projection_cache<without_sync>);
static_assert(!quipu::projection_cache<without_capabilities> && !quipu::projection_cache<immovable>);
static_assert(!quipu::projection_cache<int> && !quipu::projection_cache<std::string>);
static_assert(quipu::projection_cache<quipu::no_cache> && quipu::projection_cache<quipu::memory_cache>);
static_assert(quipu::projection_cache<quipu::file_cache>);
static_assert(quipu::projection_cache<quipu::tiered_cache<quipu::memory_cache, quipu::file_cache>>);
static_assert(quipu::prefetching_cache<announced> && !quipu::prefetching_cache<least>);
static_assert(quipu::buffered_cache<quipu::file_cache> && quipu::buffered_cache<quipu::memory_cache>);
static_assert(!quipu::buffered_cache<least> && !quipu::buffered_cache<quipu::no_cache>);
static_assert(quipu::no_cache{}.capabilities().is_noop);

}  // namespace

TEST_CASE("a cache that knows only get is read into a buffer all the same", "[cache]") {
  least cache;
  quipu::bytes value;
  quipu::cache_meta meta;
  REQUIRE(quipu::detail::cache_get_into(cache, "key", value, meta));
  CHECK(quipu::bytes_view{value} == quipu::bytes_view{"kept"});
  CHECK(meta == quipu::cache_meta{5, 6});
  quipu::no_cache none;
  CHECK_FALSE(quipu::detail::cache_get_into(none, "key", value, meta));
}

TEST_CASE("a cache is told beforehand only where it says that this helps", "[cache]") {
  announced useful{true};
  announced useless{false};
  least none;
  quipu::detail::cache_prefetch(useful, "key", {});
  quipu::detail::cache_prefetch(useless, "key", {});
  quipu::detail::cache_prefetch(none, "key", {});
  CHECK(useful.told == 1);
  CHECK(useless.told == 0);
  CHECK_FALSE(quipu::memory_cache{0}.capabilities().is_noop);
}
