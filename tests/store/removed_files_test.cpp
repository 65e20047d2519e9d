// SPDX-License-Identifier: BSL-1.0
//
// removed_files_test.cpp: somebody removes or cuts the file that a store writes to. No event is acknowledged as durable
// in a file that nobody can open any more, or behind bytes that are gone.
#ifndef QUIPU_TEST_SINGLE_HEADER
#include <quipu/store/read_only_store.hpp>
#endif

#include "store_fixture.hpp"

#include <catch2/catch.hpp>

#include <cstdint>
#include <filesystem>
#include <string>

using namespace store_tests;
using quipu::errc;

namespace {

const quipu::coordinate alice{"account:alice", "bank"};
const std::string segment = "00000000000000000000.segment";

quipu::config in(const fs::path& directory) {
  quipu::config settings{.directory = directory};
  settings.sync.interval_ms = 0;
  return settings;
}

void append_durably(quipu::store& to) { to.append(alice, deposited{1}); }
void append_and_sync(quipu::store& to) {
  to.append(alice, deposited{1}, {.durability = quipu::durability::buffered});
  to.sync();
}

/// The error of an append, after which the store accepts nothing.
quipu::error refused(quipu::store& to, void (*append)(quipu::store&)) {
  const quipu::error failure = error_of([&] { append(to); });
  CHECK(code_of([&] { append(to); }) == errc::writer_failed);
  CHECK(code_of([&] { to.close(); }) == errc::writer_failed);
  return failure;
}

}  // namespace

TEST_CASE("a store notices that the file it writes to was removed", "[store][hostile]") {
  for (const auto append : {&append_durably, &append_and_sync}) {
    const scratch_folder folder;
    quipu::store store{in(folder / "store")};
    append(store);
    fs::remove(folder / "store" / segment);
    const auto failure = refused(store, append);
    CHECK(failure.code() == errc::io_failed);
    CHECK(failure.path() == folder / "store" / segment);
  }
}

TEST_CASE("a store notices that its directory was removed", "[store][hostile]") {
  const scratch_folder folder;
  quipu::store store{in(folder / "store")};
  append_durably(store);
  fs::remove_all(folder / "store");
  CHECK(refused(store, &append_durably).code() == errc::io_failed);
  CHECK_FALSE(fs::exists(folder / "store"));
}

TEST_CASE("a store may be moved with its directory while it is open", "[store][hostile]") {
  const scratch_folder folder;
  quipu::store store{in(folder / "store")};
  append_durably(store);
  fs::rename(folder / "store", folder / "moved");
  append_durably(store);
  store.close();
  CHECK(quipu::read_only_store{in(folder / "moved")}.count(quipu::region::all()) == 2);
}

TEST_CASE("a store notices that the file it writes to was cut off, and writes nothing behind", "[store][hostile]") {
  for (const auto append : {&append_durably, &append_and_sync}) {
    const scratch_folder folder;
    quipu::store store{in(folder / "store")};
    append(store);
    fs::resize_file(folder / "store" / segment, 140);
    const auto failure = refused(store, append);
    CHECK(failure.code() == errc::io_failed);
    CHECK(failure.path() == folder / "store" / segment);
    CHECK(failure.actual() == 140U);
    CHECK(fs::file_size(folder / "store" / segment) == 140);
  }
}

TEST_CASE("closing notices that the file was removed", "[store][hostile]") {
  const scratch_folder folder;
  quipu::store store{in(folder / "store")};
  append_durably(store);
  fs::remove(folder / "store" / segment);
  CHECK(code_of([&] { store.close(); }) == errc::io_failed);
}
