// SPDX-License-Identifier: BSL-1.0
#include "cache_fixture.hpp"

#include <catch2/catch.hpp>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include <sys/wait.h>
#include <unistd.h>

using namespace cache_tests;

namespace {
constexpr std::size_t room_for(std::size_t entries, std::size_t bytes_each) {
  return entries * (quipu::memory_cache::entry_overhead_bytes + bytes_each);
}
}  // namespace

TEST_CASE("memory_cache gives up what was least recently used", "[cache]") {
  quipu::memory_cache cache{room_for(3, 2)};
  cache.put("a", "1", {});
  cache.put("b", "2", {});
  cache.put("c", "3", {});
  CHECK(cache.used_bytes() == room_for(3, 2));
  CHECK(text_of(cache, "a") == "1");  // so that b is the oldest
  cache.put("d", "4", {});
  CHECK(text_of(cache, "b") == "(none)");
  CHECK(text_of(cache, "a") == "1");
  CHECK(text_of(cache, "c") == "3");
  CHECK(text_of(cache, "d") == "4");
  cache.put("a", "5", {});  // replacing makes room first: nobody has to go
  CHECK(text_of(cache, "c") == "3");
  CHECK(cache.stats().evicted == 1);
  CHECK(cache.stats().hits == 5);
  CHECK(cache.stats().misses == 1);
  CHECK(cache.stats().puts == 5);
}

TEST_CASE("memory_cache stays within its bound, and doesn't empty itself for what never fits", "[cache]") {
  quipu::memory_cache cache{room_for(4, 50)};
  seeded random{11};
  for (int step = 0; step < 2000; ++step) {
    cache.put(std::to_string(random.below(50)), std::string(random.below(300), 'v'), {});
    REQUIRE(cache.used_bytes() <= room_for(4, 50));
  }
  cache.delete_prefix("");
  CHECK(cache.used_bytes() == 0);
  cache.put("small", "s", {});
  cache.put("large", std::string(room_for(4, 50), 'l'), {});
  CHECK(text_of(cache, "small") == "s");
  CHECK(text_of(cache, "large") == "(none)");
  cache.put("small", std::string(room_for(4, 50), 'l'), {});  // the old value mustn't survive the new one
  CHECK(text_of(cache, "small") == "(none)");
  CHECK(cache.used_bytes() == 0);

  quipu::memory_cache none{0};
  none.put("a", "1", {});
  CHECK(text_of(none, "a") == "(none)");
}

TEST_CASE("memory_cache is a cache for several threads", "[cache]") {
  quipu::memory_cache cache{room_for(8, 70)};
  std::atomic<int> wrong{0};
  std::vector<std::thread> threads;
  for (std::uint64_t thread = 0; thread < 4; ++thread) {
    threads.emplace_back([&, thread] {
      seeded random{thread};
      for (int step = 0; step < 5000; ++step) {
        const std::string key(1, static_cast<char>('a' + random.below(12)));
        if (random.below(3) == 0) {
          cache.put(key, key + std::string(random.below(60), key[0]), {static_cast<std::uint64_t>(key[0]), 0});
        } else if (const auto found = cache.get(key)) {
          const std::string value{quipu::bytes_view{found->value}.text()};
          wrong +=
              value != std::string(value.size(), key[0]) || found->meta.watermark != static_cast<std::uint64_t>(key[0]);
        }
        if (random.below(500) == 0) cache.delete_prefix(key);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(wrong == 0);
  CHECK(cache.used_bytes() <= room_for(8, 70));
}

TEST_CASE("a forked child's memory_cache has nothing and keeps nothing, and the parent's stays", "[cache][fork]") {
  quipu::memory_cache cache{room_for(4, 50)};
  cache.put("a", "1", {});
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    bool is_empty = !cache.get("a");
    cache.put("b", "2", {});
    is_empty = is_empty && !cache.get("b") && cache.delete_prefix("") == 0 && cache.used_bytes() == 0;
    ::_exit(is_empty && cache.stats() == quipu::cache_stats{} ? 0 : 1);
  }
  int status = -1;
  REQUIRE(::waitpid(child, &status, 0) == child);
  CHECK(status == 0);
  CHECK(text_of(cache, "a") == "1");
  CHECK(cache.stats().puts == 1);
}
