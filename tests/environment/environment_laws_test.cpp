// SPDX-License-Identifier: BSL-1.0
//
// environment_laws_test.cpp: what every environment does, whatever it is made of.
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
#include <type_traits>
#include <utility>
#include <vector>

using namespace environment_tests;
using quipu::errc;
using quipu::open_mode;

namespace {

// One owner: a copy would be another lock, or would close a file that somebody uses.
static_assert(!std::is_copy_constructible_v<quipu::environment> && std::is_abstract_v<quipu::environment>);
static_assert(!std::is_copy_constructible_v<quipu::environment_directory> &&
              std::is_abstract_v<quipu::environment_directory>);
static_assert(!std::is_copy_constructible_v<quipu::environment_file> && std::is_abstract_v<quipu::environment_file>);
static_assert(!std::is_copy_constructible_v<quipu::environment_lock> && std::is_abstract_v<quipu::environment_lock>);
static_assert(std::is_base_of_v<quipu::environment, quipu::posix_environment>);
static_assert(std::is_base_of_v<quipu::environment, quipu::memory_environment>);
static_assert(std::is_base_of_v<quipu::environment, quipu::simulated_environment>);

using names = std::vector<std::string>;

std::string_view text_at(const std::byte* data, std::size_t count) {
  return {reinterpret_cast<const char*>(data), count};
}

}  // namespace

TEMPLATE_TEST_CASE("a directory is found or made, with its parents", "[environment]", quipu::posix_environment,
                   quipu::memory_environment, quipu::simulated_environment) {
  place<TestType> here;
  const auto missing = error_of([&] { (void)here.world.open_directory(here.path(), false); });
  CHECK(missing.code() == errc::not_found);
  CHECK(missing.path() == here.path());
  CHECK(missing.system_error() == ENOENT);

  const std::string deep = here.path() + "/a/b//c/";
  auto made = here.world.open_directory(deep, true);
  CHECK(made->path() == here.path() + "/a/b//c");
  CHECK(made->list() == names{});
  (void)made->open_file("file", open_mode::create);
  CHECK(here.world.open_directory(deep, true)->list() == names{"file"});
  CHECK(here.world.open_directory(here.path() + "/a/./b/../b/c", false)->list() == names{"file"});
  CHECK(here.world.open_directory(here.path() + "/a", false)->list() == names{"b"});

  for (const std::string below : {"/file", "/file/", "/file/deeper"}) {
    for (const bool create : {false, true}) {
      INFO(below << (create ? " created" : ""));
      CHECK(code_of([&] { (void)here.world.open_directory(here.path() + "/a/b/c" + below, create); }) ==
            errc::io_failed);
    }
  }
  CHECK(code_of([&] { (void)here.world.open_directory(here.path() + "/" + std::string(256, 'n'), true); }) ==
        errc::io_failed);
  CHECK(code_of([&] { (void)here.world.open_directory("", true); }) == errc::invalid_argument);
  CHECK(code_of([&] { (void)here.world.open_directory(std::string{"a\0b", 3}, true); }) == errc::invalid_argument);
}

TEMPLATE_TEST_CASE("a file is opened as its mode says", "[environment]", quipu::posix_environment,
                   quipu::memory_environment, quipu::simulated_environment) {
  place<TestType> here;
  auto directory = here.world.open_directory(here.path(), true);
  for (const open_mode mode : {open_mode::read, open_mode::write}) {
    const auto missing = error_of([&] { (void)directory->open_file("none", mode); });
    CHECK(missing.code() == errc::not_found);
    CHECK(missing.path() == here.path() + "/none");
    CHECK_FALSE(directory->exists("none"));
  }
  {
    auto made = directory->open_file("file", open_mode::create);
    CHECK(made->size() == 0);
    CHECK(made->path() == here.path() + "/file");
    made->write_at("text", 0);
  }
  CHECK(directory->exists("file"));
  CHECK(error_of([&] { (void)directory->open_file("file", open_mode::create); }).system_error() == EEXIST);
  CHECK(code_of([&] { (void)directory->open_file("file", open_mode::create); }) == errc::io_failed);

  auto writable = directory->open_file("file", open_mode::write);
  CHECK(text_of(writable) == "text");
  writable->write_at("T", 0);
  auto readable = directory->open_file("file", open_mode::read);
  CHECK(text_of(readable) == "Text");
  CHECK(code_of([&] { readable->write_at("x", 0); }) == errc::io_failed);
  CHECK(code_of([&] { readable->reserve(100); }) == errc::io_failed);
  CHECK(code_of([&] { readable->truncate(0); }) == errc::io_failed);
  CHECK_NOTHROW(readable->sync());
  CHECK(text_of(writable) == "Text");

  (void)here.world.open_directory(here.path() + "/folder", true);
  CHECK(directory->exists("folder"));
  for (const open_mode mode : {open_mode::read, open_mode::write})
    CHECK(code_of([&] { (void)directory->open_file("folder", mode); }) == errc::corrupt);
  CHECK(code_of([&] { (void)directory->open_file("folder", open_mode::create); }) == errc::io_failed);
}

