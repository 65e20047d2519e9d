// SPDX-License-Identifier: BSL-1.0
//
// store_append_test.cpp: what an append gives back and leaves in the log; and everything that a store refuses, before
// it writes anything.
#include "store_fixture.hpp"

#include <catch2/catch.hpp>

#include <fstream>
#include <functional>
#include <limits>
#include <map>
#include <string>
#include <vector>

using namespace store_tests;
using quipu::errc;
using quipu::event_kind;
using quipu::region;

TEST_CASE("receipts number the events of the store and of each entity, without holes", "[store]") {
  auto store = quipu::in_memory_store();
  const quipu::coordinate alice{"account:alice", "branch:zurich"};
  const quipu::receipt first = store.append(alice, deposited{500});
  CHECK(first.sequence == 0);
  CHECK(first.entity_sequence == 0);
  CHECK(first.durable);
  CHECK_FALSE(first.hash.is_zero());
  const quipu::receipt second = store.append({"account:bob", "branch:zurich"}, deposited{1});
  CHECK(second.sequence == 1);
  CHECK(second.entity_sequence == 0);
  const quipu::receipt third = store.append({"account:alice", "branch:basel"}, withdrawn{120, "rent"});
  CHECK(third.sequence == 2);
  CHECK(third.entity_sequence == 1);  // an entity is one stream, whatever its scopes
  CHECK(first.id < second.id);
  CHECK(second.id < third.id);

  const quipu::event_view found = store.get(third.id);
  CHECK(found.entity() == "account:alice");
  CHECK(found.scope() == "branch:basel");
  CHECK(found.where() == quipu::coordinate{"account:alice", "branch:basel"});
  CHECK(found.sequence() == 2);
  CHECK(found.entity_sequence() == 1);
  CHECK(found.hash() == third.hash);
  CHECK(found.as<withdrawn>().memo == "rent");
  CHECK(found.header().schema_version == 1);
  CHECK(found.header().correlation_id == third.id);
  CHECK_FALSE(found.header().causation_id);
  CHECK(store.stats().events == 3);
  CHECK(store.stats().entities == 2);
  CHECK(store.stats().commits == 3);
}

TEST_CASE("an event's hash covers the entity's hash before it", "[store]") {
  auto store = quipu::in_memory_store();
  std::map<std::string, quipu::digest, std::less<>> ends;
  for (int number = 0; number < 50; ++number)
    store.append({"entity:" + std::to_string(number % 3), "scope:" + std::to_string(number % 2)}, deposited{number},
                 {.durability = number % 5 == 0 ? quipu::durability::durable : quipu::durability::buffered});
  quipu::bytes hashes;
  for (const quipu::event_view& each : store.query(region::all())) {
    quipu::digest& before = ends[std::string{each.entity()}];
    REQUIRE(each.hash() == each.frame().computed_hash(before, quipu::detail::digest_of(each.entity(), each.scope())));
    before = each.hash();
    hashes.insert(hashes.end(), before.bytes().begin(), before.bytes().end());
  }
  CHECK(store.head() == quipu::blake3(hashes));
}

TEST_CASE("a store without a chain keeps no hashes and is smaller", "[store]") {
  auto store = quipu::in_memory_store({.chain = false});
  const quipu::receipt given = store.append({"a", "b"}, deposited{1});
  CHECK(given.hash.is_zero());
  CHECK(store.get(given.id).hash().is_zero());
  CHECK(store.head().is_zero());
  CHECK_FALSE(store.diagnostics().chained);
}

TEST_CASE("an existing store goes on as it began, with a chain or without", "[store]") {
  const memory_world world;
  {
    quipu::store store{settings_in(world, quipu::config{.directory = "d", .chain = false})};
    store.append({"a", "b"}, deposited{1});
  }
  quipu::store store{settings_in(world, quipu::config{.directory = "d", .chain = true})};
  CHECK_FALSE(store.diagnostics().chained);
  CHECK(store.append({"a", "b"}, deposited{2}).hash.is_zero());
  CHECK(store.project<account>("a")->cents == 3);
}

