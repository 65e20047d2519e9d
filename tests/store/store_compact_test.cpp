// SPDX-License-Identifier: BSL-1.0
//
// store_compact_test.cpp: states, caches and readers across a compaction.
#ifndef QUIPU_TEST_SINGLE_HEADER
#include <quipu/environment/forwarding.hpp>
#include <quipu/store/read_only_store.hpp>
#endif

#include "store_fixture.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

using namespace store_tests;
using quipu::compaction;
using quipu::region;

namespace {

const quipu::coordinate alice{"account:alice", "branch:zurich"};
const quipu::coordinate bob{"account:bob", "branch:basel"};
const quipu::append_options buffered{.durability = quipu::durability::buffered};

/// Reads everything raw: an erased event must not reach it.
struct bytes_seen {
  using events = quipu::any_event;
  std::uint64_t count{};
  std::uint64_t bytes{};
  void apply(const quipu::event_view& event) {
    ++count;
    bytes += event.payload().size();
  }
};

/// Counts what a cache is asked for.
struct counting_cache {
  quipu::memory_cache inner{1 << 20};
  std::shared_ptr<std::uint64_t> puts{};
  [[nodiscard]] quipu::cache_capabilities capabilities() const { return {}; }
  [[nodiscard]] std::optional<quipu::cache_entry> get(quipu::bytes_view key) { return inner.get(key); }
  void put(quipu::bytes_view key, quipu::bytes_view value, const quipu::cache_meta& meta) {
    ++*puts;
    inner.put(key, value, meta);
  }
  std::uint64_t delete_prefix(quipu::bytes_view prefix) { return inner.delete_prefix(prefix); }
  void sync() {}
};

bool is_even(const quipu::event_view& event) { return event.sequence() % 2 == 0; }

template <class Store>
void fill(Store& store, int count = 60) {
  for (int number = 0; number < count; ++number) {
    const quipu::coordinate& where = number % 5 == 0 ? bob : alice;
    if (number % 3 == 0)
      store.append(where, withdrawn{number, "memo " + std::to_string(number)}, buffered);
    else
      store.append(where, deposited{number}, buffered);
  }
  store.sync();
}

/// A state folded from nothing but what `query` shows.
template <class Store>
account folded(Store& store, std::string_view entity) {
  account state;
  for (const quipu::event_view& event : store.stream(entity))
    event.visit(quipu::event_list<deposited, withdrawn>{}, [&](const auto& each) { state.apply(each); });
  return state;
}

}  // namespace

TEST_CASE("states after a compaction are those of the events that are left, with any cache", "[store][compaction]") {
  const auto check = [](auto& store) {
    fill(store);
    const account all = *store.template project<account>("account:alice");
    const bytes_seen raw = *store.template project<bytes_seen>("account:alice");
    for (int round = 0; round < 4; ++round) {
      const auto keep = [round](const quipu::event_view& event) {
        return event.sequence() % 7 != static_cast<std::uint64_t>(round);
      };
      store.compact(round % 2 == 0 ? compaction::retain(keep) : compaction::tombstone(keep));
      for (int again = 0; again < 2; ++again) {  // the second time from the cache
        REQUIRE(store.template project<account>("account:alice") == folded(store, "account:alice"));
        REQUIRE(store.template project<account>("account:bob") == folded(store, "account:bob"));
        std::uint64_t says_something = 0;
        for (const auto& event : store.stream("account:alice")) says_something += event.erased() ? 0 : 1;
        REQUIRE(store.template project<bytes_seen>("account:alice")->count == says_something);
        REQUIRE(says_something < raw.count);
      }
      store.append(alice, deposited{7});
      REQUIRE(store.template project<account>("account:alice") == folded(store, "account:alice"));
    }
    CHECK(store.template project<account>("account:alice") != all);
    CHECK(store.template project<account>(region::entity("account:bob")) == folded(store, "account:bob"));
    std::uint64_t entities = 0;
    store.template project_all<account>(region::all(), [&](std::string_view entity, const account& state) {
      CHECK(state == folded(store, entity));
      ++entities;
    });
    CHECK(entities == 2);
    // Nothing of one entity is left: it has no state, but its numbers go on.
    store.compact(compaction::retain([](const quipu::event_view& event) { return event.entity() != "account:bob"; }));
    CHECK_FALSE(store.template project<account>("account:bob"));
    CHECK_FALSE(store.template project_if_changed<account>("account:bob", 0));
    CHECK(store.append(bob, deposited{3}).entity_sequence == 12);
    CHECK(store.template project<account>("account:bob")->cents == 3);
    CHECK(store.template project<account>("account:bob")->cents == 3);
  };
  const scratch_folder folder;
  SECTION("none") {
    auto store = quipu::in_memory_store(small_segments());
    check(store);
  }
  SECTION("in memory") {
    auto store = quipu::in_memory_store(small_segments(), quipu::memory_cache{1 << 20});
    check(store);
  }
  SECTION("in files, of a store on the disk") {
    quipu::store store{small_segments(folder / "data"), quipu::file_cache{folder / "cache"}};
    check(store);
  }
  SECTION("in tiers") {
    quipu::store store{small_segments(folder / "data"),
                       quipu::tiered_cache{quipu::memory_cache{1 << 20}, quipu::file_cache{folder / "cache"}}};
    check(store);
  }
}