TEMPLATE_TEST_CASE("names are single components, of any bytes", "[environment]", quipu::posix_environment,
                   quipu::memory_environment, quipu::simulated_environment) {
  place<TestType> here;
  auto directory = here.world.open_directory(here.path(), true);
  (void)here.world.open_directory(here.path() + "/folder", true)->open_file("file", open_mode::create);
  const std::string cut{"file\0more", 9};
  for (const std::string& bad : {std::string{}, std::string{"."}, std::string{".."}, std::string{"folder/file"},
                                 std::string{"/file"}, std::string{"file/"}, cut}) {
    INFO(bad);
    for (const open_mode mode : {open_mode::read, open_mode::write, open_mode::create}) {
      CHECK(code_of([&] { (void)directory->open_file(bad, mode); }) == errc::invalid_argument);
    }
    CHECK(code_of([&] { (void)directory->exists(bad); }) == errc::invalid_argument);
    CHECK(code_of([&] { directory->rename(bad, "new"); }) == errc::invalid_argument);
    CHECK(code_of([&] { directory->rename("folder", bad); }) == errc::invalid_argument);
    CHECK(code_of([&] { directory->remove(bad); }) == errc::invalid_argument);
    CHECK(code_of([&] { (void)directory->lock(bad); }) == errc::invalid_argument);
  }
  const std::string long_name(256, 'n');
  CHECK(code_of([&] { (void)directory->open_file(long_name, open_mode::read); }) == errc::io_failed);
  CHECK(code_of([&] { (void)directory->open_file(long_name, open_mode::create); }) == errc::io_failed);
  CHECK(code_of([&] { (void)directory->exists(long_name); }) == errc::io_failed);
  CHECK(code_of([&] { directory->rename("folder", long_name); }) == errc::io_failed);
  CHECK(code_of([&] { directory->remove(long_name); }) == errc::io_failed);
  CHECK(code_of([&] { (void)directory->lock(long_name); }) == errc::io_failed);

  auto odd = here.world.open_directory(here.path() + "/\xF0\x9F\xAA\xA2 caf\xC3\xA9", true);
  const names given{"\xF0\x9F\xAA\xA2",    "caf\xC3\xA9", " ", "-rf", "a b", "...", "new\nline", "*", "\\", "~",
                    std::string(255, 'n'), "A",           "a"};
  for (const std::string& name : given) odd->open_file(name, open_mode::create)->write_at(name, 0);
  const names listed = odd->list();
  CHECK(listed == names{" ", "*", "-rf", "...", "A", "\\", "a", "a b", "caf\xC3\xA9", "new\nline",
                        std::string(255, 'n'), "~", "\xF0\x9F\xAA\xA2"});
  for (const std::string& name : listed) CHECK(text_of(odd->open_file(name, open_mode::read)) == name);
}