TEST_CASE("raw bytes of any size are kept as they are", "[store]") {
  auto store = quipu::in_memory_store(small_segments());
  const auto kind = event_kind::custom(0x3, 3);
  std::vector<quipu::receipt> receipts;
  std::vector<std::string> contents;
  for (const std::size_t size : {0U, 1U, 7U, 8U, 9U, 100U, 4095U, 4096U, 5000U, 65536U}) {
    contents.emplace_back(size, static_cast<char>(size));
    receipts.push_back(store.append_raw({"raw", "bytes"}, kind, contents.back()));
  }
  for (std::size_t index = 0; index < receipts.size(); ++index) {
    const quipu::event_view found = store.get(receipts[index].id);
    CHECK(found.payload() == quipu::bytes_view{contents[index]});
    CHECK(found.header().payload_size == contents[index].size());
    CHECK(found.schema_version() == 0);
    CHECK(found.kind() == kind);
  }
  CHECK(store.stats().segments > 3);
}

TEST_CASE("what is appended is there after reopening, in the same order and with the same ids", "[store]") {
  const memory_world world;
  std::vector<std::string> before;
  quipu::event_id identity;
  quipu::digest head;
  {
    quipu::store store{settings_in(world, small_segments())};
    identity = store.identity();
    for (int number = 0; number < 200; ++number)
      store.append({"e" + std::to_string(number % 7), "s"}, deposited{number});
    for (const auto& each : store.query(region::all())) before.push_back(each.to_json());
    head = store.head();
    store.close();
  }
  quipu::store store{settings_in(world, small_segments())};
  std::vector<std::string> after;
  for (const auto& each : store.query(region::all())) after.push_back(each.to_json());
  CHECK(after == before);
  CHECK(store.identity() == identity);
  CHECK(store.head() == head);
  CHECK_FALSE(store.diagnostics().recovered);
  const quipu::receipt more = store.append({"e0", "s"}, deposited{1});
  CHECK(more.sequence == 200);
  CHECK(more.entity_sequence == 29);
}

// ---- refusals
// ------------------------------------------------------------------------------------------------------------------

TEST_CASE("coordinates that are no coordinates are refused, and nothing is written", "[store][refusals]") {
  auto store = quipu::in_memory_store();
  store.append({"a", "b"}, deposited{1});
  const quipu::store_stats before = store.stats();
  using namespace std::string_literals;
  for (const auto& names : std::vector<std::pair<std::string, std::string>>{{"", "x"},
                                                                            {"x", ""},
                                                                            {"", ""},
                                                                            {"a\0b"s, "x"},
                                                                            {"x", "\0"s},
                                                                            {std::string(1025, 'x'), "x"},
                                                                            {"x", std::string(1025, 'x')}}) {
    CHECK(code_of([&] { store.append({names.first, names.second}, deposited{1}); }) == errc::invalid_coordinate);
    CHECK(code_of([&] {
            store.append_raw(quipu::coordinate{names.first, names.second}, deposited::kind, "x");
          }) == errc::invalid_coordinate);
  }
  CHECK(store.stats().events == before.events);
  CHECK(store.stats().written_bytes == before.written_bytes);
  CHECK_NOTHROW(store.append({std::string(1024, 'x'), std::string(1024, 'y')}, deposited{1}));
}

TEST_CASE("kinds that are the library's are refused", "[store][refusals]") {
  auto store = quipu::in_memory_store();
  quipu::batch batch;
  for (const event_kind kind : {event_kind::data, event_kind::system_schema, event_kind::tombstone,
                                event_kind::effect_ack, event_kind::from_raw(0x0FFF), event_kind::from_raw(0xDFFF)}) {
    CHECK(code_of([&] { store.append_raw({"a", "b"}, kind, "x"); }) == errc::invalid_argument);
    CHECK(code_of([&] { static_cast<void>(batch.add_raw({"a", "b"}, kind, "x")); }) == errc::invalid_argument);
    CHECK_FALSE(store.try_append_raw({"a", "b"}, kind, "x").is_ok());
  }
  CHECK(batch.empty());
  CHECK(store.stats().events == 0);
  CHECK_NOTHROW(store.append_raw({"a", "b"}, event_kind::from_raw(0x1000), "x"));
  CHECK_NOTHROW(store.append_raw({"a", "b"}, event_kind::from_raw(0xCFFF), "x"));
}

