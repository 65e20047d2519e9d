// SPDX-License-Identifier: BSL-1.0
//
// Symbolic links, FIFOs and hard links put in the file cache's way, also while it runs: it must not leave its folder,
// nor wait.
#include "cache_fixture.hpp"

#include <catch2/catch.hpp>

#include <atomic>
#include <cerrno>
#include <map>
#include <string>
#include <thread>

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

using namespace cache_tests;

namespace {

/// Everything below a folder, with contents: to see that nothing there was touched.
std::map<std::string, std::string> contents_of(const fs::path& folder) {
  std::map<std::string, std::string> all;
  for (const auto& found : fs::recursive_directory_iterator{folder})
    all[found.path().string()] = found.is_regular_file() ? read_file(found.path()) : "";
  return all;
}

template <class Operation>
void is_refused(Operation operation, const fs::path& where) {
  const quipu::error thrown = error_of(operation);
  CHECK(thrown.code() == quipu::errc::cache_failed);
  CHECK(thrown.path().find(where.string()) == 0);
  const bool of_a_link = thrown.system_error() == ELOOP || thrown.system_error() == ENOTDIR;
  CHECK(of_a_link);
}

}  // namespace

TEST_CASE("a root that is a symbolic link is refused, however it is spelled", "[cache][links]") {
  const scratch_folder folder;
  fs::create_directories(folder / "outside");
  fs::create_directory_symlink(folder / "outside", folder / "link");
  fs::create_directory_symlink(folder / "nowhere", folder / "dangling");
  for (const char* spelling : {"link", "link/", "link//", "link/.", "link/./", "dangling"})
    is_refused([&] { quipu::file_cache{folder / spelling}; }, folder / (spelling[0] == 'l' ? "link" : "dangling"));
  CHECK(fs::is_empty(folder / "outside"));
  CHECK_FALSE(fs::exists(folder / "nowhere"));
  // What leads to the root is its owner's business.
  quipu::file_cache below{folder / "link" / "cache"};
  below.put("a", "1", {});
  CHECK(text_of(below, "a") == "1");
}

TEST_CASE("a symbolic link in place of a shard, a nested folder, an entry or the spare is refused", "[cache][links]") {
  const scratch_folder folder;
  const fs::path root = folder / "cache";
  const std::string key(300, 'x');  // 78/<250 digits>/<250 digits>/<100 digits>.bin
  quipu::file_cache cache{root};
  cache.put(key, "inside", {});
  fs::copy(root, folder / "outside", fs::copy_options::recursive);
  const auto untouched = contents_of(folder / "outside");

  const fs::path leaf = entry_path(root, key);
  for (const fs::path& place : {root / "78", leaf.parent_path().parent_path(), leaf.parent_path(), leaf}) {
    INFO(place);
    fs::rename(place, folder / "aside");
    // The twin outside holds the very entry: following the link would look like a hit.
    fs::create_symlink(folder / "outside" / place.lexically_relative(root), place);
    is_refused([&] { static_cast<void>(cache.get(key)); }, root);
    is_refused([&] { cache.put(key, "written", {}); }, root);
    if (place != leaf) is_refused([&] { cache.delete_prefix(key); }, root);
    if (place == leaf) CHECK(cache.delete_prefix(key) == 0);  // takes the link away and counts no entry
    CHECK(contents_of(folder / "outside") == untouched);
    fs::remove(place);
    fs::create_directories(place.parent_path());
    fs::rename(folder / "aside", place);
    CHECK(text_of(cache, key) == "inside");
  }

  fs::remove_all(root / ".spare");
  fs::create_directory_symlink(folder / "outside", root / ".spare");
  quipu::file_cache another{root};
  is_refused([&] { another.put(key, "written", {}); }, root);
  CHECK(contents_of(folder / "outside") == untouched);
}

