// SPDX-License-Identifier: BSL-1.0
//
// store_options_test.cpp: what an append may ask for: an expected end of the stream, to be done once, a cause and a
// conversation, flags, a durability; and batches, which are there as a whole or not.
#include "store_fixture.hpp"

#include <catch2/catch.hpp>

#include <chrono>
#include <string>
#include <thread>
#include <vector>

using namespace store_tests;
using quipu::durability;
using quipu::errc;
using quipu::event_id;
using quipu::expected_version;
using quipu::region;

namespace {

const quipu::coordinate alice{"alice", "s"};

/// The conflict that an append must throw.
template <class Operation>
quipu::conflict_error conflict_of(Operation operation) {
  try {
    operation();
  } catch (const quipu::conflict_error& conflict) {
    return conflict;
  }
  FAIL("no conflict");
  throw std::logic_error{"unreachable"};
}

template <class Range>
std::size_t size_of(const Range& range) {
  std::size_t count = 0;
  for (auto each = range.begin(); each != range.end(); ++each) ++count;
  return count;
}

}  // namespace

TEST_CASE("an expected end of the stream: every demand on no event, on one and on two", "[store][expected]") {
  for (const bool buffered : {false, true}) {
    const auto how = buffered ? durability::buffered : durability::durable;
    for (std::uint64_t there = 0; there < 3; ++there) {
      const auto passes = [&](expected_version expected) {
        auto store = quipu::in_memory_store(small_segments());
        store.append({"other", "s"}, deposited{1});
        for (std::uint64_t number = 0; number < there; ++number) store.append(alice, deposited{1}, {.durability = how});
        try {
          const quipu::receipt given = store.append(alice, deposited{2}, {.expected = expected, .durability = how});
          CHECK(given.entity_sequence == there);
          return true;
        } catch (const quipu::error& failure) {
          CHECK(failure.code() == errc::conflict);
          CHECK(failure.actual() == (there == 0 ? std::nullopt : std::optional{there - 1}));
          CHECK(store.count(region::entity("alice")) == there);
          CHECK(store.stats().events == there + 1);
          CHECK(store.append(alice, deposited{3}, {.durability = how}).entity_sequence == there);
          return false;
        }
      };
      INFO(there << " events, " << (buffered ? "buffered" : "durable"));
      CHECK(passes(expected_version::any()));
      CHECK(passes(expected_version::no_stream()) == (there == 0));
      CHECK(passes(expected_version::stream_exists()) == (there != 0));
      CHECK(passes(expected_version::exactly(0)) == (there == 1));  // not on an empty stream
      CHECK(passes(expected_version::exactly(1)) == (there == 2));
      CHECK_FALSE(passes(expected_version::exactly(2)));
      CHECK_FALSE(passes(expected_version::exactly(UINT64_MAX)));
    }
  }
}

TEST_CASE("a conflict says what was expected and what is there, and has the events in between", "[store][expected]") {
  auto store = quipu::in_memory_store(small_segments());
  for (int number = 0; number < 5; ++number) store.append(alice, deposited{number});
  const auto behind =
      conflict_of([&] { store.append(alice, deposited{9}, {.expected = expected_version::exactly(2)}); });
  CHECK(behind.code() == errc::conflict);
  CHECK(behind.entity() == "alice");
  CHECK(behind.expected() == 2);
  CHECK(behind.actual() == 4);
  std::vector<std::int64_t> between;
  for (const auto& each : behind.between()) between.push_back(each.as<deposited>().cents);
  CHECK(between == std::vector<std::int64_t>{3, 4});

  const auto unexpected =
      conflict_of([&] { store.append(alice, deposited{9}, {.expected = expected_version::no_stream()}); });
  CHECK_FALSE(unexpected.expected());
  CHECK(size_of(unexpected.between()) == 5);
  const auto ahead =
      conflict_of([&] { store.append(alice, deposited{9}, {.expected = expected_version::exactly(7)}); });
  CHECK(ahead.expected() == 7);
  CHECK(ahead.between().empty());
  const auto missing = conflict_of([&] {
    store.append({"nobody", "s"}, deposited{9}, {.expected = expected_version::stream_exists()});
  });
  CHECK_FALSE(missing.actual());
  CHECK(missing.between().empty());
  CHECK(store.stats().events == 5);
  CHECK(store.stats().entities == 1);

  const auto soft = store.try_append(alice, deposited{9}, {.expected = expected_version::exactly(2)});
  CHECK_FALSE(soft.is_ok());
  CHECK(store.append(alice, deposited{9}, {.expected = expected_version::exactly(4)}).entity_sequence == 5);
  // The range of a conflict is of the moment, and outlives what threw it.
  CHECK(size_of(behind.between()) == 2);
}

