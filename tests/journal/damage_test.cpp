// SPDX-License-Identifier: BSL-1.0
//
// damage_test.cpp: every bit of every byte of a store's files, every length of its last segment, and files that are
// lost, swapped or somebody else's. What must come of each is computed from the undamaged files by the rules of
// docs/format.md.
#include "crash_fixture.hpp"
#include "raw_log.hpp"

#include <catch2/catch.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

using namespace simulation;
using quipu::durability;
using quipu::errc;

namespace {

const std::string first_segment = "00000000000000000000.segment";

/// What opening a store gave: what it shows, or the error.
struct opened {
  std::vector<std::string> events{};
  std::optional<quipu::recovery_report> recovered{};
  std::optional<quipu::error> failure{};
};

opened open_copy(const disk& of) {
  opened result;
  try {
    store found{settings_in(of.after_death(), small_store())};
    for (const quipu::event_view& each : found.query(quipu::region::all())) result.events.push_back(each.to_json());
    result.recovered = found.diagnostics().recovered;
  } catch (const quipu::error& failure) {
    result.failure = failure;
  }
  return result;
}

bool refused(const opened& result, errc code, const std::string& name) {
  return result.failure && result.failure->code() == code && result.failure->path() == "ledger/" + name;
}

/// A few commits of each kind. `closed`: with the mark of an orderly close.
disk small_log(bool closed, std::uint64_t preallocate = 0) {
  disk machine{5};
  quipu::config settings = small_store();
  settings.writer.preallocate_bytes = preallocate;
  writer with{machine, settings};
  with.open();
  with.append("alice", 3, durability::durable);
  with.append("bob", 20, durability::durable);
  with.append_batch(2, durability::durable);
  with.append("alice", 1, durability::buffered);
  with.append("alice", 2, durability::buffered);
  with.sync();
  with.append("alice", 1, durability::buffered);
  static_cast<void>(with.events().count(quipu::region::all()));  // written, in a group of its own
  with.append("bob", 1, durability::buffered);
  static_cast<void>(with.events().count(quipu::region::all()));
  if (closed) with.close();
  return machine.after_death();
}

/// A log of several segments.
disk long_log(std::uint64_t seed = 5) {
  disk machine{seed};
  writer with{machine};
  with.open();
  for (int round = 0; round < 12; ++round) with.append("entity:" + std::to_string(round % 3), 900, durability::durable);
  with.close();
  return machine.after_death();
}

std::vector<std::string> segments_of(const disk& of) {
  std::vector<std::string> all;
  for (const std::string& name : of.names())
    if (name.ends_with(".segment")) all.push_back(name);
  return all;
}

/// How many events lie before an offset, in whole commits, and where the last of these ends.
struct whole_commits {
  std::size_t events{};
  std::size_t end{quipu::detail::segment_head::size};
};
whole_commits commits_before(const std::vector<raw_log::frame>& frames, std::size_t offset) {
  whole_commits whole;
  std::size_t events = 0;
  for (const raw_log::frame& each : frames) {
    if (each.at + each.size > offset) break;
    events += !each.internal();
    if (!each.more()) whole = {events, each.at + each.size};
  }
  return whole;
}

/// Empty, or how the result of damage to one byte of the last segment differs from what the format says.
std::string unexpected(const opened& result, const std::vector<std::string>& sound,
                       const std::vector<raw_log::frame>& frames, std::size_t offset) {
  if (offset < quipu::detail::segment_head::size) {
    if (refused(result, errc::corrupt, first_segment) || refused(result, errc::unsupported_format, first_segment))
      return {};
    return "a damaged head wasn't refused";
  }
  if (offset >= raw_log::end_of_frames(frames))
    return !result.failure && result.events == sound ? "" : "bytes behind the end made a difference";
  std::size_t hit = 0;
  while (frames[hit].at + frames[hit].size <= offset) ++hit;
  bool flushed_behind = false;
  for (std::size_t later = hit + 1; later < frames.size(); ++later)
    flushed_behind = flushed_behind || frames[later].flushed();
  if (flushed_behind) {
    if (!refused(result, errc::corrupt, first_segment))
      return "damage before something that was flushed wasn't refused";
    return result.failure->offset() == frames[hit].at ? "" : "the damage was found at another offset";
  }
  if (result.failure) return std::string{"an unfinished end was refused: "} + result.failure->what();
  const whole_commits left = commits_before(frames, frames[hit].at);
  if (result.events !=
      std::vector<std::string>(sound.begin(), sound.begin() + static_cast<std::ptrdiff_t>(left.events)))
    return "not the commits before the damage";
  if (!result.recovered || result.recovered->path != "ledger/" + first_segment ||
      result.recovered->offset != left.end || result.recovered->dropped_bytes == 0 || result.recovered->reason.empty())
    return "the cut wasn't reported as it is";
  return {};
}

}  // namespace

