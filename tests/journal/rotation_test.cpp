// SPDX-License-Identifier: BSL-1.0
//
// rotation_test.cpp: segments end where they should, whatever sizes a store was opened with before, and a new one is
// begun once.
#include "crash_fixture.hpp"
#include "raw_log.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <string>
#include <vector>

using namespace simulation;
using quipu::durability;
using quipu::errc;

namespace {

std::vector<std::string> segments_of(const disk& of) {
  std::vector<std::string> all;
  for (const std::string& name : of.names())
    if (name.ends_with(".segment")) all.push_back(name);
  return all;
}

std::string name_of(std::uint64_t first) {
  const std::string digits = std::to_string(first);
  return std::string(20 - digits.size(), '0') + digits + ".segment";
}

}  // namespace

TEST_CASE("sealed segments stay within their limit, name their first event and say where the log goes on",
          "[journal][rotation]") {
  const disk machine;
  writer with{machine};
  with.open();
  for (int number = 0; number < 200; ++number)
    with.append("e" + std::to_string(number % 9), static_cast<std::size_t>(number % 120), durability::buffered);
  with.close();
  CHECK(recovery_problem(machine.after_death(), with.given) == "");
  const std::vector<std::string> segments = segments_of(machine);
  REQUIRE(segments.size() > 5);
  std::uint64_t next = 0;
  for (std::size_t index = 0; index < segments.size(); ++index) {
    const quipu::bytes content = machine.content(segments[index]);
    const auto frames = raw_log::frames_of(content);
    CHECK(segments[index] == name_of(next));
    CHECK(raw_log::number_at(content, quipu::detail::segment_head::layout::first_sequence) == next);
    CHECK(raw_log::end_of_frames(frames) == content.size());  // nothing is left set aside
    for (const auto& each : frames) next += !each.internal();
    const bool last = index + 1 == segments.size();
    CHECK(frames.back().kind == (last ? 0x0002 : 0x0005));  // a mark of closing, or a seal
    if (last) continue;
    CHECK(frames.back().at <= 4096);
    const quipu::bytes following = machine.content(segments[index + 1]);
    const std::size_t seal_at = frames.back().at + quipu::detail::frame_header_size;
    using seal = quipu::detail::seal_content::layout;
    CHECK(raw_log::number_at(content, seal::next_sequence, seal_at) == next);
    CHECK(seal::head.load(content.data() + seal_at) ==
          quipu::detail::segment_head::layout::head_before.load(following.data()));
  }
}

TEST_CASE("a commit that is larger than a segment has one for itself", "[journal][rotation]") {
  const disk machine;
  quipu::config settings = small_store();
  settings.payload_max_bytes = 20'000;
  writer with{machine, settings};
  with.open();
  for (const std::size_t size : {10U, 15'000U, 15'000U, 10U, 4096U}) with.append("large", size, durability::durable);
  with.close();
  CHECK(segments_of(machine).size() == 5);
  CHECK(recovery_problem(machine, with.given, settings) == "");
}

TEST_CASE("a segment that was begun for an append that was refused then takes the next one, whatever its size",
          "[journal][rotation]") {
  const disk machine;
  {
    writer with{machine};
    with.open();
    with.append("alice", 1900, durability::durable);
    with.append("alice", 1300, durability::durable);
    store& events = with.events();
    CHECK_THROWS_AS(events.append({"alice", "books"}, noted{1, std::string(1900, 'x')},
                                  {.expected = quipu::expected_version::no_stream()}),
                    quipu::conflict_error);
    with.close();  // puts its mark into the new segment, in which there is no event
  }
  REQUIRE(segments_of(machine) == std::vector<std::string>{name_of(0), name_of(2)});
  quipu::config settings = small_store();
  settings.payload_max_bytes = 10'000;
  store again{settings_in(machine, settings)};
  for (int number = 0; number < 3; ++number)
    CHECK(again.append({"alice", "books"}, noted{1, std::string(5000, 'y')}).durable);
  CHECK(again.stats().segments == segments_of(machine).size());
  CHECK(segments_of(machine) == std::vector<std::string>{name_of(0), name_of(2), name_of(3), name_of(4)});
  again.close();
  store last{settings_in(machine, settings)};
  CHECK(last.stream("alice").begin() != last.stream("alice").end());
  CHECK(last.stats().events == 5);
}

TEST_CASE("a log goes on under other sizes than it began with", "[journal][rotation]") {
  const disk machine;
  promises given;
  std::uint64_t number = 0;
  for (const std::uint64_t size : {64U << 10, 4096U, 1U << 20, 4096U}) {
    quipu::config settings = small_store();
    settings.segment_max_bytes = size;
    settings.writer.preallocate_bytes = size / 3;
    writer with{machine, settings};
    with.given = given;
    with.next_number = number;
    with.open();
    for (int round = 0; round < 12; ++round)
      with.append("e", 700, round % 2 == 0 ? durability::durable : durability::buffered);
    with.close();
    given = with.given;
    number = with.next_number;
    REQUIRE(recovery_problem(machine.after_death(), given, settings) == "");
  }
  CHECK(given.acknowledged.size() == 48);
}

TEST_CASE("opening and closing writes nothing where nothing was appended", "[journal][rotation]") {
  const disk machine;
  {
    writer with{machine};
    with.open();
    with.append("alice", 10, durability::durable);
    with.close();
  }
  const quipu::bytes before = machine.content(name_of(0));
  for (int round = 0; round < 3; ++round) {
    writer with{machine};
    with.open();
    with.close();
  }
  CHECK(machine.content(name_of(0)) == before);
  CHECK(machine.names().size() == 4);  // the store, the lock, the segment, the recorded end
}
