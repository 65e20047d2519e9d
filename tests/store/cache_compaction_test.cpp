// SPDX-License-Identifier: BSL-1.0
//
// cache_compaction_test.cpp: states that were folded from events which a compaction drops or erases don't stay in the
// store's cache.
#include "../cache/failing_cache.hpp"
#include "store_fixture.hpp"

#ifndef QUIPU_TEST_SINGLE_HEADER
#include <quipu/environment/forwarding.hpp>
#endif

#include <catch2/catch.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <thread>

using namespace store_tests;
using cache_tests::failing_cache;
using quipu::compaction;
using quipu::errc;

namespace {

struct last_memo {
  using events = quipu::event_list<withdrawn>;
  std::string memo{};
  void apply(const withdrawn& event) { memo = event.memo; }
};

const auto keep_all = [](const quipu::event_view&) { return true; };
const auto keep_deposits = [](const quipu::event_view& event) { return event.is<deposited>(); };

std::size_t files_with(const fs::path& folder, const std::string& text) {
  std::size_t found = 0;
  for (const auto& each : fs::recursive_directory_iterator{folder}) {
    if (!each.is_regular_file()) continue;
    std::ifstream file{each.path(), std::ios::binary};
    const std::string content{std::istreambuf_iterator<char>{file}, {}};
    if (content.find(text) != std::string::npos) ++found;
  }
  return found;
}

/// Fails to remove the file that decides a compaction.
class keeping_directory final : public quipu::forwarding_directory {
 public:
  using quipu::forwarding_directory::forwarding_directory;
  void remove(const std::string& name) override {
    if (name == "quipu.compaction") throw quipu::error{errc::io_failed, "simulated", {.path = name}};
    quipu::forwarding_directory::remove(name);
  }
};
class keeping_world final : public quipu::forwarding_environment {
 public:
  using quipu::forwarding_environment::forwarding_environment;
  [[nodiscard]] std::unique_ptr<quipu::environment_directory> open_directory(const fs::path& where,
                                                                             bool create) override {
    return std::make_unique<keeping_directory>(target().open_directory(where, create));
  }
};

}  // namespace

TEST_CASE("what was erased isn't left in the files of the cache", "[store][cache][compaction]") {
  for (const bool erase : {true, false}) {
    const scratch_folder folder;
    quipu::store store{small_segments(folder / "data"), quipu::file_cache{folder / "cache"}};
    store.append({"a", "s"}, deposited{1});
    for (int number = 0; number < 3; ++number) {  // entries that were replaced lie about as well
      store.append({"a", "s"}, withdrawn{1, "a well-kept secret"});
      CHECK(store.project<last_memo>("a")->memo == "a well-kept secret");
    }
    CHECK(files_with(folder / "cache", "a well-kept secret") != 0);
    store.compact(erase ? compaction::tombstone(keep_deposits) : compaction::retain(keep_deposits));
    CHECK(files_with(folder / "cache", "a well-kept secret") == 0);
    CHECK(store.project<last_memo>("a")->memo.empty());
  }
}

TEST_CASE("a fold that began before a compaction doesn't bring back what that removed", "[store][cache][compaction]") {
  const failing_cache cache;
  auto store = quipu::in_memory_store(small_segments(), cache);
  store.append({"a", "s"}, deposited{1});
  store.append({"a", "s"}, withdrawn{1, "a secret"});
  // The projection has its snapshot before it asks the cache.
  cache.of().at_next_get = [&] { store.compact(compaction::tombstone(keep_deposits)); };
  CHECK(store.project<last_memo>("a")->memo == "a secret");
  CHECK(cache.of().entries.empty());
  CHECK(store.project<last_memo>("a")->memo.empty());
  CHECK(cache.of().entries.size() == 1);  // of the log as it is now
}

TEST_CASE("a compaction that takes no event leaves the cache as it is", "[store][cache][compaction]") {
  const failing_cache cache;
  auto store = quipu::in_memory_store(small_segments(), cache);
  store.append({"a", "s"}, deposited{1});
  CHECK(store.project<account>("a"));
  store.compact(compaction::merge());
  store.compact(compaction::retain(keep_all));
  store.compact(compaction::tombstone(keep_all));
  CHECK(cache.of().entries.size() == 1);
  CHECK(cache.of().syncs == 0);
  store.append({"a", "s"}, withdrawn{1});
  store.compact(compaction::tombstone(keep_deposits));
  CHECK(cache.of().entries.empty());
  CHECK(cache.of().syncs == 1);
}

TEST_CASE("a cache whose entries can't be removed is told, and the compaction is done",
          "[store][cache][compaction][cache_failure]") {
  const failing_cache cache;
  quipu::config settings = small_segments();
  const auto fill = [&](quipu::store& store) {
    store.append({"a", "s"}, deposited{1});
    store.append({"a", "s"}, withdrawn{1});
    CHECK(store.project<account>("a")->cents == 0);
    cache.of().delete_fails = true;
  };
  SECTION("by default") {
    auto store = quipu::in_memory_store(settings, cache);
    fill(store);
    CHECK(store.compact(compaction::retain(keep_deposits)).dropped == 1);
    CHECK(store.diagnostics().cache_failures == 1);
    CHECK_THAT(store.diagnostics().cache_failure, Catch::Contains("remove") && Catch::Contains("the shelf is glued"));
    CHECK(cache.of().entries.size() == 1);
    CHECK(store.project<account>("a")->cents == 1);  // it is there, and isn't believed
  }
  SECTION("refused") {
    settings.cache.on_failure = quipu::cache_failure::refuse;
    auto store = quipu::in_memory_store(settings, cache);
    fill(store);
    CHECK(code_of([&] { store.compact(compaction::retain(keep_deposits)); }) == errc::cache_failed);
    CHECK(store.count(quipu::region::all()) == 1);
    CHECK(store.project<account>("a")->cents == 1);
  }
}

