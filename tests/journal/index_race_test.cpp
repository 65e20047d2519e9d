// SPDX-License-Identifier: BSL-1.0
//
// index_race_test.cpp: sealed segments that are read through index files while files come and go: a compaction that a
// reader sleeps through, an index that vanishes, damage that passes, and how many files stay open.
#include "../store/store_fixture.hpp"

#include <catch2/catch.hpp>

#ifndef QUIPU_TEST_SINGLE_HEADER
#include <quipu/journal/segment/index_files.hpp>
#include <quipu/store/read_only_store.hpp>
#endif

#include <algorithm>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

using namespace store_tests;
using quipu::errc;
using quipu::region;

namespace {

quipu::config segments_of(const std::filesystem::path& directory, std::uint64_t bytes) {
  quipu::config settings = small_segments(directory);
  settings.segment_max_bytes = bytes;
  settings.sync.mode = quipu::sync_mode::buffered;
  return settings;
}

std::vector<fs::path> files_of(const fs::path& folder, const std::string& suffix) {
  std::vector<fs::path> all;
  for (const auto& each : fs::directory_iterator{folder})
    if (each.path().string().ends_with(suffix)) all.push_back(each.path());
  std::sort(all.begin(), all.end());
  return all;
}

template <class Store>
void fill(Store& store, int first, int count) {
  for (int number = first; number < first + count; ++number)
    store.append({"account:" + std::to_string(number % 7), "branch:" + std::to_string(number % 3)}, deposited{number});
}

/// Changes one byte of a file where it lies; again, and it is what it was.
void flip(const fs::path& file, std::streamoff at) {
  std::fstream open{file, std::ios::binary | std::ios::in | std::ios::out};
  open.seekg(at);
  const int was = open.get();
  open.seekp(at);
  open.put(static_cast<char>(was ^ 1));
}

/// Damages the state of the log's head in an index file, and with it that block only.
void forget_head_state(const fs::path& index) {
  using quipu::detail::index_head;
  using quipu::detail::index_table_line;
  const auto size = static_cast<std::size_t>(fs::file_size(index));
  std::fstream file{index, std::ios::binary | std::ios::in | std::ios::out};
  std::string content(size, '\0');
  file.read(content.data(), static_cast<std::streamsize>(size));
  const auto* const head = reinterpret_cast<const std::byte*>(content.data());
  const std::byte* line = head + index_head::size;
  while (index_table_line::layout::number.load(line) != 17) line += index_table_line::size;
  const auto at = static_cast<std::size_t>(index_table_line::layout::offset.load(line));
  content[at] = static_cast<char>(content[at] ^ 1);
  file.seekp(0);
  file.write(content.data(), static_cast<std::streamsize>(size));
}

std::size_t open_segments() {
  std::size_t count = 0;
  for (const auto& each : fs::directory_iterator{"/proc/self/fd"}) {
    std::error_code ignored;
    count += fs::read_symlink(each.path(), ignored).string().find(".segment") != std::string::npos;
  }
  return count;
}

quipu::compaction without_first(std::uint64_t number) {
  return quipu::compaction::retain([number](const quipu::event_view& each) { return each.sequence() >= number; });
}

}  // namespace

TEST_CASE("a reader that slept through a compaction and the segment that tells of it sees what was dropped",
          "[journal][index]") {
  const scratch_folder folder;
  const quipu::config settings = segments_of(folder / "data", 64 << 10);
  quipu::store store{settings};
  fill(store, 0, 2000);
  store.sync();
  quipu::read_only_store reader{settings};
  REQUIRE(reader.count(region::all()) == 2000);
  store.compact(without_first(500));
  SECTION("the segment was sealed since") {
    fill(store, 2000, 3000);
    store.sync();
    CHECK(files_of(folder / "data", ".index").size() > 6);
  }
  SECTION("the store was closed since") {
    fill(store, 2000, 400);
    store.close();
    REQUIRE(files_of(folder / "data", ".index").size() == files_of(folder / "data", ".segment").size());
  }
  quipu::read_only_store fresh{settings};
  CHECK(reader.count(region::all()) == fresh.count(region::all()));
  CHECK((*reader.query(region::all()).begin()).sequence() == 500);
}