TEST_CASE("merging leaves what is cached as good as it was, and taking events doesn't", "[store][compaction]") {
  const auto counts = std::make_shared<std::uint64_t>(0);
  auto store = quipu::in_memory_store(small_segments(), counting_cache{.puts = counts});
  fill(store);
  static_cast<void>(store.project<account>("account:alice"));
  const std::uint64_t puts = *counts;
  REQUIRE(puts == 1);
  store.compact(compaction::merge());
  static_cast<void>(store.project<account>("account:alice"));
  CHECK(*counts == puts);
  store.compact(compaction::retain([](const quipu::event_view&) { return true; }));  // takes nothing
  static_cast<void>(store.project<account>("account:alice"));
  CHECK(*counts == puts);
  store.compact(compaction::retain(is_even));
  static_cast<void>(store.project<account>("account:alice"));
  static_cast<void>(store.project<account>("account:alice"));
  CHECK(*counts == puts + 1);
  store.compact(compaction::merge());  // of segments from which events were taken
  static_cast<void>(store.project<account>("account:alice"));
  CHECK(*counts == puts + 1);
}

TEST_CASE("a cache from before a compaction is not believed after reopening, nor by a copy, nor the other way round",
          "[store][compaction]") {
  const scratch_folder folder;
  const auto settings = small_segments(folder / "data");
  const auto open = [&](const std::filesystem::path& directory) {
    return quipu::store{small_segments(directory), quipu::file_cache{folder / "cache"}};
  };
  {
    auto store = open(folder / "data");
    fill(store);
    store.snapshot(folder / "copy");
    static_cast<void>(store.project<account>("account:alice"));
    store.compact(compaction::tombstone(is_even));
    store.close();
  }
  auto store = open(folder / "data");
  auto copy = open(folder / "copy");  // the same lineage, and nothing was taken from it
  REQUIRE(store.identity() == copy.identity());
  REQUIRE(folded(store, "account:alice") != folded(copy, "account:alice"));
  for (int round = 0; round < 3; ++round) {
    CHECK(store.project<account>("account:alice") == folded(store, "account:alice"));
    CHECK(copy.project<account>("account:alice") == folded(copy, "account:alice"));
  }
  copy.compact(compaction::retain([](const quipu::event_view& event) {
    return event.sequence() % 3 != 0;
  }));  // as often as the other, and not the same
  for (int round = 0; round < 3; ++round) {
    CHECK(store.project<account>("account:alice") == folded(store, "account:alice"));
    CHECK(copy.project<account>("account:alice") == folded(copy, "account:alice"));
  }
  store.snapshot(folder / "later copy");
  auto later = open(folder / "later copy");
  CHECK(later.head() == store.head());
  CHECK(later.verify() == store.verify());
  CHECK(later.project<account>("account:alice") == folded(store, "account:alice"));
}

