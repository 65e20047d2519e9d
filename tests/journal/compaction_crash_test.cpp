// SPDX-License-Identifier: BSL-1.0
//
// compaction_crash_test.cpp: the process dies, an operation fails, or the power is cut at every single point of a
// compaction. What is found is the log as it was or as it was to become, never anything between.
#include "compaction_fixture.hpp"
#include "raw_log.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

using namespace simulation;
using quipu::compaction;
using quipu::errc;

namespace {

/// A digest of the names and bytes of all files. Disks with the same files pass or fail the same checks: these don't
/// depend on the clock or on random numbers.
quipu::digest files_of(const disk& of) {
  std::string all;
  for (const std::string& name : of.names()) {
    const quipu::bytes content = of.content(name);
    all += name + '\0' + std::to_string(content.size()) + '\0';
    all.append(reinterpret_cast<const char*>(content.data()), content.size());
  }
  return quipu::blake3(all);
}

/// A log, and what it must show before and after each policy.
struct prepared {
  disk machine{};
  std::string before{};
  std::string after{};
  quipu::digest head{};
  quipu::verification verified{};
  std::set<std::pair<quipu::digest, std::optional<bool>>> checked{};  ///< arguments of `recovery_problem` so far

  explicit prepared(compaction::how which) {
    make_log(machine);
    {
      // Sealed before: what is counted from here on is the compaction alone.
      store sealing{settings_in(machine, compaction_settings(4096))};
      sealing.compact(compaction::merge());
      sealing.close();
    }
    const disk copy = machine.after_death();
    store opened{settings_in(copy, compaction_settings())};
    before = everything(opened);
    head = opened.head();
    opened.compact(policy_of(which));
    after = everything(opened);
    verified = opened.verify();
    if (which != compaction::how::merge) REQUIRE((before != after));
  }

  /// Whether a store shows what it must; says what it shows otherwise.
  [[nodiscard]] std::string problem(store& of, std::optional<bool> must_be_after = {}) const {
    return problem(of, everything(of), must_be_after);
  }
  [[nodiscard]] std::string problem(store& of, const std::string& seen, std::optional<bool> must_be_after) const {
    if (of.stats().events == compaction_events && of.head() != head) return "another head";
    const auto found = of.verify();
    if (found.events < compaction_events) return "events are missing";
    if (before != after) {
      if (seen != before && seen != after) return "neither what was nor what was to be";
      if (must_be_after && (seen == after) != *must_be_after)
        return *must_be_after ? "what was decided isn't done" : "what wasn't decided is done";
      if (seen == after && (found.dropped != verified.dropped || found.erased != verified.erased))
        return "verification counts wrongly";
    } else if (seen != before) {
      return "merging changed something";
    }
    return {};
  }

  /// Opens what was left, twice, and goes on with it. Files that were checked before aren't checked again: a recovery
  /// that dies leaves one of a few sets of files, whichever point it died at.
  [[nodiscard]] std::string recovery_problem(const disk& found, std::optional<bool> must_be_after = {}) {
    if (!checked.emplace(files_of(found), must_be_after).second) return {};
    try {
      std::string first;
      {
        // Who only reads finds the same, and writes nothing.
        const auto names = found.names();
        quipu::read_only_store reader{settings_in(found, compaction_settings())};
        const std::uint64_t seen = reader.count(quipu::region::all());
        reader.verify();
        if (found.names() != names) return "a reader changed something";
        store opened{settings_in(found, compaction_settings())};
        if (opened.count(quipu::region::all()) != seen) return "a reader sees something else";
        const bool was_decided = std::find(names.begin(), names.end(), "quipu.compaction") != names.end();
        if (was_decided != (opened.diagnostics().opening.path == quipu::opening_path::compacted))
          return "the report of opening doesn't tell whether a compaction was finished";
        first = everything(opened);
        if (std::string text = problem(opened, first, must_be_after); !text.empty()) return text;
        if (has_leftovers(found)) return "something was left over";
        for (std::uint64_t number = 0; number < 30; number += 3)
          if (number != 24 && append_numbered(opened, number).sequence != number) return "a key is forgotten";
        if (append_numbered(opened, 1000, quipu::durability::durable).sequence < compaction_events)
          return "a number was given twice";
        if (reader.count(quipu::region::all()) != seen + 1) return "a reader doesn't go on";
      }
      store again{settings_in(found, compaction_settings())};
      if (everything(again) != first) return "recovering again gave something else";
      again.compact(compaction::merge());
      if (everything(again) != first) return "compacting again gave something else";
      return problem(again, first, must_be_after);
    } catch (const std::exception& failure) {
      return std::string{"recovery failed: "} + failure.what();
    }
  }
};

/// Compacts; false when that failed. The machine may be off then.
bool try_to_compact(store& opened, compaction::how which) {
  try {
    opened.compact(policy_of(which));
    return true;
  } catch (const std::exception&) {
    return false;
  }
}

std::uint64_t changes_of(const prepared& log, compaction::how which) {
  const disk machine = log.machine.after_death();
  store opened{settings_in(machine, compaction_settings())};
  const std::uint64_t before = machine.changes();
  REQUIRE(try_to_compact(opened, which));
  return machine.changes() - before;
}

}  // namespace