TEST_CASE("where looking again failed after a compaction, the next look does it", "[journal][index]") {
  const scratch_folder folder;
  const quipu::config settings = segments_of(folder / "data", 16 << 10);
  quipu::store store{settings};
  fill(store, 0, 1000);
  store.sync();
  quipu::read_only_store reader{settings};
  REQUIRE(reader.count(region::all()) == 1000);
  store.compact(without_first(500));
  const fs::path victim = files_of(folder / "data", ".segment").front();
  fs::rename(victim, folder / "aside");
  CHECK(code_of([&] { (void)reader.count(region::all()); }) == errc::corrupt);
  fs::rename(folder / "aside", victim);
  CHECK(reader.count(region::all()) == 500);
}

TEST_CASE("an index file that vanishes between two looks is as if there were none", "[journal][index]") {
  const scratch_folder folder;
  const quipu::config settings = segments_of(folder / "data", 16 << 10);
  {
    quipu::store store{settings};
    fill(store, 0, 1000);
  }
  const fs::path victim = files_of(folder / "data", ".index").front();
  fs::remove(victim);
  fs::create_symlink("nothing", victim);  // it is there, and can't be opened
  quipu::read_only_store reader{settings};
  CHECK(reader.count(region::all()) == 1000);
  quipu::store store{settings};
  CHECK(store.count(region::all()) == 1000);
  store.verify();
}

TEST_CASE("a missing index makes nobody read the segments before it", "[journal][index]") {
  const scratch_folder folder;
  const quipu::config settings = segments_of(folder / "data", 16 << 10);
  quipu::digest head;
  {
    quipu::store store{settings};
    fill(store, 0, 1000);
    head = store.head();
  }
  const auto segments = files_of(folder / "data", ".segment");
  REQUIRE(segments.size() > 5);
  fs::remove(files_of(folder / "data", ".index")[3]);
  flip(segments[1], 1000);
  {
    quipu::store store{settings};
    CHECK(store.head() == head);
    store.append({"other", "x"}, deposited{1});
  }
  CHECK(files_of(folder / "data", ".index").size() >= segments.size() - 1);
}