TEST_CASE("a reader that was open before goes on, wherever in the log it was", "[store][compaction]") {
  for (int opened_at = 0; opened_at < 4; ++opened_at) {
    const scratch_folder folder;
    const auto settings = small_segments(folder / "data");
    quipu::store writer{settings, quipu::file_cache{folder / "cache"}};
    std::optional<quipu::read_only_store> reader;
    const auto step = [&](int number) {
      if (number == opened_at) reader.emplace(settings, quipu::file_cache{folder / "cache"});
    };
    writer.append(alice, deposited{1});
    step(0);
    fill(writer, 100);
    step(1);
    writer.compact(compaction::merge());
    fill(writer, 30);
    step(2);
    writer.compact(compaction::retain(is_even));
    step(3);
    // Its next segment has become a part of another, or events that it has were dropped: it sees what the writer sees.
    CHECK(reader->count(region::all()) == writer.count(region::all()));
    CHECK(reader->project<account>("account:alice") == folded(writer, "account:alice"));
    CHECK(reader->head() == writer.head());
    CHECK(reader->verify() == writer.verify());
    fill(writer, 200);
    writer.compact(compaction::tombstone([](const quipu::event_view& event) { return event.sequence() % 3 == 0; }));
    CHECK(reader->count(region::all().with_kind(quipu::event_kind::tombstone)) ==
          writer.count(region::all().with_kind(quipu::event_kind::tombstone)));
    CHECK(reader->project<account>("account:alice") == writer.project<account>("account:alice"));
    CHECK(reader->project<account>("account:alice") == folded(*reader, "account:alice"));
    for (int number = 0; number < 20; ++number) writer.append(alice, deposited{number});
    CHECK(reader->project<account>("account:alice") == folded(writer, "account:alice"));
  }
}

TEST_CASE("a reader whose next segment became a part of another goes on at its number", "[store][compaction]") {
  const scratch_folder folder;
  auto large = small_segments(folder / "data");
  large.segment_max_bytes = 64 << 10;
  std::optional<quipu::read_only_store> reader;
  {
    quipu::store writer{small_segments(folder / "data")};
    writer.append(alice, deposited{1});
    reader.emplace(large);
    REQUIRE(reader->count(region::all()) == 1);
    fill(writer, 150);
    writer.close();
  }
  quipu::store writer{large};
  const auto report = writer.compact(compaction::merge());
  REQUIRE((report.segments_before > 4 && report.segments_after == 1));
  CHECK(reader->count(region::all()) == 151);
  CHECK(reader->head() == writer.head());
  writer.append(alice, deposited{2});
  CHECK(reader->count(region::all()) == 152);
  CHECK(reader->project<account>("account:alice") == writer.project<account>("account:alice"));
}

TEST_CASE("a log whose segment is gone is damaged, compaction or not", "[store][compaction]") {
  const scratch_folder folder;
  const auto settings = small_segments(folder / "data");
  std::vector<std::string> names;
  {
    quipu::store writer{settings};
    fill(writer, 200);
    writer.compact(compaction::retain(is_even));
    writer.close();
  }
  for (const auto& entry : fs::directory_iterator{folder / "data"})
    if (entry.path().extension() == ".segment") names.push_back(entry.path().filename().string());
  std::sort(names.begin(), names.end());
  REQUIRE(names.size() > 3);
  fs::remove(folder / "data" / names[1]);
  CHECK(code_of([&] { quipu::store{settings}; }) == quipu::errc::corrupt);
  CHECK(code_of([&] { quipu::read_only_store{settings}; }) == quipu::errc::corrupt);
}

