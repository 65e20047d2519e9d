// SPDX-License-Identifier: BSL-1.0
//
// simulated_test.cpp: what only a simulated environment has: faults, and the states that a power cut may leave.
#include "environment_fixture.hpp"

#include <catch2/catch.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

using namespace environment_tests;
using quipu::errc;
using quipu::open_mode;
using quipu::simulated_change;
using quipu::simulated_effect;
using quipu::simulated_environment;
using quipu::simulated_stop;
using environment_ref = std::shared_ptr<simulated_environment>;

namespace {

const std::string old_bytes(1024, 'o');
const std::string new_bytes(1024, 'n');

/// The text of a file; none where it isn't there.
std::optional<std::string> text_in(const simulated_environment& world, const std::string& path = "d/a") {
  try {
    return std::string{quipu::bytes_view{world.content(path)}.text()};
  } catch (const quipu::error& failure) {
    REQUIRE(failure.code() == errc::not_found);
    return std::nullopt;
  }
}

struct machine {
  environment_ref world = std::make_shared<simulated_environment>(7);
  std::unique_ptr<quipu::environment_directory> directory = world->open_directory("d", true);
  std::unique_ptr<quipu::environment_file> file = directory->open_file("a", open_mode::create);

  /// With a file of two sectors, flushed.
  machine() {
    directory->sync();
    file->write_at(old_bytes, 0);
    file->sync();
  }
  [[nodiscard]] std::set<std::optional<std::string>> all_states(const std::string& path = "d/a") const {
    std::set<std::optional<std::string>> found;
    for (std::uint64_t state = 0; state < world->power_cut_states(); ++state)
      found.insert(text_in(*world->after_power_cut(state), path));
    return found;
  }
};

}  // namespace

TEST_CASE("a power cut keeps what was flushed", "[environment][simulated]") {
  machine here;
  CHECK(here.world->power_cut_states() == 1);
  CHECK(here.all_states() == std::set<std::optional<std::string>>{old_bytes});
  CHECK(text_in(*here.world->after_power_cut_by_seed(3)) == old_bytes);
}

TEST_CASE("what was not flushed is lost, kept or torn, sector by sector", "[environment][simulated]") {
  machine here;
  here.file->write_at(new_bytes, 0);
  const std::set<std::optional<std::string>> all{old_bytes, new_bytes, std::string(512, 'o') + std::string(512, 'n'),
                                                 std::string(512, 'n') + std::string(512, 'o')};
  CHECK(here.world->power_cut_states() == 4);
  CHECK(here.all_states() == all);
  CHECK(text_in(*here.world->after_power_cut(0)) == old_bytes);
  CHECK(text_in(*here.world->after_power_cut(3)) == new_bytes);
  CHECK(text_in(*here.world->after_kill()) == new_bytes);
  CHECK_THROWS_AS(here.world->after_power_cut(4), quipu::error);
  std::set<std::optional<std::string>> drawn;
  for (std::uint64_t seed = 0; seed < 100; ++seed) drawn.insert(text_in(*here.world->after_power_cut_by_seed(seed)));
  CHECK(drawn == all);
  CHECK(text_in(*here.world) == new_bytes);  // nothing was done to it

  // The bytes of an earlier write may stay although a later one is lost, and a size without its bytes.
  here.file->write_at("x", 0);
  here.file->write_at("y", 2047);
  const auto more = here.all_states();
  CHECK(more.contains("x" + std::string(1023, 'n')));
  CHECK(more.contains(old_bytes + std::string(1024, '\0')));
  here.file->sync();
  CHECK(here.all_states() == std::set<std::optional<std::string>>{text_in(*here.world)});
}

TEST_CASE("names that were not flushed are there or not", "[environment][simulated]") {
  machine here;
  here.directory->rename("a", "b");
  auto other = here.directory->open_file("c", open_mode::create);
  CHECK(here.world->power_cut_states() == 4);
  std::set<std::vector<std::string>> found;
  for (std::uint64_t state = 0; state < 4; ++state) found.insert(here.world->after_power_cut(state)->files());
  CHECK(found == std::set<std::vector<std::string>>{{"d/a"}, {"d/b"}, {"d/a", "d/c"}, {"d/b", "d/c"}});
  here.world->open_directory("other", true)->sync();  // not this directory's names
  CHECK(here.world->power_cut_states() == 4);
  here.directory->sync();
  CHECK(here.world->power_cut_states() == 1);
  CHECK(here.world->after_power_cut(0)->files() == std::vector<std::string>{"d/b", "d/c"});
  here.directory->remove("b");
  here.directory->remove("b");  // no change
  CHECK(here.all_states("d/b") == std::set<std::optional<std::string>>{std::nullopt, old_bytes});
}