// ---- once
// ----------------------------------------------------------------------------------------------------------------------

TEST_CASE("the same key gives the first receipt again, and changes nothing", "[store][once]") {
  const memory_world world;
  const event_id key = event_id::from_name("order 17");
  quipu::receipt first;
  {
    quipu::store store{settings_in(world, small_segments())};
    first = store.append(alice, deposited{5}, {.idempotency_key = key});
    for (int number = 0; number < 60; ++number) store.append({"other", "s"}, deposited{number});
    CHECK(store.append(alice, deposited{5}, {.idempotency_key = key}) == first);
    // Also where the stream has gone on since, for the first attempt was as expected.
    CHECK(store.append(alice, deposited{5}, {.expected = expected_version::no_stream(), .idempotency_key = key}) ==
          first);
    CHECK(store.append(alice, deposited{5}, {.idempotency_key = key, .durability = durability::buffered}) == first);
    CHECK(store.stats().events == 61);
    CHECK(store.get(first.id).idempotency_key() == key);
  }
  quipu::store store{settings_in(world, small_segments())};
  CHECK(store.append(alice, deposited{5}, {.idempotency_key = key}) == first);
  CHECK(store.stats().events == 61);
}

TEST_CASE("the same key for something else is refused", "[store][once]") {
  for (const auto how : {durability::durable, durability::buffered}) {
    auto store = quipu::in_memory_store(small_segments());
    const event_id key = event_id::from_name("k");
    store.append(alice, deposited{5}, {.idempotency_key = key, .durability = how});
    const auto mismatch = [&](auto&& call) { return code_of(call) == errc::idempotency_mismatch; };
    CHECK(mismatch([&] { store.append(alice, deposited{6}, {.idempotency_key = key, .durability = how}); }));
    CHECK(mismatch([&] { store.append({"bob", "s"}, deposited{5}, {.idempotency_key = key, .durability = how}); }));
    CHECK(mismatch([&] { store.append({"alice", "t"}, deposited{5}, {.idempotency_key = key, .durability = how}); }));
    CHECK(mismatch([&] { store.append(alice, withdrawn{5, ""}, {.idempotency_key = key, .durability = how}); }));
    CHECK(mismatch([&] {
      store.append_raw(alice, deposited::kind, quipu::encode(deposited{5}),
                       {.idempotency_key = key, .durability = how});
    }));
    CHECK(store.stats().events == 1);
    CHECK(store.stats().entities == 1);
    CHECK(store.append(alice, deposited{6}, {.idempotency_key = event_id::from_name("other")}).sequence == 1);
  }
}

TEST_CASE("a buffered append with a key: the second one finds the first, which nobody flushed", "[store][once]") {
  auto store = quipu::in_memory_store(small_segments());
  const event_id key = event_id::from_name("k");
  const auto first = store.append(alice, deposited{5}, {.idempotency_key = key, .durability = durability::buffered});
  CHECK_FALSE(first.durable);
  const auto second = store.append(alice, deposited{5}, {.idempotency_key = key, .durability = durability::buffered});
  CHECK(second.id == first.id);
  CHECK(second.sequence == 0);
  const auto third = store.append(alice, deposited{5}, {.idempotency_key = key});
  CHECK(third.id == first.id);
  CHECK(third.durable);  // this one asked for it
  CHECK(store.stats().events == 1);
}

