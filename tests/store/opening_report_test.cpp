// SPDX-License-Identifier: BSL-1.0
//
// opening_report_test.cpp: what opening a store says that it found and did.
#include "store_fixture.hpp"

#include <catch2/catch.hpp>

#ifndef QUIPU_TEST_SINGLE_HEADER
#include <quipu/store/read_only_store.hpp>
#endif

#include <chrono>
#include <cstdint>
#include <sstream>
#include <string>

using namespace store_tests;
using quipu::opening_path;
using quipu::opening_report;

namespace {

template <class Store>
opening_report opening_of(const quipu::config& settings) {
  return Store{settings}.diagnostics().opening;
}

void fill(quipu::store& store, int events) {
  for (int number = 0; number < events; ++number)
    store.append({"account:alice", "branch:zurich"}, withdrawn{number, std::string(100, 'x')},
                 {.durability = quipu::durability::buffered});
}

/// A memory world with the log of a store that was not closed: what a crash leaves.
memory_world crashed(const quipu::config& settings, int events) {
  const memory_world world;
  quipu::store store{settings_in(world, settings)};
  fill(store, events);
  store.sync();
  return world.copy();
}

}  // namespace

TEST_CASE("a report of opening tells a new store from one that was closed", "[store][open]") {
  const memory_world world;
  const quipu::config settings = settings_in(world, small_segments());
  {
    quipu::store store{settings};
    CHECK(store.diagnostics().opening.path == opening_path::created);
    CHECK(store.diagnostics().opening.events == 0);
    CHECK(store.diagnostics().opening.segments == 1);
  }
  CHECK(opening_of<quipu::store>(settings).path == opening_path::clean);  // it has no event, so no mark either
  {
    quipu::store store{settings};
    fill(store, 100);
  }
  const std::uint64_t segments = quipu::store{settings}.stats().segments;
  REQUIRE(segments > 2);
  const opening_report found = opening_of<quipu::store>(settings);
  CHECK(found.path == opening_path::clean);
  CHECK(found.events == 100);
  CHECK(found.segments == segments);
  CHECK(found.indexed == segments - 1);  // the last one is too small to have an index file
  CHECK(found.scanned == 1);
  CHECK(found.scanned_bytes > 0);
  CHECK(found.scanned_bytes < settings.segment_max_bytes);
  CHECK(found.cut_bytes == 0);
  opening_report read = opening_of<quipu::read_only_store>(settings);
  CHECK(read.duration.count() > 0);
  read.duration = found.duration;
  CHECK(read == found);
}

TEST_CASE("a report of opening counts segments whose index files are missing", "[store][open]") {
  const scratch_folder folder;
  const quipu::config settings = small_segments(folder / "log");
  {
    quipu::store store{settings};
    fill(store, 100);
  }
  std::uint64_t removed = 0;
  for (const auto& each : fs::directory_iterator{folder / "log"})
    if (each.path().extension() == ".index") removed += fs::remove(each.path());
  REQUIRE(removed > 1);
  const opening_report read = opening_of<quipu::read_only_store>(settings);
  CHECK(read.indexed == 0);
  CHECK(read.scanned == read.segments);
  CHECK(read.scanned_bytes > 100 * 100);
  const opening_report found = opening_of<quipu::store>(settings);
  CHECK(found.scanned == read.scanned);
  CHECK(found.scanned_bytes == read.scanned_bytes);
  CHECK(opening_of<quipu::store>(settings).indexed == removed);  // the writer has made them again
}

TEST_CASE("a report of opening says that a log was not closed, and how much was cut off", "[store][open]") {
  const quipu::config plain = small_segments();
  const memory_world world = crashed(plain, 3);
  const quipu::config settings = settings_in(world, plain);
  CHECK(opening_of<quipu::read_only_store>(settings).path == opening_path::unclosed);
  const auto directory = world.open_directory("memory", false);
  for (const std::string& name : directory->list())
    if (name.ends_with(".segment")) {
      const auto file = directory->open_file(name, quipu::open_mode::write);
      file->write_at(quipu::bytes_view{"torn"}, file->size());
    }
  quipu::store store{settings};
  const opening_report found = store.diagnostics().opening;
  CHECK(found.path == opening_path::unclosed);
  CHECK(found.events == 3);
  CHECK(found.cut_bytes >= 4);  // with the room that was reserved before it
  CHECK(found.cut_bytes == store.diagnostics().recovered->dropped_bytes);
}

TEST_CASE("a report of opening says what salvaging read", "[store][open]") {
  quipu::config settings = small_segments();
  const memory_world world = crashed(settings, 100);
  settings.open = quipu::open_policy::salvage;
  const opening_report found = opening_of<quipu::read_only_store>(settings_in(world, settings));
  CHECK(found.path == opening_path::salvaged);
  CHECK(found.events == 100);
  CHECK(found.indexed == 0);
  CHECK(found.scanned == found.segments);
  CHECK(found.segments > 2);
}

TEST_CASE("a report of opening can be printed", "[store][open]") {
  const opening_report found{opening_path::unclosed, 3, 2, 1, 448, 16, 12, std::chrono::microseconds{310}};
  std::ostringstream out;
  out << found;
  CHECK(out.str() == "unclosed: 12 events, 3 segments (2 by index), 448 bytes read, 16 cut off, 310 us");
  CHECK(quipu::name_of(opening_path::compacted) == "compacted");
}