TEST_CASE("what a killed program did not flush is there, and not flushed", "[environment][simulated]") {
  machine here;
  here.file->write_at(new_bytes, 0);
  here.directory->rename("a", "b");
  here.directory->open_file("c", open_mode::create)->write_at("c", 0);
  here.directory->sync();
  here.directory->remove("c");  // may come back
  here.directory->rename("b", "a");
  const environment_ref next = here.world->after_kill();
  CHECK(next->files() == std::vector<std::string>{"d/a"});
  CHECK(text_in(*next) == new_bytes);
  REQUIRE(next->power_cut_states() == here.world->power_cut_states());
  for (std::uint64_t state = 0; state < next->power_cut_states(); ++state)
    for (const char* path : {"d/a", "d/b", "d/c"})
      CHECK(text_in(*next->after_power_cut(state), path) == text_in(*here.world->after_power_cut(state), path));

  const auto directory = next->open_directory("d", false);
  directory->sync();
  directory->open_file("a", open_mode::write)->sync();
  CHECK(next->power_cut_states() == 1);
  CHECK(text_in(*next->after_power_cut(0)) == new_bytes);
  CHECK(here.world->power_cut_states() > 1);  // nothing was done to it
}

TEST_CASE("a program stops at the planned change, and stays stopped", "[environment][simulated]") {
  machine here;
  const std::uint64_t before = here.world->changes();
  here.world->plan({.at = 1, .of = {simulated_change::sync}, .effect = simulated_effect::stop});
  here.file->write_at(new_bytes, 0);
  here.file->sync();
  here.file->write_at("x", 0);
  CHECK_THROWS_AS(here.file->sync(), simulated_stop);
  CHECK(here.world->is_stopped());
  CHECK(here.world->changes() == before + 4);
  CHECK_THROWS_AS(here.directory->remove("a"), simulated_stop);
  CHECK(here.all_states().size() == 2);  // the flush did not happen
  const environment_ref again = here.world->after_kill();
  CHECK_FALSE(again->is_stopped());
  CHECK(text_in(*again)->front() == 'x');
  CHECK(again->open_directory("d", false)->lock("a")->held());
}

TEST_CASE("each kind of change fails as planned, once or from then on", "[environment][simulated]") {
  const std::vector<simulated_change> kinds{
      simulated_change::create, simulated_change::write,  simulated_change::reserve, simulated_change::truncate,
      simulated_change::sync,   simulated_change::rename, simulated_change::remove,  simulated_change::sync_directory};
  for (const simulated_change kind : kinds) {
    for (const bool persists : {false, true}) {
      machine here;
      static_cast<void>(here.directory->open_file("spare", open_mode::create));
      here.world->plan({.at = 0, .of = {kind}, .persists = persists, .code = errc::storage_full});
      int failed = 0;
      const auto attempt = [&](auto change) {
        try {
          change();
        } catch (const quipu::error& failure) {
          CHECK(failure.code() == errc::storage_full);
          CHECK(failure.path().starts_with("d"));
          ++failed;
        }
      };
      for (int round = 0; round < 2; ++round) {
        attempt(
            [&] { static_cast<void>(here.directory->open_file("new" + std::to_string(round), open_mode::create)); });
        attempt([&] { here.file->write_at("x", 0); });
        attempt([&] { here.file->reserve(4096); });
        attempt([&] { here.file->truncate(512); });
        attempt([&] { here.file->sync(); });
        attempt([&] {
          here.directory->rename("a", "a" + std::to_string(round));
          here.directory->rename("a" + std::to_string(round), "a");
        });
        if (here.directory->exists("spare")) attempt([&] { here.directory->remove("spare"); });
        attempt([&] { here.directory->sync(); });
      }
      INFO("kind " << static_cast<int>(kind));
      CHECK(failed == (persists ? 2 : 1));
    }
  }
}

