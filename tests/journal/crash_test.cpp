// SPDX-License-Identifier: BSL-1.0
//
// crash_test.cpp: the process dies, or an operation of the environment fails, at every single point of a piece of work
// that opens, appends, appends batches, fills segments, syncs, closes and opens again.
#include "crash_fixture.hpp"

#include <catch2/catch.hpp>

#include <cstdint>
#include <string>

using namespace simulation;
using quipu::durability;
using quipu::errc;

namespace {

/// Everything a writer does, in an order that mixes it.
void work(writer& with) {
  with.open();
  with.append("alice", 10, durability::durable);
  with.append("bob", 40, durability::buffered);
  with.append_batch(3, durability::durable, {{"batch", "text"}});
  with.append("alice", 700, durability::buffered);
  with.sync();
  with.append_batch(5, durability::buffered, {{"batch", "text"}});
  with.append("carol", 1500, durability::durable);
  with.append("alice", 1200, durability::durable);  // the first segment is full
  with.append_batch(4, durability::durable, {{"batch", "text"}});
  with.append("bob", 2000, durability::buffered);
  with.append("bob", 2000, durability::buffered);  // and the second
  with.append("dora", 1, durability::durable);
  with.close();
  with.open();
  with.append("alice", 10, durability::buffered);
  with.append_batch(2, durability::durable, {{"batch", "text"}});
  with.append("carol", 1900, durability::durable);
  with.append("carol", 1900, durability::durable);
  with.append("bob", 5, durability::buffered);
  with.close();
}

/// How many changes the work makes on a disk without faults, and that it comes through.
std::uint64_t changes_of_the_work() {
  const disk sound;
  writer all{sound};
  work(all);
  const std::uint64_t changes = sound.changes();
  REQUIRE(all.given.acknowledged.size() == 16);
  REQUIRE(recovery_problem(sound, all.given) == "");
  REQUIRE(sound.names().size() >= 5);  // the store's file, the lock, three segments
  return changes;
}

/// Does the work until something ends it.
void work_until_it_ends(writer& with) {
  try {
    work(with);
  } catch (const std::exception&) {
    static_cast<void>(0);  // what the caller is after
  }
}

}  // namespace

TEST_CASE("a process that dies between any two operations loses nothing that it acknowledged", "[journal][crash]") {
  const std::uint64_t changes = changes_of_the_work();
  for (std::uint64_t point = 0; point < changes; ++point) {
    for (std::uint64_t seed = 1; seed <= 3; ++seed) {  // what part of a write is the last differs
      const disk machine{seed};
      machine.plan({.at = point, .effect = dies});
      writer with{machine};
      work_until_it_ends(with);
      REQUIRE(machine.is_off());
      INFO("change " << point << ", seed " << seed);
      REQUIRE(recovery_problem(machine.after_death(), with.given) == "");
    }
  }
}

TEST_CASE("a process that dies at any point of recovery changes nothing of what is recovered", "[journal][crash]") {
  // A log with a torn commit at its end, and one whose last segment is sealed and has no successor yet.
  const std::uint64_t changes = changes_of_the_work();
  std::uint64_t recoveries = 0;
  for (std::uint64_t point = 3; point < changes; point += 2) {
    const disk machine{point};
    machine.plan({.at = point, .effect = dies});
    writer with{machine};
    work_until_it_ends(with);
    for (std::uint64_t second = 0;; ++second) {
      const disk found = machine.after_death();
      found.plan({.at = second, .effect = dies});
      try {
        store opened{settings_in(found, small_store())};
      } catch (const std::exception&) {
        static_cast<void>(0);
      }
      if (!found.is_off()) break;
      ++recoveries;
      INFO("change " << point << ", then change " << second << " of the recovery");
      REQUIRE(recovery_problem(found.after_death(), with.given) == "");
    }
  }
  CHECK(recoveries > 100);
}

TEST_CASE("whatever operation fails, once or for good, no promise is broken and the store can be opened again",
          "[journal][crash]") {
  const std::uint64_t changes = changes_of_the_work();
  for (const errc code : {errc::io_failed, errc::storage_full}) {
    for (const bool persists : {false, true}) {
      for (std::uint64_t point = 0; point < changes; ++point) {
        const disk machine;
        machine.plan({.at = point, .persists = persists, .code = code});
        writer with{machine};
        work_until_it_ends(with);
        with.drop();
        machine.plan({});
        INFO("change " << point << (persists ? " and all after it, " : ", ") << name_of(code));
        REQUIRE(recovery_problem(machine.after_death(), with.given) == "");
      }
    }
  }
}

TEST_CASE("a flush that finds no room leaves the append in doubt, and is final", "[journal][crash]") {
  for (const change what : {change::write, change::sync}) {
    const disk machine;
    writer with{machine};
    with.open();
    machine.plan({.at = 0, .of = {what}, .code = errc::storage_full});
    const auto code_of_append = [&] {
      try {
        with.append("alice", 10, durability::durable);
      } catch (const quipu::error& failure) {
        return failure.code();
      }
      return errc::not_found;  // it succeeded
    };
    CHECK(code_of_append() == errc::io_failed);
    machine.plan({});
    CHECK(code_of_append() == errc::writer_failed);
    with.drop();
    CHECK(recovery_problem(machine.after_death(), with.given) == "");
  }
}