namespace {

/// In another process: follows until `wanted` events of "kept" are there. They must be all and in order; of "noise",
/// any may be gone.
int follow(const quipu::config& settings, std::uint64_t wanted) {
  quipu::read_only_store reader{settings};
  std::uint64_t seen = 0;
  while (seen < wanted) {
    std::uint64_t next = 0;
    std::uint64_t last = 0;
    bool first = true;
    for (const quipu::event_view& event : reader.query(region::all())) {
      if (!first && event.sequence() <= last) return 10;
      last = event.sequence();
      first = false;
      if (event.entity() != "kept") continue;
      if (event.entity_sequence() != next || event.as<deposited>().cents != static_cast<std::int64_t>(next)) return 11;
      ++next;
    }
    if (next < seen) return 12;
    seen = next;
    if (reader.count(region::entity("kept")) < seen) return 13;
    const auto state = reader.project<deposit_count>("kept");
    if (seen != 0 && (!state || state->count < seen)) return 14;
  }
  reader.verify();
  return 0;
}

}  // namespace

TEST_CASE("readers in other processes lose nothing while a log is compacted under them", "[store][compaction]") {
  const scratch_folder folder;
  const auto settings = small_segments(folder / "data");
  quipu::store writer{settings};
  constexpr std::uint64_t wanted = 1500;
  std::vector<pid_t> readers;
  for (int index = 0; index < 3; ++index) {
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
      int code = 99;
      try {
        code = follow(settings, wanted);
      } catch (const quipu::error& failure) {
        static_cast<void>(::write(2, failure.what(), std::string_view{failure.what()}.size()));
      } catch (...) {
        code = 98;
      }
      ::_exit(code);
    }
    readers.push_back(child);
  }
  for (std::uint64_t number = 0; number < wanted; ++number) {
    writer.append({"kept", "s"}, deposited{static_cast<std::int64_t>(number)}, buffered);
    writer.append({"noise", "s"}, withdrawn{1, std::string(number % 50, 'x')}, buffered);
    if (number % 100 == 99) {
      const auto keep = [number](const quipu::event_view& event) {
        return event.entity() == "kept" || event.sequence() % 5 != number / 100 % 5;
      };
      if (number % 300 == 99)
        writer.compact(compaction::merge());
      else if (number % 300 == 199)
        writer.compact(compaction::retain(keep));
      else
        writer.compact(compaction::tombstone(keep));
    }
  }
  writer.sync();
  for (const pid_t reader : readers) {
    int status = 0;
    while (::waitpid(reader, &status, 0) < 0 && errno == EINTR) {
    }
    CHECK(WIFEXITED(status));
    CHECK(WEXITSTATUS(status) == 0);
  }
  CHECK(writer.count(region::entity("kept")) == wanted);
  CHECK(writer.verify().dropped > 0);
}