TEST_CASE("every bit of every byte of a segment: damage is named or cut off, and never read", "[journal][damage]") {
  for (const bool closed : {false, true}) {
    const disk machine = small_log(closed, closed ? 0 : 300);
    const opened sound = open_copy(machine);
    REQUIRE_FALSE(sound.failure);
    REQUIRE(sound.events.size() == 8);
    REQUIRE_FALSE(sound.recovered);
    const quipu::bytes content = machine.content(first_segment);
    const std::vector<raw_log::frame> frames = raw_log::frames_of(content);
    std::size_t cuts = 0;
    disk damaged = machine.after_death();
    for (std::size_t offset = 0; offset < content.size(); ++offset) {
      for (unsigned bit = 0; bit < 8; ++bit) {
        if (closed && bit != offset % 8) continue;  // one of each byte is enough to tell the two apart
        quipu::bytes changed = content;
        changed[offset] ^= static_cast<std::byte>(1U << bit);
        damaged.put(first_segment, changed);
        const opened result = open_copy(damaged);
        cuts += result.recovered.has_value();
        const std::string problem = unexpected(result, sound.events, frames, offset);
        if (!problem.empty())
          FAIL("byte " << offset << " bit " << bit << (closed ? ", closed: " : ", open: ") << problem);
      }
    }
    CHECK(cuts >= 50);
  }
}

TEST_CASE("every bit of the file that says what the store is", "[journal][damage]") {
  const disk machine = small_log(true);
  const quipu::bytes content = machine.content("quipu.store");
  REQUIRE(content.size() == 64);
  disk damaged = machine.after_death();
  for (std::size_t offset = 0; offset < content.size(); ++offset) {
    for (unsigned bit = 0; bit < 8; ++bit) {
      quipu::bytes changed = content;
      changed[offset] ^= static_cast<std::byte>(1U << bit);
      damaged.put("quipu.store", changed);
      const opened result = open_copy(damaged);
      INFO("byte " << offset << " bit " << bit);
      REQUIRE(
          (refused(result, errc::corrupt, "quipu.store") || refused(result, errc::unsupported_format, "quipu.store")));
      if (result.failure->code() == errc::corrupt) REQUIRE(result.failure->offset());
    }
  }
}

TEST_CASE("the last segment cut at every length", "[journal][damage]") {
  for (const bool closed : {false, true}) {
    const disk machine = small_log(closed, closed ? 0 : 700);
    const opened sound = open_copy(machine);
    const quipu::bytes content = machine.content(first_segment);
    const std::vector<raw_log::frame> frames = raw_log::frames_of(content);
    disk damaged = machine.after_death();
    for (std::size_t size = 0; size <= content.size(); ++size) {
      damaged.put(first_segment, quipu::bytes_view{content}.subview(0, size));
      const opened result = open_copy(damaged);
      INFO("cut to " << size << " of " << content.size());
      if (size < quipu::detail::segment_head::size) {
        REQUIRE(refused(result, errc::corrupt, first_segment));
        continue;
      }
      const whole_commits left = commits_before(frames, size);
      if (closed && left.events < sound.events.size()) {  // closing recorded how many there were
        REQUIRE(refused(result, errc::corrupt, first_segment));
        continue;
      }
      REQUIRE_FALSE(result.failure);
      REQUIRE(result.events ==
              std::vector<std::string>(sound.events.begin(),
                                       sound.events.begin() + static_cast<std::ptrdiff_t>(left.events)));
      const bool whole = size == left.end || left.end == raw_log::end_of_frames(frames);
      REQUIRE(result.recovered.has_value() == !whole);
      if (!whole) REQUIRE(result.recovered->offset == left.end);
    }
  }
}