TEMPLATE_TEST_CASE("what is written is read", "[environment]", quipu::posix_environment, quipu::memory_environment,
                   quipu::simulated_environment) {
  place<TestType> here;
  auto directory = here.world.open_directory(here.path(), true);
  auto file = directory->open_file("file", open_mode::create);
  const auto read = [&](std::size_t count, std::uint64_t offset) {
    std::string text(count, '?');
    text.resize(file->read_at(reinterpret_cast<std::byte*>(text.data()), count, offset));
    return text;
  };
  CHECK(read(10, 0).empty());
  file->write_at("hello", 0);
  CHECK(file->size() == 5);
  CHECK(read(5, 0) == "hello");
  CHECK(read(10, 1) == "ello");
  CHECK(read(0, 0).empty());
  CHECK(read(10, 5).empty());
  CHECK(read(10, 6).empty());
  CHECK(read(10, std::numeric_limits<std::uint64_t>::max()).empty());
  CHECK(read(10, std::numeric_limits<std::int64_t>::max() - 3).empty());

  file->write_at("J", 0);
  file->write_at("o, world", 4);
  CHECK(read(100, 0) == "Jello, world");
  file->write_at("end", 14);  // over a hole
  CHECK(read(100, 0) == std::string{"Jello, world\0\0end", 17});
  file->write_at({}, 100);
  CHECK(file->size() == 17);

  std::string large(3'000'000, '\0');
  for (std::size_t at = 0; at < large.size(); ++at) large[at] = static_cast<char>(at * 31 >> 3);
  file->write_at(large, 17);
  CHECK(file->size() == 17 + large.size());
  file->start_write_back(0, large.size());
  file->start_write_back(std::numeric_limits<std::uint64_t>::max(), 1);  // never an error
  CHECK(read(large.size(), 17) == large);
  file->sync();
  directory->sync();
  CHECK(text_of(directory->open_file("file", open_mode::read), 5) == "Jello");

  for (const std::uint64_t offset :
       {std::numeric_limits<std::uint64_t>::max(), std::uint64_t{1} << 63, (std::uint64_t{1} << 63) - 2}) {
    const auto refused = error_of([&] { file->write_at("more", offset); });
    CHECK(refused.code() == errc::storage_full);
    CHECK(refused.path() == here.path() + "/file");
    CHECK(code_of([&] { file->reserve(offset); }) == errc::storage_full);
    CHECK(code_of([&] { file->truncate(offset); }) == errc::storage_full);
  }
  CHECK(file->size() == 17 + large.size());
}