TEST_CASE("threads append, read, project and compact at once", "[store][compaction]") {
  auto store = quipu::in_memory_store(small_segments(), quipu::memory_cache{1 << 20});
  constexpr std::uint64_t each = 400;
  std::atomic<bool> done{false};
  std::vector<std::string> problems(5);
  const auto guarded = [&](std::size_t index, auto&& work) {
    return std::thread{[&problems, index, work] {
      try {
        problems[index] = work();
      } catch (const std::exception& failure) {
        problems[index] = failure.what();
      }
    }};
  };
  std::vector<std::thread> threads;
  for (std::size_t index = 0; index < 2; ++index) {
    threads.push_back(guarded(index, [&store, index]() -> std::string {
      const std::string entity = "kept:" + std::to_string(index);
      for (std::uint64_t number = 0; number < each; ++number) {
        const auto key = quipu::event_id::from_name(entity + std::to_string(number));
        const quipu::append_options options{
            .expected =
                number == 0 ? quipu::expected_version::no_stream() : quipu::expected_version::exactly(number - 1),
            .idempotency_key = key,
            .durability = number % 8 == 0 ? quipu::durability::durable : quipu::durability::buffered};
        if (store.append({entity, "s"}, deposited{1}, options).entity_sequence != number) return "a wrong number";
        const auto noise =
            store.append({"noise", "s"}, withdrawn{1, "x"},
                         {.idempotency_key = quipu::event_id::from_name("n" + entity + std::to_string(number))});
        const auto again =
            store.append({"noise", "s"}, withdrawn{1, "x"},
                         {.idempotency_key = quipu::event_id::from_name("n" + entity + std::to_string(number))});
        if (again.id != noise.id || again.sequence != noise.sequence) return "a key was forgotten";
      }
      return {};
    }));
  }
  threads.push_back(guarded(2, [&]() -> std::string {
    for (std::uint64_t round = 0; !done || round < 5; ++round) {
      const auto keep = [round](const quipu::event_view& event) {
        return event.entity() != "noise" || event.sequence() % 4 != round % 4;
      };
      store.compact(round % 3 == 0   ? compaction::merge()
                    : round % 3 == 1 ? compaction::retain(keep)
                                     : compaction::tombstone(keep));
    }
    return {};
  }));
  threads.push_back(guarded(3, [&]() -> std::string {
    std::uint64_t last = 0;
    while (!done) {
      std::uint64_t next = 0;
      for (const auto& event : store.stream("kept:0"))
        if (event.entity_sequence() != next++) return "a gap";
      if (next < last) return "the log got shorter";
      last = next;
      const auto state = store.project<account>("kept:0");
      if (state && state->cents < static_cast<std::int64_t>(last)) return "a fold missed events";
    }
    return {};
  }));
  threads.push_back(guarded(4, [&]() -> std::string {
    while (!done) store.verify();
    return {};
  }));
  threads[0].join();
  threads[1].join();
  done = true;
  for (std::size_t index = 2; index < threads.size(); ++index) threads[index].join();
  for (const std::string& problem : problems) CHECK(problem == "");
  CHECK(store.project<account>("kept:1")->cents == static_cast<std::int64_t>(each));
  CHECK(store.stats().events == 4 * each);
  store.close();
}

TEST_CASE("closing waits for a compaction, which ends then and changes nothing", "[store][compaction]") {
  const memory_world world;
  quipu::store store{settings_in(world, small_segments())};
  fill(store);
  std::atomic<bool> closed{false};
  bool too_early = false;
  std::thread closing;
  const auto keep = [&](const quipu::event_view& event) {
    if (event.sequence() != 5) return false;
    closing = std::thread{[&] {
      store.close();
      closed = true;
    }};
    while (store.try_append(alice, deposited{0}, buffered).is_ok()) std::this_thread::yield();  // it has begun to close
    for (int round = 0; round < 1000; ++round) std::this_thread::yield();
    too_early = closed;
    return true;
  };
  CHECK(code_of([&] { store.compact(compaction::retain(keep)); }) == quipu::errc::closed);
  closing.join();
  CHECK_FALSE(too_early);
  quipu::store again{settings_in(world, small_segments())};
  CHECK(again.verify().dropped == 0);
  CHECK(again.count(region::entity("account:bob")) == 12);
}

TEST_CASE("what a compaction calls may ask for consumers while another thread closes the store",
          "[store][compaction]") {
  const memory_world world;
  quipu::store store{settings_in(world, small_segments())};
  fill(store);
  store.cursor_guaranteed("billing", region::all()).commit();
  std::thread closing;
  int asked = 0;
  const auto keep = [&](const quipu::event_view& event) {
    if (event.sequence() != 5) return true;
    closing = std::thread{[&] { store.close(); }};
    while (store.try_append(alice, deposited{0}, buffered).is_ok()) std::this_thread::yield();  // it has begun to close
    CHECK(store.cursors().size() == 1);
    CHECK_THROWS_AS(store.parked("nobody"), quipu::error);
    CHECK(store.cursor_guaranteed("billing", region::all()).next_sequence() == 0);
    asked = 1;
    return true;
  };
  CHECK(code_of([&] { store.compact(compaction::retain(keep)); }) == quipu::errc::closed);
  closing.join();
  CHECK(asked == 1);
}

