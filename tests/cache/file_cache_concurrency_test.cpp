// SPDX-License-Identifier: BSL-1.0
//
// Several threads, objects and processes at one file cache: a reader sees whole entries, and nothing that a killed
// writer leaves behind is an entry or piles up.
#include "cache_fixture.hpp"

#include <catch2/catch.hpp>

#include <atomic>
#include <chrono>
#include <csignal>
#include <cstring>
#include <string>
#include <thread>
#include <vector>

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace cache_tests;

namespace {

constexpr int keys = 3;

std::string key_of(std::size_t number) { return "key" + std::to_string(number); }

/// A value that shows every mixture: one letter throughout, of a length and with a meta that follow from a number.
std::string value_of(std::uint64_t number, std::size_t largest) {
  seeded random{number};
  return std::string(1 + random.below(largest), static_cast<char>('a' + number % 26));
}

void put_one(quipu::file_cache& cache, seeded& random, std::size_t largest) {
  const std::uint64_t number = random.next();
  cache.put(key_of(random.below(keys)), value_of(number, largest), {number, static_cast<std::int64_t>(number / 2)});
}

bool is_whole(const quipu::cache_entry& entry, std::size_t largest) {
  const std::string value{quipu::bytes_view{entry.value}.text()};
  return value == value_of(entry.meta.watermark, largest) &&
         entry.meta.cached_at_us == static_cast<std::int64_t>(entry.meta.watermark / 2);
}

struct tally {
  std::atomic<int> mixed{0};
  std::atomic<int> missed{0};
  std::atomic<int> read{0};
  std::atomic<int> written{0};
};

void get_one(quipu::file_cache& cache, seeded& random, std::size_t largest, tally& seen) {
  const auto found = cache.get(key_of(random.below(keys)));
  ++seen.read;
  if (!found) ++seen.missed;
  if (found && !is_whole(*found, largest)) ++seen.mixed;
}

std::size_t spare_files(const fs::path& root) {
  return static_cast<std::size_t>(std::distance(fs::directory_iterator{root / ".spare"}, {}));
}

/// Runs something in a forked child and returns the child's id.
template <class Operation>
pid_t in_child(Operation operation) {
  const pid_t child = ::fork();
  if (child != 0) return child;
  try {
    ::_exit(operation() ? 0 : 1);
  } catch (...) {
    ::_exit(2);
  }
}

int result_of(pid_t child) {
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

}  // namespace

TEST_CASE("readers see whole entries and no gap while others are written", "[cache][threads]") {
  for (const std::size_t largest : {std::size_t{200}, std::size_t{30'000}}) {
    const scratch_folder folder;
    quipu::file_cache shared{folder.path()};
    seeded first{1};
    for (std::size_t key = 0; key < keys; ++key)
      shared.put(key_of(key), value_of(key, largest), {key, static_cast<std::int64_t>(key / 2)});
    tally seen;
    std::atomic<bool> stop{false};
    std::vector<std::thread> threads;
    for (std::uint64_t thread = 0; thread < 2; ++thread) {
      threads.emplace_back([&, thread] {  // one writer on the shared object, one on its own
        quipu::file_cache own = thread == 0 ? shared : quipu::file_cache{folder.path()};
        for (seeded random{100 + thread}; !stop; ++seen.written) put_one(own, random, largest);
      });
      threads.emplace_back([&, thread] {
        quipu::file_cache own = thread == 0 ? shared : quipu::file_cache{folder.path()};
        for (seeded random{200 + thread}; !stop;) get_one(own, random, largest, seen);
      });
    }
    for (const auto end = std::chrono::steady_clock::now() + std::chrono::seconds{30};
         (seen.read < 500 || seen.written < 100) && std::chrono::steady_clock::now() < end;)
      std::this_thread::sleep_for(std::chrono::milliseconds{1});
    stop = true;
    for (std::thread& thread : threads) thread.join();
    CHECK(seen.read >= 500);
    CHECK(seen.written >= 100);
    CHECK(seen.mixed == 0);
    CHECK(seen.missed == 0);
    CHECK(shared.stats().healed == 0);
    CHECK(entry_files(folder.path()) == keys);
    CHECK(spare_files(folder.path()) <= 4);
  }
}

TEST_CASE("deleting and putting at once ends in one or the other", "[cache][threads]") {
  const scratch_folder folder;
  quipu::file_cache cache{folder.path()};
  const std::string deep(400, 'd');
  std::atomic<bool> stop{false};
  std::thread deleter{[&] {
    while (!stop) cache.delete_prefix("");
  }};
  int wrong = 0;
  for (int step = 0; step < 1500; ++step) {
    cache.put(deep, "value", {});
    const std::string read = text_of(cache, deep);
    wrong += read != "value" && read != "(none)";
  }
  stop = true;
  deleter.join();
  CHECK(wrong == 0);
  cache.put(deep, "value", {});
  CHECK(text_of(cache, deep) == "value");
}

TEST_CASE("processes share a cache, also through an object that was forked", "[cache][processes]") {
  constexpr std::size_t largest = 3000;
  const scratch_folder folder;
  quipu::file_cache cache{folder.path()};
  for (std::size_t key = 0; key < keys; ++key)
    cache.put(key_of(key), value_of(key, largest), {key, static_cast<std::int64_t>(key / 2)});
  const auto work = [&](quipu::file_cache& mine, std::uint64_t seed) {
    seeded random{seed};
    tally seen;
    for (int step = 0; step < 3000; ++step) {
      put_one(mine, random, largest);
      get_one(mine, random, largest, seen);
    }
    return seen.mixed == 0 && seen.missed == 0;
  };
  const pid_t forked = in_child([&] { return work(cache, 1); });
  const pid_t separate = in_child([&] {
    quipu::file_cache own{folder.path()};
    return work(own, 2);
  });
  CHECK(work(cache, 3));
  CHECK(result_of(forked) == 0);
  CHECK(result_of(separate) == 0);
  CHECK(cache.stats().healed == 0);
  CHECK(entry_files(folder.path()) == keys);
  // One spare for each that was writing at the same time: the child must not have shared its parent's.
  CHECK(fs::exists(folder.path() / ".spare" / "1.lock"));
  CHECK(spare_files(folder.path()) <= 6);
}

TEST_CASE("a child that was forked while a thread wrote writes, too", "[cache][processes]") {
  const scratch_folder folder;
  quipu::file_cache cache{folder.path()};
  const std::string large(std::size_t{4} << 20, 'x');
  std::atomic<bool> over{false};
  std::thread writing{[&] {
    while (!over) cache.put("large", large, {1, 1});
  }};
  int wrong = 0;
  for (int round = 0; round < 20 && wrong == 0; ++round)
    wrong = result_of(in_child([&] {
      ::alarm(10);  // ends a child that hangs
      cache.put("small", "value", {1, 1});
      const auto back = cache.get("small");
      return back && back->value == quipu::bytes_view{"value"} && cache.delete_prefix("small") == 1;
    }));
  over = true;
  writing.join();
  CHECK(wrong == 0);
}

TEST_CASE("killed writers leave whole entries and at most one spare", "[cache][processes]") {
  constexpr std::size_t largest = 20'000;
  const scratch_folder folder;
  int found_whole = 0;
  int found = 0;
  for (int round = 0; round < 25; ++round) {
    const pid_t child = in_child([&] {
      quipu::file_cache cache{folder.path()};
      seeded random{static_cast<std::uint64_t>(round)};
      for (;;) put_one(cache, random, largest);
      return true;
    });
    std::this_thread::sleep_for(std::chrono::milliseconds{2 + round % 5});
    ::kill(child, SIGKILL);
    REQUIRE(result_of(child) == -SIGKILL);
    quipu::file_cache cache{folder.path()};
    for (std::size_t key = 0; key < keys; ++key) {
      const auto entry = cache.get(key_of(key));
      found += entry ? 1 : 0;
      found_whole += entry && is_whole(*entry, largest) ? 1 : 0;
    }
    CHECK(cache.stats().healed == 0);
    if (fs::exists(folder.path() / ".spare")) CHECK(spare_files(folder.path()) <= 2);
  }
  CHECK(found_whole == found);
  CHECK(found >= keys);  // in the last round at the latest
  quipu::file_cache cache{folder.path()};
  CHECK(cache.delete_prefix("") == keys);
  CHECK(entry_files(folder.path()) == 0);
}

TEST_CASE("what a crashed writer was preparing is never read, and is used up", "[cache]") {
  const scratch_folder folder;
  fs::create_directory(folder / ".spare");
  write_file(folder / ".spare/0", std::string(100'000, 'x'));
  write_file(folder / ".spare/0.lock", "");
  quipu::file_cache cache{folder.path()};
  CHECK(cache.delete_prefix("") == 0);
  cache.put("a", "value", {});
  CHECK(text_of(cache, "a") == "value");
  CHECK(fs::file_size(entry_path(folder.path(), "a")) == 56 + 1 + 5);
  CHECK(spare_files(folder.path()) == 1);
}

TEST_CASE("a reader tells a file that was written over while it read", "[cache]") {
  using namespace quipu::detail;
  const scratch_folder folder;
  quipu::file_cache cache{folder.path()};
  cache.put("a", "value", {});
  const fs::path path = entry_path(folder.path(), "a");
  const unique_fd file{::open(path.c_str(), O_RDWR | O_CLOEXEC)};
  REQUIRE(file);
  std::byte stamp[entry_layout::stamp_size];
  REQUIRE(read_exact_at(file.get(), stamp, sizeof stamp, 0));
  CHECK(confirm_entry(file.get(), stamp) == entry_reading::sound);
  // The same entry again: all that tells the two apart is the number of the writing.
  quipu::bytes scratch;
  REQUIRE(write_entry(file.get(), fs::file_size(path), "a", "value", {}, 12345, scratch));
  CHECK(confirm_entry(file.get(), stamp) == entry_reading::unsound);
  CHECK(text_of(cache, "a") == "value");
  // Half-way through a writing there is no stamp to trust: with a number of bytes the disk has no room for, it stops
  // there.
  rlimit before{};
  REQUIRE(::getrlimit(RLIMIT_FSIZE, &before) == 0);
  const auto ignored = std::signal(SIGXFSZ, SIG_IGN);
  rlimit small = before;
  small.rlim_cur = 8192;
  REQUIRE(::setrlimit(RLIMIT_FSIZE, &small) == 0);
  const bool written = write_entry(file.get(), fs::file_size(path), "a", std::string(20'000, 'n'), {}, 12346, scratch);
  ::setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, ignored);
  CHECK_FALSE(written);
  CHECK(read_file(path).substr(0, entry_layout::stamp_size) == std::string(entry_layout::stamp_size, '\0'));
  CHECK(text_of(cache, "a") == "(none)");
}
