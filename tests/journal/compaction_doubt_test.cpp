// SPDX-License-Identifier: BSL-1.0
//
// compaction_doubt_test.cpp: the file that decides a compaction got its name, flushing that failed, and so does the
// question whether it is there. A writer that can't know must not go on: a later compaction would remove the
// replacements that the decided one needs.
#include "compaction_fixture.hpp"

#ifndef QUIPU_TEST_SINGLE_HEADER
#include <quipu/environment/forwarding.hpp>
#endif

#include <catch2/catch.hpp>

#include <atomic>
#include <memory>
#include <string>
#include <utility>

using namespace simulation;
using quipu::compaction;
using quipu::errc;

namespace {

/// Whether looking up the manifest fails.
using blindness = std::shared_ptr<std::atomic<bool>>;

class blind_directory final : public quipu::forwarding_directory {
 public:
  blind_directory(std::unique_ptr<quipu::environment_directory> target, blindness blind)
      : quipu::forwarding_directory{std::move(target)}, blind_{std::move(blind)} {}
  [[nodiscard]] bool exists(const std::string& name) const override {
    if (blind_->load() && name == "quipu.compaction")
      throw quipu::error{errc::io_failed, "simulated", {.path = name, .system_error = 5}};
    return quipu::forwarding_directory::exists(name);
  }

 private:
  blindness blind_;
};

class blind_world final : public quipu::forwarding_environment {
 public:
  blind_world(std::shared_ptr<quipu::environment> target, blindness blind)
      : quipu::forwarding_environment{std::move(target)}, blind_{std::move(blind)} {}
  [[nodiscard]] std::unique_ptr<quipu::environment_directory> open_directory(const std::filesystem::path& where,
                                                                             bool create) override {
    return std::make_unique<blind_directory>(target().open_directory(where, create), blind_);
  }

 private:
  blindness blind_;
};

errc code_of(auto&& call) {
  try {
    call();
  } catch (const quipu::error& failure) {
    return failure.code();
  }
  return errc::timeout;
}

}  // namespace

TEST_CASE("a writer that can't tell whether a compaction was decided fails", "[journal][compaction][crash]") {
  for (const bool happened : {true, false}) {
    const disk machine;
    make_log(machine);
    const blindness blind = std::make_shared<std::atomic<bool>>(false);
    store opened{settings_in(std::make_shared<blind_world>(machine, blind), compaction_settings())};
    const std::string before = everything(opened);
    const auto failing = [&](const quipu::event_view& event) {
      blind->store(true);
      // Syncs of the directory: of the next segment, of the replacements, and of the name that decides. Renames: of
      // that segment, and of the file that decides.
      if (event.sequence() == compaction_events - 1)
        machine.plan(happened ? fault{.at = 1, .of = {change::sync_directory}}
                              : fault{.at = 0, .of = {change::rename}});
      return is_kept(event);
    };
    CHECK(code_of([&] { opened.compact(compaction::tombstone(failing)); }) == errc::io_failed);
    machine.plan({});
    blind->store(false);
    // Nobody goes on as if nothing had happened.
    CHECK(code_of([&] { append_numbered(opened, 500); }) == errc::writer_failed);
    CHECK(code_of([&] { opened.compact(compaction::merge()); }) == errc::writer_failed);
    store again{settings_in(machine.after_death(), compaction_settings())};
    CHECK((everything(again) == before) == !happened);
    CHECK(again.verify().events >= compaction_events);
  }
}

TEST_CASE("a failure before a compaction is decided doesn't ask whether it was", "[journal][compaction][crash]") {
  const disk machine;
  make_log(machine);
  const blindness blind = std::make_shared<std::atomic<bool>>(false);
  store opened{settings_in(std::make_shared<blind_world>(machine, blind), compaction_settings())};
  const std::string before = everything(opened);
  const auto failing = [&](const quipu::event_view&) -> bool {
    blind->store(true);
    throw quipu::error{errc::busy, "the predicate's"};
  };
  CHECK(code_of([&] { opened.compact(compaction::tombstone(failing)); }) == errc::busy);
  blind->store(false);
  CHECK(everything(opened) == before);
  append_numbered(opened, 500);
  opened.compact(compaction::merge());
  CHECK(everything(opened) == before);
}

TEST_CASE("a note for readers that can't be written is the writer's failure, unless there is only no room for it",
          "[journal][compaction][crash]") {
  for (const errc code : {errc::io_failed, errc::storage_full}) {
    const disk machine;
    make_log(machine);
    store opened{settings_in(machine, compaction_settings())};
    const std::string before = everything(opened);
    const auto failing = [&](const quipu::event_view& event) {
      machine.plan({.at = 0, .of = {change::reserve}, .code = code});
      return is_kept(event);
    };
    const errc compacted = code_of([&] { opened.compact(compaction::tombstone(failing)); });
    machine.plan({});
    const errc appended = code_of([&] { append_numbered(opened, 500); });
    CHECK(compacted == (code == errc::io_failed ? errc::io_failed : errc::timeout));
    CHECK(appended == (code == errc::io_failed ? errc::writer_failed : errc::timeout));
    store again{settings_in(machine.after_death(), compaction_settings())};
    CHECK(everything(again) != before);
    CHECK(again.verify().erased > 0);
  }
}