TEMPLATE_TEST_CASE("a file is reserved, cut and grown", "[environment]", quipu::posix_environment,
                   quipu::memory_environment, quipu::simulated_environment) {
  place<TestType> here;
  auto directory = here.world.open_directory(here.path(), true);
  auto file = directory->open_file("file", open_mode::create);
  file->reserve(0);
  CHECK(file->size() == 0);
  file->write_at("abcdef", 0);
  file->reserve(10'000);
  CHECK(file->size() == 10'000);
  CHECK(text_of(file, 20'000) == "abcdef" + std::string(9'994, '\0'));
  file->reserve(100);
  CHECK(file->size() == 10'000);
  file->write_at("tail", 9'996);
  CHECK(file->size() == 10'000);

  file->truncate(3);
  CHECK(file->size() == 3);
  CHECK(text_of(file) == "abc");
  file->truncate(12'000);  // what was cut doesn't come back
  CHECK(file->size() == 12'000);
  CHECK(text_of(file, 20'000) == "abc" + std::string(11'997, '\0'));
  file->truncate(2);
  file->reserve(12'000);
  CHECK(text_of(file, 20'000) == "ab" + std::string(11'998, '\0'));
  file->truncate(0);
  file->write_at("z", 5'000);
  CHECK(text_of(file, 20'000) == std::string(5'000, '\0') + "z");
}

TEMPLATE_TEST_CASE("a mapping sees each write at once, at one address", "[environment]", quipu::posix_environment,
                   quipu::memory_environment, quipu::simulated_environment) {
  place<TestType> here;
  auto directory = here.world.open_directory(here.path(), true);
  auto file = directory->open_file("file", open_mode::create);
  constexpr std::size_t window = 1'000'000;
  {
    const auto nothing = file->map(0);
    CHECK(nothing.size == 0);
  }
  auto whole = file->map(window);  // of an empty file
  const std::byte* const address = whole.data;
  REQUIRE(whole.size == window);
  CHECK(reinterpret_cast<std::uintptr_t>(address) % 4096 == 0);
  file->write_at("first", 0);
  CHECK(text_at(address, 5) == "first");
  file->reserve(500'000);
  CHECK(text_at(address + 5, 3) == std::string_view{"\0\0\0", 3});
  file->write_at("behind", 499'990);
  CHECK(text_at(address + 499'990, 6) == "behind");
  file->truncate(window);
  file->write_at("last", window - 4);
  CHECK(text_at(address + window - 4, 4) == "last");
  file->write_at("F", 0);
  CHECK(text_at(address, 5) == "First");

  // A larger window and one by another opening see the same, and neither moves the first.
  auto reader = directory->open_file("file", open_mode::read);
  const auto larger = reader->map(4 * window);
  file->reserve(4 * window);
  file->write_at("everywhere", 100);
  file->write_at("far", 3 * window);
  CHECK(text_at(address + 100, 10) == "everywhere");
  CHECK(text_at(larger.data + 100, 10) == "everywhere");
  CHECK(text_at(larger.data + 3 * window, 3) == "far");
  file->write_at("over the edge", window - 4);  // half of it is in the first window
  CHECK(text_at(address + window - 4, 4) == "over");
  CHECK(text_at(larger.data + window - 4, 13) == "over the edge");
  file->truncate(102);
  file->truncate(window);
  CHECK(text_at(address + 100, 4) == std::string_view{"ev\0\0", 4});

  auto moved = std::move(whole);
  CHECK(moved.data == address);
  whole = std::move(moved);
  CHECK(whole.data == address);
  CHECK(whole.size == window);

  // It outlives the names, the files and the directory.
  auto kept = std::move(file);
  directory->remove("file");
  kept->write_at("removed", 0);
  kept.reset();
  reader.reset();
  CHECK(text_at(address, 7) == "removed");
  CHECK(text_at(larger.data, 7) == "removed");
}

TEMPLATE_TEST_CASE("renaming replaces, removing may be repeated, listing is sorted", "[environment]",
                   quipu::posix_environment, quipu::memory_environment) {
  place<TestType> here;
  auto directory = here.world.open_directory(here.path(), true);
  for (const std::string name : {"c", "a", "b"})
    directory->open_file(name, open_mode::create)->write_at("file " + name, 0);
  CHECK(directory->list() == names{"a", "b", "c"});
  auto old = directory->open_file("b", open_mode::write);
  directory->rename("a", "b");
  CHECK(directory->list() == names{"b", "c"});
  CHECK(text_of(directory->open_file("b", open_mode::read)) == "file a");
  CHECK(text_of(old) == "file b");  // it lives on without a name
  old->write_at("FILE", 0);
  CHECK(text_of(directory->open_file("b", open_mode::read)) == "file a");
  directory->rename("b", "b");
  directory->rename("c", "d");
  CHECK(directory->list() == names{"b", "d"});
  const auto missing = error_of([&] { directory->rename("none", "b"); });
  CHECK(missing.code() == errc::io_failed);
  CHECK(missing.path() == here.path() + "/none");
  CHECK(code_of([&] { directory->rename("none", "none"); }) == errc::io_failed);
  CHECK(directory->list() == names{"b", "d"});

  directory->remove("d");
  directory->remove("d");
  directory->remove("none");
  CHECK(directory->list() == names{"b"});
  CHECK_FALSE(directory->exists("d"));
  (void)directory->open_file("d", open_mode::create);

  (void)here.world.open_directory(here.path() + "/folder/in", true);
  CHECK(code_of([&] { directory->remove("folder"); }) == errc::io_failed);
  CHECK(code_of([&] { directory->rename("d", "folder"); }) == errc::io_failed);
  CHECK(code_of([&] { directory->rename("folder", "d"); }) == errc::io_failed);
  auto inner = here.world.open_directory(here.path() + "/folder", false);
  (void)here.world.open_directory(here.path() + "/empty", true);
  CHECK(code_of([&] { directory->rename("empty", "folder"); }) == errc::io_failed);
  directory->rename("folder", "empty");
  directory->rename("empty", "empty");
  CHECK(directory->list() == names{"b", "d", "empty"});
  CHECK(here.world.open_directory(here.path() + "/empty", false)->list() == names{"in"});
  CHECK(inner->list() == names{"in"});  // an open directory goes where its name goes
}

TEMPLATE_TEST_CASE("a lock has one owner", "[environment]", quipu::posix_environment, quipu::memory_environment,
                   quipu::simulated_environment) {
  place<TestType> here;
  auto directory = here.world.open_directory(here.path(), true);
  auto again = here.world.open_directory(here.path(), false);
  {
    auto held = directory->lock("lock");
    CHECK(directory->exists("lock"));
    for (auto* asked : {directory.get(), again.get()}) {
      const auto refused = error_of([&] { (void)asked->lock("lock"); });
      CHECK(refused.code() == errc::locked);
      CHECK(refused.path() == here.path() + "/lock");
    }
    auto other = directory->lock("other");  // one file, one lock
    CHECK(code_of([&] { (void)directory->lock("other"); }) == errc::locked);
    // Reading the locked file, as a copy of the directory does, doesn't unlock it.
    CHECK(text_of(directory->open_file("lock", open_mode::read)).empty());
    CHECK(code_of([&] { (void)directory->lock("lock"); }) == errc::locked);
    // By any name.
    directory->rename("lock", "renamed");
    CHECK(code_of([&] { (void)directory->lock("renamed"); }) == errc::locked);
    directory->rename("renamed", "lock");

    auto moved = std::move(held);
    CHECK(code_of([&] { (void)directory->lock("lock"); }) == errc::locked);
    moved = std::move(other);  // frees the one, keeps the other
    CHECK(code_of([&] { (void)directory->lock("other"); }) == errc::locked);
    CHECK_NOTHROW(directory->lock("lock"));
    CHECK(moved->held());
  }
  CHECK_NOTHROW(directory->lock("other"));
  CHECK_NOTHROW(directory->lock("lock"));
  CHECK(directory->list() == names{"lock", "other"});
  (void)here.world.open_directory(here.path() + "/folder", true);
  CHECK(code_of([&] { (void)directory->lock("folder"); }) == errc::corrupt);

  directory->open_file("kept", open_mode::create)->write_at("content", 0);
  { const auto held = directory->lock("kept"); }
  CHECK(text_of(directory->open_file("kept", open_mode::read)) == "content");
}

TEMPLATE_TEST_CASE("of threads that ask for a lock, one at a time gets it", "[environment]", quipu::posix_environment,
                   quipu::memory_environment, quipu::simulated_environment) {
  place<TestType> here;
  (void)here.world.open_directory(here.path(), true);
  std::atomic<int> owners{0};
  std::atomic<int> most{0};
  std::atomic<int> taken{0};
  std::atomic<int> wrong{0};
  const auto ask = [&] {
    auto directory = here.world.open_directory(here.path(), false);
    for (int round = 0; round < 200; ++round) {
      try {
        const auto held = directory->lock("lock");
        const int now = ++owners;
        if (now > most) most = now;
        ++taken;
        --owners;
      } catch (const quipu::error& refused) {
        if (refused.code() != errc::locked) ++wrong;
      }
    }
  };
  std::vector<std::thread> threads;
  for (int count = 0; count < 4; ++count) threads.emplace_back(ask);
  for (std::thread& thread : threads) thread.join();
  CHECK(most == 1);
  CHECK(taken > 0);
  CHECK(wrong == 0);
}

TEMPLATE_TEST_CASE("files are written and read by several threads", "[environment]", quipu::posix_environment,
                   quipu::memory_environment, quipu::simulated_environment) {
  place<TestType> here;
  auto directory = here.world.open_directory(here.path(), true);
  auto file = directory->open_file("shared", open_mode::create);
  const auto window = file->map(4 * 100 * 64);
  file->reserve(window.size);
  std::atomic<int> wrong{0};
  const auto write = [&](std::size_t lane) {
    const std::string block(64, static_cast<char>('a' + lane));
    for (std::size_t row = 0; row < 100; ++row) {
      const std::size_t offset = (row * 4 + lane) * 64;
      file->write_at(block, offset);
      if (text_at(window.data + offset, 64) != block) ++wrong;
      const std::string name = std::to_string(lane) + "-" + std::to_string(row % 3);
      (void)directory->open_file(name, open_mode::create);
      if (!directory->exists(name) || directory->list().empty()) ++wrong;
      directory->remove(name);
    }
  };
  std::vector<std::thread> threads;
  for (std::size_t lane = 0; lane < 4; ++lane) threads.emplace_back(write, lane);
  for (std::thread& thread : threads) thread.join();
  CHECK(wrong == 0);
  CHECK(directory->list() == names{"shared"});
  const std::string text = text_of(file, window.size);
  for (std::size_t at = 0; at < text.size(); at += 64) {
    if (text.substr(at, 64) != std::string(64, static_cast<char>('a' + at / 64 % 4))) ++wrong;
  }
  CHECK(wrong == 0);
}

TEMPLATE_TEST_CASE("the clock is this year's, and random bytes differ", "[environment]", quipu::posix_environment,
                   quipu::memory_environment) {
  TestType world;
  const std::int64_t before = world.now_us();
  CHECK(before > 1'700'000'000'000'000);
  CHECK(before < 7'000'000'000'000'000);
  std::vector<std::byte> first(1'000);
  std::vector<std::byte> second(1'000);
  world.random(first.data(), first.size());
  world.random(second.data(), second.size() - 10);
  world.random(second.data(), 0);
  CHECK(first != second);
  for (std::size_t at = 0; at + 16 <= 990; at += 16) {  // each part is filled, and not with the same
    INFO(at);
    CHECK(std::memcmp(first.data() + at, second.data() + at, 16) != 0);
    CHECK(std::memcmp(first.data() + at, first.data() + (at + 256) % 960, 16) != 0);
  }
  CHECK(std::vector<std::byte>(second.end() - 10, second.end()) == std::vector<std::byte>(10));
}