TEST_CASE(
    "a flush that failed may have lost what the system still shows: reopening makes it safe before it builds on it",
    "[journal][crash]") {
  std::uint64_t reopened = 0;
  for (std::uint64_t point = 0;; ++point) {
    for (std::uint64_t seed = 1; seed <= 12; ++seed) {
      const disk machine{seed};
      machine.plan({.at = point, .of = {change::sync, change::sync_directory}});
      writer first{machine};
      bool failed = false;
      try {
        work(first);
      } catch (const quipu::error&) {
        failed = true;
      }
      if (!failed) {
        CHECK(reopened > 100);
        return;
      }
      first.drop();
      machine.plan({});
      writer second{machine};  // the machine has been on all the time
      second.given = first.given;
      second.next_number = 1000;
      second.open();
      ++reopened;
      second.append("alice", 30, durability::durable);
      if (seed % 2 == 0) second.close();
      seeded random{seed};
      INFO("flush " << point << ", seed " << seed);
      REQUIRE(recovery_problem(machine.after_power_cut(random), second.given) == "");
    }
  }
}

TEST_CASE("the mark of a closing whose flush failed is made safe before anything is built on it", "[journal][crash]") {
  // Where the mark lies across the end of a sector, what comes behind it doesn't bring all of it to the disk.
  for (std::size_t size = 0; size < 512; size += 8) {
    for (std::uint64_t seed = 1; seed <= 6; ++seed) {
      const disk machine{seed};
      writer first{machine};
      first.open();
      first.append("alice", size, durability::durable);
      machine.plan({.at = 1, .of = {change::sync}});
      REQUIRE_THROWS_AS(first.close(), quipu::error);
      first.drop();
      machine.plan({});
      writer second{machine};  // the machine has been on all the time
      second.given = first.given;
      second.next_number = 1000;
      second.open();
      second.append("alice", 30, durability::durable);
      seeded random{seed};
      INFO("size " << size << ", seed " << seed);
      REQUIRE(recovery_problem(machine.after_power_cut(random), second.given) == "");
    }
  }
}

TEST_CASE("a failed operation is final: nothing is accepted after it, and nothing that wasn't acknowledged is seen",
          "[journal][crash]") {
  const auto kinds = {change::write, change::sync};
  for (const change kind : kinds) {
    const disk machine;
    writer with{machine};
    with.open();
    with.append("alice", 10, durability::durable);
    with.append("alice", 10, durability::durable);
    machine.plan({.at = 0, .of = {kind}});
    try {
      with.append("alice", 20, durability::durable);
      FAIL("the append succeeded");
    } catch (const quipu::error& failure) {
      CHECK(failure.code() == errc::io_failed);
      CHECK(failure.path() == "ledger/00000000000000000000.segment");
    }
    machine.plan({});  // the disk would work again: nobody may try
    store& failed = with.events();
    CHECK(failed.count(quipu::region::all()) == 2);
    CHECK(failed.stats().events == 2);
    CHECK(failed.stream("alice").begin() != failed.stream("alice").end());
    const std::uint64_t before = machine.changes();
    const auto code_of = [](auto&& call) {
      try {
        call();
      } catch (const quipu::error& failure) {
        return failure.code();
      }
      return errc::closed;
    };
    CHECK(code_of([&] { failed.append({"alice", "books"}, noted{}); }) == errc::writer_failed);
    CHECK(code_of([&] {
            failed.append({"alice", "books"}, noted{}, {.durability = durability::buffered});
          }) == errc::writer_failed);
    CHECK(code_of([&] { failed.sync(); }) == errc::writer_failed);
    CHECK_FALSE(failed.diagnostics().failure.empty());
    CHECK(code_of([&] { failed.close(); }) == errc::writer_failed);
    CHECK_NOTHROW(failed.close());
    CHECK(machine.changes() == before);
    with.drop();
    CHECK(recovery_problem(machine.after_death(), with.given) == "");
  }
}

TEST_CASE("a full disk refuses an append and leaves the store usable", "[journal][crash]") {
  const disk machine;
  writer with{machine};
  with.open();
  with.append("alice", 10, durability::durable);
  machine.plan({.at = 0, .of = {change::reserve}, .persists = true, .code = errc::storage_full});
  std::size_t refused = 0;
  for (std::size_t size = 0; size < 3; ++size) {
    try {
      with.append("bob", 1900, durability::durable);
    } catch (const quipu::error& failure) {
      CHECK(failure.code() == errc::storage_full);
      ++refused;
    }
  }
  CHECK(refused == 3);
  with.append("alice", 20, durability::durable);  // there is room for this in what was set aside
  machine.plan({});                               // somebody made room
  with.append("bob", 1900, durability::durable);
  CHECK(with.given.acknowledged.size() == 3);
  CHECK(with.events().stats().entities == 2);
  with.close();
  CHECK(recovery_problem(machine, with.given) == "");
}

TEST_CASE("an index file for which there is no room ends nothing, and leaves nothing that needs room",
          "[journal][crash]") {
  const auto files_with = [](const disk& machine, const std::string& suffix) {
    disk same = machine;
    const auto all = same.open_directory("ledger", false)->list();
    return std::count_if(all.begin(), all.end(), [&](const std::string& name) { return name.ends_with(suffix); });
  };
  std::size_t most = 0;
  std::size_t without = 0;
  for (std::uint64_t point = 80; point-- != 0;) {
    const disk machine;
    writer with{machine};
    with.open();
    machine.plan({.at = point, .code = errc::storage_full});
    bool refused = false;
    try {
      for (int round = 0; round < 5; ++round) with.append("alice", 1900, durability::durable);
    } catch (const quipu::error&) {
      refused = true;
    }
    machine.plan({});
    if (!refused) {
      INFO("change " << point);
      CHECK(files_with(machine, ".tmp") == 0);
      const auto indexes = static_cast<std::size_t>(files_with(machine, ".index"));
      most = std::max(most, indexes);
      without += indexes < most;
      with.append("bob", 10, durability::durable);
      with.close();
      CHECK(recovery_problem(machine, with.given) == "");
    }
  }
  CHECK(most > 1);
  CHECK(without > 1);
}