TEST_CASE("every length and many bits of a segment that isn't the last", "[journal][damage]") {
  const disk machine = long_log();
  const std::vector<std::string> segments = segments_of(machine);
  REQUIRE(segments.size() >= 3);
  for (const std::size_t which : {std::size_t{0}, std::size_t{1}}) {
    const quipu::bytes content = machine.content(segments[which]);
    disk damaged = machine.after_death();
    for (std::size_t size = 0; size < content.size(); size += size < 200 ? 1 : 37) {
      damaged.put(segments[which], quipu::bytes_view{content}.subview(0, size));
      INFO("cut to " << size);
      REQUIRE(refused(open_copy(damaged), errc::corrupt, segments[which]));
    }
    for (std::size_t offset = 0; offset < content.size(); offset += offset < 400 ? 1 : 3) {
      quipu::bytes changed = content;
      changed[offset] ^= static_cast<std::byte>(1U << (offset % 8));
      damaged.put(segments[which], changed);
      const opened result = open_copy(damaged);
      INFO("byte " << offset);
      REQUIRE((refused(result, errc::corrupt, segments[which]) ||
               refused(result, errc::unsupported_format, segments[which])));
    }
    disk longer = machine.after_death();
    quipu::bytes more = content;
    more.resize(more.size() + 8);
    longer.put(segments[which], more);
    CHECK(refused(open_copy(longer), errc::corrupt, segments[which]));
  }
}

TEST_CASE("frames that are lost, repeated or swapped, with every checksum right", "[journal][damage]") {
  const disk machine = small_log(false);
  const quipu::bytes content = machine.content(first_segment);
  const std::vector<raw_log::frame> frames = raw_log::frames_of(content);
  const auto part = [&](std::size_t first, std::size_t last) {
    return quipu::bytes(content.begin() + static_cast<std::ptrdiff_t>(first),
                        content.begin() + static_cast<std::ptrdiff_t>(last));
  };
  const auto joined = [](quipu::bytes left, const quipu::bytes& right) {
    left.insert(left.end(), right.begin(), right.end());
    return left;
  };
  const auto is_refused = [&](const quipu::bytes& changed) {
    disk damaged = machine.after_death();
    damaged.put(first_segment, changed);
    return refused(open_copy(damaged), errc::corrupt, first_segment);
  };
  const std::size_t end = raw_log::end_of_frames(frames);
  REQUIRE(frames.size() > 8);
  for (std::size_t index = 0; index + 1 < frames.size(); ++index) {
    const raw_log::frame& each = frames[index];
    INFO("frame " << index);
    CHECK(is_refused(joined(part(0, each.at), part(each.at + each.size, end))));
    if (!each.internal()) CHECK(is_refused(joined(part(0, each.at + each.size), part(each.at, end))));
    const raw_log::frame& next = frames[index + 1];
    if (!each.internal() && !next.internal())
      CHECK(is_refused(
          joined(joined(part(0, each.at), joined(part(next.at, next.at + next.size), part(each.at, next.at))),
                 part(next.at + next.size, end))));
  }
  // Numbers that don't fit.
  const auto event =
      std::find_if(frames.begin(), frames.end(), [](const raw_log::frame& each) { return !each.internal(); });
  using frame = quipu::detail::frame_layout;
  for (const std::size_t field : {frame::coordinate.offset, frame::sequence.offset, frame::entity_sequence.offset}) {
    quipu::bytes changed = content;
    raw_log::put_number(changed, event->at + field, std::uint32_t{7});
    raw_log::seal_frame(changed, event->at);
    INFO("field at " << field);
    CHECK(is_refused(changed));
  }
  quipu::bytes older = content;  // an id that isn't later than the one before it
  const auto second =
      std::find_if(event + 1, frames.end(), [](const raw_log::frame& each) { return !each.internal(); });
  frame::id.store(older.data() + second->at, frame::id.load(older.data() + event->at));
  raw_log::seal_frame(older, second->at);
  CHECK(is_refused(older));
}

