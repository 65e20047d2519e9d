// SPDX-License-Identifier: BSL-1.0
//
// named_cursor_crash_test.cpp: the process dies, the power fails, or a call fails at every change of the disk while
// cursors commit. A checkpoint that a commit returned for is never lost, never damaged, never ahead of the log, and the
// state in it is always that of its position.
#include "../journal/crash_fixture.hpp"

#include <catch2/catch.hpp>

#include <cstdint>
#include <optional>
#include <string>

using namespace simulation;
using quipu::durability;
using quipu::errc;
using quipu::region;

namespace {

struct progress_of_cursor {
  std::uint64_t acknowledged{};  ///< a commit returned: the position is this at least
  std::uint64_t attempted{};     ///< a commit of this was begun
  bool removed{};                ///< its removal was begun
};

std::string state_at(std::uint64_t next) { return "state of " + std::to_string(next); }

/// Appends, consumes and commits, in two lives; then removes another cursor.
void work(writer& with, progress_of_cursor& progress, bool insists) {
  for (int life = 0; life < 2; ++life) {
    with.open();
    auto cursor = with.events().cursor_guaranteed("billing", region::all());
    for (int round = 0; round < 4; ++round) {
      for (int count = 0; count < 3; ++count)
        with.append("alice", 300, count == 2 && round == 1 ? durability::durable : durability::buffered);
      static_cast<void>(cursor.poll_batch(2 + static_cast<std::size_t>(round)));
      progress.attempted = cursor.next_sequence();
      const std::string state = state_at(cursor.next_sequence());
      if (!insists || !cursor.try_commit(state).is_ok()) cursor.commit(state);
      progress.acknowledged = progress.attempted;
    }
    auto other = with.events().cursor_guaranteed("other", region::entity("alice"));
    static_cast<void>(other.poll());
    other.commit();
    with.events().remove_cursor("other");
    with.close();
  }
}

/// Empty, or what is wrong with what was found.
std::string problem_of(const disk& found, const progress_of_cursor& progress) {
  try {
    store opened{settings_in(found, small_store())};
    auto cursor = opened.cursor_guaranteed("billing", region::all());
    const std::uint64_t next = cursor.next_sequence();
    if (next < progress.acknowledged)
      return "a commit was lost: " + std::to_string(next) + " of " + std::to_string(progress.acknowledged);
    if (next > progress.attempted) return "nobody was there";
    if (next != progress.acknowledged && next != progress.attempted) return "between two commits";
    if (cursor.is_committed() && cursor.state().text() != state_at(next)) return "the state is of another position";
    if (!cursor.is_committed() && next != 0) return "a position without a commit";
    if (next > opened.stats().events) return "ahead of the log";
    static_cast<void>(opened.cursors());
    // It goes on.
    static_cast<void>(opened.append({"alice", "books"}, noted{1, "more"}));
    if (cursor.poll_batch(1000).empty()) return "it gives nothing";
    cursor.commit(state_at(cursor.next_sequence()));
    for (const std::string& name : found.names())
      if (name == "billing.cursor.tmp") return "something unfinished was left";
    return {};
  } catch (const std::exception& failure) {
    return failure.what();
  }
}

}  // namespace

TEST_CASE("no crash at any point loses a commit, or damages one", "[delivery][named][crash]") {
  const disk sound;
  progress_of_cursor all;
  writer whole{sound};
  work(whole, all, false);
  REQUIRE(all.acknowledged == all.attempted);
  REQUIRE(all.acknowledged > 10);
  REQUIRE(problem_of(sound.after_death(), all).empty());
  const std::uint64_t changes = sound.changes();
  REQUIRE(changes > 80);
  std::uint64_t states = 0;
  seeded random{20251125};
  for (std::uint64_t at = 0; at < changes; ++at) {
    const disk machine;
    machine.plan({.at = at, .effect = dies});
    progress_of_cursor progress;
    {
      writer with{machine};
      try {
        work(with, progress, false);
      } catch (const std::exception&) {
        REQUIRE(machine.is_off());
      }
      with.drop();
    }
    INFO("change " << at);
    CHECK(problem_of(machine.after_death(), progress) == "");
    for (int cut = 0; cut < 12; ++cut, ++states) CHECK(problem_of(machine.after_power_cut(random), progress) == "");
  }
  CHECK(states == 12 * changes);
}

TEST_CASE("a commit that fails leaves the last checkpoint or its own, and can be tried again",
          "[delivery][named][crash]") {
  const disk sound;
  progress_of_cursor all;
  writer whole{sound};
  work(whole, all, false);
  const std::uint64_t changes = sound.changes();
  std::uint64_t failed = 0;
  std::uint64_t repeated = 0;
  for (std::uint64_t at = 0; at < changes; ++at) {
    for (const bool insists : {false, true}) {
      const disk machine;
      machine.plan({.at = at, .code = errc::storage_full});
      progress_of_cursor progress;
      bool came_through = true;
      {
        writer with{machine};
        try {
          work(with, progress, insists);
        } catch (const quipu::error&) {
          came_through = false;
          ++failed;
        }
        with.drop();
      }
      if (insists && came_through) ++repeated;
      INFO("change " << at);
      CHECK(problem_of(machine.after_death(), progress) == "");
    }
  }
  CHECK(failed != 0);
  CHECK(repeated > 20);  // failures of the checkpoint's own file are got over
}

TEST_CASE("a commit that failed behind its rename can be tried again", "[delivery][named][crash]") {
  const disk machine;
  writer with{machine};
  with.open();
  with.append("alice", 10, durability::durable);
  with.append("alice", 10, durability::durable);
  auto cursor = with.events().cursor_guaranteed("c", region::all());
  for (int round = 0; round < 2; ++round) {
    REQUIRE(cursor.poll());
    machine.plan({.at = 0, .of = {change::sync_directory}});
    CHECK_FALSE(cursor.try_commit().is_ok());
    machine.plan({});
    CHECK(cursor.try_commit().is_ok());  // not overtaken: what is there is its own
  }
  CHECK(with.events().cursor_guaranteed("c", region::all()).next_sequence() == 2);
}
