// SPDX-License-Identifier: BSL-1.0
//
// working_crash_test.cpp: the process dies, the power fails, or a call fails at every change of the disk while a
// reactor and a read model work. Afterwards each event has its reaction exactly once, a worker has handled every event
// at least once, and the model agrees with the log.
#include "../journal/crash_fixture.hpp"
#include "worker_fixture.hpp"

#include <catch2/catch.hpp>

#include <cstdint>
#include <exception>
#include <set>
#include <string>
#include <vector>

using namespace simulation;
using quipu::errc;
using quipu::event_view;
using quipu::poison_policy;
using quipu::region;
using quipu::restart_policy;
using quipu::worker_state;
using worker_tests::comes_true;

namespace {

constexpr std::uint64_t events = 7;

struct summed {
  using events = quipu::event_list<noted, counted>;
  std::uint64_t notes{};
  std::uint64_t counts{};
  void apply(const noted& event) { notes = notes * 31 + event.number; }
  void apply(const counted& event) { counts = counts * 31 + event.number; }
  friend bool operator==(const summed&, const summed&) = default;
};

const auto counts = [](const event_view& cause, auto& emit) {
  const auto number = static_cast<std::uint32_t>(cause.as<noted>().number);
  for (std::uint32_t index = 0; index < 1 + number % 2; ++index) emit({"derived", "s"}, counted{number * 10 + index});
};

/// Runs until every event was handled, or the worker failed.
template <class Worker>
void finish(Worker& worker) {
  static_cast<void>(
      comes_true([&] { return worker.next_sequence() >= events || worker.state() != worker_state::running; }));
  worker.stop();
  worker.join();
}

void react_to_all(store& in) {
  auto reactor =
      in.react("r", region::entity("alice"), counts,
               {.restart = restart_policy::never(), .poison = poison_policy::park(), .commit_every_events = 2});
  finish(reactor);
}
/// Handles all but one, which is parked; adds what was handled.
void handle_all(store& in, std::set<std::uint64_t>& handled) {
  auto worker = in.cursor_worker("w", region::entity("alice"),
                                 [&](const event_view& event) {
                                   if (event.sequence() == 3) throw std::runtime_error{"three"};
                                   handled.insert(event.sequence());
                                 },
                                 {.restart = restart_policy::never(),
                                  .poison = poison_policy::park(),
                                  .commit_every_events = 3,
                                  .commit_after_ms = 0});
  finish(worker);
}
void model_all(store& in) {
  auto model = in.read_model<summed>("m", region::all(), {.save_every_events = 3});
  static_cast<void>(
      comes_true([&] { return model.position().next_sequence >= in.stats().events || !model.is_running(); }));
  model.stop();
  model.join();
}

/// One after the other, each in a thread of its own: so the changes of the disk have an order.
void work(store& in, std::set<std::uint64_t>& handled) {
  for (std::uint64_t number = 0; number < events; ++number)
    in.append({"alice", "s"}, noted{number, std::string(200, 'x')});
  react_to_all(in);
  handle_all(in, handled);
  model_all(in);
}

/// Empty, or what is wrong with what was found.
std::string problem_of(const disk& found, std::set<std::uint64_t> handled) {
  try {
    store opened{settings_in(found, small_store())};
    const std::uint64_t there = opened.count(region::entity("alice"));
    for (std::uint64_t number = there; number < events; ++number) opened.append({"alice", "s"}, noted{number, "again"});
    for (int life = 0; life < 3; ++life) {
      react_to_all(opened);
      std::vector<std::uint32_t> expected;
      for (const event_view& cause : opened.stream("alice")) {
        const auto number = static_cast<std::uint32_t>(cause.as<noted>().number);
        const auto effects = opened.effects(cause.id());
        if (effects.size() != 1 + number % 2)
          return "event " + std::to_string(number) + " has " + std::to_string(effects.size()) + " reactions";
        for (std::uint32_t index = 0; index < effects.size(); ++index)
          if (effects[index].as<counted>().number != number * 10 + index) return "another reaction";
      }
      if (opened.count(region::entity("derived")) != events + events / 2) return "reactions without a cause";
      if (life == 1) opened.remove_cursor("react:r");
    }
    handle_all(opened, handled);
    const auto parked = opened.parked("w");
    // By number: the log may have lost its end, and what was handled was then something else.
    std::uint64_t alices = 0;
    for (const event_view& event : opened.stream("alice")) {
      const bool is_parked = parked.size() == 1 && parked[0].sequence == event.sequence() && parked[0].id == event.id();
      if (!is_parked && !handled.contains(event.sequence()))
        return "event " + std::to_string(event.sequence()) + " is neither handled nor parked";
      ++alices;
    }
    if (alices != events) return "events are missing";
    auto model = opened.read_model<summed>("m", region::all());
    const auto last = opened.append({"end", "s"}, counted{1});
    if (!model.wait_visible_for(last, store_tests::patience)) return "the model doesn't come";
    if (!(model.state() == opened.project<summed>(region::all()))) return "the model isn't what the log says";
    return {};
  } catch (const std::exception& failure) {
    return failure.what();
  }
}

}  // namespace

TEST_CASE("no crash at any point loses a reaction, makes one twice, or passes an event over",
          "[delivery][working][crash]") {
  const disk sound;
  std::set<std::uint64_t> all;
  {
    store whole{settings_in(sound, small_store())};
    work(whole, all);
  }
  REQUIRE(all.size() == events - 1);
  REQUIRE(problem_of(sound.after_death(), all).empty());
  const std::uint64_t changes = sound.changes();
  REQUIRE(changes > 60);
  seeded random{20251126};
  for (std::uint64_t at = 0; at < changes; ++at) {
    const disk machine;
    machine.plan({.at = at, .effect = dies});
    std::set<std::uint64_t> handled;
    try {
      store with{settings_in(machine, small_store())};
      work(with, handled);
    } catch (const std::exception&) {
      REQUIRE(machine.is_off());
    }
    INFO("change " << at);
    CHECK(problem_of(machine.after_death(), handled) == "");
    for (int cut = 0; cut < 3; ++cut) CHECK(problem_of(machine.after_power_cut(random), handled) == "");
  }
}

TEST_CASE("a call that fails while a worker works loses nothing and makes nothing twice",
          "[delivery][working][crash]") {
  const disk sound;
  std::set<std::uint64_t> all;
  {
    store whole{settings_in(sound, small_store())};
    work(whole, all);
  }
  const std::uint64_t changes = sound.changes();
  for (std::uint64_t at = 0; at < changes; ++at) {
    const disk machine;
    machine.plan({.at = at, .code = errc::storage_full});
    std::set<std::uint64_t> handled;
    try {
      store with{settings_in(machine, small_store())};
      work(with, handled);
    } catch (const quipu::error&) {
      static_cast<void>(0);  // the append's own
    }
    INFO("change " << at);
    CHECK(problem_of(machine.after_death(), handled) == "");
  }
}