TEST_CASE("an event without its schema's definition is damage, whether the index knows the schema or not",
          "[journal][damage]") {
  disk changed = long_log();
  const std::string name = segments_of(changed).front();
  quipu::bytes content = changed.content(name);
  const std::vector<raw_log::frame> frames = raw_log::frames_of(content);
  const auto definition = std::find_if(frames.begin(), frames.end(), [](const auto& each) { return each.kind == 8; });
  REQUIRE(definition != frames.end());

  disk shorter = changed.after_death();
  quipu::bytes without = content;
  const auto at = without.begin() + static_cast<std::ptrdiff_t>(definition->at);
  without.erase(at, at + static_cast<std::ptrdiff_t>(definition->size));
  shorter.put(name, without);  // its index file no longer fits, so it's indexed when it is first read
  CHECK(refused(open_copy(shorter), errc::corrupt, name));

  raw_log::put_field(content, quipu::detail::schema_definition::layout::version, std::uint16_t{9},
                     definition->at + quipu::detail::frame_header_size);
  raw_log::seal_frame(content, definition->at);
  changed.put(name, content);
  {
    store with_index{settings_in(changed.after_death(), small_store())};
    try {
      static_cast<void>(with_index.verify());
      FAIL("the damage wasn't seen");
    } catch (const quipu::error& failure) {
      CHECK(failure.code() == errc::corrupt);
      CHECK(failure.path() == "ledger/" + name);
    }
  }
  changed.erase("00000000000000000000.index");
  CHECK(refused(open_copy(changed), errc::corrupt, name));
}

TEST_CASE("segments that are lost, swapped, repeated or of another store", "[journal][damage]") {
  const disk machine = long_log();
  const std::vector<std::string> segments = segments_of(machine);
  REQUIRE(segments.size() >= 4);
  const auto changed = [&](auto&& change) {
    disk damaged = machine.after_death();
    change(damaged);
    return open_copy(damaged);
  };
  for (std::size_t which = 0; which + 1 < segments.size(); ++which) {
    INFO(segments[which]);
    CHECK(refused(changed([&](disk& on) { on.erase(segments[which]); }), errc::corrupt, segments[which]));
  }
  CHECK(refused(changed([&](disk& on) {
                  on.put(segments[1], machine.content(segments[2]));
                  on.put(segments[2], machine.content(segments[1]));
                }),
                errc::corrupt, segments[1]));
  CHECK(refused(changed([&](disk& on) { on.put("00000000000000000001.segment", machine.content(segments[0])); }),
                errc::corrupt, "00000000000000000001.segment"));
  CHECK(refused(changed([&](disk& on) { on.put("00000000000000000099.segment", machine.content(segments[1])); }),
                errc::corrupt, "00000000000000000099.segment"));
  for (const std::string& name : segments)
    CHECK(refused(changed([&](disk& on) { on.put(name, long_log(6).content(name)); }), errc::corrupt, name));
  CHECK(refused(changed([&](disk& on) { on.put("quipu.store", long_log(6).content("quipu.store")); }), errc::corrupt,
                segments[0]));
  CHECK(refused(changed([&](disk& on) { on.erase("quipu.store"); }), errc::corrupt, "quipu.store"));
  const opened none = changed([&](disk& on) {
    for (const std::string& name : segments) on.erase(name);
  });
  REQUIRE(none.failure);
  CHECK(none.failure->code() == errc::corrupt);
  CHECK(none.failure->path() == "ledger");
}

TEST_CASE("a segment of another branch of the same store doesn't follow", "[journal][damage]") {
  // Two copies of one store go on, each for itself, with the same number of events.
  disk machine{5};
  {
    writer with{machine};
    with.open();
    with.append("alice", 900, durability::durable);
    with.close();
  }
  const auto goes_on = [&](std::uint64_t number) {
    const disk branch = machine.after_death();
    writer with{branch};
    with.next_number = number;
    with.open();
    for (int round = 0; round < 8; ++round) with.append("alice", 900, durability::durable);
    with.close();
    return branch;
  };
  const disk left = goes_on(10);
  const disk right = goes_on(20);
  REQUIRE(segments_of(left) == segments_of(right));
  REQUIRE(segments_of(left).size() >= 3);
  disk mixed = left.after_death();
  const std::string second = segments_of(left)[1];
  mixed.put(second, right.content(second));
  CHECK(refused(open_copy(mixed), errc::corrupt, second));
}

