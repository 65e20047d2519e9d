// SPDX-License-Identifier: BSL-1.0
//
// golden_test.cpp: stores as format version 1 has them, committed beside this file. Today's reader must read them as
// ever, and today's writer must make the same bytes from the same work, clock and randomness; what a compaction leaves
// behind is a store of its own. Where the format changes on purpose, its version does too, and QUIPU_GOLDEN_WRITE=1
// makes the files anew.
#include "../journal/simulated_machine.hpp"
#include "golden_files.hpp"

#ifdef QUIPU_TEST_SINGLE_HEADER
#include <quipu.hpp>
#else
#include <quipu/hash/crc32c.hpp>
#include <quipu/store/store.hpp>
#endif

#include <catch2/catch.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace fs = std::filesystem;
using quipu::durability;
using quipu::region;
using simulation::disk;

namespace {

struct deposited {
  static constexpr auto kind = quipu::event_kind::custom(0xF, 1);
  std::int64_t cents{};
};
struct withdrawn {
  static constexpr auto kind = quipu::event_kind::custom(0xF, 2);
  static constexpr std::uint16_t version = 3;
  std::int64_t cents{};
  std::string memo{};
  std::optional<std::uint32_t> branch{};
};
struct enrolled {
  static constexpr auto kind = quipu::event_kind::custom(0xE, 1);
  std::string student{};
  std::string course{};
  [[nodiscard]] std::array<std::string, 2> tags() const { return {"student:" + student, "course:" + course}; }
};

}  // namespace

// The stores here are of the time before logs had names of types.
template <>
inline constexpr std::string_view quipu::event_name_of<deposited> = {};
template <>
inline constexpr std::string_view quipu::event_name_of<withdrawn> = {};
template <>
inline constexpr std::string_view quipu::event_name_of<enrolled> = {};

namespace {

using golden_store = quipu::store;

quipu::config settings_of(bool chained) {
  quipu::config settings{.directory = "golden"};
  settings.segment_max_bytes = 4096;
  settings.writer.preallocate_bytes = 0;
  settings.sync.interval_ms = 0;
  settings.chain = chained;
  return settings;
}

/// A little of everything that the format has.
void work(const disk& on, bool chained) {
  const quipu::coordinate alice{"account:alice", "branch:zurich"};
  {
    golden_store store{settings_in(on, settings_of(chained))};
    const auto first = store.append(alice, deposited{500});
    store.append_reaction(alice, withdrawn{120, "rent", 7}, first,
                          {.flags = quipu::event_flags::requires_ack, .durability = durability::buffered});
    quipu::batch batch;
    const auto item = batch.add({"account:bob", "branch:basel"}, deposited{-1},
                                {.idempotency_key = quipu::event_id::from_name("payment 17")});
    static_cast<void>(batch.add_reaction(alice, withdrawn{1, "", std::nullopt}, item));
    static_cast<void>(
        batch.add_raw({"raw", "bytes"}, quipu::event_kind::custom(0x3, 0x123), std::string_view{"\x00\xFF\x7F", 3}));
    store.append(batch);
    store.append({"raw", "bytes"}, deposited{1}, {.correlation_id = quipu::event_id::from_name("a conversation")});
    store.append_raw({"raw", "bytes"}, quipu::event_kind::custom(0x3, 0x123), std::string(1500, 'r'),
                     {.durability = durability::buffered});
    store.append_raw({"raw", "bytes"}, quipu::event_kind::custom(0x3, 0x123), "");
    store.append(alice, withdrawn{2, std::string(1200, 'm'), 1});
    store.append(alice, withdrawn{3, "the next segment has its definitions again", 2});
    store.close();
  }
  golden_store store{settings_in(on, settings_of(chained))};
  store.append({"account:bob", "branch:basel"}, deposited{700});
  store.close();
}

/// The same, and then events dropped and erased, two runs of each kind of segment put together, and one event more.
void work_and_compact(const disk& on, bool chained) {
  work(on, chained);
  quipu::config settings = settings_of(chained);
  settings.segment_max_bytes = 8192;
  golden_store store{settings_in(on, settings)};
  store.compact(
      quipu::compaction::tombstone([](const auto& event) { return event.sequence() != 1 && event.sequence() != 8; }));
  // Number 2 has a key; 5 and 6 are neighbours, of which one was dropped before the other.
  store.compact(
      quipu::compaction::retain([](const auto& event) { return event.sequence() != 2 && event.sequence() != 5; }));
  store.compact(quipu::compaction::retain([](const auto& event) { return event.sequence() != 6; }));
  store.append({"account:bob", "branch:basel"}, deposited{900});
  store.close();
}

/// Tags of types and of appends, in a segment with an index file and in one without.
void work_with_tags(const disk& on, bool chained) {
  golden_store store{settings_in(on, settings_of(chained))};
  store.append({"enrolment:1", "term 1"}, enrolled{"ada", "sql"});
  store.append({"enrolment:2", "term 1"}, enrolled{"bob", "sql"}, {.tags = {"paid in cash", "course:sql"}});
  store.append({"account:alice", "branch:zurich"}, deposited{500}, {.tags = {std::string(255, 'x')}});
  for (int number = 0; number < 2; ++number)
    store.append_raw({"raw", "bytes"}, quipu::event_kind::custom(0x3, 0x123), std::string(1500, 'r'),
                     {.tags = {"raw"}});
  store.append({"account:alice", "branch:zurich"}, deposited{7});
  store.append({"enrolment:3", "term 1"}, enrolled{"ada", "c++"});
  store.close();
}

constexpr const char* compacted_now = "compacted-";
constexpr const char* tagged = "tagged-";
/// Compacted by the first version, which kept a digest of every erased event's content.
constexpr const char* compacted_first = "compacted-first-";

fs::path folder_of(bool chained, const std::string& prefix = {}) {
  return golden_files::folder_of(prefix + (chained ? "chained" : "unchained"));
}

std::string shown(golden_store& store) {
  std::string all;
  for (const auto& each : store.query(region::all())) all += each.to_json() + "\n";
  return all + "{\"head\":\"" + store.head().str() + "\"}\n";
}

void write_golden(const disk& from, bool chained, const std::string& prefix) {
  const fs::path folder = folder_of(chained, prefix);
  golden_files::write(folder, from, golden_files::names_of(from));
  const disk copy = from.after_death();
  golden_store store{settings_in(copy, settings_of(chained))};
  std::ofstream{folder / "events.jsonl", std::ios::binary} << shown(store);
}

disk golden(bool chained, const std::string& prefix = {}) { return golden_files::load(folder_of(chained, prefix)); }

}  // namespace

