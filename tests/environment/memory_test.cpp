// SPDX-License-Identifier: BSL-1.0
//
// memory_test.cpp: what only a world in memory has: worlds of its own, copies of them, and an address space to run out
// of.
#include "environment_fixture.hpp"

#include <catch2/catch.hpp>

#include <atomic>
#include <cstdint>
#include <cstring>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace environment_tests;
using quipu::errc;
using quipu::memory_environment;
using quipu::open_mode;

namespace {

std::string_view text_at(const std::byte* data, std::size_t count) {
  return {reinterpret_cast<const char*>(data), count};
}

}  // namespace

TEST_CASE("a forked child is refused: a thread of the parent may have held the lock", "[environment][fork]") {
  quipu::memory_environment memory;
  const auto directory = memory.open_directory("a", true);
  auto lock = directory->lock("lock");
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    ::alarm(10);
    int code = 1;
    try {
      static_cast<void>(directory->list());
    } catch (const quipu::error& refused) {
      code = refused.code() == quipu::errc::locked && !lock->held() ? 0 : 2;
    }
    lock.reset();
    ::_exit(code);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  CHECK(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 0);
  CHECK(lock->held());
}

TEST_CASE("memory: each environment is a world of its own, which lives as long as anything in it", "[environment]") {
  memory_environment first;
  memory_environment second;
  first.open_directory("store", true)->open_file("file", open_mode::create)->write_at("text", 0);
  CHECK(text_of(first.open_directory("store", false)->open_file("file", open_mode::read)) == "text");
  CHECK(code_of([&] { (void)second.open_directory("store", false); }) == errc::not_found);
  CHECK(second.open_directory("/", false)->list().empty());

  auto brief = std::make_unique<memory_environment>();
  auto inner = brief->open_directory("store", true);
  auto file = inner->open_file("file", open_mode::create);
  auto lock = inner->lock("lock");
  brief.reset();
  inner.reset();
  file->write_at("still", 0);
  CHECK(text_of(file) == "still");
  lock.reset();
}

TEST_CASE("memory: paths start at the root, with or without a slash", "[environment]") {
  memory_environment world;
  (void)world.open_directory("a/b", true)->open_file("file", open_mode::create);
  for (const std::string path : {"/a/b", "./a/b/", "//a//b", "../a/b", "a/../../a/b/."}) {
    INFO(path);
    CHECK(world.open_directory(path, false)->exists("file"));
  }
  for (const std::string path : {"/", ".", "..", "a/.."})
    CHECK(world.open_directory(path, false)->list() == std::vector<std::string>{"a"});
}

