// SPDX-License-Identifier: BSL-1.0
//
// segment_writer_test.cpp: the parts that lay out, write and seal, without a journal around them: numbers go on where
// they were, what is not written is not seen, and a segment that was opened by its index file can grow.
#ifdef QUIPU_TEST_SINGLE_HEADER
#include <quipu.hpp>
#else
#include <quipu/environment/memory_environment.hpp>
#include <quipu/journal/write/commit_builder.hpp>
#include <quipu/journal/write/segment_writer.hpp>
#endif

#include <catch2/catch.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

using quipu::durability;
using quipu::event_id;
using quipu::receipt;
using quipu::detail::append_entry;
using quipu::detail::commit_builder;
using quipu::detail::placed_commit;
using quipu::detail::placement;
using quipu::detail::segment_writer;

namespace {

constexpr std::size_t capacity = std::size_t{1} << 20;
constexpr std::int64_t now_us = 1'700'000'000'000'000;

/// A log in memory, with its parts.
struct parts {
  explicit parts(std::shared_ptr<quipu::memory_environment> world) : log{std::move(world), "log", true} {
    auto store = log.files().open_or_create(true, std::nullopt, now_us);
    held = std::move(store.lock);
    const auto opened = log.open(store.segments, capacity);
    next = opened.next_sequence;
    builder.continue_after(opened.last_id);
    if (opened.is_sealed) log.begin(log.prepare_next(next, capacity, now_us), next);
  }

  placed_commit place(const std::string& entity, std::size_t count, durability wanted,
                      const std::string& scope = "scope") {
    const quipu::append_options options{.durability = wanted};
    std::vector<append_entry> entries(count);
    for (append_entry& each : entries) {
      each.entity = entity;
      each.scope = scope;
      each.kind = quipu::event_kind::custom(0xF, 1);
      each.payload = payload;
      each.options = &options;
    }
    receipts.assign(count, {});
    placement placing{entries, settings, true};
    log.thaw();
    placing.prepare(log.entities(), log.schemas());
    builder.reserve(placing);
    const placed_commit made = builder.lay_out(placing, receipts, log, next, now_us);
    next = made.end;
    return made;
  }
  void write() {
    builder.begin_group();
    log.write(builder.group(), log.position(), true);
    log.record_written(builder.group().size(), true);
    builder.drop_group();
  }

  quipu::config settings{.directory = "log"};
  std::string payload = std::string(100, 'x');
  std::unique_ptr<quipu::environment_lock> held;
  segment_writer log;
  commit_builder builder{1, durability::durable};
  std::vector<receipt> receipts;
  std::uint64_t next{};
};

std::uint64_t count_of(const segment_writer& log, std::uint64_t visible, const std::string& entity) {
  return log.snapshot(visible).entity_end(entity);
}

}  // namespace

TEST_CASE("a commit gets the next numbers and ascending ids, and promises what its entries ask for",
          "[journal][parts]") {
  parts with{std::make_shared<quipu::memory_environment>()};
  const placed_commit first = with.place("a", 2, durability::durable);
  CHECK(first.begin == 0);
  CHECK(first.end == 2);
  CHECK(first.durable_until == 2);
  CHECK(with.receipts[1].sequence == 1);
  CHECK(with.receipts[1].entity_sequence == 1);
  CHECK(with.receipts[0].id < with.receipts[1].id);
  const event_id last = with.receipts[1].id;
  const placed_commit second = with.place("b", 1, durability::buffered);
  CHECK(second.begin == 2);
  CHECK(second.durable_until == 0);
  CHECK(with.receipts[0].entity_sequence == 0);
  CHECK(last < with.receipts[0].id);
}

TEST_CASE("what is laid out is in a snapshot when it is written, one group after the other", "[journal][parts]") {
  parts with{std::make_shared<quipu::memory_environment>()};
  static_cast<void>(with.place("a", 3, durability::durable));
  const std::size_t bytes = with.builder.buffered_bytes();
  CHECK(bytes != 0);
  CHECK(count_of(with.log, 0, "a") == 0);
  with.builder.begin_group();
  CHECK(with.builder.buffered_bytes() == 0);
  CHECK(with.builder.waiting_bytes() == bytes);
  const std::uint64_t begin = with.log.written_end();
  with.log.write(with.builder.group(), with.log.position(), true);
  static_cast<void>(with.place("a", 1, durability::durable));  // of the next group
  with.log.record_written(with.builder.group().size(), true);
  CHECK(with.log.written_end() == begin + bytes);
  with.builder.drop_group();
  CHECK(with.builder.waiting_bytes() == with.builder.buffered_bytes());
  CHECK(count_of(with.log, 3, "a") == 3);
  with.write();
  CHECK(count_of(with.log, 4, "a") == 4);
}

