// SPDX-License-Identifier: BSL-1.0
//
// reader_opening_test.cpp: a read-only store that looks at the files at an awkward moment. A writer compacts, so some
// segments are as they were and others as they are; the writer creates the store; or a sealed segment has no next one
// yet.
#ifndef QUIPU_TEST_SINGLE_HEADER
#include <quipu/environment/forwarding.hpp>
#include <quipu/store/read_only_store.hpp>
#endif

#include "../store/store_fixture.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

using namespace store_tests;
using quipu::compaction;
using quipu::durability;
using quipu::event_view;
using quipu::region;

namespace {

/// Calls something before the directory is looked at for the `number`-th time.
struct interruption {
  std::uint64_t number{UINT64_MAX};
  std::function<void()> call{};
  std::uint64_t looked{};

  void look() {
    if (looked++ == number) call();
  }
};

class interrupted_directory final : public quipu::forwarding_directory {
 public:
  interrupted_directory(std::unique_ptr<quipu::environment_directory> target, interruption& by)
      : forwarding_directory{std::move(target)}, by_{by} {}
  [[nodiscard]] std::unique_ptr<quipu::environment_file> open_file(const std::string& name,
                                                                   quipu::open_mode mode) const override {
    by_.look();
    return target().open_file(name, mode);
  }
  [[nodiscard]] bool exists(const std::string& name) const override {
    by_.look();
    return target().exists(name);
  }
  [[nodiscard]] std::vector<std::string> list() const override {
    by_.look();
    return target().list();
  }

 private:
  interruption& by_;
};

class interrupted_world final : public quipu::forwarding_environment {
 public:
  interrupted_world(std::shared_ptr<quipu::environment> target, interruption& by)
      : forwarding_environment{std::move(target)}, by_{by} {}
  [[nodiscard]] std::unique_ptr<quipu::environment_directory> open_directory(const fs::path& where,
                                                                             bool create) override {
    return std::make_unique<interrupted_directory>(target().open_directory(where, create), by_);
  }

 private:
  interruption& by_;
};

void append_texts(quipu::store& to, std::int64_t count, std::size_t size) {
  for (std::int64_t number = 0; number < count; ++number)
    to.append({"a", "s"}, withdrawn{number, std::string(size, 'x')}, {.durability = durability::buffered});
}

quipu::config settings_in_memory() {
  quipu::config settings = small_segments();
  settings.segment_max_bytes = 64 << 10;
  settings.environment = std::make_shared<quipu::memory_environment>();
  return settings;
}

std::uint64_t count_erased(quipu::read_only_store& in) {
  std::uint64_t erased = 0;
  for (const event_view& each : in.query(region::all())) erased += each.erased() ? 1 : 0;
  return erased;
}

/// Opens a reader of a log of `events` events, again and again. Each time, at another moment, events are erased.
void open_while_erasing(std::int64_t events, std::size_t size, bool (*is_kept)(const event_view&)) {
  bool is_over = false;
  for (std::uint64_t number = 0; !is_over; ++number) {
    const quipu::config settings = settings_in_memory();
    std::optional<quipu::store> writer{std::in_place, settings};
    append_texts(*writer, events, size);
    writer->compact(compaction::merge());  // seals: the active segment is empty, and gets the next compaction's note
    bool is_called = false;
    interruption by{number, [&] {
                      is_called = true;
                      writer->compact(compaction::tombstone(is_kept));
                      append_texts(*writer, 20, 2000);
                      writer->close();  // now an index file covers the note
                    }};
    quipu::config interrupted = settings;
    interrupted.environment = std::make_shared<interrupted_world>(settings.environment, by);
    quipu::read_only_store reader{interrupted};
    is_over = !std::exchange(is_called, true);
    by.number = UINT64_MAX;
    if (is_over) by.call();
    INFO(number);
    REQUIRE(count_erased(reader) == 10);
    REQUIRE(reader.count(region::all()) == static_cast<std::uint64_t>(events) + 20);
  }
}

}  // namespace

TEST_CASE("a reader that is opened during a compaction shows nothing that was erased", "[journal][read_only]") {
  open_while_erasing(20, 1000, [](const event_view& event) { return event.sequence() > 9; });
}

