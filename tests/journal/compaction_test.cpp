// SPDX-License-Identifier: BSL-1.0
//
// compaction_test.cpp: what each policy keeps, what it takes, and that verification tells what was taken from what was
// lost.
#include "compaction_fixture.hpp"
#include "raw_log.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

using namespace simulation;
using quipu::compaction;
using quipu::errc;
using quipu::region;

namespace {

errc code_of(auto&& call) {
  try {
    call();
  } catch (const quipu::error& failure) {
    return failure.code();
  }
  return errc::timeout;  // which no store throws
}

std::vector<std::string> segments_of(const disk& of) {
  std::vector<std::string> all;
  for (const std::string& name : of.names())
    if (name.ends_with(".segment")) all.push_back(name);
  return all;
}

/// The bytes of an event's frame without the fields that a compaction may change.
std::string bytes_of(const quipu::event_view& event) {
  const auto& frame = event.frame();
  quipu::bytes copy = quipu::bytes_view{frame.data(), frame.size()}.copy();
  using layout = quipu::detail::frame_layout;
  layout::checksum.store(copy.data(), 0);
  layout::flags.store(copy.data(), static_cast<std::uint16_t>(frame.flags() & quipu::detail::frame_flags::user_mask));
  layout::coordinate.store(copy.data(), 0);
  return std::string{quipu::bytes_view{copy}.text()} + std::string{event.entity()} + "@" + std::string{event.scope()};
}

/// Offset in a hole's frame of the hash of the first dropped event: behind the count of events (4 bytes), and the
/// event's coordinate, flags and entity sequence (16).
constexpr std::size_t hash_in_hole = quipu::detail::frame_header_size + 4 + 16;
/// Offset in an event's frame of the last byte of its hash.
constexpr std::size_t hash_in_event = quipu::detail::frame_layout::hash.end() - 1;

/// Changes a segment's bytes and corrects its checksums, so that only the hashes can reveal the change.
template <class Change>
void alter(const disk& of, const std::string& name, std::size_t frame_at, Change&& change) {
  disk writable = of;
  quipu::bytes content = of.content(name);
  change(content);
  raw_log::seal_frame(content, frame_at);
  raw_log::seal_head(content);
  writable.put(name, content);
}

}  // namespace