TEST_CASE("a later compaction removes states that an earlier one didn't come to", "[store][cache][compaction]") {
  const failing_cache cache;
  const memory_world world;
  {
    quipu::store store{settings_in(world, small_segments()), cache};
    store.append({"a", "s"}, deposited{1});
    store.append({"a", "s"}, withdrawn{1, "a secret"});
    CHECK(store.project<last_memo>("a")->memo == "a secret");
    cache.of().delete_fails = true;  // as if the process had ended before
    CHECK(store.compact(compaction::tombstone(keep_deposits)).erased == 1);
  }
  CHECK(cache.of().entries.size() == 1);
  cache.of().delete_fails = false;
  quipu::store store{settings_in(world, small_segments()), cache};
  store.compact(compaction::merge());
  CHECK(cache.of().entries.size() == 1);
  CHECK(store.compact(compaction::tombstone(keep_deposits)).erased == 0);
  CHECK(cache.of().entries.empty());
  // That is known from now on.
  CHECK(store.project<last_memo>("a")->memo.empty());
  const std::uint64_t syncs = cache.of().syncs;
  store.compact(compaction::tombstone(keep_deposits));
  store.compact(compaction::retain(keep_all));
  CHECK(cache.of().entries.size() == 1);
  CHECK(cache.of().syncs == syncs);
}

TEST_CASE("a compaction tries again to remove states that couldn't be removed", "[store][cache][compaction]") {
  const failing_cache cache;
  auto store = quipu::in_memory_store(small_segments(), cache);
  store.append({"a", "s"}, deposited{1});
  store.append({"a", "s"}, withdrawn{1, "a secret"});
  CHECK(store.project<last_memo>("a"));
  cache.of().delete_fails = true;
  store.compact(compaction::tombstone(keep_deposits));
  CHECK(cache.of().entries.size() == 1);
  cache.of().delete_fails = false;
  store.compact(compaction::tombstone(keep_deposits));
  CHECK(cache.of().entries.empty());
}

TEST_CASE("a compaction that fails when the events are gone leaves no state in the cache",
          "[store][cache][compaction]") {
  const failing_cache cache;
  quipu::config settings = small_segments();
  settings.environment = std::make_shared<keeping_world>(std::make_shared<quipu::memory_environment>());
  quipu::store store{settings, cache};
  store.append({"a", "s"}, deposited{1});
  store.append({"a", "s"}, withdrawn{1, "a secret"});
  CHECK(store.project<last_memo>("a"));
  SECTION("and the cache works") {
    CHECK(code_of([&] { store.compact(compaction::tombstone(keep_deposits)); }) == errc::io_failed);
    CHECK(cache.of().entries.empty());
  }
  SECTION("and the cache fails as well") {
    cache.of().delete_fails = true;
    CHECK(code_of([&] { store.compact(compaction::tombstone(keep_deposits)); }) == errc::io_failed);
    CHECK(store.diagnostics().cache_failures == 1);
  }
  SECTION("and the cache's failures are thrown") {
    settings.directory = "other";
    settings.cache.on_failure = quipu::cache_failure::refuse;
    quipu::store refusing{settings, cache};
    refusing.append({"a", "s"}, withdrawn{1, "a secret"});
    cache.of().delete_fails = true;
    cache.of().throws_no_exception = true;
    CHECK(code_of([&] { refusing.compact(compaction::tombstone(keep_deposits)); }) == errc::io_failed);
  }
}

TEST_CASE("a compaction that erases while the store is closed leaves no state in the cache",
          "[store][cache][compaction][threads]") {
  std::size_t erased = 0;
  for (int attempt = 0; attempt < 5; ++attempt) {
    const scratch_folder folder;
    const failing_cache cache;
    quipu::store store{small_segments(folder / "data"), cache};
    store.append({"a", "s"}, deposited{1});
    store.append({"a", "s"}, withdrawn{1, "a secret"});
    CHECK(store.project<last_memo>("a"));
    std::atomic<bool> is_over{false};
    std::thread closing{[&] {
      while (!is_over && !fs::exists(folder / "data" / "quipu.compaction")) std::this_thread::yield();
      store.close();
    }};
    try {
      store.compact(compaction::tombstone(keep_deposits));
    } catch (const quipu::error& failure) {
      CHECK(failure.code() == errc::closed);
    }
    is_over = true;
    closing.join();
    if (files_with(folder / "data", "a secret") != 0) continue;
    ++erased;
    CHECK(cache.of().entries.empty());
  }
  CHECK(erased != 0);
}