TEST_CASE("what a compaction calls can't close the store, nor hold up who does", "[store][compaction]") {
  const memory_world world;
  quipu::store store{settings_in(world, small_segments())};
  fill(store);
  std::optional<quipu::errc> of_close;
  const auto report = [&](const quipu::progress&) {
    of_close = code_of([&] { store.close(); });
    return true;
  };
  CHECK_NOTHROW(store.compact(compaction::retain([](const quipu::event_view&) { return true; }), report));
  CHECK(of_close == quipu::errc::invalid_argument);
  CHECK(store.try_append(alice, deposited{1}, buffered).is_ok());

  std::thread closing;
  const auto keep = [&](const quipu::event_view& event) {
    if (event.sequence() != 5) return true;
    auto waiting = store.cursor_guaranteed(region::all(), quipu::cursor_position::end());
    closing = std::thread{[&] { store.close(); }};
    while (waiting.wait()) {
    }
    return true;
  };
  CHECK(code_of([&] { store.compact(compaction::retain(keep)); }) == quipu::errc::closed);
  closing.join();
}

namespace {

/// A world in which something happens each time before a file is opened.
class interrupted final : public quipu::forwarding_environment {
 public:
  using observer = std::function<void(const std::string&)>;
  interrupted(std::shared_ptr<quipu::environment> world, observer before)
      : forwarding_environment{std::move(world)}, before_{std::move(before)} {}

  [[nodiscard]] std::unique_ptr<quipu::environment_directory> open_directory(const std::filesystem::path& where,
                                                                             bool create) override {
    return std::make_unique<directory>(forwarding_environment::open_directory(where, create), before_);
  }

 private:
  class directory final : public quipu::forwarding_directory {
   public:
    directory(std::unique_ptr<quipu::environment_directory> of, observer before)
        : forwarding_directory{std::move(of)}, before_{std::move(before)} {}
    [[nodiscard]] std::unique_ptr<quipu::environment_file> open_file(const std::string& name,
                                                                     quipu::open_mode mode) const override {
      before_(name);
      return forwarding_directory::open_file(name, mode);
    }

   private:
    observer before_;
  };

  observer before_;
};

}  // namespace

TEST_CASE("a reader that opens a log while it is compacted sees it before or after, whatever it has opened by then",
          "[store][compaction]") {
  for (int policy = 0; policy < 3; ++policy) {
    for (int twice = 0; twice < 2; ++twice) {
      std::uint64_t opened = 1;
      for (std::uint64_t point = 0; point < opened; ++point) {
        const memory_world world;
        quipu::store writer{settings_in(world, small_segments())};
        fill(writer, 150);
        writer.compact(compaction::retain([](const quipu::event_view& event) { return event.sequence() != 149; }));
        opened = 0;
        const auto compact = [&](const std::string& name) {
          if (!name.ends_with(".segment")) return;
          const std::uint64_t number = opened++;
          if (number != point && (twice == 0 || number != point + 2)) return;
          const auto keep = [number](const quipu::event_view& event) { return event.sequence() % 3 != number % 3; };
          writer.compact(policy == 0   ? compaction::merge()
                         : policy == 1 ? compaction::retain(keep)
                                       : compaction::tombstone(keep));
        };
        quipu::read_only_store reader{settings_in(std::make_shared<interrupted>(world, compact), small_segments())};
        INFO("policy " << policy << ", before segment " << point << (twice != 0 ? ", and again" : ""));
        REQUIRE(reader.count(region::all()) == writer.count(region::all()));
        REQUIRE(reader.project<account>("account:alice") == folded(writer, "account:alice"));
        REQUIRE(reader.verify() == writer.verify());
        writer.append(alice, deposited{1});
        REQUIRE(reader.project<account>("account:alice") == folded(writer, "account:alice"));
      }
      CHECK(opened > 3);
    }
  }
}
