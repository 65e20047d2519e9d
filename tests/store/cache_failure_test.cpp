// SPDX-License-Identifier: BSL-1.0
//
// cache_failure_test.cpp: a cache that fails costs time and changes no answer, unless the store is told to throw.
#include "../cache/failing_cache.hpp"
#include "store_fixture.hpp"

#ifndef QUIPU_TEST_SINGLE_HEADER
#include <quipu/store/read_only_store.hpp>
#endif

#include <catch2/catch.hpp>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <fstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

using namespace store_tests;
using cache_tests::failing_cache;
using quipu::errc;
using quipu::region;

namespace {

quipu::config settings_with(quipu::cache_failure on_failure) {
  quipu::config settings = small_segments("d");
  settings.cache.on_failure = on_failure;
  return settings;
}

/// Its state can be folded, and not be encoded: no list may be that long.
struct long_winded {
  using events = quipu::event_list<deposited>;
  struct talker {
    bool is_silent{};
    template <class Archive>
    void serialize(Archive&, unsigned) {
      throw std::runtime_error{"no words for it"};
    }
    static constexpr std::string_view schema_name = "tests.talker";
  };
  talker state{};
  std::int64_t cents{};
  void apply(const deposited& event) { cents += event.cents; }
};

/// Its state can be encoded, and of what was encoded only the first member can be read.
struct forgetful {
  using events = quipu::event_list<deposited>;
  struct listener {
    bool is_deaf{};
    template <class Archive>
    void serialize(Archive& archive, unsigned) {
      if (Archive::is_loading::value) throw std::runtime_error{"what was it?"};
      archive& is_deaf;
    }
    static constexpr std::string_view schema_name = "tests.listener";
    static constexpr std::uint32_t schema_version = 1;
  };
  std::int64_t cents{};
  listener state{};
  void apply(const deposited& event) { cents += event.cents; }
};

}  // namespace

TEST_CASE("a cached state that can only be read in part is folded from the first event", "[store][cache_failure]") {
  auto store = quipu::in_memory_store(settings_with(quipu::cache_failure::fold), quipu::memory_cache{1U << 20});
  for (std::int64_t round = 1; round <= 3; ++round) {
    store.append({"a", "s"}, deposited{1});
    CHECK(store.project<forgetful>("a")->cents == round);
  }
}

TEST_CASE("a cache that can't be read or written costs time and nothing else", "[store][cache][cache_failure]") {
  const failing_cache cache;
  const memory_world world;
  quipu::store store{settings_in(world, settings_with(quipu::cache_failure::fold)), cache};
  CHECK(store.diagnostics().cache_failures == 0);
  CHECK(store.diagnostics().cache_failure.empty());
  store.append({"a", "s"}, deposited{1});
  cache.of().put_fails = true;
  CHECK(store.project<account>("a")->cents == 1);
  CHECK(store.diagnostics().cache_failures == 1);
  CHECK_THAT(store.diagnostics().cache_failure, Catch::Contains("put") && Catch::Contains("the shelf is full"));
  cache.of().get_fails = true;
  store.append({"a", "s"}, deposited{10});
  CHECK(store.project<account>("a")->cents == 11);
  CHECK(store.try_project<account>("a").is_ok());
  CHECK(store.project_if_changed<account>("a", 1)->state.cents == 11);
  CHECK(store.project<account>("a", quipu::freshness::maybe_stale(std::chrono::hours{1}))->cents == 11);
  CHECK(store.diagnostics().cache_failures >= 5);
  quipu::read_only_store reader{settings_in(world, settings_with(quipu::cache_failure::fold)), cache};
  CHECK(reader.project<account>("a")->cents == 11);
  CHECK(reader.diagnostics().cache_failures == 2);
  CHECK_FALSE(reader.diagnostics().cache_failure.empty());
}

TEST_CASE("whatever a cache throws is a failure of the cache", "[store][cache][cache_failure]") {
  const failing_cache cache;
  auto store = quipu::in_memory_store(settings_with(quipu::cache_failure::fold), cache);
  store.append({"a", "s"}, deposited{1});
  cache.of().get_fails = cache.of().throws_no_exception = true;
  CHECK(store.project<account>("a")->cents == 1);
  CHECK_THAT(store.diagnostics().cache_failure, Catch::StartsWith("get a state"));
}

TEST_CASE("a cache that fails again and again is left alone for a second", "[store][cache][cache_failure]") {
  const failing_cache cache;
  auto store = quipu::in_memory_store(settings_with(quipu::cache_failure::fold), cache);
  cache.of().get_fails = cache.of().put_fails = true;
  std::int64_t cents = 0;
  const auto project_often = [&](int times) {
    for (int number = 0; number < times; ++number) {
      store.append({"a", "s"}, deposited{1}, {.durability = quipu::durability::buffered});
      REQUIRE(store.project<account>("a")->cents == ++cents);
    }
  };
  const auto begin = std::chrono::steady_clock::now();
  project_often(200);
  if (std::chrono::steady_clock::now() - begin < std::chrono::milliseconds{900}) {
    CHECK(cache.of().gets == 8);
    CHECK(cache.of().puts == 8);
    CHECK(store.diagnostics().cache_failures == 16);
  }
  // It isn't forgotten: once it works, it is used again.
  cache.of().get_fails = cache.of().put_fails = false;
  const std::uint64_t puts_before = cache.of().puts;
  for (int tries = 0; tries < 3000 && cache.of().puts == puts_before; ++tries) {
    project_often(1);
    std::this_thread::sleep_for(std::chrono::milliseconds{5});
  }
  CHECK(cache.of().puts > puts_before);
  const std::uint64_t gets_before = cache.of().gets;
  const std::uint64_t failures = store.diagnostics().cache_failures;
  project_often(20);
  CHECK(cache.of().gets == gets_before + 20);
  CHECK(store.diagnostics().cache_failures == failures);
  CHECK_FALSE(store.diagnostics().cache_failure.empty());
}