TEST_CASE("payloads and batches over their limits are refused by the byte", "[store][refusals]") {
  quipu::config settings = small_segments();
  settings.payload_max_bytes = 100;
  settings.batch.max_size = 3;
  settings.batch.max_bytes = 250;
  auto store = quipu::in_memory_store(settings);
  const auto kind = event_kind::custom(1, 1);
  CHECK_NOTHROW(store.append_raw({"a", "b"}, kind, std::string(100, 'x')));
  const quipu::error over = error_of([&] { store.append_raw({"a", "b"}, kind, std::string(101, 'x')); });
  CHECK(over.code() == errc::payload_too_large);
  CHECK(over.expected() == 100);
  CHECK(over.actual() == 101);
  CHECK(code_of([&] { store.append({"a", "b"}, withdrawn{1, std::string(200, 'x')}); }) == errc::payload_too_large);

  const auto batch_of = [&](std::size_t count, std::size_t size) {
    quipu::batch events;
    for (std::size_t index = 0; index < count; ++index)
      static_cast<void>(events.add_raw({"a", "b"}, kind, std::string(size, 'x')));
    return events;
  };
  CHECK_NOTHROW(store.append(batch_of(3, 83)));
  CHECK(code_of([&] { store.append(batch_of(3, 84)); }) == errc::payload_too_large);
  CHECK(code_of([&] { store.append(batch_of(4, 1)); }) == errc::payload_too_large);
  CHECK(code_of([&] { store.append(batch_of(2, 101)); }) == errc::payload_too_large);
  CHECK(store.stats().events == 4);
}

TEST_CASE("each value of the configuration that makes no sense is refused, and named", "[store][refusals]") {
  using change = std::function<void(quipu::config&)>;
  constexpr std::uint64_t huge = std::numeric_limits<std::uint64_t>::max();
  const std::vector<std::pair<std::string, change>> nonsense{
      {"config.directory", [](quipu::config& c) { c.directory = ""; }},
      {"config.directory",
       [](quipu::config& c) {
         c.directory = std::string{"a\0b", 3};
       }},
      {"config.segment_max_bytes", [](quipu::config& c) { c.segment_max_bytes = 0; }},
      {"config.segment_max_bytes", [](quipu::config& c) { c.segment_max_bytes = 4095; }},
      {"config.segment_max_bytes", [](quipu::config& c) { c.segment_max_bytes = (std::uint64_t{4} << 30) + 1; }},
      {"config.payload_max_bytes", [](quipu::config& c) { c.payload_max_bytes = 0; }},
      {"config.payload_max_bytes", [](quipu::config& c) { c.payload_max_bytes = (std::uint64_t{1} << 30) + 1; }},
      {"config.sync.interval_ms", [](quipu::config& c) { c.sync.interval_ms = 86'400'001; }},
      {"config.sync.interval_ms", [](quipu::config& c) { c.sync.interval_ms = huge; }},
      {"config.sync.mode", [](quipu::config& c) { c.sync.mode = static_cast<quipu::sync_mode>(7); }},
      {"config.batch.max_size", [](quipu::config& c) { c.batch.max_size = 0; }},
      {"config.batch.max_size", [](quipu::config& c) { c.batch.max_size = 1'000'001; }},
      {"config.batch.max_bytes", [](quipu::config& c) { c.batch.max_bytes = 0; }},
      {"config.batch.max_bytes", [](quipu::config& c) { c.batch.max_bytes = huge; }},
      {"config.writer.buffer_bytes", [](quipu::config& c) { c.writer.buffer_bytes = 4095; }},
      {"config.writer.buffer_bytes", [](quipu::config& c) { c.writer.buffer_bytes = (std::uint64_t{64} << 20) + 1; }},
      {"config.writer.preallocate_bytes",
       [](quipu::config& c) { c.writer.preallocate_bytes = (std::uint64_t{256} << 20) + 1; }},
      {"config.cache.put_after_events", [](quipu::config& c) { c.cache.put_after_events = 0; }},
  };
  for (const auto& [field, break_it] : nonsense) {
    const memory_world world;
    quipu::config settings{.directory = "d"};
    break_it(settings);
    const quipu::error refused = error_of([&] { quipu::store store{settings_in(world, settings)}; });
    INFO(field);
    CHECK(refused.code() == errc::configuration);
    CHECK(std::string{refused.what()}.find(field) != std::string::npos);
    CHECK(world.open_directory("/", false)->list().empty());  // before anything is made
  }
}

