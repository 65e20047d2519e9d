// SPDX-License-Identifier: BSL-1.0
//
// hostile_directory_test.cpp: links, pipes and folders in the place of each file of a store, and names that try to lead
// out of its folder. (environment/posix_test.cpp and cache/file_cache_links_test.cpp do this for the parts alone.)
#ifndef QUIPU_TEST_SINGLE_HEADER
#include <quipu/store/read_only_store.hpp>
#endif

#include "store_fixture.hpp"

#include <catch2/catch.hpp>

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <string>
#include <vector>

using namespace store_tests;
using quipu::errc;

namespace {

/// A closed store with every kind of file: segments with index files, the end, a cursor.
void make_store(const fs::path& directory) {
  quipu::store store{small_segments(directory)};
  for (int number = 0; number < 40; ++number)
    store.append({"account:a", "bank"}, withdrawn{number, std::string(300, 'm')},
                 {.durability = quipu::durability::buffered});
  auto cursor = store.cursor_guaranteed("billing", quipu::region::all());
  static_cast<void>(cursor.poll_batch(10));
  cursor.commit();
  store.close();
}

std::vector<std::string> names_in(const fs::path& directory) {
  std::vector<std::string> names;
  for (const auto& each : fs::directory_iterator{directory}) names.push_back(each.path().filename());
  return names;
}

/// Opens, reads everything, commits and appends; an error must say what has the name of a file. Whether there was one.
bool is_refused(const fs::path& directory, const std::string& name) {
  try {
    quipu::store store{small_segments(directory)};
    for (const auto& event : store.query(quipu::region::all())) static_cast<void>(event.to_json());
    auto cursor = store.cursor_guaranteed("billing", quipu::region::all());
    static_cast<void>(cursor.poll_batch(1));
    cursor.commit();
    store.append({"account:a", "bank"}, deposited{1});
    store.close();
    return false;
  } catch (const quipu::error& failure) {
    CHECK(failure.code() == errc::corrupt);
    CHECK(fs::path{failure.path()}.filename() == name);
    CHECK(std::string{failure.what()}.find("has the name of a file of the store") != std::string::npos);
    return true;
  }
}

void make_socket(const fs::path& at) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::string name = at.string();
  REQUIRE(name.size() < sizeof address.sun_path);
  std::copy(name.begin(), name.end(), address.sun_path);
  const int made = ::socket(AF_UNIX, SOCK_STREAM, 0);
  REQUIRE(::bind(made, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
  ::close(made);
}

/// What puts something that is no file at a path; a link leads to `nowhere`.
std::vector<std::function<void(const fs::path&)>> replacements(const fs::path& nowhere) {
  return {[nowhere](const fs::path& at) { fs::create_symlink(nowhere, at); },
          [](const fs::path& at) { REQUIRE(::mkfifo(at.c_str(), 0666) == 0); },
          [](const fs::path& at) { make_socket(at); }, [](const fs::path& at) { fs::create_directory(at); }};
}

std::string text_of(const fs::path& path) {
  std::ifstream in{path};
  return {std::istreambuf_iterator<char>{in}, {}};
}

}  // namespace

TEST_CASE("no file of a store may be a link, a pipe or a folder, and nothing outside is touched", "[store][hostile]") {
  const scratch_folder folder;
  make_store(folder / "sound");
  const std::vector<std::string> names = names_in(folder / "sound");
  REQUIRE(names.size() >= 7);
  for (const std::string& name : names) {
    auto all = replacements(folder / "nowhere");
    all.emplace_back([&](const fs::path& at) { fs::create_symlink(folder / "outside", at); });
    for (const auto& replace : all) {
      fs::remove_all(folder / "hostile");
      fs::copy(folder / "sound", folder / "hostile");
      // The link leads to the very bytes that were there, so that only the link itself can be the reason.
      fs::copy_file(folder / "sound" / name, folder / "outside", fs::copy_options::overwrite_existing);
      const std::string before = text_of(folder / "outside");
      fs::remove(folder / "hostile" / name);
      replace(folder / "hostile" / name);
      INFO(name);
      const bool refused = is_refused(folder / "hostile", name);
      // An index file is made again; the others can't be done without.
      CHECK((refused || name.ends_with(".index")));
      CHECK(text_of(folder / "outside") == before);
      CHECK_FALSE(fs::exists(folder / "nowhere"));
    }
  }
}

TEST_CASE("what has the name of a segment and is no file costs that segment", "[store][hostile]") {
  const scratch_folder folder;
  make_store(folder / "store");
  quipu::config settings = small_segments(folder / "store");
  settings.open = quipu::open_policy::salvage;
  std::vector<std::string> names = names_in(folder / "store");
  std::erase_if(names, [](const std::string& name) { return !name.ends_with(".segment"); });
  std::sort(names.begin(), names.end());
  REQUIRE(names.size() > 3);
  const std::uint64_t lost = std::stoull(names[2]) - std::stoull(names[1]);
  const fs::path taken = folder / "store" / names[1];
  for (const auto& replace : replacements(folder / "nowhere")) {
    fs::remove_all(taken);
    replace(taken);
    CHECK(code_of([&] { const quipu::read_only_store strict{small_segments(folder / "store")}; }) == errc::corrupt);
    quipu::read_only_store salvaged{settings};
    CHECK(salvaged.count(quipu::region::all()) == 40 - lost);
    CHECK(salvaged.diagnostics().damage.front().path == taken);
  }
}

TEST_CASE("names of entities, scopes, cursors and models lead nowhere", "[store][hostile]") {
  const scratch_folder folder;
  const std::vector<std::string> hostile{
      "..",       ".",           "../outside", "/etc/outside", "a/../../outside",       "a\nb", "%2e%2e",
      "\xFF\xFE", "quipu.store", "-rf",        "CON",          "a.cursor/../../outside"};
  {
    quipu::store store{small_segments(folder / "store"), quipu::file_cache{folder / "cache"}};
    for (const std::string& name : hostile) {
      store.append({name, name}, deposited{1});
      CHECK(store.project<account>(name)->cents == 1);
      auto cursor = store.cursor_guaranteed(name, quipu::region::entity(name));
      CHECK(cursor.poll().has_value());
      cursor.commit();
      auto model = store.read_model<account>(name, quipu::region::entity(name));
      CHECK(model.wait_caught_up_for(std::chrono::minutes{1}));
      model.stop();
      model.join();
    }
    CHECK(store.cursors().size() == 2 * hostile.size());
  }
  CHECK(names_in(folder / "").size() == 2);
  for (const auto& each : fs::directory_iterator{folder / "store"}) CHECK(each.is_regular_file());
  quipu::store again{small_segments(folder / "store"), quipu::file_cache{folder / "cache"}};
  for (const std::string& name : hostile)
    CHECK(again.cursor_guaranteed(name, quipu::region::entity(name)).next_sequence() != 0);
}

TEST_CASE("whatever the umask, nobody else may write a store's files, and they are its owner's to write",
          "[store][hostile]") {
  const scratch_folder folder;
  for (const mode_t mask : {mode_t{0}, mode_t{022}, mode_t{077}}) {
    const mode_t old = ::umask(mask);
    const fs::path directory = folder / ("store" + std::to_string(mask));
    make_store(directory);
    ::umask(old);
    for (const auto& each : fs::directory_iterator{directory}) {
      INFO(each.path().string());
      CHECK((each.status().permissions() & fs::perms::all) == (fs::perms(0644) & ~fs::perms(mask)));
    }
  }
}
