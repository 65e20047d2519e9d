// SPDX-License-Identifier: BSL-1.0
//
// file_cache_failures_test.cpp: each system call that the file cache makes fails once. An operation then has failed,
// with the system's number, or has done what it does; never is there a third thing, and the next operation succeeds.
#include "../failing_calls.hpp"
#include "cache_fixture.hpp"

#include <catch2/catch.hpp>

#include <cerrno>
#include <cstddef>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>

using namespace cache_tests;
using test_settings::fail_call;
using test_settings::failed_call;
using test_settings::file_calls;
using test_settings::interruptible_calls;

namespace {

/// A cache in a folder of its own, with one entry or none.
struct tried_cache {
  const scratch_folder folder{};
  const fs::path root = folder / "c";
  quipu::file_cache cache{root};
};

using cache_step = std::function<void(tried_cache&)>;

const cache_step leave_empty = [](tried_cache&) {};

cache_step put(std::string key, std::string value) {
  return [key = std::move(key), value = std::move(value)](tried_cache& of) { of.cache.put(key, value, {1, 2}); };
}

/// Whether a failure is a `cache_failed` of this cache with the system's number.
bool is_reported(const std::exception_ptr& thrown, const tried_cache& of, int number) {
  try {
    std::rethrow_exception(thrown);
  } catch (const quipu::error& caught) {
    INFO(caught.what());
    CHECK(caught.code() == quipu::errc::cache_failed);
    CHECK(caught.system_error() == number);
    CHECK(caught.path().starts_with(of.root.string()));
    return true;
  } catch (...) {
    return false;
  }
}

/// Prepares a cache and runs an operation in which the first call fails; then so again with the second, and on until
/// the operation makes no more. Then `check(cache, has_thrown)`. Returns how many calls failed in all.
template <class Check>
std::size_t fail_each_call(const cache_step& prepare, const cache_step& operation, const Check& check) {
  for (std::size_t which = 1;; ++which) {
    tried_cache tried;
    prepare(tried);
    const failed_call result = fail_call(which, EIO, file_calls, [&] { operation(tried); });
    if (!result.is_possible) {
      WARN("this system lets no thread filter its system calls");
      return 0;
    }
    if (result.call == 0) return which - 1;
    INFO("call " << which << ", of number " << result.call << ", failed");
    if (result.thrown) CHECK(is_reported(result.thrown, tried, EIO));
    check(tried, result.thrown != nullptr);
  }
}

}  // namespace