TEST_CASE("the outermost values of the configuration work", "[store][refusals]") {
  quipu::config least{.directory = "least"};
  least.segment_max_bytes = 4096;
  least.payload_max_bytes = 1;
  least.batch.max_size = 1;
  least.batch.max_bytes = 1;
  least.writer.buffer_bytes = 4096;
  least.writer.preallocate_bytes = 0;
  least.sync.interval_ms = 0;
  auto small = quipu::in_memory_store(least);
  for (int number = 0; number < 100; ++number) small.append_raw({"a", "b"}, event_kind::custom(1, 1), "x");
  CHECK(small.count(region::all()) == 100);

  const scratch_folder folder;
  quipu::config most{.directory = folder / "most"};
  most.segment_max_bytes = std::uint64_t{4} << 30;
  most.payload_max_bytes = std::uint64_t{1} << 30;
  most.batch.max_size = 1'000'000;
  most.batch.max_bytes = std::uint64_t{1} << 30;
  most.writer.buffer_bytes = std::uint64_t{64} << 20;
  most.sync.interval_ms = 86'400'000;
  quipu::store large{most};
  CHECK(large.append_raw({"a", "b"}, event_kind::custom(1, 1), "x").durable);
  CHECK(large.append_raw({"a", "b"}, event_kind::custom(1, 1), "x", {.durability = quipu::durability::buffered})
            .sequence == 1);
  large.close();
}

TEST_CASE("a directory that is a file is refused", "[store][refusals]") {
  const scratch_folder folder;
  std::ofstream{folder / "file"} << "not a directory";
  const quipu::error refused = error_of([&] { quipu::store store{quipu::config{.directory = folder / "file"}}; });
  CHECK(refused.code() == errc::io_failed);
  CHECK(refused.path() == (folder / "file").string());
  CHECK(refused.system_error() == ENOTDIR);
  CHECK(code_of([&] { quipu::store store{quipu::config{.directory = folder / "file" / "below"}}; }) == errc::io_failed);
}

TEST_CASE("a directory that can't be written to is refused, and left as it was", "[store][refusals]") {
  const scratch_folder folder;
  const fs::path readable = folder / "readable";
  { quipu::store store{quipu::config{.directory = readable}}; }
  const fs::path empty = folder / "empty";
  fs::create_directory(empty);
  for (const fs::path& each : {readable, empty})
    fs::permissions(each,
                    fs::perms::owner_read | fs::perms::owner_exec | fs::perms::others_read | fs::perms::others_exec);
  fs::permissions(folder.path(), fs::perms::owner_all | fs::perms::others_read | fs::perms::others_exec);
  for (const fs::path& each : {readable, empty}) {
    const int code = in_child([&] {
      fs::current_path(folder.path());  // the temporary folder may be in one that nobody else may pass
      if (::geteuid() == 0 && (::setgid(65534) != 0 || ::setuid(65534) != 0)) return 98;
      const fs::path name = each.filename();
      const quipu::error refused = error_of([&] { quipu::store store{quipu::config{.directory = name}}; });
      if (refused.code() != errc::io_failed) return 1;
      if (refused.system_error() != EACCES) return 2;
      return refused.path().starts_with(name.string()) ? 0 : 3;
    });
    INFO(each);
    CHECK(code == 0);
  }
  for (const fs::path& each : {readable, empty}) fs::permissions(each, fs::perms::owner_all);
  CHECK(fs::is_empty(empty));
  CHECK_NOTHROW(quipu::store{quipu::config{.directory = readable}});
}

