// SPDX-License-Identifier: BSL-1.0
#include "cache_fixture.hpp"

#include <catch2/catch.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

using namespace cache_tests;

namespace {

/// A memory_cache that lets a test act in the middle of its operations.
struct watched_cache {
  quipu::memory_cache entries{1U << 20};
  std::shared_ptr<std::function<void()>> after_get = std::make_shared<std::function<void()>>();
  std::shared_ptr<bool> fails = std::make_shared<bool>(false);
  std::shared_ptr<int> told = std::make_shared<int>(0);

  quipu::cache_capabilities capabilities() const { return {.supports_prefetch = true}; }
  std::optional<quipu::cache_entry> get(quipu::bytes_view key) {
    auto found = entries.get(key);
    if (*after_get) std::exchange(*after_get, nullptr)();
    return found;
  }
  void put(quipu::bytes_view key, quipu::bytes_view value, quipu::cache_meta meta) {
    if (*fails) throw quipu::error{quipu::errc::cache_failed, "full"};
    entries.put(key, value, meta);
  }
  std::uint64_t delete_prefix(quipu::bytes_view prefix) { return entries.delete_prefix(prefix); }
  void sync() {}
  void prefetch(quipu::bytes_view, quipu::cache_meta) { ++*told; }
};

}  // namespace

TEST_CASE("tiered_cache puts into both and fills the first from the second", "[cache]") {
  quipu::memory_cache memory{1U << 20};
  const scratch_folder folder;
  quipu::file_cache file{folder.path()};
  quipu::tiered_cache cache{memory, file};
  static_assert(std::is_same_v<decltype(cache), quipu::tiered_cache<quipu::memory_cache, quipu::file_cache>>);
  cache.put("key", "value", {1, 2});
  CHECK(text_of(memory, "key") == "value");
  CHECK(text_of(file, "key") == "value");
  memory.delete_prefix("");
  CHECK(text_of(cache, "key") == "value");
  CHECK(memory.get("key").value().meta == quipu::cache_meta{1, 2});
  const auto reads = file.stats().hits;
  CHECK(text_of(cache, "key") == "value");
  CHECK(file.stats().hits == reads);
  CHECK(cache.delete_prefix("k") == 1);
  CHECK(text_of(memory, "key") == "(none)");
  CHECK(text_of(file, "key") == "(none)");
  cache.sync();
}

TEST_CASE("an entry deleted or replaced while it is read doesn't come back in the first cache", "[cache]") {
  watched_cache second;
  quipu::memory_cache first{1U << 20};
  quipu::tiered_cache cache{first, second};
  second.put("key", "old", {1, 0});
  *second.after_get = [&] { cache.delete_prefix("key"); };
  CHECK(text_of(cache, "key") == "old");
  CHECK(text_of(cache, "key") == "(none)");

  second.put("key", "old", {1, 0});
  *second.after_get = [&] { cache.put("key", "new", {2, 0}); };
  CHECK(text_of(cache, "key") == "old");
  CHECK(text_of(cache, "key") == "new");
}

TEST_CASE("what the second cache refuses, the first doesn't hold", "[cache]") {
  watched_cache second;
  quipu::memory_cache first{1U << 20};
  quipu::tiered_cache cache{first, second};
  *second.fails = true;
  CHECK(error_of([&] { cache.put("key", "new", {}); }).code() == quipu::errc::cache_failed);
  CHECK(text_of(first, "key") == "(none)");
}

TEST_CASE("tiered_cache is a no-op only if both are, and passes announcements on", "[cache]") {
  watched_cache second;
  CHECK(quipu::tiered_cache{quipu::no_cache{}, quipu::no_cache{}}.capabilities().is_noop);
  CHECK_FALSE(quipu::tiered_cache{quipu::memory_cache{1}, quipu::no_cache{}}.capabilities().is_noop);
  quipu::tiered_cache cache{quipu::memory_cache{1}, second};
  CHECK(cache.capabilities().supports_prefetch);
  cache.prefetch("key", {});
  CHECK(*second.told == 1);
  CHECK_FALSE(quipu::tiered_cache{quipu::memory_cache{1}, quipu::no_cache{}}.capabilities().supports_prefetch);
}