TEST_CASE("a reader that is opened during a compaction of later segments shows nothing that was erased",
          "[journal][read_only]") {
  open_while_erasing(100, 2000,
                     [](const event_view& event) { return event.sequence() / 5 != 7 && event.sequence() / 5 != 14; });
}

TEST_CASE("a reader that looks again during a compaction goes on", "[journal][read_only]") {
  bool is_over = false;
  for (std::uint64_t number = 0; !is_over; ++number) {
    const quipu::config settings = settings_in_memory();
    quipu::store writer{settings};
    append_texts(writer, 1, 2000);
    interruption by;
    quipu::config interrupted = settings;
    interrupted.environment = std::make_shared<interrupted_world>(settings.environment, by);
    quipu::read_only_store reader{interrupted};
    append_texts(writer, 99, 2000);  // segments that are opened by their index files
    writer.sync();
    bool is_called = false;
    by = {number, [&] {
            is_called = true;
            writer.compact(compaction::tombstone([](const event_view& event) { return event.sequence() % 10 < 3; }));
          }};
    INFO(number);
    REQUIRE(reader.count(region::all()) == 100);
    is_over = !is_called;
    by.number = UINT64_MAX;
    if (is_over) by.call();
    REQUIRE(count_erased(reader) == 70);
    REQUIRE(reader.count(region::all()) == 100);
  }
}

TEST_CASE("a reader goes on where its last segment was merged with later ones, also at the same time",
          "[journal][read_only]") {
  quipu::config settings = settings_in_memory();
  settings.clock = [] { return std::int64_t{1'700'000'000'000'000}; };  // equal heads
  quipu::store writer{settings};
  append_texts(writer, 5, 100);
  writer.sync();
  quipu::read_only_store reader{settings};
  CHECK(reader.count(region::all()) == 5);
  writer.compact(compaction::merge());  // seals
  append_texts(writer, 5, 100);
  writer.compact(compaction::merge());
  append_texts(writer, 5, 100);
  CHECK(writer.count(region::all()) == 15);
  CHECK(reader.count(region::all()) == 15);
}

TEST_CASE("a reader waits for the segment behind a sealed one", "[journal][read_only]") {
  const quipu::config settings = settings_in_memory();
  const auto directory = settings.environment->open_directory("memory", true);
  {
    quipu::store writer{settings};
    append_texts(writer, 60, 2000);
  }
  directory->remove("quipu.end");
  std::string last;
  for (const std::string& name : directory->list())
    if (name.ends_with(".segment")) last = std::max(last, name);
  const std::uint64_t first_of_last = std::stoull(last);
  REQUIRE(first_of_last > 0);
  directory->rename(last, "aside");
  quipu::read_only_store reader{settings};
  for (int again = 0; again < 2; ++again) CHECK(reader.count(region::all()) == first_of_last);
  directory->rename("aside", last);
  CHECK(reader.count(region::all()) == 60);
}

TEST_CASE("a reader that is opened while the store is created finds it, or finds none", "[journal][read_only]") {
  std::uint64_t found = 0;
  bool is_over = false;
  for (std::uint64_t number = 0; !is_over; ++number) {
    const quipu::config settings = settings_in_memory();
    { const quipu::store created{settings}; }
    const auto directory = settings.environment->open_directory("memory", true);
    directory->remove("quipu.store");  // its creation was interrupted after the first segment
    directory->remove("quipu.end");
    directory->open_file("00000000000000000000.segment", quipu::open_mode::write)->truncate(128);
    std::optional<quipu::store> writer;
    interruption by{number, [&] {
                      writer.emplace(settings);
                      append_texts(*writer, 3, 100);
                      writer->sync();
                    }};
    quipu::config interrupted = settings;
    interrupted.environment = std::make_shared<interrupted_world>(settings.environment, by);
    INFO(number);
    try {
      quipu::read_only_store reader{interrupted};
      REQUIRE(reader.count(region::all()) == 3);
      ++found;
    } catch (const quipu::error& none) {
      REQUIRE(none.code() == quipu::errc::not_found);
    }
    is_over = !writer;
  }
  CHECK(found > 1);
}