TEST_CASE("a bad entry among good ones doesn't keep the cache from being asked", "[store][cache][cache_failure]") {
  const failing_cache cache;
  auto store = quipu::in_memory_store(settings_with(quipu::cache_failure::fold), cache);
  for (const char* entity : {"good", "bad"}) store.append({entity, "s"}, deposited{1});
  for (int round = 1; round <= 50; ++round) {
    cache.of().get_fails = true;
    CHECK(store.project<account>("bad")->cents == 1);
    cache.of().get_fails = false;
    CHECK(store.project<account>("good")->cents == 1);
  }
  CHECK(cache.of().gets == 100);
  CHECK(store.diagnostics().cache_failures == 50);
}

TEST_CASE("who wants the cache's error gets it, each time", "[store][cache][cache_failure]") {
  const failing_cache cache;
  auto store = quipu::in_memory_store(settings_with(quipu::cache_failure::refuse), cache);
  store.append({"a", "s"}, deposited{1});
  cache.of().put_fails = true;
  for (int times = 1; times <= 20; ++times) {
    CHECK(code_of([&] { static_cast<void>(store.project<account>("a")); }) == errc::cache_failed);
    CHECK(store.diagnostics().cache_failures == static_cast<std::uint64_t>(times));
  }
  cache.of().put_fails = false;
  CHECK(store.project<account>("a")->cents == 1);
  cache.of().get_fails = true;
  CHECK_FALSE(store.try_project<account>("a").is_ok());
  CHECK(store.project<account>(region::all()).cents == 1);  // which no cache takes part in
}

TEST_CASE("a value of cache.on_failure that is none is refused", "[store][cache][cache_failure]") {
  quipu::config settings = small_segments();
  settings.cache.on_failure = static_cast<quipu::cache_failure>(9);
  const quipu::error refused = error_of([&] { static_cast<void>(quipu::in_memory_store(settings)); });
  CHECK(refused.code() == errc::configuration);
  CHECK_THAT(refused.what(), Catch::Contains("cache.on_failure"));
}

TEST_CASE("a state that can't be encoded is folded, and told", "[store][cache][cache_failure]") {
  const failing_cache cache;
  auto store = quipu::in_memory_store(settings_with(quipu::cache_failure::fold), cache);
  store.append({"a", "s"}, deposited{1});
  for (int times = 0; times < 20; ++times) CHECK(store.project<long_winded>("a")->cents == 1);
  CHECK(cache.of().puts == 0);
  CHECK_THAT(store.diagnostics().cache_failure, Catch::Contains("no words for it"));
  CHECK(store.project<account>("a")->cents == 1);
  CHECK(cache.of().puts == 1);  // another state's failure didn't begin a pause
}

TEST_CASE("a file cache whose folder can't be written changes no answer", "[store][cache][cache_failure]") {
  const scratch_folder folder;
  quipu::store store{small_segments(folder / "d"), quipu::file_cache{folder / "cache"}};
  store.append({"a", "s"}, deposited{1});
  // A file in the place of the shard: also root can't write there.
  std::ofstream{folder / "cache" / "61"} << "in the way";
  CHECK(store.project<account>("a")->cents == 1);
  CHECK(store.diagnostics().cache_failures != 0);
  CHECK_THAT(store.diagnostics().cache_failure, Catch::Contains("cache_failed"));
  fs::remove(folder / "cache" / "61");
  CHECK(store.project<account>("a")->cents == 1);
  CHECK(fs::is_directory(folder / "cache" / "61"));
}

TEST_CASE("many threads fold while the cache fails and recovers", "[store][cache][cache_failure]") {
  const failing_cache cache;
  auto store = quipu::in_memory_store(settings_with(quipu::cache_failure::fold), cache);
  for (int number = 0; number < 50; ++number) store.append({"e" + std::to_string(number % 5), "s"}, deposited{1});
  std::vector<std::thread> threads;
  std::atomic<int> wrong{0};
  for (int thread = 0; thread < 4; ++thread)
    threads.emplace_back([&, thread] {
      for (int round = 0; round < 500; ++round) {
        if (thread == 0) cache.of().get_fails = cache.of().put_fails = round % 20 < 10;
        const auto found = store.try_project<account>("e" + std::to_string(round % 5));
        if (!found.is_ok() || found.value()->cents != 10) ++wrong;
        static_cast<void>(store.diagnostics());
      }
    });
  for (auto& each : threads) each.join();
  CHECK(wrong == 0);
}