TEST_CASE("keys in batches: repeated in part, within the batch, and refused as a whole", "[store][once]") {
  const memory_world world;
  const auto key = [](int number) { return event_id::from_name("key " + std::to_string(number)); };
  std::vector<quipu::receipt> first;
  const auto pair = [&] {
    quipu::batch events;
    static_cast<void>(events.add(alice, deposited{1}, {.idempotency_key = key(1)}));
    static_cast<void>(events.add({"bob", "s"}, deposited{2}, {.idempotency_key = key(2)}));
    return events;
  };
  {
    quipu::store store{settings_in(world, small_segments())};
    first = store.append(pair());
    CHECK(store.append(pair()) == first);
    CHECK(store.append(alice, deposited{1}, {.idempotency_key = key(1)}) == first[0]);

    quipu::batch more = pair();  // two that are there, one that isn't
    const auto added = more.add(alice, deposited{3}, {.idempotency_key = key(3)});
    const auto receipts = store.append(more);
    CHECK(receipts[0] == first[0]);
    CHECK(receipts[1] == first[1]);
    CHECK(receipts[added.index].sequence == 2);
    CHECK(receipts[added.index].entity_sequence == 1);

    quipu::batch twice;
    static_cast<void>(twice.add(alice, deposited{4}, {.idempotency_key = key(4)}));
    static_cast<void>(twice.add(alice, deposited{4}, {.idempotency_key = key(4)}));
    const auto same = store.append(twice);
    CHECK(same[0] == same[1]);
    CHECK(store.stats().events == 4);

    quipu::batch contradicting;
    static_cast<void>(contradicting.add(alice, deposited{5}, {.idempotency_key = key(5)}));
    static_cast<void>(contradicting.add(alice, deposited{6}, {.idempotency_key = key(5)}));
    CHECK(code_of([&] { store.append(contradicting); }) == errc::idempotency_mismatch);
    quipu::batch wrong;
    static_cast<void>(wrong.add({"carol", "s"}, deposited{7}));
    static_cast<void>(wrong.add(alice, deposited{8}, {.idempotency_key = key(1)}));
    CHECK(code_of([&] { store.append(wrong); }) == errc::idempotency_mismatch);
    CHECK(store.stats().events == 4);
    CHECK(store.stats().entities == 2);
  }
  quipu::store store{settings_in(world, small_segments())};
  CHECK(store.append(pair()) == first);
  CHECK(store.append(alice, deposited{5}, {.idempotency_key = key(5)}).sequence == 4);  // the refused one used no key
}

namespace {

/// As `deposited`, in a later version.
struct deposited_later {
  static constexpr auto kind = deposited::kind;
  static constexpr std::uint16_t version = 2;
  std::int64_t cents{};
};

}  // namespace

TEST_CASE("a key twice in a batch, for things that differ in one respect", "[store][once]") {
  const quipu::append_options keyed{.idempotency_key = event_id::from_name("k")};
  const auto same = quipu::encode(deposited{5});
  const auto refused_with = [&](auto&& add_another) {
    auto store = quipu::in_memory_store(small_segments());
    quipu::batch events;
    static_cast<void>(events.add(alice, deposited{5}, keyed));
    add_another(events);
    const errc code = code_of([&] { store.append(events); });
    CHECK(store.stats().events == 0);
    return code == errc::idempotency_mismatch;
  };
  CHECK(refused_with([&](quipu::batch& to) { static_cast<void>(to.add({"bob", "s"}, deposited{5}, keyed)); }));
  CHECK(refused_with([&](quipu::batch& to) { static_cast<void>(to.add({"alice", "t"}, deposited{5}, keyed)); }));
  CHECK(refused_with([&](quipu::batch& to) { static_cast<void>(to.add(alice, deposited{6}, keyed)); }));
  CHECK(refused_with([&](quipu::batch& to) { static_cast<void>(to.add(alice, deposited_later{5}, keyed)); }));
  CHECK(refused_with([&](quipu::batch& to) {
    static_cast<void>(to.add_raw(alice, deposited::kind, same, keyed));  // without a version
  }));

  auto store = quipu::in_memory_store(small_segments());
  quipu::batch raw;
  static_cast<void>(raw.add_raw(alice, deposited::kind, same, keyed));
  static_cast<void>(raw.add_raw(alice, withdrawn::kind, same, keyed));
  CHECK(code_of([&] { store.append(raw); }) == errc::idempotency_mismatch);
}

// ---- causes
// ----------------------------------------------------------------------------------------------------------------------