TEST_CASE("sealing begins the next segment where the one before ended", "[journal][parts]") {
  parts with{std::make_shared<quipu::memory_environment>()};
  CHECK(with.log.is_empty(with.next));
  static_cast<void>(with.place("a", 2, durability::durable));
  with.write();
  CHECK_FALSE(with.log.is_empty(with.next));
  const auto before = with.log.head_after(with.log.snapshot(2));
  with.log.seal_and_begin(with.log.prepare_next(2, capacity, now_us), 2);
  CHECK(with.log.is_empty(2));
  CHECK(with.log.segment_count() == 2);
  REQUIRE(with.log.sealed_segments().size() == 1);
  CHECK(with.log.sealed_segments()[0]->first_sequence() == 0);
  CHECK(with.log.head_after(with.log.snapshot(2)) == before);
  static_cast<void>(with.place("a", 1, durability::durable));
  CHECK(with.receipts[0].entity_sequence == 2);
  with.write();
  CHECK(count_of(with.log, 3, "a") == 3);
  CHECK_FALSE(with.log.head_after(with.log.snapshot(3)) == before);
}

TEST_CASE("a segment that was opened by its index file grows, and defines no coordinate twice", "[journal][parts]") {
  const auto world = std::make_shared<quipu::memory_environment>();
  event_id last{};
  std::uint64_t bytes_of_one = 0;
  {
    parts with{world};
    for (int round = 0; round < 400; ++round) {  // enough to be worth an index file
      static_cast<void>(with.place("a", 1, durability::durable));
      bytes_of_one = with.builder.buffered_bytes();
      with.write();
    }
    last = with.receipts[0].id;
    with.log.write_mark(with.next);
    with.log.write_index(false, with.next);
    CHECK(with.log.index_failures() == 0);
    with.log.close();
  }
  parts with{world};
  CHECK(with.next == 400);
  CHECK(with.log.entity_count() == 1);
  CHECK(with.log.snapshot(400).at(0)->cover() != nullptr);
  static_cast<void>(with.place("a", 1, durability::durable));
  CHECK(with.log.snapshot(400).at(0)->cover() == nullptr);
  CHECK(with.builder.buffered_bytes() == bytes_of_one);
  CHECK(with.receipts[0].sequence == 400);
  CHECK(with.receipts[0].entity_sequence == 400);
  CHECK(last < with.receipts[0].id);
  with.write();
  CHECK(count_of(with.log, 401, "a") == 401);
  const auto found = with.log.snapshot(401).find_id(with.receipts[0].id);
  REQUIRE(found);
  CHECK(found.frame.sequence() == 400);
}

TEST_CASE("a segment that was opened by its index file knows the number of each of its coordinates",
          "[journal][parts]") {
  const bool with_two_scopes = GENERATE(false, true);
  CAPTURE(with_two_scopes);
  const auto world = std::make_shared<quipu::memory_environment>();
  const std::vector<std::string> entities{"a", "b", "c"};
  const std::vector<std::string> scopes{"s", "t"};
  const auto each_coordinate = [&](parts& with) {
    std::uint64_t bytes = 0;
    for (const std::string& scope : scopes) {
      for (const std::string& entity : entities) {
        if (scope == "t" && !with_two_scopes) continue;
        static_cast<void>(with.place(entity, 1, durability::durable, scope));
        bytes += with.builder.buffered_bytes();
        with.write();
      }
    }
    return bytes;
  };
  std::uint64_t bytes_of_all = 0;
  {
    parts with{world};
    for (int round = 0; round < 200; ++round) bytes_of_all = each_coordinate(with);
    with.log.write_mark(with.next);
    with.log.write_index(false, with.next);
    with.log.close();
  }
  parts with{world};
  CHECK(with.log.snapshot(with.next).at(0)->cover() != nullptr);
  CHECK(each_coordinate(with) == bytes_of_all);
  const std::uint64_t events = with.next;
  static_cast<void>(with.place("b", 1, durability::durable, "u"));  // has no number yet
  CHECK(with.builder.buffered_bytes() > bytes_of_all / (with_two_scopes ? 6 : 3));
  with.write();
  const auto seen = with.log.snapshot(with.next);
  CHECK(seen.at(0)->coordinate_count() == (with_two_scopes ? 7 : 4));
  for (std::uint64_t sequence = events - entities.size(); sequence < with.next; ++sequence) {
    const auto found = seen.find_sequence(sequence);
    REQUIRE(found);
    const auto names = found.owner->names_of(found.frame.coordinate());
    const bool is_last = sequence == events;
    CHECK(names.entity == (is_last ? "b" : entities[sequence - (events - entities.size())]));
    CHECK(names.scope == (is_last ? "u" : with_two_scopes ? "t" : "s"));
  }
}
