// SPDX-License-Identifier: BSL-1.0
//
// read_only_store_test.cpp: reading a log that is being written, in this process and in another.
#ifndef QUIPU_TEST_SINGLE_HEADER
#include <quipu/store/read_only_store.hpp>
#endif

#include "store_fixture.hpp"

#include <catch2/catch.hpp>

#include <cstdint>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <type_traits>

#include <signal.h>

using namespace store_tests;

namespace {

const quipu::coordinate alice{"account:alice", "branch:zurich"};
const quipu::append_options buffered{.durability = quipu::durability::buffered};

template <class Store>
concept can_write = requires(Store& store, const quipu::coordinate& where) {
  store.append(where, deposited{1});
}
|| requires(Store& store) { store.sync(); };
static_assert(!can_write<quipu::read_only_store> && can_write<quipu::store>);

/// Reads until a store has `wanted` events, and checks on the way that what is seen is a prefix without a half batch:
/// batches hold three events of one sum. Ends the process with what it found.
[[noreturn]] void follow(const quipu::config& settings, std::uint64_t wanted) {
  try {
    quipu::read_only_store reader{settings};
    std::uint64_t seen = 0;
    while (seen < wanted) {
      std::uint64_t next = 0;
      std::int64_t sum = 0;
      for (const quipu::event_view& event : reader.query(quipu::region::all())) {
        if (event.sequence() != next++) _exit(10);
        sum += event.as<deposited>().cents;
      }
      if (next % 3 != 0 || sum != static_cast<std::int64_t>(next)) _exit(11);  // half a batch
      if (next < seen) _exit(12);                                              // went back
      seen = next;
    }
    if (reader.count(quipu::region::all()) != wanted) _exit(13);
    reader.verify();
    _exit(0);
  } catch (...) {
    _exit(14);
  }
}

int exit_code(pid_t child) {
  int status = 0;
  while (::waitpid(child, &status, 0) == -1 && errno == EINTR) {
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 1000;
}

/// Three events that belong together: their sum is 3.
void append_three(quipu::store& store) {
  quipu::batch events;
  for (const std::int64_t cents : {std::int64_t{3}, std::int64_t{-4}, std::int64_t{4}})
    events.add(alice, deposited{cents}, buffered);
  store.append(events);
}

}  // namespace

TEST_CASE("a read-only store sees what is appended after it was opened", "[read_only]") {
  const scratch_folder folder;
  quipu::store writer{small_segments(folder / "data")};
  quipu::read_only_store reader{small_segments(folder / "data")};
  CHECK(reader.count(quipu::region::all()) == 0);
  CHECK_FALSE(reader.project<account>("account:alice"));
  const quipu::receipt first = writer.append(alice, deposited{500});
  CHECK(reader.project<account>("account:alice")->cents == 500);
  CHECK(reader.get(first.id).as<deposited>().cents == 500);
  for (int index = 0; index < 300; ++index) writer.append(alice, deposited{1}, buffered);  // across many segments
  writer.sync();
  CHECK(reader.project<account>("account:alice")->cents == 800);
  CHECK(reader.stats().segments == writer.stats().segments);
  CHECK(reader.stats().segments > 5);
  CHECK(reader.identity() == writer.identity());
  CHECK(reader.head() == writer.head());
  reader.verify();
}

TEST_CASE("a read-only store agrees with the writer's answers, with its cache too", "[read_only]") {
  const scratch_folder folder;
  quipu::store writer{small_segments(folder / "data"), quipu::file_cache{folder / "cache"}};
  quipu::read_only_store reader{small_segments(folder / "data"), quipu::file_cache{folder / "cache"}};
  for (int index = 0; index < 50; ++index) {
    writer.append(alice, deposited{index});
    if (index % 7 == 0) writer.append(alice, withdrawn{index, "x"});
    REQUIRE(reader.project<account>("account:alice") == writer.project<account>("account:alice"));
  }
  CHECK(reader.project<account>(quipu::region::all()) == writer.project<account>(quipu::region::all()));
}

TEST_CASE("what isn't a store can't be opened for reading, and nothing is made", "[read_only]") {
  const scratch_folder folder;
  CHECK(code_of([&] { quipu::read_only_store{quipu::config{.directory = folder / "none"}}; }) ==
        quipu::errc::not_found);
  CHECK_FALSE(fs::exists(folder / "none"));
  fs::create_directory(folder / "empty");
  CHECK(code_of([&] { quipu::read_only_store{quipu::config{.directory = folder / "empty"}}; }) ==
        quipu::errc::not_found);
  CHECK(fs::is_empty(folder / "empty"));
}

TEST_CASE("a closed read-only store answers no more", "[read_only]") {
  const scratch_folder folder;
  quipu::store writer{small_segments(folder / "data")};
  writer.append(alice, deposited{1});
  quipu::read_only_store reader{small_segments(folder / "data")};
  const auto range = reader.stream("account:alice");
  reader.close();
  CHECK(code_of([&] { (void)reader.count(quipu::region::all()); }) == quipu::errc::closed);
  CHECK((*range.begin()).as<deposited>().cents == 1);
}

TEST_CASE("an unfinished commit isn't seen, and is no damage", "[read_only]") {
  const scratch_folder folder;
  {
    quipu::store writer{small_segments(folder / "data")};
    writer.append(alice, deposited{1});
    writer.append(alice, deposited{2});
    writer.close();
  }
  const fs::path segment = folder / "data/00000000000000000000.segment";
  fs::resize_file(segment, fs::file_size(segment) - 56 - 8);  // the closing mark, and the end of the last event
  fs::remove(folder / "data/quipu.end");                      // as if it had not been closed
  quipu::read_only_store reader{small_segments(folder / "data")};
  CHECK(reader.count(quipu::region::all()) == 1);
  quipu::store again{small_segments(folder / "data")};
  CHECK(again.diagnostics().recovered);
  again.append(alice, deposited{5});
  CHECK(reader.project<account>("account:alice")->cents == 6);
}

TEST_CASE("damage before whole frames is named by a follower too", "[read_only]") {
  const scratch_folder folder;
  {
    quipu::store writer{small_segments(folder / "data")};
    for (int index = 0; index < 5; ++index) writer.append(alice, deposited{index});
  }
  const fs::path segment = folder / "data/00000000000000000000.segment";
  {
    std::fstream file{segment, std::ios::in | std::ios::out | std::ios::binary};
    file.seekp(500);
    file.put('\x5A');
  }
  const quipu::error thrown = error_of([&] { quipu::read_only_store{small_segments(folder / "data")}; });
  CHECK(thrown.code() == quipu::errc::corrupt);
  CHECK(thrown.path() == segment.string());
  CHECK(thrown.offset());
}

TEST_CASE("a segment that is cut off under a reader is an error", "[read_only]") {
  const scratch_folder folder;
  quipu::store writer{small_segments(folder / "data")};
  for (int index = 0; index < 5; ++index) writer.append(alice, deposited{index});
  quipu::read_only_store reader{small_segments(folder / "data")};
  REQUIRE(reader.count(quipu::region::all()) == 5);
  fs::resize_file(folder / "data/00000000000000000000.segment", 300);
  const quipu::error thrown = error_of([&] { (void)reader.count(quipu::region::all()); });
  CHECK(thrown.code() == quipu::errc::corrupt);
  CHECK(thrown.offset() == 300U);
}

TEST_CASE("readers in other processes follow a writer: whole batches, no gap, to the end", "[read_only]") {
  const scratch_folder folder;
  const quipu::config settings = small_segments(folder / "data");
  constexpr std::uint64_t wanted = 3 * 400;
  quipu::store writer{settings};
  pid_t readers[3];
  for (pid_t& reader : readers)
    if (reader = ::fork(); reader == 0) follow(settings, wanted);
  for (std::uint64_t index = 0; index < wanted / 3; ++index) {
    append_three(writer);
    if (index % 5 == 0) writer.sync();
  }
  writer.sync();
  for (const pid_t reader : readers) CHECK(exit_code(reader) == 0);
}

TEST_CASE("a reader survives its writer's death and follows the next one", "[read_only]") {
  const scratch_folder folder;
  const quipu::config settings = small_segments(folder / "data");
  { quipu::store made{settings}; }
  quipu::read_only_store reader{settings};
  for (int round = 0; round < 5; ++round) {
    const pid_t child = ::fork();
    if (child == 0) {
      quipu::store writer{settings};
      for (;;) writer.append(alice, deposited{1});
    }
    const std::uint64_t before = reader.count(quipu::region::all());
    while (reader.count(quipu::region::all()) < before + 40) {
    }
    ::kill(child, SIGKILL);
    static_cast<void>(exit_code(child));
    const std::uint64_t after = reader.count(quipu::region::all());
    CHECK(reader.project<deposit_count>("account:alice")->count == after);
  }
  quipu::store writer{settings};
  CHECK(writer.count(quipu::region::all()) == reader.count(quipu::region::all()));
  writer.verify();
}

TEST_CASE("the head that is expected decides whether a log is opened", "[read_only]") {
  const scratch_folder folder;
  quipu::config settings = small_segments(folder / "data");
  quipu::digest early{};
  quipu::digest late{};
  {
    quipu::store writer{settings};
    writer.append(alice, deposited{1});
    early = writer.head();
    writer.append(alice, deposited{2});
    late = writer.head();
  }
  CHECK(early != late);
  settings.expected_head = late;
  CHECK(quipu::read_only_store{settings}.count(quipu::region::all()) == 2);
  CHECK(quipu::store{settings}.count(quipu::region::all()) == 2);
  settings.expected_head = early;  // as if the log had been rolled back, the other way round
  CHECK(code_of([&] { quipu::read_only_store{settings}; }) == quipu::errc::corrupt);
  CHECK(code_of([&] { quipu::store{settings}; }) == quipu::errc::corrupt);
}

TEST_CASE("a snapshot is a store of the same lineage, taken while the writer goes on", "[read_only]") {
  const scratch_folder folder;
  quipu::store writer{small_segments(folder / "data")};
  for (int index = 0; index < 100; ++index) writer.append(alice, deposited{index}, buffered);
  writer.snapshot(folder / "copy");
  const quipu::digest head = writer.head();
  writer.append(alice, deposited{1000});
  {
    quipu::read_only_store copy{small_segments(folder / "copy")};
    CHECK(copy.identity() == writer.identity());
    CHECK(copy.head() == head);
    CHECK(copy.count(quipu::region::all()) == 100);
    copy.verify();
    copy.snapshot(folder / "copy of the copy");
  }
  quipu::store restored{small_segments(folder / "copy of the copy")};
  CHECK_FALSE(restored.diagnostics().recovered);
  restored.append(alice, deposited{7});
  CHECK(restored.count(quipu::region::all()) == 101);
  CHECK(code_of([&] { writer.snapshot(folder / "copy"); }) == quipu::errc::invalid_argument);
}

TEST_CASE("a snapshot shares the sealed segments, and goes its own way", "[read_only]") {
  const scratch_folder folder;
  quipu::store writer{small_segments(folder / "data")};
  for (int index = 0; index < 200; ++index) writer.append(alice, deposited{index}, buffered);
  writer.snapshot(folder / "copy");
  std::size_t shared = 0;
  std::size_t own = 0;
  for (const auto& each : fs::directory_iterator{folder / "copy"})
    if (each.path().extension() == ".segment") ++(fs::hard_link_count(each.path()) == 2 ? shared : own);
  CHECK(shared > 3);
  CHECK(own == 1);
  const quipu::digest head = writer.head();
  writer.compact(quipu::compaction::retain([](const quipu::event_view& event) { return event.sequence() % 2 == 0; }));
  quipu::store copy{small_segments(folder / "copy")};
  CHECK(copy.count(quipu::region::all()) == 200);
  CHECK(writer.count(quipu::region::all()) == 100);
  CHECK(copy.head() == head);
  copy.append(alice, deposited{1});
  writer.append(alice, deposited{2});
  copy.verify();
  writer.verify();
}

TEST_CASE("a snapshot that was cut short doesn't open", "[read_only]") {
  const scratch_folder folder;
  quipu::store writer{small_segments(folder / "data")};
  writer.append(alice, deposited{1});
  writer.snapshot(folder / "copy");
  fs::remove(folder / "copy/quipu.store");
  CHECK(code_of([&] { quipu::read_only_store{small_segments(folder / "copy")}; }) == quipu::errc::corrupt);
  CHECK(code_of([&] { quipu::store{small_segments(folder / "copy")}; }) == quipu::errc::corrupt);
  quipu::config settings = small_segments(folder / "copy");
  settings.open = quipu::open_policy::salvage;
  quipu::read_only_store rest{settings};
  CHECK(rest.count(quipu::region::all()) == 1);
  CHECK(rest.diagnostics().damage.size() == 1);
}

TEST_CASE("a creation that was interrupted is no store to a reader", "[read_only]") {
  const scratch_folder folder;
  { quipu::store store{small_segments(folder / "begun")}; }
  fs::remove(folder / "begun/quipu.store");
  CHECK(code_of([&] { quipu::read_only_store{small_segments(folder / "begun")}; }) == quipu::errc::not_found);
}

TEST_CASE("a snapshot into the store's own directory is refused, and creates nothing", "[read_only]") {
  const scratch_folder folder;
  quipu::store writer{small_segments(folder / "data")};
  writer.append(alice, deposited{1});
  fs::create_directory_symlink(folder / "data", folder / "link");
  const auto files = [&] { return std::distance(fs::directory_iterator{folder / "data"}, fs::directory_iterator{}); };
  const auto before = files();
  for (const char* target : {"data", "data/copy", "data/deep/copy", "data/../data/copy", "link/copy"}) {
    INFO(target);
    CHECK(code_of([&] { writer.snapshot(folder / target); }) == quipu::errc::invalid_argument);
    CHECK(code_of([&] { quipu::read_only_store{small_segments(folder / "data")}.snapshot(folder / target); }) ==
          quipu::errc::invalid_argument);
  }
  CHECK(files() == before);
  writer.snapshot(folder / "data copy");
  CHECK(quipu::read_only_store{small_segments(folder / "data copy")}.count(quipu::region::all()) == 1);
}

TEST_CASE("a frame that was overwritten with zeros isn't the end of the log", "[read_only]") {
  const scratch_folder folder;
  for (const bool closed : {false, true}) {
    const fs::path data = folder / (closed ? "closed" : "open");
    quipu::store writer{small_segments(data)};
    for (int index = 0; index < 6; ++index) writer.append(alice, deposited{index});
    if (closed) writer.close();
    const fs::path segment = data / "00000000000000000000.segment";
    for (const std::streamoff at : {128, 300}) {
      std::string sound;
      {
        std::ifstream in{segment, std::ios::binary};
        sound.assign(std::istreambuf_iterator<char>{in}, {});
      }
      std::string damaged = sound;
      std::size_t frame = 128;  // a frame's beginning at or behind the offset
      const auto size_at = [&](std::size_t offset) {
        return static_cast<std::size_t>(static_cast<unsigned char>(sound[offset])) |
               static_cast<std::size_t>(static_cast<unsigned char>(sound[offset + 1])) << 8;
      };
      while (frame < static_cast<std::size_t>(at)) frame += size_at(frame);
      for (std::size_t index = 0; index < 8; ++index) damaged[frame + index] = '\0';
      std::ofstream{segment, std::ios::binary} << damaged;
      const quipu::error thrown = error_of([&] {
        quipu::read_only_store reader{small_segments(data)};
        reader.verify();
      });
      CHECK(thrown.code() == quipu::errc::corrupt);
      CHECK(thrown.offset() == frame);
      std::ofstream{segment, std::ios::binary} << sound;
    }
    CHECK(quipu::read_only_store{small_segments(data)}.count(quipu::region::all()) == 6);
  }
}

TEST_CASE("a store that was moved from is closed", "[store]") {
  auto store = quipu::in_memory_store();
  store.append(alice, deposited{1});
  auto moved = std::move(store);
  CHECK(code_of([&] { store.append(alice, deposited{1}); }) == quipu::errc::closed);  // NOLINT: what this is about
  CHECK(code_of([&] { (void)store.count(quipu::region::all()); }) == quipu::errc::closed);
  CHECK(code_of([&] { (void)store.stats(); }) == quipu::errc::closed);
  CHECK(code_of([&] { (void)store.writer_pressure(); }) == quipu::errc::closed);
  CHECK(code_of([&] { (void)store.settings(); }) == quipu::errc::closed);
  CHECK_NOTHROW(store.close());
  CHECK(moved.count(quipu::region::all()) == 1);
  CHECK(code_of([&] { moved.append(alice, deposited{1}, {.idempotency_key = quipu::event_id::nil()}); }) ==
        quipu::errc::invalid_argument);
}

TEST_CASE("a segment that outgrows what a reader was told is a typed error", "[read_only]") {
  const scratch_folder folder;
  quipu::store writer{quipu::config{.directory = folder / "data"}};
  writer.append(alice, deposited{1});
  quipu::config told{.directory = folder / "data"};
  told.segment_max_bytes = 4096;
  told.payload_max_bytes = 4096;
  told.batch.max_size = 1;
  told.batch.max_bytes = 4096;
  quipu::read_only_store reader{told};
  CHECK(reader.count(quipu::region::all()) == 1);
  const std::string large(std::size_t{1} << 20, 'x');
  for (int number = 0; number < 4; ++number) writer.append_raw(alice, quipu::event_kind::custom(1, 1), large);
  const quipu::error refused = error_of([&] { static_cast<void>(reader.count(quipu::region::all())); });
  CHECK(refused.code() == quipu::errc::configuration);
  CHECK_THAT(refused.what(),
             Catch::Matchers::Contains("config.segment_max_bytes") && Catch::Matchers::Contains(".segment]"));
  CHECK(quipu::read_only_store{told}.count(quipu::region::all()) == 5);
}