TEST_CASE("a process that dies at any point of a compaction leaves the log as it was or as it was to be",
          "[journal][compaction][crash]") {
  for (const auto which : all_policies) {
    prepared log{which};
    const std::uint64_t changes = changes_of(log, which);
    REQUIRE(changes > 15);
    bool decided = false;
    std::uint64_t nested = 0;
    for (std::uint64_t point = 0; point < changes; ++point) {
      const disk machine = log.machine.after_death();
      {
        store opened{settings_in(machine, compaction_settings())};
        machine.plan({.at = point, .effect = dies});
        REQUIRE_FALSE(try_to_compact(opened, which));
        REQUIRE(machine.is_off());
      }
      const auto names = machine.names();
      const bool is_decided =
          std::find(names.begin(), names.end(), "quipu.compaction") != names.end() || (decided && point + 3 > changes);
      decided = decided || is_decided;
      INFO("policy " << static_cast<int>(which) << ", change " << point << " of " << changes);
      REQUIRE(log.recovery_problem(machine.after_death(), is_decided) == "");
      // And when it dies again while it recovers, and then once more.
      for (std::uint64_t second = 0;; ++second) {
        const disk found = machine.after_death();
        found.plan({.at = second, .effect = dies});
        try {
          store opened{settings_in(found, compaction_settings())};
        } catch (const std::exception&) {
          ++nested;
        }
        if (!found.is_off()) break;
        const disk third = found.after_death();
        third.plan({.at = point % 5, .effect = dies});
        try {
          store opened{settings_in(third, compaction_settings())};
        } catch (const std::exception&) {
          ++nested;
        }
        INFO("then change " << second << " of the recovery");
        REQUIRE(log.recovery_problem(third.after_death(), is_decided) == "");
      }
    }
    CHECK(decided);
    CHECK(nested > 50);
  }
}

TEST_CASE("whatever operation fails before a compaction is decided, nothing is changed and the writer goes on",
          "[journal][compaction][crash]") {
  for (const auto which : all_policies) {
    prepared log{which};
    const std::uint64_t changes = changes_of(log, which);
    std::uint64_t usable = 0;
    std::uint64_t final = 0;
    for (const bool persists : {false, true}) {
      for (std::uint64_t point = 0; point < changes; ++point) {
        const disk machine = log.machine.after_death();
        INFO("policy " << static_cast<int>(which) << ", change " << point << " of " << changes
                       << (persists ? " and all after it" : ""));
        bool done = false;
        bool decided = false;
        {
          store opened{settings_in(machine, compaction_settings())};
          machine.plan(
              {.at = point, .persists = persists, .code = point % 2 == 0 ? errc::io_failed : errc::storage_full});
          done = try_to_compact(opened, which);
          machine.plan({});
          const auto names = machine.names();
          decided = std::find(names.begin(), names.end(), "quipu.compaction") != names.end();
          if (!done && opened.diagnostics().failure.empty()) {
            REQUIRE_FALSE(decided);
            REQUIRE(log.problem(opened, false) == "");
            if (!persists) REQUIRE_FALSE(has_leftovers(machine));
            REQUIRE(append_numbered(opened, 500, quipu::durability::durable).sequence == compaction_events);
            if (point % 3 == 0) {
              REQUIRE(try_to_compact(opened, which));
              REQUIRE(log.problem(opened, true) == "");
              done = decided = true;
            }
            ++usable;
          } else if (!done) {
            ++final;
          }
        }
        REQUIRE(log.recovery_problem(machine.after_death(), done || decided ? std::optional{true} : std::nullopt) ==
                "");
      }
    }
    CHECK(usable > 20);
    CHECK(final > 5);
  }
}

