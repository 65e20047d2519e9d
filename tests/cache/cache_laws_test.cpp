// SPDX-License-Identifier: BSL-1.0
//
// The laws of a projection cache, written once and run for each: against a map as the model, by seeded random
// operations.
#include "cache_fixture.hpp"

#include <catch2/catch.hpp>

#include <map>
#include <string>
#include <utility>
#include <vector>

using namespace cache_tests;

namespace {

/// Keys that are hard to tell apart, to spell, or to fit into a file name.
std::vector<std::string> awkward_keys() {
  using namespace std::string_literals;
  std::vector<std::string> keys{"",     "a",        "ab",       "abc",          "\0"s, "\0\0"s, "a\0b"s, "a\0"s,
                                "\xFF", "\xFF\xFF", "\xFE\xFF", "\xFF\xFF\xFF", "..",  ".",     "A"};
  keys.insert(keys.end(), {"account:alice\0fp"s, "account:alicf", "/../../etc"});
  for (const std::size_t size : {124U, 125U, 126U, 127U, 250U, 251U, 1024U, 1900U}) {
    keys.push_back(std::string(size, 'x'));
    keys.push_back(std::string(size - 1, 'x') + "y");
    keys.push_back(std::string(size, '\xFF'));
  }
  return keys;
}

using model = std::map<std::string, quipu::cache_entry>;

std::uint64_t delete_from(model& entries, const std::string& prefix) {
  std::uint64_t removed = 0;
  for (auto entry = entries.begin(); entry != entries.end();) {
    const bool matches = entry->first.compare(0, prefix.size(), prefix) == 0;
    removed += matches;
    entry = matches ? entries.erase(entry) : std::next(entry);
  }
  return removed;
}

/// `forgets`: the cache may lose entries, so a miss is always an answer; a wrong value never is.
template <class Cache, class Reopen>
void obeys_the_model(Cache cache, bool forgets, std::uint64_t seed, int steps, Reopen reopen) {
  static_assert(quipu::projection_cache<Cache>);
  seeded random{seed};
  const std::vector<std::string> keys = awkward_keys();
  model expected;
  for (int step = 0; step < steps; ++step) {
    const std::string& key = keys[random.below(keys.size())];
    INFO("seed " << seed << " step " << step << " key of " << key.size() << " bytes");
    const std::size_t choice = random.below(100);
    if (choice < 45) {
      const std::string value(random.below(10) == 0 ? random.below(20'000) : random.below(60),
                              static_cast<char>(random.next()));
      const quipu::cache_meta meta{random.next(), static_cast<std::int64_t>(random.next())};
      cache.put(key, value, meta);
      expected[key] = {quipu::bytes_view{value}.copy(), meta};
    } else if (choice < 93) {
      const auto found = cache.get(key);
      const auto there = expected.find(key);
      if (found) {
        REQUIRE(there != expected.end());
        REQUIRE(*found == there->second);
      } else if (!forgets) {
        REQUIRE(there == expected.end());
      }
    } else if (choice < 98) {
      const std::string prefix = key.substr(0, random.below(key.size() + 1));
      const std::uint64_t removed = cache.delete_prefix(prefix);
      const std::uint64_t matching = delete_from(expected, prefix);
      if (forgets) {
        REQUIRE(removed <= matching);
      } else {
        REQUIRE(removed == matching);
      }
    } else {
      reopen(cache);
    }
  }
  for (const std::string& key : keys) {
    const auto found = cache.get(key);
    const auto there = expected.find(key);
    if (found) REQUIRE((there != expected.end() && *found == there->second));
    if (!forgets) REQUIRE(found.has_value() == (there != expected.end()));
  }
  const std::uint64_t removed = cache.delete_prefix("");
  if (!forgets) REQUIRE(removed == expected.size());
  for (const std::string& key : keys) REQUIRE_FALSE(cache.get(key));
}

const auto keep = [](auto&) {};

}  // namespace

TEST_CASE("memory_cache agrees with a map", "[cache][laws]") {
  for (std::uint64_t seed = 1; seed <= 3; ++seed)
    obeys_the_model(quipu::memory_cache{64U << 20}, false, seed, 2000, keep);
}

TEST_CASE("a small memory_cache forgets but is never wrong", "[cache][laws]") {
  for (std::uint64_t seed = 1; seed <= 3; ++seed) obeys_the_model(quipu::memory_cache{6000}, true, seed, 2000, keep);
}

TEST_CASE("file_cache agrees with a map, also when reopened", "[cache][laws]") {
  for (std::uint64_t seed = 1; seed <= 3; ++seed) {
    const scratch_folder folder;
    obeys_the_model(quipu::file_cache{folder.path()}, false, seed, 1200,
                    [&](quipu::file_cache& cache) { cache = quipu::file_cache{folder.path()}; });
    CHECK(entry_files(folder.path()) == 0);
  }
}

TEST_CASE("tiered_cache agrees with a map, with room for all or for little", "[cache][laws]") {
  for (const std::size_t room : {std::size_t{64} << 20, std::size_t{6000}}) {
    const scratch_folder folder;
    using tiered = quipu::tiered_cache<quipu::memory_cache, quipu::file_cache>;
    obeys_the_model(tiered{quipu::memory_cache{room}, quipu::file_cache{folder.path()}}, false, room, 1200,
                    [&](tiered& cache) {
                      cache = tiered{quipu::memory_cache{room}, quipu::file_cache{folder.path()}};
                    });
  }
}

TEST_CASE("no_cache forgets everything", "[cache][laws]") { obeys_the_model(quipu::no_cache{}, true, 1, 500, keep); }

TEST_CASE("a cache's copies and what it was moved to are the same cache", "[cache][laws]") {
  const scratch_folder folder;
  const auto check = [](auto cache) {
    auto copy = cache;
    cache.put("key", "value", {7, 8});
    CHECK(text_of(copy, "key") == "value");
    auto moved = std::move(cache);
    CHECK(text_of(moved, "key") == "value");
    moved.sync();
  };
  check(quipu::memory_cache{100'000});
  check(quipu::file_cache{folder.path()});
}