TEST_CASE("merging puts small segments together and changes nothing that anybody sees", "[journal][compaction]") {
  for (const bool chained : {true, false}) {
    const disk machine;
    make_log(machine, chained);
    const std::size_t before_count = segments_of(machine).size();
    REQUIRE(before_count > 5);
    store opened{settings_in(machine, compaction_settings(16'384, chained))};
    const std::string before = everything(opened);
    const quipu::digest head = opened.head();
    std::vector<std::string> raw;
    for (const auto& each : opened.query(region::all())) raw.push_back(bytes_of(each));
    const auto report = opened.compact(compaction::merge());
    CHECK(report.segments_before == before_count);
    CHECK(report.segments_after < before_count / 2);
    CHECK(report.segments_after + 1 == opened.stats().segments);
    CHECK(report.bytes_after < report.bytes_before);
    CHECK((report.events_before == compaction_events && report.events_after == compaction_events));
    CHECK((report.dropped == 0 && report.erased == 0));
    CHECK_FALSE(has_leftovers(machine));
    CHECK(segments_of(machine).size() == opened.stats().segments);
    CHECK((everything(opened) == before));
    CHECK(opened.head() == head);
    CHECK(opened.verify() == quipu::verification{compaction_events, 0, 0});
    std::size_t position = 0;
    for (const auto& each : opened.query(region::all())) CHECK(bytes_of(each) == raw.at(position++));

    // Nothing is left to do; what is there is as full as it gets.
    std::uint64_t changes = machine.changes();
    const auto again = opened.compact(compaction::merge());
    CHECK((again.segments_before == report.segments_after && again.segments_after == again.segments_before &&
           again.bytes_after == report.bytes_after));
    CHECK(machine.changes() == changes);
    opened.close();
    store reopened{settings_in(machine, compaction_settings(4096, chained))};
    CHECK((everything(reopened) == before));
    CHECK(reopened.head() == head);
    CHECK(append_numbered(reopened, compaction_events).sequence == compaction_events);
  }
}

TEST_CASE("what isn't kept vanishes, and its numbers, hashes and keys stay accounted for", "[journal][compaction]") {
  for (const bool chained : {true, false}) {
    const disk machine;
    make_log(machine, chained);
    store opened{settings_in(machine, compaction_settings(16'384, chained))};
    const quipu::digest head = opened.head();
    std::vector<std::string> kept;
    std::vector<quipu::event_id> dropped;
    for (const auto& each : opened.query(region::all())) {
      if (is_kept(each))
        kept.push_back(bytes_of(each));
      else
        dropped.push_back(each.id());
    }
    const auto report = opened.compact(compaction::retain(is_kept));
    CHECK(report.dropped == dropped.size());
    CHECK(report.events_before == compaction_events);
    CHECK(report.events_after == kept.size());
    CHECK(report.erased == 0);
    const auto check = [&](store& of) {
      CHECK(of.head() == head);
      CHECK(of.verify() == quipu::verification{of.stats().events, dropped.size(), 0});
      CHECK(of.stats().entities == 6);
      std::size_t position = 0;
      for (const auto& each : of.query(region::all()))
        if (each.sequence() < compaction_events) CHECK(bytes_of(each) == kept.at(position++));
      CHECK(position == kept.size());
      for (const auto& id : dropped) CHECK_FALSE(of.find(id));
      CHECK(of.count(region::entity("entity:9")) == 0);
      CHECK(code_of([&] {
              of.append({"entity:9", "others"}, counted{1}, {.expected = quipu::expected_version::no_stream()});
            }) == errc::conflict);
      CHECK(code_of([&] { of.append({"x", "y"}, counted{1}, {.causation_id = dropped.front()}); }) == errc::not_found);
    };
    check(opened);
    const std::string seen = everything(opened);
    opened.close();
    store reopened{settings_in(machine, compaction_settings(4096, chained))};
    CHECK((everything(reopened) == seen));
    check(reopened);
    // The streams go on where they were, and the chain with them.
    CHECK(reopened.append({"entity:9", "others"}, counted{1}, {.expected = quipu::expected_version::exactly(19)})
              .entity_sequence == 20);
    CHECK(reopened.append({"entity:3", "others"}, counted{1}).sequence == compaction_events + 1);
    CHECK(reopened.verify().dropped == dropped.size());
  }
}

TEST_CASE("every event that is left is found by its id, its number in its entity, and from the one after it",
          "[journal][compaction]") {
  for (const std::uint64_t segment_max_bytes : {4096U, 16'384U}) {
    const disk machine;
    make_log(machine);
    store opened{settings_in(machine, compaction_settings(segment_max_bytes))};
    const auto begin_of = [&](std::size_t position) {
      return std::stoull(segments_of(machine).at(position).substr(0, 20));
    };
    const std::uint64_t first = begin_of(2);
    const std::uint64_t end = begin_of(3);  // between them, a whole segment, of which nothing is left
    opened.compact(compaction::retain([&](const quipu::event_view& event) {
      return (event.sequence() < first || event.sequence() >= end) && event.sequence() % 4 != 1 &&
             event.sequence() % 7 != 2;
    }));
    std::uint64_t left = 0;
    std::map<std::string, std::uint64_t, std::less<>> last_of;  // the last event of an entity so far
    for (const auto& each : opened.query(region::all())) {
      ++left;
      const auto by_id = opened.find(each.id());
      REQUIRE(by_id);
      REQUIRE(by_id->sequence() == each.sequence());
      const auto range =
          opened.query(region::entity(each.entity()).with_entity_sequence_range(each.entity_sequence(), UINT64_MAX));
      REQUIRE((*range.begin()).id() == each.id());
      const auto before = opened.ancestors(each.id(), 1);
      const auto known = last_of.find(each.entity());
      REQUIRE(before.size() == (known == last_of.end() ? 0 : 1));
      if (!before.empty()) REQUIRE(before[0].entity_sequence() == known->second);
      last_of.insert_or_assign(std::string{each.entity()}, each.entity_sequence());
    }
    CHECK((left > 40 && left == opened.count(region::all())));
  }
}

TEST_CASE("an erased event keeps its place and its links, and says nothing any more", "[journal][compaction]") {
  for (const bool chained : {true, false}) {
    const disk machine;
    make_log(machine, chained);
    store opened{settings_in(machine, compaction_settings(16'384, chained))};
    const quipu::digest head = opened.head();
    struct was {
      quipu::event_header header;
      std::optional<quipu::event_id> key;
      bool kept;
    };
    std::vector<was> events;
    for (const auto& each : opened.query(region::all()))
      events.push_back({each.header(), each.idempotency_key(), is_kept(each)});
    const auto report = opened.compact(compaction::tombstone(is_kept));
    std::uint64_t erased = 0;
    for (const was& each : events) erased += each.kept ? 0 : 1;
    CHECK((report.erased == erased && report.dropped == 0));
    CHECK(report.events_after == compaction_events);
    opened.close();
    store reopened{settings_in(machine, compaction_settings(16'384, chained))};
    CHECK(reopened.head() == head);
    CHECK(reopened.verify() == quipu::verification{compaction_events, 0, erased});
    CHECK(reopened.count(region::all().with_kind(quipu::event_kind::tombstone)) == erased);
    std::uint64_t sequence = 0;
    for (const auto& each : reopened.query(region::all())) {
      const was& before = events.at(sequence);
      REQUIRE(each.sequence() == sequence++);
      const quipu::event_header now = each.header();
      CHECK((now.id == before.header.id && now.correlation_id == before.header.correlation_id &&
             now.causation_id == before.header.causation_id));
      CHECK((now.position == before.header.position && now.content_hash == before.header.content_hash &&
             now.flags == before.header.flags));
      CHECK(each.idempotency_key() == before.key);
      if (before.kept) {
        CHECK((now.kind == before.header.kind && now.payload_size == before.header.payload_size && !each.erased()));
      } else {
        CHECK((now.kind == quipu::event_kind::tombstone && now.payload_size == 0 && now.schema_version == 0));
        CHECK(each.bypass_reason().empty());
        REQUIRE(each.erased());
        CHECK((each.erased()->kind == before.header.kind && each.erased()->version == before.header.schema_version &&
               each.erased()->payload_size == before.header.payload_size));
      }
    }
    // Nothing is left to erase, and the rest can be dropped.
    CHECK(reopened.compact(compaction::tombstone(is_kept)).erased == 0);
    const auto last = reopened.compact(compaction::retain(
        [](const quipu::event_view& event) { return event.kind() != quipu::event_kind::tombstone; }));
    CHECK(last.dropped == erased);
    CHECK(reopened.verify() == quipu::verification{compaction_events, erased, 0});
    CHECK(reopened.head() == head);
  }
}

TEST_CASE("what was erased or dropped isn't in the files any more", "[journal][compaction]") {
  for (const auto which : {compaction::how::retain, compaction::how::tombstone}) {
    const disk machine;
    {
      store opened{settings_in(machine, compaction_settings())};
      opened.append({"alice", "books"}, noted{1, "a secret"}, {.bypass_reason = "a secret reason"});
      opened.append({"alice", "books"}, noted{2, "no matter"});
      const auto keep = [](const quipu::event_view& event) { return event.sequence() != 0; };
      opened.compact(which == compaction::how::retain ? compaction::retain(keep) : compaction::tombstone(keep));
      opened.close();
    }
    for (const std::string& name : machine.names()) {
      const quipu::bytes content = machine.content(name);
      const std::string_view text{reinterpret_cast<const char*>(content.data()), content.size()};
      CHECK(text.find("secret") == std::string_view::npos);
    }
  }
}

TEST_CASE("the same key gives the first receipt again, whatever a compaction took, and other bytes are refused",
          "[journal][compaction]") {
  for (const auto which : all_policies) {
    for (const bool chained : {true, false}) {
      const disk machine;
      make_log(machine, chained);
      store opened{settings_in(machine, compaction_settings(16'384, chained))};
      std::vector<quipu::receipt> first;
      const auto repeat = [&](store& of) {
        std::vector<quipu::receipt> given;
        for (std::uint64_t number = 0; number < compaction_events; ++number)
          if (number % 3 == 0 && number % 25 != 24 && (number == 0 || number % 25 != 0))
            given.push_back(append_numbered(of, number));
        return given;
      };
      first = repeat(opened);
      REQUIRE(opened.stats().events == compaction_events);
      for (int round = 0; round < 3; ++round) {  // holes and erased events are themselves written anew
        opened.compact(policy_of(which));
        CHECK(repeat(opened) == first);
        CHECK(opened.stats().events == compaction_events);
      }
      opened.close();
      store reopened{settings_in(machine, compaction_settings(16'384, chained))};
      CHECK(repeat(reopened) == first);
      CHECK(reopened.stats().events == compaction_events);
      const auto again = [&](const quipu::coordinate& where, const auto& event) {
        return code_of([&] { reopened.append(where, event, {.idempotency_key = key_of(6)}); });
      };
      CHECK(again({"entity:9", "others"}, counted{6}) == errc::timeout);
      CHECK(again({"entity:9", "others"}, counted{7}) == errc::idempotency_mismatch);
      CHECK(again({"entity:9", "seventh"}, counted{6}) == errc::idempotency_mismatch);
      CHECK(again({"entity:8", "others"}, counted{6}) == errc::idempotency_mismatch);
      CHECK(again({"entity:9", "others"}, noted{6, ""}) == errc::idempotency_mismatch);
      // In a batch, new items may react to one that was dropped.
      quipu::batch both;
      const auto known = both.add({"entity:9", "others"}, counted{6}, {.idempotency_key = key_of(6)});
      static_cast<void>(both.add_reaction({"entity:9", "others"}, counted{8}, known));
      const auto receipts = reopened.append(both);
      CHECK((receipts[0].sequence == 6 && receipts[1].sequence == compaction_events));
      CHECK(reopened.get(receipts[1].id).header().causation_id == receipts[0].id);
    }
  }
}

TEST_CASE("compactions of what was compacted add up", "[journal][compaction]") {
  const disk machine;
  make_log(machine);
  store opened{settings_in(machine, compaction_settings())};
  const quipu::digest head = opened.head();
  std::set<std::uint64_t> expected;
  for (std::uint64_t number = 0; number < compaction_events; ++number) expected.insert(number);
  for (std::uint64_t divisor = 2; divisor < 12; ++divisor) {
    const auto keep = [divisor](const quipu::event_view& event) { return event.sequence() % (divisor + 3) != 1; };
    const auto report = opened.compact(divisor % 3 == 0 ? compaction::tombstone(keep) : compaction::retain(keep));
    if (divisor % 3 != 0) std::erase_if(expected, [&](std::uint64_t number) { return number % (divisor + 3) == 1; });
    CHECK(report.events_after == expected.size());
    std::set<std::uint64_t> found;
    for (const auto& each : opened.query(region::all())) found.insert(each.sequence());
    CHECK(found == expected);
    CHECK(opened.head() == head);
    CHECK(opened.verify().dropped == compaction_events - expected.size());
  }
  const auto rest = opened.compact(compaction::retain([](const quipu::event_view&) { return false; }));
  CHECK(rest.events_after == 0);
  CHECK(opened.query(region::all()).empty());
  CHECK(opened.verify() == quipu::verification{compaction_events, compaction_events, 0});
  opened.close();
  store reopened{settings_in(machine, compaction_settings())};
  CHECK(reopened.head() == head);
  const auto more = reopened.append({"entity:1", "others"}, counted{5});
  CHECK(more.sequence == compaction_events);
  CHECK(reopened.get(more.id).sequence() == compaction_events);
  CHECK(reopened.verify().events == compaction_events + 1);
}

TEST_CASE("what a predicate throws, or a report that says no, ends a compaction and changes nothing",
          "[journal][compaction]") {
  const disk machine;
  make_log(machine);
  store opened{settings_in(machine, compaction_settings())};
  const std::string before = everything(opened);
  CHECK_THROWS_AS(opened.compact(compaction::retain([](const quipu::event_view& event) -> bool {
    if (event.sequence() == 100) throw std::runtime_error{"no"};
    return false;
  })),
                  std::runtime_error);
  std::uint64_t last = 0;
  bool in_order = true;
  opened.compact(compaction::merge(), [&](const quipu::progress& how_far) {
    in_order =
        in_order && last <= how_far.done && how_far.done <= how_far.total && how_far.total == 2 * compaction_events;
    last = how_far.done;
    return true;
  });
  CHECK((in_order && last == 2 * compaction_events));
  for (std::uint64_t stop = 0; stop < 4; ++stop) {
    std::uint64_t call = 0;
    CHECK(code_of([&] {
            opened.compact(compaction::retain(is_kept), [&](const quipu::progress&) { return call++ != stop; });
          }) == errc::cancelled);
    CHECK_FALSE(has_leftovers(machine));
  }
  CHECK(code_of([&] { opened.compact(compaction::retain({})); }) == errc::invalid_argument);
  CHECK(opened.try_compact(compaction::retain({})).is_error());
  CHECK((everything(opened) == before));
  append_numbered(opened, compaction_events, quipu::durability::durable);
  CHECK(opened.try_compact(compaction::merge()).is_ok());
  opened.close();
  CHECK(code_of([&] { opened.compact(compaction::merge()); }) == errc::closed);
}

TEST_CASE("a predicate may read, and gets busy when it compacts", "[journal][compaction]") {
  const disk machine;
  make_log(machine);
  store opened{settings_in(machine, compaction_settings())};
  errc inner = errc::timeout;
  std::uint64_t found = 0;
  opened.compact(compaction::retain([&](const quipu::event_view& event) {
    found += opened.find(event.id()) ? 1 : 0;
    if (event.sequence() == 3) inner = code_of([&] { opened.compact(compaction::merge()); });
    if (event.sequence() == 5) append_numbered(opened, compaction_events);
    return true;
  }));
  CHECK(found == compaction_events);
  CHECK(inner == errc::busy);
  CHECK(opened.stats().events == compaction_events + 1);
}

TEST_CASE("ranges and views that were given out before go on as they were", "[journal][compaction]") {
  const disk machine;
  make_log(machine);
  std::string before;
  store opened{settings_in(machine, compaction_settings())};
  const auto range = opened.query(region::all());
  const auto first = *range.begin();
  for (const auto& each : range) before += each.to_json();
  opened.compact(compaction::retain([](const quipu::event_view&) { return false; }));
  opened.close();
  std::string after;
  for (const auto& each : range) after += each.to_json();
  CHECK((after == before));
  CHECK(first.sequence() == 0);
}

TEST_CASE("an altered hash of a dropped or erased event is found, and so is a dropped event that nobody speaks of",
          "[journal][compaction]") {
  for (const auto which : {compaction::how::retain, compaction::how::tombstone}) {
    const disk machine;
    make_log(machine);
    {
      store opened{settings_in(machine, compaction_settings(64 << 10))};
      opened.compact(policy_of(which));
      opened.close();
    }
    std::uint64_t altered = 0;
    const std::string name = segments_of(machine).front();
    for (const auto& frame : raw_log::frames_of(machine.content(name))) {
      if (frame.kind != 0x0009) continue;
      for (const std::size_t at : {hash_in_hole, hash_in_event}) {
        if (frame.internal() != (at == hash_in_hole)) continue;
        const disk copy = machine.after_death();
        alter(copy, name, frame.at, [&](quipu::bytes& content) { content[frame.at + at] ^= std::byte{1}; });
        store found{settings_in(copy, compaction_settings())};
        CHECK(code_of([&] { found.verify(); }) == errc::corrupt);
        ++altered;
      }
      // The flag that says that something was taken: without it, it is a loss.
      const disk copy = machine.after_death();
      alter(copy, name, frame.at, [&](quipu::bytes& content) {
        constexpr auto flags = quipu::detail::file_head::layout::flags;
        raw_log::put_field(
            content, flags,
            static_cast<std::uint16_t>(raw_log::number_at(content, flags) & ~quipu::detail::layout_flag_compacted));
      });
      store found{settings_in(copy, compaction_settings())};
      CHECK(code_of([&] { found.verify(); }) == errc::corrupt);
    }
    CHECK(altered > 10);
  }
}

TEST_CASE("damage that a compaction meets is found, and doesn't get a new checksum", "[journal][compaction]") {
  for (const auto which : all_policies) {
    const disk machine;
    make_log(machine);
    store opened{settings_in(machine, compaction_settings())};
    CHECK(opened.count(quipu::region::all()) != 0);  // maps the segments while they are sound
    const std::string name = segments_of(machine).at(2);
    const auto frames = raw_log::frames_of(machine.content(name));
    auto file = disk{machine}.open_directory("ledger", false)->open_file(name, quipu::open_mode::write);
    std::byte byte{};
    const std::size_t in_hash = frames.at(4).at + quipu::detail::frame_layout::hash.offset + 4;
    REQUIRE(file->read_at(&byte, 1, in_hash) == 1);
    byte ^= std::byte{1};
    file->write_at(quipu::bytes_view{&byte, 1}, in_hash);  // the store is open: its mapping shows it
    try {
      opened.compact(policy_of(which));
      FAIL("damage was written anew");
    } catch (const quipu::error& failure) {
      CHECK(failure.code() == errc::corrupt);
      CHECK(failure.path() == "ledger/" + name);
      CHECK(failure.offset() == frames.at(4).at);
    }
    CHECK_FALSE(has_leftovers(machine));
    CHECK(append_numbered(opened, compaction_events, quipu::durability::durable).durable);
  }
}

TEST_CASE("every byte of what is left of dropped events matters", "[journal][compaction]") {
  const disk machine;
  make_log(machine);
  {
    store opened{settings_in(machine, compaction_settings(64 << 10))};
    opened.compact(compaction::retain(is_kept));
    opened.close();
  }
  const std::string name = segments_of(machine).front();
  const auto frames = raw_log::frames_of(machine.content(name));
  std::uint64_t holes = 0;
  for (const auto& frame : frames) {
    if (frame.kind != 0x0009) continue;
    if (++holes > 3) break;
    // The key, the event's id and the digest of its content belong to no hash: what they say can't be checked, only
    // that it can be read.
    for (std::size_t at = frame.at; at < frame.at + hash_in_hole + quipu::digest::size; ++at) {
      constexpr auto checksum = quipu::detail::frame_layout::checksum;
      if (at >= frame.at + checksum.offset && at < frame.at + checksum.end()) continue;  // corrected by `alter`
      const disk copy = machine.after_death();
      INFO("byte " << at - frame.at << " of the hole at " << frame.at);
      const auto problem = [&] {
        alter(copy, name, frame.at, [&](quipu::bytes& content) { content[at] ^= std::byte{4}; });
        store found{settings_in(copy, compaction_settings())};
        found.verify();
      };
      const std::size_t offset = at - frame.at;
      // Fields that mean nothing in an internal frame; the id, which must only ascend; and sizes, with which the
      // checksum is elsewhere.
      const bool free = offset < 4 || offset == 10 || offset == 11 || (offset >= 12 && offset < 16) ||
                        (offset >= 20 && offset < 24) || (offset >= 32 && offset < 56);
      if (!free) CHECK(code_of(problem) == errc::corrupt);
    }
  }
  CHECK(holes > 3);
}

namespace {

/// A log that events were dropped from, and the first frame that stands for some.
struct log_with_hole {
  disk machine{};
  std::string name{};
  raw_log::frame hole{};

  log_with_hole() {
    make_log(machine);
    store opened{settings_in(machine, compaction_settings(4096))};
    opened.compact(compaction::retain(is_kept));
    opened.close();
    name = segments_of(machine).front();
    const auto frames = raw_log::frames_of(machine.content(name));
    const auto found =
        std::find_if(frames.begin(), frames.end(), [](const auto& each) { return each.internal() && each.kind == 9; });
    REQUIRE(found != frames.end());
    hole = *found;
  }
};

}  // namespace

TEST_CASE("dropped events of a coordinate that nobody defined are damage, also where the index file is damaged",
          "[journal][compaction]") {
  const log_with_hole log;
  constexpr std::size_t coordinate_in_hole = quipu::detail::frame_header_size + 4;
  alter(log.machine, log.name, log.hole.at, [&](quipu::bytes& content) {
    raw_log::put_number(content, log.hole.at + coordinate_in_hole, std::uint32_t{9999});
  });
  std::string index = log.name;
  index.replace(index.find(".segment"), std::string::npos, ".index");
  log.machine.put(index, quipu::bytes_view{log.machine.content(index)}.subview(0, 10));
  store found{settings_in(log.machine, compaction_settings(4096))};
  try {
    static_cast<void>(found.count(region::all()));
    FAIL("the hole was taken");
  } catch (const quipu::error& failure) {
    CHECK(failure.code() == errc::corrupt);
    CHECK(failure.path() == "ledger/" + log.name);
    CHECK(failure.offset() == log.hole.at);
  }
}

TEST_CASE("dropped events that don't follow those before are damage where a segment is opened without an index file",
          "[journal][compaction]") {
  const log_with_hole log;
  for (const std::string& name : log.machine.names())
    if (name.ends_with(".index")) log.machine.erase(name);
  constexpr std::size_t sequence_in_hole = quipu::detail::frame_header_size + 4 + 8;
  alter(log.machine, log.name, log.hole.at,
        [&](quipu::bytes& content) { content[log.hole.at + sequence_in_hole] ^= std::byte{1}; });
  try {
    store{settings_in(log.machine, compaction_settings(4096))};
    FAIL("the hole was taken");
  } catch (const quipu::error& failure) {
    CHECK(failure.code() == errc::corrupt);
    CHECK(failure.offset() == log.hole.at);
  }
}

TEST_CASE("a segment that a compaction made says when", "[journal][compaction]") {
  const disk machine;
  make_log(machine);
  quipu::config settings = compaction_settings();
  std::int64_t now_us = 0;
  settings.clock = [&] { return now_us; };
  now_us = settings_in(machine, settings).environment->now_us() + 1'000'000'000;
  store opened{settings_in(machine, settings)};
  opened.compact(compaction::merge());
  CHECK(raw_log::number_at(machine.content(segments_of(machine).front()),
                           quipu::detail::file_head::layout::created_at_us) == now_us);
}