TEST_CASE("whichever call of a put fails, the entry is the old one or the new one", "[cache][failures]") {
  const std::string large(100'000, 'n');
  const cache_step replace_twice = [](tried_cache& of) {
    of.cache.put("k", "older", {});
    of.cache.put("k", std::string(200'000, 'o'), {});
    of.cache.put("k", "old", {});
  };
  const cache_step remove_root = [](tried_cache& of) {
    of.cache.put("k", "old", {});
    fs::remove_all(of.root);
  };
  const std::string deep(1000, 'd');
  struct {
    cache_step prepare;
    std::string key;
    std::string old;
    std::string value;
  } const cases[] = {
      {leave_empty, "k", "(none)", "new"},       {leave_empty, deep, "(none)", large},
      {put("k", "old"), "k", "old", "new"},      {replace_twice, "k", "old", "new"},
      {replace_twice, "k", "old", large},        {remove_root, "k", "(none)", "new"},
      {put("other", "o"), "k", "(none)", "new"},
  };
  for (const auto& each : cases) {
    INFO("from " << each.old << " to " << each.value.substr(0, 10));
    const std::size_t failed =
        fail_each_call(each.prepare, put(each.key, each.value), [&](tried_cache& of, bool has_thrown) {
          const std::string found = text_of(of.cache, each.key);
          const bool is_one_of_both = found == each.value || (has_thrown && found == each.old);
          CHECK(is_one_of_both);
          of.cache.put(each.key, "next", {});
          CHECK(text_of(of.cache, each.key) == "next");
        });
    CHECK((failed == 0 || failed > 5));
  }
}

TEST_CASE("whichever call of a get fails, it is no miss", "[cache][failures]") {
  for (const std::string& value : {std::string{"small"}, std::string(100'000, 'l')}) {
    std::string found;
    const cache_step get = [&](tried_cache& of) { found = "(failed)", found = text_of(of.cache, "k"); };
    fail_each_call(put("k", value), get, [&](tried_cache& of, bool has_thrown) {
      CHECK(found == (has_thrown ? "(failed)" : value));
      CHECK(text_of(of.cache, "k") == value);
      CHECK(of.cache.stats().healed == 0);
    });
  }
}

TEST_CASE("whichever call fails while a damaged entry is read, it is never a hit", "[cache][failures]") {
  const cache_step damage = [](tried_cache& of) {
    of.cache.put("k", "value", {});
    write_file(entry_path(of.root, "k"), read_file(entry_path(of.root, "k")) + "more");
  };
  bool is_found = false;
  const cache_step get = [&](tried_cache& of) { is_found = of.cache.get("k").has_value(); };
  fail_each_call(damage, get, [&](tried_cache& of, bool) {
    CHECK_FALSE(is_found);
    CHECK(text_of(of.cache, "k") == "(none)");
    CHECK_FALSE(fs::exists(entry_path(of.root, "k")));
    CHECK(of.cache.stats().healed == 1);
  });
}

TEST_CASE("whichever call of a deletion fails, another deletion completes it", "[cache][failures]") {
  const std::string deep(1000, 'd');
  const cache_step fill = [&](tried_cache& of) {
    for (const std::string& key : {std::string{}, std::string{"k"}, std::string{"key"}, deep})
      of.cache.put(key, "old", {}), of.cache.put(key, "value", {});
  };
  for (const std::string& prefix : {std::string{}, std::string{"k"}, deep.substr(0, 500)}) {
    INFO("prefix of " << prefix.size());
    std::uint64_t removed = 0;
    const cache_step remove = [&](tried_cache& of) { removed = of.cache.delete_prefix(prefix); };
    fail_each_call(fill, remove, [&](tried_cache& of, bool has_thrown) {
      const std::uint64_t later = of.cache.delete_prefix(prefix);
      const std::uint64_t all = prefix.empty() ? 4 : prefix == "k" ? 2 : 1;
      if (!has_thrown) CHECK(removed == all);
      if (!has_thrown) CHECK(later == 0);
      CHECK(text_of(of.cache, deep) == (prefix == "k" ? "value" : "(none)"));
      CHECK(text_of(of.cache, "k") == (prefix.size() == 500 ? "value" : "(none)"));
      CHECK(entry_files(of.root) == 4 - all);
    });
  }
}

TEST_CASE("a flush and an opening that fail say so", "[cache][failures]") {
  CHECK((fail_each_call(
             leave_empty, [](tried_cache& of) { of.cache.sync(); },
             [](tried_cache&, bool has_thrown) { CHECK(has_thrown); }) <= 1));
  fail_each_call(
      leave_empty, [](tried_cache& of) { quipu::file_cache{of.root / "deeper" / "still"}; },
      [](tried_cache& of, bool has_thrown) {
        CHECK(has_thrown);
        quipu::file_cache{of.root / "deeper" / "still"}.put("k", "v", {});
      });
}

TEST_CASE("an announced read that fails harms nothing", "[cache][failures]") {
  fail_each_call(
      put("k", "value"), [](tried_cache& of) { of.cache.prefetch("k", {}); },
      [](tried_cache& of, bool has_thrown) {
        CHECK_FALSE(has_thrown);
        CHECK(text_of(of.cache, "k") == "value");
      });
}

TEST_CASE("calls that a signal interrupts are repeated", "[cache][failures]") {
  for (const std::size_t size : {std::size_t{10}, std::size_t{100'000}}) {
    const std::string value(size, 'v');
    for (std::size_t which = 1;; ++which) {
      tried_cache tried;
      tried.cache.put("k", std::string(200'000, 'o'), {});
      tried.cache.put("k", "old", {});
      std::string found;
      std::uint64_t removed = 0;
      const failed_call result = fail_call(which, EINTR, interruptible_calls, [&] {
        tried.cache.put("k", value, {});
        found = text_of(tried.cache, "k");
        removed = tried.cache.delete_prefix("k");
      });
      if (result.call == 0) break;
      INFO("call " << which << ", of number " << result.call << ", was interrupted");
      CHECK_FALSE(result.thrown);
      CHECK(found == value);
      CHECK(removed == 1);
    }
  }
}

TEST_CASE("two looks at a file are one only if all that they saw is the same", "[cache][failures]") {
  using quipu::detail::entry_observation;
  const entry_observation seen{1, 2, 3, {}};
  CHECK(seen == entry_observation{1, 2, 3, {}});
  CHECK_FALSE(seen == entry_observation{9, 2, 3, {}});
  CHECK_FALSE(seen == entry_observation{1, 9, 3, {}});
  CHECK_FALSE(seen == entry_observation{1, 2, 9, {}});
  CHECK_FALSE(seen == entry_observation{1, 2, 3, {std::byte{9}}});
}
