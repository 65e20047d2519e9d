// SPDX-License-Identifier: BSL-1.0
//
// store_open_test.cpp: where a store is created, and where not: `create_if_missing`, `error_if_exists`, and directories
// that have other files in them.
#include "store_fixture.hpp"

#include <catch2/catch.hpp>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

using namespace store_tests;
using quipu::errc;

namespace {

std::vector<std::string> names_in(const std::filesystem::path& directory) {
  std::vector<std::string> names;
  for (const auto& each : std::filesystem::directory_iterator{directory}) names.push_back(each.path().filename());
  return names;
}

quipu::config new_store(const std::filesystem::path& directory) {
  quipu::config settings = small_segments(directory);
  settings.error_if_exists = true;
  return settings;
}

}  // namespace

TEST_CASE("a store isn't created among other files, and leaves none there", "[store][open]") {
  const scratch_folder folder;
  std::filesystem::create_directory(folder / "photos");
  std::ofstream{folder / "photos/beach.jpg"} << "sand";
  const quipu::error refused = error_of([&] { quipu::store store{small_segments(folder / "photos")}; });
  CHECK(refused.code() == errc::not_found);
  CHECK(refused.path() == (folder / "photos").string());
  CHECK(std::string{refused.what()}.find("beach.jpg") != std::string::npos);
  CHECK(names_in(folder / "photos") == std::vector<std::string>{"beach.jpg"});
  // A directory in it, such as a cache that was put there first, is another file too.
  std::filesystem::create_directories(folder / "empty/cache");
  CHECK(code_of([&] { quipu::store store{small_segments(folder / "empty")}; }) == errc::not_found);
  CHECK(names_in(folder / "empty") == std::vector<std::string>{"cache"});
  // Nor are names that would mean something in a store.
  std::filesystem::create_directory(folder / "cursors");
  std::ofstream{folder / "cursors/billing.cursor"} << "position";
  CHECK(code_of([&] { quipu::store store{small_segments(folder / "cursors")}; }) == errc::not_found);
}

TEST_CASE("a store opens though other files were put beside it", "[store][open]") {
  const scratch_folder folder;
  { quipu::store store{small_segments(folder / "data")}; }
  std::ofstream{folder / "data/notes.txt"} << "mine";
  CHECK_NOTHROW(quipu::store{small_segments(folder / "data")});
}

TEST_CASE("a store is created in an empty directory, a mount point, and where a creation was interrupted",
          "[store][open]") {
  const scratch_folder folder;
  std::filesystem::create_directories(folder / "volume/lost+found");
  CHECK_NOTHROW(quipu::store{new_store(folder / "volume")});
  std::filesystem::create_directory(folder / "begun");
  std::ofstream{folder / "begun/quipu.lock"};
  std::ofstream{folder / "begun/00000000000000000000.segment.tmp"} << "half";
  CHECK_NOTHROW(quipu::store{new_store(folder / "begun")});
  // A crash between the first segment and the file that makes it a store.
  { quipu::store store{small_segments(folder / "adopted")}; }
  std::filesystem::remove(folder / "adopted/quipu.store");
  CHECK_NOTHROW(quipu::store{new_store(folder / "adopted")});
}

TEST_CASE("error_if_exists refuses a store that is there, and changes nothing", "[store][open]") {
  const scratch_folder folder;
  {
    quipu::store made{new_store(folder / "data")};
    made.append({"a", "b"}, deposited{1});
    CHECK(code_of([&] { quipu::store second{new_store(folder / "data")}; }) == errc::locked);
  }
  const quipu::error refused = error_of([&] { quipu::store again{new_store(folder / "data")}; });
  CHECK(refused.code() == errc::configuration);
  CHECK(std::string{refused.what()}.find("config.error_if_exists") != std::string::npos);
  CHECK(quipu::store{small_segments(folder / "data")}.stats().events == 1);
  quipu::config neither = new_store(folder / "data");
  neither.create_if_missing = false;
  CHECK(code_of([&] { quipu::store store{neither}; }) == errc::configuration);
}

TEST_CASE("a store that is moved to itself stays open", "[store][open]") {
  auto store = quipu::in_memory_store();
  auto& itself = store;
  store = std::move(itself);
  CHECK(store.append({"a", "s"}, deposited{1}).sequence == 0);
  CHECK(store.project<account>("a")->cents == 1);
}