TEST_CASE("today's writer makes the bytes of format version 1", "[golden]") {
  REQUIRE(quipu::format_version == 1);
  for (const bool chained : {true, false}) {
    using work_list = std::vector<std::pair<std::string, void (*)(const disk&, bool)>>;
    for (const auto& [prefix, make] :
         work_list{{"", work}, {compacted_now, work_and_compact}, {tagged, work_with_tags}}) {
      const disk made{2024, "golden"};
      make(made, chained);
      if (std::getenv("QUIPU_GOLDEN_WRITE") != nullptr) write_golden(made, chained, prefix);
      const std::vector<std::string> names = golden_files::names_of(made);
      INFO(folder_of(chained, prefix).filename());
      REQUIRE(names == golden_files::names_of(golden(chained, prefix)));
      golden_files::check_same(made, folder_of(chained, prefix), names, 4);  // two segments, an index, the store
    }
  }
}

TEST_CASE("today's reader reads a store of format version 1: every event, id, hash and schema", "[golden]") {
  for (const bool chained : {true, false}) {
    const disk kept = golden(chained);
    golden_store store{settings_in(kept, settings_of(chained))};
    CHECK_FALSE(store.diagnostics().recovered);
    CHECK(store.diagnostics().chained == chained);
    CHECK(shown(store) == golden_files::read_file(folder_of(chained) / "events.jsonl"));
    CHECK(store.stats().events == 11);
    CHECK(store.count(region::entity("account:alice")) == 5);
    const auto first = store.query(region::entity("account:bob")).begin();
    CHECK((*first).as<deposited>().cents == -1);
    CHECK((*first).idempotency_key() == quipu::event_id::from_name("payment 17"));
    const auto withdrawals = store.by_kind(withdrawn::kind);
    CHECK((*withdrawals.begin()).as<withdrawn>().memo == "rent");
    CHECK((*withdrawals.begin()).as<withdrawn>().branch == 7);
    CHECK((*withdrawals.begin()).header().requires_ack());

    // And goes on: the key is known, the numbers follow.
    const auto again = store.append({"account:bob", "branch:basel"}, deposited{-1},
                                    {.idempotency_key = quipu::event_id::from_name("payment 17")});
    CHECK(again.sequence == 2);
    CHECK(store.append({"account:bob", "branch:basel"}, deposited{5}).sequence == 11);
  }
}

TEST_CASE("today's reader reads a compacted store of format version 1: what was dropped and erased is accounted for",
          "[golden]") {
  for (const auto& [chained, prefix] : {std::pair{true, compacted_now}, std::pair{false, compacted_now},
                                        std::pair{true, compacted_first}, std::pair{false, compacted_first}}) {
    const disk kept = golden(chained, prefix);
    golden_store store{settings_in(kept, settings_of(chained))};
    CHECK_FALSE(store.diagnostics().recovered);
    CHECK(shown(store) == golden_files::read_file(folder_of(chained, prefix) / "events.jsonl"));
    CHECK(store.stats().events == 12);
    CHECK(store.count(region::all()) == 9);
    CHECK(store.verify() == quipu::verification{12, 3, 2});
    const auto dropped = store.append({"account:bob", "branch:basel"}, deposited{-1},
                                      {.idempotency_key = quipu::event_id::from_name("payment 17")});
    CHECK((dropped.sequence == 2 && dropped.entity_sequence == 0));
    CHECK(store.append({"account:bob", "branch:basel"}, deposited{5}).sequence == 12);
    if (!chained) continue;
    const disk before = golden(true);
    golden_store whole{settings_in(before, settings_of(true))};
    CHECK(dropped.hash == (*whole.query(region::entity("account:bob")).begin()).hash());
  }
}

TEST_CASE("today's reader reads the tags of format version 1", "[golden][tags]") {
  for (const bool chained : {true, false}) {
    const disk kept = golden(chained, tagged);
    golden_store store{settings_in(kept, settings_of(chained))};
    CHECK(shown(store) == golden_files::read_file(folder_of(chained, tagged) / "events.jsonl"));
    CHECK(store.count(region::tag("course:sql")) == 2);
    CHECK(store.count(region::tag("student:ada")) == 2);
    CHECK(store.count(region::tag("course:sql").with_tag("paid in cash")) == 1);
    CHECK(store.count(region::tag(std::string(255, 'x'))) == 1);
    CHECK(store.count(region::any_of({region::tag("raw"), region::tag("course:c++")})) == 3);
    CHECK(store.verify() == quipu::verification{7, 0, 0});
  }
}
