// SPDX-License-Identifier: BSL-1.0
//
// keyed_model_crash_test.cpp: the process dies, the power fails, or a call fails at every change of the disk while a
// read model by key saves its parts. Afterwards the model is what the log says, whether it takes up what was saved or
// not.
#include "../journal/crash_fixture.hpp"
#include "keyed_model_fixture.hpp"

#include <catch2/catch.hpp>

#include <cstdint>
#include <exception>
#include <string>
#include <vector>

using simulation::disk;
using simulation::settings_in;
using simulation::small_store;

namespace {

using namespace keyed_tests;

const std::vector<std::string> articles{"lamp", "candle", "match", "wick", "oil"};

/// One life of a model, in which it saves after each event that it reads, and at its end.
void run_model(quipu::store& in) {
  auto model = in.read_model_by<stock>("m", region::all(), article_of{}, {.save_every_events = 1});
  static_cast<void>(
      comes_true([&] { return model.position().next_sequence >= in.stats().events || !model.is_running(); }));
  model.stop();
  model.join();
}

/// Several lives of a model, so that it writes whole states and what changed.
void work(quipu::store& in) {
  const quipu::coordinate where{"till:1", "shop"};
  in.append(where, ordered{articles, 1});
  run_model(in);
  for (std::int64_t step = 0; step < 6; ++step) {
    const std::string& article = articles[static_cast<std::size_t>(step) % articles.size()];
    in.append(where, counted_in{article, step});
    if (step == 3) in.append(where, discontinued{"candle", true});
    if (step == 4) in.append(where, ordered{{"candle", "lamp"}, 9});
    run_model(in);
  }
}

struct finding {
  std::string problem{};  // empty if there is none
  bool was_loaded{};
};
finding look_at(const disk& found) {
  finding what;
  try {
    quipu::store opened{settings_in(found, small_store())};
    for (int life = 0; life < 2; ++life) {
      auto model = opened.read_model_by<stock>("m", region::all(), article_of{}, {.current = true});
      if (life == 0) what.was_loaded = model.was_loaded();
      if (found_in(model) != expected_of(opened, region::all(), articles)) what.problem = "it isn't what the log says";
      opened.append({"till:2", "shop"}, counted_in{"oil", 5});
      if (found_in(model) != expected_of(opened, region::all(), articles)) what.problem = "it doesn't go on";
    }
    if (!opened.remove_cursor("model:m")) what.problem = "nothing was saved";
    for (const std::string& name : found.names())
      if (name.find("model%3am") != std::string::npos) what.problem = name + " was left";
  } catch (const std::exception& failure) {
    what.problem = failure.what();
  }
  return what;
}

}  // namespace

TEST_CASE("no crash at any point makes a model by key of parts that don't belong together",
          "[delivery][keyed][crash]") {
  const disk sound;
  {
    quipu::store whole{settings_in(sound, small_store())};
    work(whole);
  }
  const finding all = look_at(sound.after_death());
  REQUIRE(all.problem == "");
  REQUIRE(all.was_loaded);
  const std::uint64_t changes = sound.changes();
  REQUIRE(changes > 80);
  std::uint64_t loaded = 0;
  simulation::seeded random{20261127};
  for (std::uint64_t at = 0; at < changes; ++at) {
    const disk machine;
    machine.plan({.at = at, .effect = simulation::dies});
    try {
      quipu::store with{settings_in(machine, small_store())};
      work(with);
    } catch (const std::exception&) {
      REQUIRE(machine.is_off());
    }
    INFO("change " << at);
    const finding killed = look_at(machine.after_death());
    CHECK(killed.problem == "");
    if (killed.was_loaded) ++loaded;
    for (int cut = 0; cut < 4; ++cut) CHECK(look_at(machine.after_power_cut(random)).problem == "");
  }
  CHECK(loaded > changes / 2);
}

TEST_CASE("a save that fails leaves a model by key right, and the next one succeeds", "[delivery][keyed][crash]") {
  const disk sound;
  {
    quipu::store whole{settings_in(sound, small_store())};
    work(whole);
  }
  const std::uint64_t changes = sound.changes();
  for (std::uint64_t at = 0; at < changes; ++at) {
    const disk machine;
    machine.plan({.at = at});
    try {
      quipu::store with{settings_in(machine, small_store())};
      work(with);
    } catch (const std::exception&) {
      static_cast<void>(at);  // the log's own failure is final for the writer
    }
    INFO("change " << at);
    CHECK(look_at(machine.after_death()).problem == "");
  }
}