TEST_CASE("no power cut finds a log between what it was and what it was to be", "[journal][compaction][crash]") {
  for (const auto which : all_policies) {
    prepared log{which};
    const std::uint64_t changes = changes_of(log, which);
    std::uint64_t done = 0;
    std::uint64_t changed = 0;
    for (std::uint64_t point = 0; point < changes + 2; ++point) {
      for (std::uint64_t seed = 1; seed <= 12; ++seed) {
        const disk machine = log.machine.after_death();
        bool finished = false;
        {
          store opened{settings_in(machine, compaction_settings())};
          machine.plan({.at = point, .effect = dies});
          finished = try_to_compact(opened, which);
          if (!machine.is_off()) machine.plan({.at = 0, .effect = dies});  // not even closed
        }
        seeded random{seed * 1000 + point};
        const disk found = machine.after_power_cut(random);
        // And once more while it recovers.
        if (seed % 3 == 0) {
          found.plan({.at = seed % 7, .effect = dies});
          try {
            store opened{settings_in(found, compaction_settings())};
          } catch (const std::exception&) {
            ++changed;
          }
        }
        done += finished ? 1 : 0;
        INFO("policy " << static_cast<int>(which) << ", change " << point << " of " << changes << ", seed " << seed);
        REQUIRE(log.recovery_problem(found.is_off() ? found.after_power_cut(random) : found.after_death(),
                                     finished ? std::optional{true} : std::nullopt) == "");
      }
    }
    CHECK(done > 12);
    CHECK(changed > 20);
  }
}

TEST_CASE("what a compaction seals is sealed as at any other time, and a failure of that is the writer's",
          "[journal][compaction][crash]") {
  const disk base;
  make_log(base);
  std::string before;
  quipu::digest head;
  {
    store opened{settings_in(base.after_death(), compaction_settings())};
    before = everything(opened);
    head = opened.head();
  }
  int refused = 0;
  for (std::uint64_t point = 0; point < 12; ++point) {
    for (const bool stops : {false, true}) {
      const disk machine = base.after_death();
      {
        store opened{settings_in(machine, compaction_settings())};
        static_cast<void>(append_numbered(opened, 300));
        machine.plan({.at = point, .effect = stops ? quipu::simulated_effect::stop : quipu::simulated_effect::fail});
        const bool done = try_to_compact(opened, compaction::how::merge);
        if (stops) REQUIRE_FALSE(done);  // else what failed may have been an index file, without which all goes on
        refused += !done;
        machine.plan({});
      }
      store found{settings_in(machine.after_death(), compaction_settings())};
      INFO("change " << point << (stops ? ", died" : ""));
      REQUIRE((everything(found) == before));
      if (found.stats().events == compaction_events) REQUIRE(found.head() == head);
      found.verify();
    }
  }
  CHECK(refused > 15);
}

TEST_CASE("a damaged manifest is damage, whichever bit of it, and one of another store isn't believed",
          "[journal][compaction][crash]") {
  const prepared log{compaction::how::retain};
  quipu::bytes manifest;
  disk decided;
  for (std::uint64_t point = 0; manifest.empty(); ++point) {
    const disk machine = log.machine.after_death();
    {
      store opened{settings_in(machine, compaction_settings())};
      machine.plan({.at = point, .effect = dies});
      REQUIRE_FALSE(try_to_compact(opened, compaction::how::retain));
    }
    decided = machine.after_death();
    const auto names = decided.names();
    if (std::find(names.begin(), names.end(), "quipu.compaction") != names.end())
      manifest = decided.content("quipu.compaction");
  }
  REQUIRE(manifest.size() > 80);
  const auto refused = [&](const quipu::bytes& changed) {
    disk machine = decided.after_death();
    machine.put("quipu.compaction", changed);
    const auto names = machine.names();
    std::size_t refusals = 0;
    try {
      store opened{settings_in(machine, compaction_settings())};
    } catch (const quipu::error& failure) {
      refusals += failure.code() == errc::corrupt || failure.code() == errc::unsupported_format ? 1 : 0;
    }
    try {
      quipu::read_only_store reader{settings_in(machine, compaction_settings())};
    } catch (const quipu::error& failure) {
      refusals += failure.code() == errc::corrupt || failure.code() == errc::unsupported_format ? 1 : 0;
    }
    return refusals == 2 && machine.names() == names;
  };
  for (std::size_t bit = 0; bit < 8 * manifest.size(); ++bit) {
    quipu::bytes changed = manifest;
    changed[bit / 8] ^= static_cast<std::byte>(1U << bit % 8);
    INFO("bit " << bit);
    REQUIRE(refused(changed));
  }
  for (std::size_t size = 0; size < manifest.size(); ++size)
    REQUIRE(refused(quipu::bytes(manifest.begin(), manifest.begin() + static_cast<std::ptrdiff_t>(size))));
  quipu::bytes longer = manifest;
  longer.resize(longer.size() + 8);
  CHECK(refused(longer));
  quipu::bytes foreign = manifest;
  foreign[quipu::detail::file_head::layout::lineage.offset] ^= std::byte{1};
  raw_log::seal_head(foreign);
  CHECK(refused(foreign));
}