TEST_CASE("a second writer is refused, in this process and in another, until the first is gone", "[store][refusals]") {
  const scratch_folder folder;
  const quipu::config settings{.directory = folder / "d"};
  const auto refusal_in_child = [&] {
    return in_child([&] { return code_of([&] { quipu::store store{settings}; }) == errc::locked ? 0 : 1; });
  };
  {
    quipu::store first{settings};
    first.append({"a", "b"}, deposited{1});
    const quipu::error refused = error_of([&] { quipu::store second{settings}; });
    CHECK(refused.code() == errc::locked);
    CHECK(refused.path() == (folder / "d" / "quipu.lock").string());
    CHECK(refusal_in_child() == 0);
    CHECK(first.append({"a", "b"}, deposited{2}).sequence == 1);  // the attempts did no harm
    first.close();
    CHECK_NOTHROW(quipu::store{settings});  // closed, though not destroyed
  }
  CHECK(in_child([&] {  // dies with the store open
          auto* const leaked = new quipu::store{settings};
          leaked->append({"a", "b"}, deposited{3});
          return 0;
        }) == 0);
  quipu::store next{settings};
  CHECK(next.count(region::all()) == 3);

  const memory_world world;
  quipu::store in_memory{settings_in(world, quipu::config{.directory = "d"})};
  CHECK(code_of([&] { quipu::store second{settings_in(world, quipu::config{.directory = "d"})}; }) == errc::locked);
}

TEST_CASE("a forked child can't write with its parent's store", "[store][refusals]") {
  const scratch_folder folder;
  quipu::store store{quipu::config{.directory = folder / "d"}};
  store.append({"a", "b"}, deposited{1}, {.durability = quipu::durability::buffered});
  CHECK(in_child([&] {
          return code_of([&] { store.append({"a", "b"}, deposited{2}); }) == errc::locked ? 0 : 1;
        }) == 0);
  CHECK(in_child([&] {
          store.close();
          return 0;
        }) == 0);
  CHECK(store.append({"a", "b"}, deposited{3}).sequence == 1);
  store.close();
  quipu::store again{quipu::config{.directory = folder / "d"}};
  CHECK(again.project<account>("a")->cents == 4);
  CHECK_FALSE(again.diagnostics().recovered);
}