TEST_CASE("causes and conversations", "[store][causes]") {
  auto store = quipu::in_memory_store(small_segments());
  const auto began = store.append(alice, deposited{1});
  const auto reaction = store.append_reaction({"bob", "s"}, deposited{2}, began);
  const auto further = store.append_reaction({"carol", "s"}, deposited{3}, store.get(reaction.id));
  CHECK(store.get(began.id).header().correlation_id == began.id);
  CHECK(store.get(reaction.id).header().causation_id == began.id);
  CHECK(store.get(reaction.id).header().correlation_id == began.id);
  CHECK(store.get(further.id).header().causation_id == reaction.id);
  CHECK(store.get(further.id).header().correlation_id == began.id);

  const event_id conversation = event_id::from_name("a conversation");
  const auto named = store.append(alice, deposited{4}, {.correlation_id = conversation});
  CHECK(store.get(named.id).header().correlation_id == conversation);
  CHECK(store.get(store.append_reaction(alice, deposited{5}, named).id).header().correlation_id == conversation);
  const auto moved = store.append(alice, deposited{6}, {.correlation_id = conversation, .causation_id = began.id});
  CHECK(store.get(moved.id).header().correlation_id == conversation);
  CHECK(store.get(moved.id).header().causation_id == began.id);

  const auto buffered = store.append(alice, deposited{7}, {.durability = durability::buffered});
  CHECK(store.get(store.append_reaction(alice, deposited{8}, buffered).id).header().causation_id == buffered.id);

  const std::uint64_t before = store.stats().events;
  const quipu::error missing =
      error_of([&] { store.append(alice, deposited{9}, {.causation_id = event_id::generate()}); });
  CHECK(missing.code() == errc::not_found);
  CHECK(store.stats().events == before);
}

TEST_CASE("a batch: reactions to its earlier items, one conversation, one commit", "[store][batch]") {
  auto store = quipu::in_memory_store(small_segments());
  const auto outside = store.append({"outside", "s"}, deposited{0});
  quipu::batch events;
  const auto first = events.add(alice, deposited{1});
  const auto second = events.add_reaction({"bob", "s"}, deposited{2}, first);
  const auto third = events.add_reaction(alice, withdrawn{3, "m"}, second);
  const auto apart = events.add(alice, deposited{4}, {.causation_id = outside.id});
  const auto after = events.add_reaction(alice, deposited{5}, apart);
  const auto named = events.add_reaction(alice, deposited{6}, first, {.correlation_id = event_id::from_name("c")});
  const auto raw = events.add_raw({"raw", "s"}, quipu::event_kind::custom(3, 3), "bytes");
  CHECK(events.size() == 7);
  const std::vector<quipu::receipt> receipts = store.append(events);
  const auto header = [&](quipu::batch_item item) { return store.get(receipts[item.index].id).header(); };
  for (std::size_t index = 0; index < receipts.size(); ++index) {
    CHECK(receipts[index].sequence == 1 + index);
    CHECK(receipts[index].durable);
    CHECK(store.get(receipts[index].id).hash() == receipts[index].hash);
  }
  CHECK(receipts[third.index].entity_sequence == 1);
  CHECK(header(second).causation_id == receipts[first.index].id);
  CHECK(header(second).correlation_id == receipts[first.index].id);
  CHECK(header(third).causation_id == receipts[second.index].id);
  CHECK(header(third).correlation_id == receipts[first.index].id);
  CHECK(header(apart).correlation_id == outside.id);
  CHECK(header(after).correlation_id == outside.id);
  CHECK(header(named).correlation_id == event_id::from_name("c"));
  CHECK(header(raw).correlation_id == receipts[raw.index].id);
  CHECK(store.stats().commits == 2);

  CHECK(code_of([&] { static_cast<void>(events.add_reaction(alice, deposited{1}, quipu::batch_item{7})); }) ==
        errc::invalid_argument);
  CHECK(code_of([&] {
          static_cast<void>(events.add_reaction(alice, deposited{1}, first, {.causation_id = outside.id}));
        }) == errc::invalid_argument);
  CHECK(events.size() == 7);
  events.clear();
  CHECK(events.empty());
  CHECK(store.append(events).empty());
  CHECK(store.stats().commits == 2);
}