TEST_CASE("links swapped in while the cache runs lead nowhere", "[cache][links]") {
  const scratch_folder folder;
  const fs::path root = folder / "cache";
  quipu::file_cache cache{root};
  cache.put("alice", "inside", {});
  cache.put("alice", "inside", {});
  fs::copy(root, folder / "outside", fs::copy_options::recursive);
  write_file(folder / "outside" / "victim", "untouched");
  quipu::file_cache{folder / "outside"}.put("alice", "outside", {});
  fs::remove_all(folder / "outside" / ".spare");
  const auto untouched = contents_of(folder / "outside");

  for (const fs::path& place : {root / "61", entry_path(root, "alice"), root / ".spare", root / ".spare" / "0", root}) {
    INFO(place);
    // A link put in place of the spare may have become the entry, which is then refused for good: start anew.
    for (const fs::path& entry : {root / "61", entry_path(root, "alice"), root / ".spare"})
      if (fs::is_symlink(fs::symlink_status(entry))) fs::remove(entry);
    const bool is_leaf = place == entry_path(root, "alice");
    fs::path target = folder / "outside";
    if (place == root / "61") target /= "61";
    if (is_leaf) target = entry_path(folder / "outside", "alice");
    if (place == root / ".spare" / "0") target /= "victim";
    std::atomic<bool> stop{false};
    std::atomic<int> swaps{0};
    std::thread attacker{[&] {
      while (!stop) {
        const fs::path aside = folder / "aside";
        const fs::path link = folder / "link";
        std::error_code ignored;
        fs::remove(link, ignored);
        fs::create_symlink(target, link, ignored);
        // A file is replaced by renaming over it; a folder has to step aside first, and comes back unless it was made
        // anew meanwhile.
        const bool is_folder = fs::is_directory(fs::symlink_status(place, ignored));
        if (is_folder) fs::rename(place, aside, ignored);
        fs::rename(link, place, ignored);
        std::this_thread::yield();
        if (fs::is_symlink(fs::symlink_status(place, ignored))) fs::remove(place, ignored);
        if (is_folder) fs::rename(aside, place, ignored);
        fs::remove_all(aside, ignored);
        ++swaps;
      }
    }};
    int done = 0;
    bool wrong = false;
    // Refusals are quick: all of them may fall between two steps of an attacker who has to wait for the processor.
    for (int step = 0; step < 1500 || swaps < 50 || (done == 0 && step < 2'000'000); ++step) {
      try {
        cache.put("alice", "inside", {});
        const std::string read = text_of(cache, "alice");
        wrong = wrong || (read != "inside" && read != "(none)");
        ++done;
      } catch (const quipu::error& refused) {
        wrong = wrong || refused.code() != quipu::errc::cache_failed;
      }
    }
    stop = true;
    attacker.join();
    CHECK_FALSE(wrong);
    CHECK(done > 0);
    CHECK(contents_of(folder / "outside") == untouched);
  }
}

TEST_CASE("an entry that shares its file with a name outside isn't written over", "[cache][links]") {
  const scratch_folder folder;
  quipu::file_cache cache{folder / "cache"};
  write_file(folder / "victim", std::string(500, 'v'));
  cache.put("a", "1", {});
  fs::remove(entry_path(folder / "cache", "a"));
  fs::create_hard_link(folder / "victim", entry_path(folder / "cache", "a"));
  for (int round = 0; round < 4; ++round) cache.put("a", std::to_string(round), {});
  CHECK(text_of(cache, "a") == "3");
  CHECK(read_file(folder / "victim") == std::string(500, 'v'));
}

TEST_CASE("what isn't a regular file is refused without waiting for it", "[cache][links]") {
  const scratch_folder folder;
  const fs::path root = folder / "cache";
  quipu::file_cache cache{root};
  const fs::path leaf = entry_path(root, "a");
  ::alarm(20);  // waiting for ever would hang the suite: rather be killed
  for (const char* what : {"fifo", "socket", "folder"}) {
    INFO(what);
    cache.put("a", "1", {});
    cache.put("a", "2", {});
    fs::remove(leaf);
    if (what[0] == 'f' && what[1] == 'i') {
      REQUIRE(::mkfifo(leaf.c_str(), 0600) == 0);
    } else if (what[0] == 's') {
      sockaddr_un address{};
      address.sun_family = AF_UNIX;
      leaf.string().copy(address.sun_path, sizeof address.sun_path - 1);
      const int socket = ::socket(AF_UNIX, SOCK_STREAM, 0);
      REQUIRE(::bind(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
      ::close(socket);
    } else {
      fs::create_directory(leaf);
    }
    const quipu::error from_get = error_of([&] { static_cast<void>(cache.get("a")); });
    CHECK(from_get.code() == quipu::errc::cache_failed);
    CHECK(from_get.path() == leaf.string());
    const quipu::error from_put = error_of([&] { cache.put("a", "3", {}); });
    CHECK(from_put.code() == quipu::errc::cache_failed);
    CHECK(from_put.system_error() == EINVAL);
    CHECK(fs::exists(leaf));
    fs::remove(leaf);
    cache.put("a", "4", {});
    CHECK(text_of(cache, "a") == "4");
  }
  // The same where the next entry is to be prepared, with somebody at the FIFO's other end or with nobody.
  for (const bool has_reader : {false, true}) {
    cache.put("a", "5", {});
    fs::remove(root / ".spare" / "0");
    REQUIRE(::mkfifo((root / ".spare" / "0").c_str(), 0600) == 0);
    const quipu::detail::unique_fd reader{has_reader ? ::open((root / ".spare" / "0").c_str(), O_RDONLY | O_NONBLOCK)
                                                     : -1};
    cache.put("a", "6", {});
    CHECK(text_of(cache, "a") == "6");
  }
  ::alarm(0);
}