TEST_CASE("a closed store refuses everything but being closed again", "[store][refusals]") {
  auto store = quipu::in_memory_store();
  const quipu::receipt given = store.append({"a", "b"}, deposited{1});
  store.close();
  CHECK_NOTHROW(store.close());
  CHECK(store.try_close().is_ok());
  quipu::batch batch;
  static_cast<void>(batch.add({"a", "b"}, deposited{1}));
  CHECK(code_of([&] { store.append({"a", "b"}, deposited{1}); }) == errc::closed);
  CHECK(code_of([&] { store.append_raw({"a", "b"}, deposited::kind, "x"); }) == errc::closed);
  CHECK(code_of([&] { store.append(batch); }) == errc::closed);
  CHECK(code_of([&] { store.append(quipu::batch{}); }) == errc::closed);
  CHECK(code_of([&] { store.append_reaction({"a", "b"}, deposited{1}, given); }) == errc::closed);
  CHECK(code_of([&] { store.sync(); }) == errc::closed);
  CHECK(code_of([&] { static_cast<void>(store.get(given.id)); }) == errc::closed);
  CHECK(code_of([&] { static_cast<void>(store.find(given.id)); }) == errc::closed);
  CHECK(code_of([&] { static_cast<void>(store.query(region::all())); }) == errc::closed);
  CHECK(code_of([&] { static_cast<void>(store.count(region::all())); }) == errc::closed);
  CHECK(code_of([&] { static_cast<void>(store.project<account>("a")); }) == errc::closed);
  CHECK(code_of([&] { static_cast<void>(store.project<account>(region::all())); }) == errc::closed);
  CHECK(code_of([&] { static_cast<void>(store.project<account>("a", quipu::as_of::entity_sequence(0))); }) ==
        errc::closed);
  CHECK(code_of([&] { static_cast<void>(store.project_if_changed<account>("a", 0)); }) == errc::closed);
  CHECK(code_of([&] { static_cast<void>(store.project_with_version<account>("a")); }) == errc::closed);
  CHECK(code_of([&] { static_cast<void>(store.stats()); }) == errc::closed);
  CHECK(code_of([&] { static_cast<void>(store.head()); }) == errc::closed);
  CHECK_FALSE(store.try_append({"a", "b"}, deposited{1}).is_ok());
}

TEST_CASE("a clock may stand still, go back, or make no sense", "[store]") {
  std::vector<std::int64_t> times{5'000'000,
                                  5'000'000,
                                  1,
                                  -7,
                                  std::numeric_limits<std::int64_t>::min(),
                                  6'000'000,
                                  std::numeric_limits<std::int64_t>::max(),
                                  7'000'000};
  const memory_world world;
  std::size_t reading = 0;
  quipu::config settings = small_segments();
  settings.clock = [&] { return times[reading % times.size()]; };
  std::vector<quipu::event_id> ids;
  std::int64_t latest = 0;
  for (int life = 0; life < 4; ++life) {
    quipu::store store{settings_in(world, settings)};
    CHECK_FALSE(store.diagnostics().recovered);
    for (std::size_t number = 0; number < 3; ++number, ++reading) {
      const quipu::receipt given = store.append({"a", "b"}, deposited{1});
      if (!ids.empty()) CHECK(ids.back() < given.id);
      ids.push_back(given.id);
      const std::int64_t time = store.get(given.id).timestamp_us();
      CHECK(time >= latest);
      latest = time;
    }
  }
}

TEST_CASE("a clock that throws refuses an append and no more", "[store]") {
  bool broken = false;
  quipu::config settings = small_segments();
  settings.clock = [&]() -> std::int64_t {
    if (broken) throw std::runtime_error{"no time"};
    return 1'000'000;
  };
  auto store = quipu::in_memory_store(settings);
  const auto key = quipu::event_id::from_name("once");
  broken = true;
  CHECK_THROWS_AS(store.append({"a", "b"}, deposited{1}, {.idempotency_key = key}), std::runtime_error);
  broken = false;
  const quipu::receipt given = store.append({"a", "b"}, deposited{1}, {.idempotency_key = key});
  CHECK(given.sequence == 0);
  CHECK(store.append({"a", "b"}, deposited{1}, {.idempotency_key = key}).id == given.id);
  CHECK(store.stats().events == 1);
}

TEST_CASE("a store that must exist is not made: nothing is created", "[store][open]") {
  const memory_world world;
  quipu::config settings = settings_in(world, small_segments("d"));
  settings.create_if_missing = false;
  CHECK(code_of([&] { quipu::store store{settings}; }) == errc::not_found);
  CHECK(world.open_directory("/", false)->list().empty());
  static_cast<void>(world.open_directory("d", true));
  CHECK(code_of([&] { quipu::store store{settings}; }) == errc::not_found);
  CHECK(world.open_directory("d", false)->list().empty());
  { quipu::store made{settings_in(world, small_segments("d"))}; }
  CHECK_NOTHROW(quipu::store{settings});
}