TEST_CASE("a failed flush may lose what it should have kept, and a later one does not bring it back",
          "[environment][simulated]") {
  bool lost = false;
  for (std::uint64_t seed = 1; seed < 40; ++seed) {
    simulated_environment world{seed};
    auto directory = world.open_directory("d", true);
    auto file = directory->open_file("a", open_mode::create);
    directory->sync();
    file->write_at(old_bytes, 0);
    world.plan({.at = 0, .of = {simulated_change::sync}});
    CHECK(error_of([&] { file->sync(); }).code() == errc::io_failed);
    file->sync();
    CHECK(world.power_cut_states() == 1);
    lost = lost || text_in(*world.after_power_cut(0)) != old_bytes;
    CHECK(text_in(world) == old_bytes);
  }
  CHECK(lost);
}

TEST_CASE("a disk that lies shows it at the next power cut", "[environment][simulated]") {
  SECTION("a flush that does nothing") {
    machine here;
    here.world->plan({.at = 0, .of = {simulated_change::sync}, .effect = simulated_effect::lie});
    here.file->write_at(new_bytes, 0);
    here.file->sync();
    CHECK(here.world->power_cut_states() == 4);
    here.file->sync();
    CHECK(here.world->power_cut_states() == 1);
  }
  SECTION("a flush of names that does nothing") {
    machine here;
    here.world->plan({.at = 0, .effect = simulated_effect::lie});
    here.directory->remove("a");  // happens
    here.directory->sync();
    CHECK(here.world->after_power_cut_by_seed(1)->files().empty());
    here.world->plan({.at = 0, .of = {simulated_change::sync_directory}, .effect = simulated_effect::lie});
    static_cast<void>(here.directory->open_file("b", open_mode::create));
    here.directory->sync();
    CHECK(here.world->power_cut_states() == 2);
  }
  SECTION("a write that is swallowed") {
    machine here;
    here.world->plan({.at = 0, .effect = simulated_effect::lie});
    here.file->write_at(new_bytes, 0);
    here.file->sync();
    CHECK(text_in(*here.world) == new_bytes);
    CHECK(here.all_states() == std::set<std::optional<std::string>>{old_bytes});
  }
  SECTION("a write that goes elsewhere") {
    std::set<std::optional<std::string>> found;
    for (std::uint64_t seed = 1; seed < 20; ++seed) {
      simulated_environment world{seed};
      auto directory = world.open_directory("d", true);
      auto file = directory->open_file("a", open_mode::create);
      directory->sync();
      file->write_at(old_bytes, 0);
      file->sync();
      world.plan({.at = 0, .effect = simulated_effect::misdirect});
      file->write_at("x", 0);
      file->sync();
      CHECK(text_in(world)->front() == 'x');
      found.insert(text_in(*world.after_power_cut(0)));
    }
    CHECK(found.contains(old_bytes.substr(0, 512) + "x" + old_bytes.substr(513)));
  }
}

TEST_CASE("the same seed and the same calls give the same, and the history says which", "[environment][simulated]") {
  const auto lives = [] {
    machine here;
    here.world->plan(
        {.at = 1, .of = {simulated_change::write, simulated_change::sync}, .effect = simulated_effect::stop});
    here.file->write_at(new_bytes, 0);
    CHECK_THROWS_AS(here.file->sync(), simulated_stop);
    return here.world->after_power_cut(2);
  };
  const environment_ref first = lives();
  const environment_ref second = lives();
  CHECK(first->history() ==
        "simulated_environment{7}, 4 changes, plan({.at = 1, .of = {write, sync}, .effect = stop}), 2 changes, "
        "after_power_cut(2)");
  CHECK(first->history() == second->history());
  CHECK(first->content("d/a") == second->content("d/a"));
  std::byte of_first[8]{};
  std::byte of_second[8]{};
  first->random(of_first, 8);
  second->random(of_second, 8);
  CHECK(std::equal(std::begin(of_first), std::end(of_first), std::begin(of_second)));
  CHECK(first->now_us() == second->now_us());
}

TEST_CASE("a test may damage a file", "[environment][simulated]") {
  machine here;
  const auto before = here.file->map(1024);
  here.world->put("d/a", new_bytes);
  here.world->put("/e/b", "text");
  CHECK(here.world->files() == std::vector<std::string>{"d/a", "e/b"});
  CHECK(text_in(*here.world->after_power_cut(0)) == new_bytes);
  CHECK(before.data[0] == std::byte{'o'});
  here.world->erase("d/a");
  here.world->erase("d/a");
  CHECK_FALSE(here.directory->exists("a"));
  CHECK(here.world->open_directory("e", false)->list() == std::vector<std::string>{"b"});
}