TEST_CASE("a newer format, or an unknown need, is refused by its number", "[journal][damage]") {
  for (const std::string& name : {std::string{"quipu.store"}, first_segment}) {
    disk newer = small_log(true);
    quipu::bytes content = newer.content(name);
    raw_log::put_field(content, quipu::detail::file_head::layout::version, std::uint16_t{2});
    raw_log::seal_head(content);
    newer.put(name, content);
    const opened result = open_copy(newer);
    REQUIRE(refused(result, errc::unsupported_format, name));
    CHECK(result.failure->expected() == 1);
    CHECK(result.failure->actual() == 2);

    disk needy = small_log(true);
    content = needy.content(name);
    constexpr auto flags = quipu::detail::file_head::layout::flags;
    raw_log::put_field(content, flags, static_cast<std::uint16_t>(raw_log::number_at(content, flags) | 0x8000));
    raw_log::seal_head(content);
    needy.put(name, content);
    CHECK(refused(open_copy(needy), errc::unsupported_format, name));
  }
}

TEST_CASE("what a crash left of a file being made is removed, and nobody else's files are", "[journal][damage]") {
  disk machine = long_log();
  const opened sound = open_copy(machine);
  machine.put("quipu.store.tmp", "half");
  machine.put("00000000000000000044.segment.tmp", "half");
  for (const std::string name : {"notes.tmp", "a.segment", "x.segment.tmp", "123.segment",
                                 "0000000000000000000x.segment", "0000000000000000000-.segment", "README"})
    machine.put(name, "not ours");
  {
    store opened_one{settings_in(machine, small_store())};
    CHECK(opened_one.stats().events == sound.events.size());
  }
  const std::vector<std::string> names = machine.names();
  const auto has = [&](const std::string& name) { return std::find(names.begin(), names.end(), name) != names.end(); };
  CHECK_FALSE(has("quipu.store.tmp"));
  CHECK_FALSE(has("00000000000000000044.segment.tmp"));
  for (const std::string name : {"notes.tmp", "a.segment", "x.segment.tmp", "123.segment",
                                 "0000000000000000000x.segment", "0000000000000000000-.segment", "README"})
    CHECK(has(name));
}

TEST_CASE("a store whose making was cut short is made anew, once", "[journal][damage]") {
  const disk machine = small_log(true);
  disk begun{9};
  begun.put(first_segment, quipu::bytes_view{machine.content(first_segment)}.subview(0, 128));
  const opened result = open_copy(begun);
  CHECK_FALSE(result.failure);
  CHECK(result.events.empty());
}

TEST_CASE("an internal frame with another number than the next event's is damage", "[journal][damage]") {
  const disk machine = small_log(true);
  std::size_t altered = 0;
  for (const raw_log::frame& each : raw_log::frames_of(machine.content(first_segment))) {
    if (!each.internal()) continue;
    for (const std::uint64_t number : {each.sequence - 1, each.sequence + 1}) {
      quipu::bytes content = machine.content(first_segment);
      raw_log::put_field(content, raw_log::frame_layout::sequence, number, each.at);
      raw_log::seal_frame(content, each.at);
      disk changed = machine.after_death();
      changed.put(first_segment, content);
      const opened result = open_copy(changed);
      INFO("frame at " << each.at << ", number " << number);
      REQUIRE(refused(result, errc::corrupt, first_segment));
      CHECK(result.failure->offset() == each.at);
      ++altered;
    }
  }
  CHECK(altered > 4);
}

TEST_CASE("a head at the end of a sealed segment that its events don't give is found", "[journal][damage]") {
  disk machine = long_log();
  const auto segments = segments_of(machine);
  machine.erase(segments.back());  // as if the writer had ended before it began that
  machine.erase("quipu.end");
  const std::string& last = segments[segments.size() - 2];
  quipu::bytes content = machine.content(last);
  const raw_log::frame seal = raw_log::frames_of(content).back();
  content[seal.at + seal.size - 1] ^= std::byte{1};
  raw_log::seal_frame(content, seal.at);
  CHECK(store{settings_in(machine.after_death(), small_store())}.verify().events != 0);
  machine.put(last, content);
  try {
    store{settings_in(machine, small_store())}.verify();
    FAIL("another head was taken for the log's");
  } catch (const quipu::error& failure) {
    CHECK(failure.code() == errc::corrupt);
    CHECK(failure.path() == "ledger/" + last);
    CHECK(failure.offset() == seal.at);
  }
}