TEST_CASE("the head is right again when damage that it met has passed", "[journal][index]") {
  const scratch_folder folder;
  const quipu::config settings = segments_of(folder / "data", 1 << 20);
  quipu::digest head;
  {
    quipu::store store{settings};
    fill(store, 0, 4000);
    head = store.head();
  }
  const fs::path victim = files_of(folder / "data", ".segment").front();
  forget_head_state(files_of(folder / "data", ".index").front());  // so that it is made from all events
  quipu::store store{settings};
  flip(victim, 200'000);
  CHECK(code_of([&] { (void)store.head(); }) == errc::corrupt);
  flip(victim, 200'000);
  CHECK(store.head() == head);
}

TEST_CASE("as many segments are kept open as is said, and no more", "[journal][index]") {
  const scratch_folder folder;
  const quipu::config settings = segments_of(folder / "data", 4096);
  std::size_t segments = 0;
  {
    quipu::store store{settings};
    fill(store, 0, 7000);
    segments = files_of(folder / "data", ".segment").size();
    CHECK(open_segments() <= 258);
    // Those behind the first are written anew.
    store.compact(quipu::compaction::retain(
        [](const quipu::event_view& each) { return each.sequence() < 6000 || each.sequence() % 2 == 0; }));
    CHECK(open_segments() <= 258);
  }
  REQUIRE(segments > 300);
  CHECK(open_segments() == 0);
  {
    quipu::read_only_store reader{settings};
    CHECK(open_segments() <= 258);
  }
  for (const fs::path& each : files_of(folder / "data", ".index")) fs::remove(each);
  {
    quipu::read_only_store reader{settings};
    CHECK(open_segments() <= 258);
  }
  quipu::store store{settings};
  CHECK(open_segments() <= 258);
  fill(store, 7000, 600);
  CHECK(open_segments() <= 258);
}

TEST_CASE("damage in what binds an index to its segment is found by the first who needs the segment",
          "[journal][index]") {
  const scratch_folder folder;
  const quipu::config settings = segments_of(folder / "data", 16 << 10);
  {
    quipu::store store{settings};
    fill(store, 0, 1000);
  }
  const fs::path victim = files_of(folder / "data", ".segment")[1];
  const auto size = static_cast<std::streamoff>(fs::file_size(victim));
  for (const std::streamoff back : {200, 2000, 4000}) {
    flip(victim, size - back);
    const auto count = [](auto&& opened) { (void)opened.count(region::all()); };
    for (const quipu::error& found : {error_of([&] { count(quipu::store{settings}); }),
                                      error_of([&] { count(quipu::read_only_store{settings}); })}) {
      CHECK(found.code() == errc::corrupt);
      CHECK(found.path() == victim.string());
      CHECK(found.offset() <= static_cast<std::uint64_t>(size - back));
    }
    flip(victim, size - back);
  }
  CHECK(quipu::store{settings}.count(region::all()) == 1000);
}

TEST_CASE("a segment that a compaction replaced isn't taken for the one that is read", "[journal][index]") {
  const scratch_folder folder;
  const quipu::config settings = segments_of(folder / "data", 16 << 10);
  quipu::store store{settings};
  fill(store, 0, 1000);
  store.sync();
  using segment = quipu::detail::segment;
  quipu::detail::log_files files{quipu::posix_environment::shared(), settings.directory, false};
  files.open_existing(std::nullopt);
  const auto mapped = files.map_segment(0, 0, quipu::open_mode::read, true);
  const auto read = std::make_shared<segment>(mapped.path, std::uint64_t{0}, files.identity(), mapped.bytes);
  read->complete(mapped.size);
  auto same = read;
  quipu::detail::read_by_index(files, same, true, true);
  CHECK(same.get() != read.get());
  REQUIRE(same->cover() != nullptr);
  SECTION("with less in it") { CHECK(store.compact(without_first(10)).dropped == 10); }
  SECTION("with more in it") {
    store.close();
    quipu::config larger = settings;
    larger.segment_max_bytes = 64 << 10;
    const auto report = quipu::store{larger}.compact(quipu::compaction::merge());
    CHECK(report.segments_after < report.segments_before);
  }
  auto other = read;
  quipu::detail::read_by_index(files, other, true, true);
  CHECK(other.get() == read.get());
}

TEST_CASE("damage stays damage, however often it is met", "[journal][index]") {
  const scratch_folder folder;
  const quipu::config settings = segments_of(folder / "data", 16 << 10);
  {
    quipu::store store{settings};
    fill(store, 0, 1000);
  }
  quipu::store store{settings};
  flip(files_of(folder / "data", ".segment")[1], 1000);
  for (int time = 0; time < 3; ++time)
    CHECK(code_of([&] {
            for (const quipu::event_view& each : store.query(region::all())) (void)each.to_json();
          }) == errc::corrupt);
}

TEST_CASE("ids go on behind the last one that an index tells of, though the clock went back", "[journal][index]") {
  const scratch_folder folder;
  quipu::config settings = segments_of(folder / "data", 256 << 10);
  quipu::event_id last;
  {
    quipu::store store{settings};
    fill(store, 0, 1000);
    last = store.append({"account:1", "x"}, deposited{1}).id;
  }
  settings.clock = [] { return std::int64_t{1'000'000}; };
  quipu::store store{settings};
  CHECK(last < store.append({"account:1", "x"}, deposited{1}).id);
}
