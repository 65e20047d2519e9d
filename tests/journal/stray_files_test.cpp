// SPDX-License-Identifier: BSL-1.0
//
// stray_files_test.cpp: a file that has the name of a segment and isn't one of the log. It is refused by its own name,
// not by that of the sound segment beside it, and what is sound can be salvaged.
#include "crash_fixture.hpp"

#ifndef QUIPU_TEST_SINGLE_HEADER
#include <quipu/store/read_only_store.hpp>
#endif

#include <catch2/catch.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

using namespace simulation;
using quipu::errc;

namespace {

std::string name_of(std::uint64_t first) {
  const std::string digits = std::to_string(first);
  return std::string(20 - digits.size(), '0') + digits + ".segment";
}

constexpr std::uint64_t event_count = 40;

/// A log of several segments; the last one isn't sealed. `closed`: in order.
disk several_segments(bool closed) {
  const disk machine{7};
  store made{settings_in(machine, small_store())};
  for (std::uint64_t number = 0; number < event_count; ++number)
    made.append({"alice", "scope"}, noted{number, std::string(300, 'x')});
  if (!closed) return machine.after_death();
  made.close();
  return machine;
}

std::vector<std::uint64_t> segment_starts(const disk& of) {
  std::vector<std::uint64_t> all;
  for (const std::string& name : of.names())
    if (name.ends_with(".segment")) all.push_back(std::stoull(name));
  return all;
}

struct refusal {
  errc code{};
  std::string path{};
};
template <class Store>
refusal refused_by(const disk& of) {
  try {
    Store opened{settings_in(of, small_store())};
    return {errc::timeout, "nothing"};
  } catch (const quipu::error& failure) {
    return {failure.code(), failure.path()};
  }
}

/// Writers and readers name the stray file, and change nothing.
void check_named(const disk& of, const std::string& stray) {
  const auto names = of.names();
  for (const refusal& each : {refused_by<store>(of), refused_by<quipu::read_only_store>(of)}) {
    CHECK(each.code == errc::corrupt);
    CHECK(each.path == "ledger/" + stray);
  }
  quipu::config salvaging = small_store();
  salvaging.open = quipu::open_policy::salvage;
  quipu::read_only_store saved{settings_in(of, salvaging)};
  CHECK(saved.count(quipu::region::all()) == event_count);
  REQUIRE(!saved.diagnostics().damage.empty());
  for (const auto& each : saved.diagnostics().damage) CHECK(each.path == "ledger/" + stray);
  CHECK(of.names() == names);
}

}  // namespace

TEST_CASE("a stray file behind the last segment is refused by its own name", "[journal][stray]") {
  for (const bool closed : {false, true}) {
    for (const std::string& content : {std::string{}, std::string{"notes"}, std::string(5000, 'z')}) {
      disk machine = several_segments(closed);
      machine.put(name_of(999), content);
      check_named(machine, name_of(999));
    }
  }
}

TEST_CASE("a stray file between two segments is refused by its own name", "[journal][stray]") {
  disk machine = several_segments(true);
  const auto starts = segment_starts(machine);
  REQUIRE(starts.size() > 2);
  machine.put(name_of(starts[1] + 1), std::string_view{"not a segment"});
  check_named(machine, name_of(starts[1] + 1));
}

TEST_CASE("a copy of a segment under another number is refused by its own name", "[journal][stray]") {
  for (const std::uint64_t number : {std::uint64_t{1}, std::uint64_t{999}}) {
    disk machine = several_segments(true);
    machine.put(name_of(number), quipu::bytes_view{machine.content(name_of(0))});
    const refusal named = refused_by<store>(machine);
    CHECK(named.code == errc::corrupt);
    CHECK(named.path == "ledger/" + name_of(number));
    CHECK(refused_by<quipu::read_only_store>(machine).path == "ledger/" + name_of(number));
  }
}

TEST_CASE("a segment of another store is refused by its own name, wherever it stands", "[journal][stray]") {
  const disk other{99};
  {
    store made{settings_in(other, small_store())};
    made.append({"bob", "scope"}, counted{1});
  }
  disk machine = several_segments(true);
  machine.put(name_of(999), quipu::bytes_view{other.content(name_of(0))});
  CHECK(refused_by<store>(machine).path == "ledger/" + name_of(999));
  CHECK(refused_by<quipu::read_only_store>(machine).path == "ledger/" + name_of(999));
}

TEST_CASE("a segment that a merge has replaced and somebody put back is refused by its own name", "[journal][stray]") {
  disk machine = several_segments(true);
  const auto starts = segment_starts(machine);
  const quipu::bytes old = machine.content(name_of(starts[1]));
  {
    quipu::config larger = small_store();
    larger.segment_max_bytes = 1 << 20;
    store opened{settings_in(machine, larger)};
    opened.compact(quipu::compaction::merge());
    opened.close();
  }
  machine.put(name_of(starts[1]), quipu::bytes_view{old});
  CHECK(refused_by<store>(machine).path == "ledger/" + name_of(starts[1]));
  CHECK(refused_by<quipu::read_only_store>(machine).path == "ledger/" + name_of(starts[1]));
}

TEST_CASE("a segment that is missing is still named where the next one is sound", "[journal][stray]") {
  disk machine = several_segments(true);
  const auto starts = segment_starts(machine);
  machine.erase(name_of(starts[1]));
  CHECK(refused_by<store>(machine).path == "ledger/" + name_of(starts[1]));
  CHECK(refused_by<quipu::read_only_store>(machine).path == "ledger/" + name_of(starts[1]));
}

TEST_CASE("a segment that isn't the first is no store that was being created", "[journal][stray]") {
  disk machine = several_segments(true);
  disk rest{3};
  const std::string later = name_of(segment_starts(machine).at(1));
  rest.put(later, quipu::bytes_view{machine.content(later)}.subview(0, quipu::detail::segment_head::size));
  for (const refusal& each : {refused_by<store>(rest), refused_by<quipu::read_only_store>(rest)}) {
    CHECK(each.code == errc::corrupt);
    CHECK(each.path == "ledger/quipu.store");
  }
}

TEST_CASE("a first segment that has events is no store that was being created", "[journal][stray]") {
  const disk rest{3};
  rest.put(name_of(0), quipu::bytes_view{several_segments(true).content(name_of(0))});
  for (const refusal& each : {refused_by<store>(rest), refused_by<quipu::read_only_store>(rest)}) {
    CHECK(each.code == errc::corrupt);
    CHECK(each.path == "ledger/quipu.store");
  }
}