TEST_CASE("memory: a copy is the world at one moment, and goes its own way", "[environment]") {
  memory_environment world;
  auto directory = world.open_directory("a/b", true);
  auto file = directory->open_file("file", open_mode::create);
  const auto window = file->map(10'000);
  file->write_at("before", 0);
  file->reserve(5'000);
  auto large = directory->open_file("large", open_mode::create);
  large->write_at(std::string(100'000, 'l'), 1'000);
  (void)directory->open_file("empty", open_mode::create);
  (void)world.open_directory("a/hollow", true);
  const auto lock = directory->lock("lock");

  const auto copied = world.copy();
  auto other = copied->open_directory("a/b", false);
  CHECK(other->list() == std::vector<std::string>{"empty", "file", "large", "lock"});
  CHECK(copied->open_directory("a", false)->list() == std::vector<std::string>{"b", "hollow"});
  CHECK(other->open_file("file", open_mode::read)->size() == 5'000);
  CHECK(other->open_file("empty", open_mode::read)->size() == 0);
  CHECK(text_of(other->open_file("large", open_mode::read), 200'000) ==
        std::string(1'000, '\0') + std::string(100'000, 'l'));
  CHECK_NOTHROW(other->lock("lock"));  // whoever held it is gone, as after a crash

  auto changed = other->open_file("file", open_mode::write);
  changed->write_at("copy", 0);
  changed->write_at("end", 4'997);
  file->write_at("world!", 0);
  directory->remove("large");
  CHECK(text_of(changed, 6) == "copyre");
  CHECK(text_of(file, 6) == "world!");
  CHECK(text_at(window.data, 6) == "world!");
  CHECK(text_at(window.data + 4'997, 3) == std::string_view{"\0\0\0", 3});
  CHECK(other->exists("large"));
  CHECK(code_of([&] { (void)directory->lock("lock"); }) == errc::locked);
}

TEST_CASE("memory: a copy taken while others write has nothing that came later than what it lacks", "[environment]") {
  memory_environment world;
  auto directory = world.open_directory("store", true);
  auto first = directory->open_file("first", open_mode::create);
  auto second = directory->open_file("second", open_mode::create);
  first->truncate(8);
  second->truncate(8);
  std::atomic<bool> done{false};
  std::thread writer{[&] {
    for (std::uint64_t number = 1; !done; ++number) {
      std::byte raw[8];
      std::memcpy(raw, &number, 8);
      second->write_at({raw, 8}, 0);  // the file that is copied last, first
      first->write_at({raw, 8}, 0);
    }
  }};
  int wrong = 0;
  for (int round = 0; round < 300; ++round) {
    const auto copied = world.copy();
    const auto read = [&](const std::string& name) {
      std::uint64_t number = 0;
      const auto file = copied->open_directory("store", false)->open_file(name, open_mode::read);
      (void)file->read_at(reinterpret_cast<std::byte*>(&number), 8, 0);
      return number;
    };
    const std::uint64_t before = read("first");
    const std::uint64_t after = read("second");
    if (after != before && after != before + 1) ++wrong;
  }
  done = true;
  writer.join();
  CHECK(wrong == 0);
}

TEST_CASE("memory: every mapping sees every write, however often the file outgrew its room", "[environment]") {
  memory_environment world;
  auto directory = world.open_directory("store", true);
  auto file = directory->open_file("file", open_mode::create);
  std::vector<quipu::file_mapping> windows;
  std::vector<const std::byte*> addresses;
  for (std::size_t size = 1'000; size <= 1'000'000; size *= 10) {
    windows.push_back(file->map(size));
    addresses.push_back(windows.back().data);
  }
  for (std::size_t round = 0; round < 20; ++round) {
    const std::string text = "round " + std::to_string(round);
    file->write_at(text, round * 17);
    file->write_at(text, 900'000 + 1'000'000 * round);
    for (std::size_t at = 0; at < windows.size(); ++at) {
      CHECK(windows[at].data == addresses[at]);
      CHECK(text_at(windows[at].data + round * 17, text.size()) == text);
    }
    CHECK(text_of(file, 7 + round * 17).substr(round * 17) == "round " + text.substr(6, 1));
  }
  file->truncate(5);
  for (const quipu::file_mapping& window : windows) CHECK(text_at(window.data, 7) == std::string_view{"round\0\0", 7});
}

TEST_CASE("memory: what can't be had is no room, and changes nothing", "[environment]") {
  memory_environment world;
  auto directory = world.open_directory("store", true);
  auto file = directory->open_file("file", open_mode::create);
  file->write_at("text", 0);
  constexpr std::uint64_t beyond = std::uint64_t{1} << 60;  // more than any address space has
  const auto full = [&](auto operation) {
    const auto refused = error_of(operation);
    return refused.code() == errc::storage_full && refused.path() == "store/file";
  };
  CHECK(full([&] { file->reserve(beyond); }));
  CHECK(full([&] { file->truncate(beyond); }));
  CHECK(full([&] { file->write_at("more", beyond); }));
  CHECK(full([&] { (void)file->map(beyond); }));
  CHECK(full([&] { (void)file->map(std::numeric_limits<std::size_t>::max()); }));
  CHECK(file->size() == 4);
  CHECK(text_of(file) == "text");
}

TEST_CASE("memory: a window onto an address range costs nothing until it is written", "[environment]") {
  memory_environment world;
  auto directory = world.open_directory("store", true);
  const auto peak_kib = [] {
    rusage used{};
    ::getrusage(RUSAGE_SELF, &used);
    return used.ru_maxrss;  // KiB on Linux
  };
  const auto before = peak_kib();
  std::vector<quipu::file_mapping> windows;
  for (int count = 0; count < 8; ++count) {
    auto file = directory->open_file(std::to_string(count), open_mode::create);
    windows.push_back(file->map(std::size_t{64} << 20));
    file->reserve(std::uint64_t{64} << 20);
    file->write_at("text", 0);
    windows.push_back(file->map(std::size_t{128} << 20));  // moves to another reservation
    file->truncate(10);                                    // clears no page that was never written
  }
  const auto copied = world.copy();
  CHECK(copied->open_directory("store", false)->list().size() == 8);
  CHECK(peak_kib() - before < 64 * 1024);
}