TEST_CASE("a batch that is refused leaves no trace of any item", "[store][batch]") {
  auto store = quipu::in_memory_store(small_segments());
  store.append(alice, deposited{1});
  const auto before = store.stats();
  const auto refusal = [&](auto&& add_last) {
    quipu::batch events;
    static_cast<void>(events.add({"new", "scope"}, renamed{"first of its kind"}));
    static_cast<void>(events.add(alice, deposited{2}));
    add_last(events);
    const errc code = code_of([&] { store.append(events); });
    CHECK(store.stats().events == before.events);
    CHECK(store.stats().entities == before.entities);
    CHECK(store.stats().written_bytes == before.written_bytes);
    CHECK(store.stats().commits == before.commits);
    CHECK_FALSE(store.project<deposit_count>("new"));
    return code;
  };
  CHECK(refusal([](quipu::batch& events) {
          static_cast<void>(events.add(alice, deposited{3}, {.expected = expected_version::exactly(0)}));
        }) == errc::conflict);
  CHECK(refusal([](quipu::batch& events) {
          static_cast<void>(events.add(alice, deposited{3}, {.causation_id = event_id::generate()}));
        }) == errc::not_found);
  CHECK(refusal([](quipu::batch& events) {
          static_cast<void>(events.add_raw(alice, quipu::event_kind::custom(1, 1), std::string(70'000, 'x')));
        }) == errc::payload_too_large);
  // Expectations count the batch's own items before them.
  quipu::batch chained;
  static_cast<void>(chained.add(alice, deposited{2}, {.expected = expected_version::exactly(0)}));
  static_cast<void>(chained.add(alice, deposited{3}, {.expected = expected_version::exactly(1)}));
  static_cast<void>(chained.add({"new", "scope"}, deposited{4}, {.expected = expected_version::no_stream()}));
  static_cast<void>(chained.add({"new", "scope"}, deposited{4}, {.expected = expected_version::exactly(0)}));
  CHECK(store.append(chained).back().sequence == 4);
}

TEST_CASE("a batch across the end of a segment stays together", "[store][batch]") {
  const memory_world world;
  std::uint64_t expected = 0;
  {
    quipu::store store{settings_in(world, small_segments())};
    for (int round = 0; round < 30; ++round) {
      quipu::batch events;
      for (int number = 0; number < 1 + round % 13; ++number)
        static_cast<void>(events.add({"e" + std::to_string(number), "s"}, withdrawn{number, std::string(100, 'x')}));
      const auto receipts = store.append(events);
      CHECK(receipts.front().sequence == expected);
      expected += receipts.size();
      CHECK(receipts.back().sequence + 1 == expected);
    }
    CHECK(store.stats().segments > 5);
  }
  quipu::store store{settings_in(world, small_segments())};
  CHECK(store.count(region::all()) == expected);
}

TEST_CASE("a large batch with keys and expectations is appended, and known again", "[store][batch]") {
  quipu::config settings{.directory = "memory"};
  settings.batch.max_size = 1'000'000;
  auto store = quipu::in_memory_store(settings);
  quipu::batch events;
  // Comparing each item with each would outlast the patience that ctest has with a test.
  constexpr int count = 200'000;
  for (int number = 0; number < count; ++number)
    static_cast<void>(
        events.add(alice, deposited{number},
                   {.expected = number == 0 ? expected_version::no_stream()
                                            : expected_version::exactly(static_cast<std::uint64_t>(number - 1)),
                    .idempotency_key = event_id::from_name("k" + std::to_string(number))}));
  CHECK(store.append(events).size() == count);
  CHECK(store.append(events).back().sequence == count - 1);
  CHECK(store.count(region::all()) == count);
}

// ---- flags, durability
// -------------------------------------------------------------------------------------------------------------

TEST_CASE("flags are kept as they are given", "[store]") {
  auto store = quipu::in_memory_store(small_segments());
  using quipu::event_flags;
  const auto header = [&](event_flags flags) {
    return store.get(store.append(alice, deposited{1}, {.flags = flags}).id).header();
  };
  CHECK(header(event_flags::none).flags == event_flags::none);
  CHECK(header(event_flags::requires_ack).requires_ack());
  CHECK_FALSE(header(event_flags::requires_ack).replay());
  CHECK(header(event_flags::transactional | event_flags::replay).transactional());
  CHECK(header(event_flags::transactional | event_flags::replay).replay());
  // Bits that aren't a program's to set don't reach the log's own flags.
  CHECK(header(static_cast<event_flags>(0xFFFF)).flags == static_cast<event_flags>(0x00FF));
  CHECK(store.count(region::all()) == 6);
}

TEST_CASE("receipts say whether the event is durable, and sync makes it so", "[store][durability]") {
  auto store = quipu::in_memory_store(small_segments());
  const auto flushes = [&] { return store.stats().flushes; };
  CHECK(store.append(alice, deposited{1}).durable);
  CHECK(flushes() == 1);
  const auto buffered = store.append(alice, deposited{2}, {.durability = durability::buffered});
  CHECK_FALSE(buffered.durable);
  CHECK(buffered.hash.is_zero());
  CHECK(store.get(buffered.id).sequence() == 1);  // visible at once
  CHECK_FALSE(store.get(buffered.id).hash().is_zero());
  CHECK(flushes() == 1);
  store.sync();
  CHECK(flushes() == 2);
  store.sync();
  CHECK(flushes() == 2);
  store.append(alice, deposited{3}, {.durability = durability::buffered});
  CHECK(store.append(alice, deposited{4}).durable);  // takes those before it along
  CHECK(flushes() == 3);
  quipu::batch mixed;
  static_cast<void>(mixed.add(alice, deposited{5}, {.durability = durability::buffered}));
  static_cast<void>(mixed.add(alice, deposited{6}, {.durability = durability::durable}));
  static_cast<void>(mixed.add(alice, deposited{7}, {.durability = durability::buffered}));
  for (const auto& each : store.append(mixed)) CHECK(each.durable);
}

TEST_CASE("config.sync.mode is the durability of an append that asks for none", "[store][durability]") {
  quipu::config settings = small_segments();
  settings.sync.mode = quipu::sync_mode::buffered;
  auto store = quipu::in_memory_store(settings);
  CHECK_FALSE(store.append(alice, deposited{1}).durable);
  CHECK(store.append(alice, deposited{1}, {.durability = durability::durable}).durable);
}

TEST_CASE("every_n_events flushes buffered events by their number", "[store][durability]") {
  quipu::config settings = small_segments();
  settings.sync.mode = quipu::sync_mode::buffered;
  settings.sync.every_n_events = 4;
  auto store = quipu::in_memory_store(settings);
  std::string durable;
  for (int number = 0; number < 10; ++number) durable += store.append(alice, deposited{number}).durable ? 'D' : '.';
  CHECK(durable == "...D...D..");
  CHECK(store.stats().flushes == 2);
  quipu::batch events;
  for (int number = 0; number < 3; ++number) static_cast<void>(events.add(alice, deposited{number}));
  CHECK(store.append(events).front().durable);
}

TEST_CASE("a durability that is none is refused before anything is written", "[store][refusals]") {
  auto store = quipu::in_memory_store();
  const auto refused = code_of([&] {
    store.append({"a", "b"}, deposited{1}, {.durability = static_cast<quipu::durability>(77)});
  });
  CHECK(refused == quipu::errc::invalid_argument);
  CHECK(store.count(quipu::region::all()) == 0);
}

TEST_CASE("interval_ms flushes buffered events by time", "[store][durability]") {
  quipu::config settings = small_segments();
  settings.sync.mode = quipu::sync_mode::buffered;
  settings.sync.interval_ms = 20;
  auto store = quipu::in_memory_store(settings);
  CHECK_FALSE(store.append(alice, deposited{1}).durable);
  const auto end = std::chrono::steady_clock::now() + patience;
  while (store.stats().flushes == 0 && std::chrono::steady_clock::now() < end)
    std::this_thread::sleep_for(std::chrono::milliseconds{2});
  CHECK(store.stats().flushes == 1);
  std::this_thread::sleep_for(std::chrono::milliseconds{50});
  CHECK(store.stats().flushes == 1);  // nothing new, nothing flushed
  store.append(alice, deposited{2});
  store.close();
}

TEST_CASE("a reason to bypass the gates has a bound", "[store][refusals]") {
  auto store = quipu::in_memory_store();
  store.append({"a", "s"}, deposited{1}, {.bypass_reason = std::string(1024, 'r')});
  const quipu::error refused = error_of([&] {
    store.append({"a", "s"}, deposited{2}, {.bypass_reason = std::string(1025, 'r')});
  });
  CHECK(refused.code() == errc::payload_too_large);
  CHECK(refused.expected() == 1024U);
  CHECK(refused.actual() == 1025U);
  CHECK(store.count(region::all()) == 1);
}
