// SPDX-License-Identifier: BSL-1.0
//
// reader_opening_test.cpp: a read-only store that is opened while a writer compacts. It has opened some segments as
// they were, and opens others as they are: it must find out.
#ifndef QUIPU_TEST_SINGLE_HEADER
#include <quipu/environment/forwarding.hpp>
#include <quipu/store/read_only_store.hpp>
#endif

#include "../store/store_fixture.hpp"

#include <catch2/catch.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

using namespace store_tests;
using quipu::compaction;
using quipu::durability;
using quipu::event_view;
using quipu::region;

namespace {

/// Calls something before a file is opened for the `number`-th time.
struct interruption {
  std::uint64_t number{UINT64_MAX};
  std::function<void()> call{};
  std::uint64_t opened{};
};

class interrupted_directory final : public quipu::forwarding_directory {
 public:
  interrupted_directory(std::unique_ptr<quipu::environment_directory> target, interruption& by)
      : forwarding_directory{std::move(target)}, by_{by} {}
  [[nodiscard]] std::unique_ptr<quipu::environment_file> open_file(const std::string& name,
                                                                   quipu::open_mode mode) const override {
    if (by_.opened++ == by_.number) by_.call();
    return target().open_file(name, mode);
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

}  // namespace

TEST_CASE("a reader that is opened during a compaction shows nothing that was erased", "[journal][read_only]") {
  bool is_over = false;
  for (std::uint64_t number = 0; !is_over; ++number) {
    quipu::config settings = small_segments();
    settings.segment_max_bytes = 64 << 10;
    settings.environment = std::make_shared<quipu::memory_environment>();
    std::optional<quipu::store> writer{std::in_place, settings};
    append_texts(*writer, 20, 1000);
    writer->compact(compaction::merge());  // seals: the active segment is empty, and gets the next compaction's note
    bool is_called = false;
    interruption by{
        number, [&] {
          is_called = true;
          writer->compact(compaction::tombstone([](const event_view& event) { return event.sequence() > 9; }));
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
    std::uint64_t erased = 0;
    for (const event_view& each : reader.query(region::all())) erased += each.erased() ? 1 : 0;
    REQUIRE(erased == 10);
    REQUIRE(reader.count(region::all()) == 40);
  }
}
