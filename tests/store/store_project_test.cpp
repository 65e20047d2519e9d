// SPDX-License-Identifier: BSL-1.0
//
// store_project_test.cpp: every way to fold gives one result, whatever the cache did, forgot or made up.
#include "store_fixture.hpp"

#include <catch2/catch.hpp>

#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

using namespace store_tests;
using quipu::as_of;
using quipu::errc;
using quipu::freshness;
using quipu::region;
using std::chrono::milliseconds;

namespace {

/// A cache that a test can look into and change behind the store's back. Copies share it.
class open_cache {
 public:
  using table = std::map<std::string, quipu::cache_entry>;
  std::shared_ptr<table> entries = std::make_shared<table>();
  std::shared_ptr<std::size_t> gets = std::make_shared<std::size_t>();
  std::shared_ptr<std::size_t> puts = std::make_shared<std::size_t>();

  quipu::cache_capabilities capabilities() const { return {}; }
  std::optional<quipu::cache_entry> get(quipu::bytes_view key) {
    ++*gets;
    const auto found = entries->find(std::string{key.text()});
    return found == entries->end() ? std::nullopt : std::optional{found->second};
  }
  void put(quipu::bytes_view key, quipu::bytes_view value, quipu::cache_meta meta) {
    ++*puts;
    (*entries)[std::string{key.text()}] = {value.copy(), meta};
  }
  std::uint64_t delete_prefix(quipu::bytes_view prefix) {
    return std::erase_if(*entries, [&](const auto& each) { return each.first.starts_with(prefix.text()); });
  }
  void sync() {}
};
static_assert(quipu::projection_cache<open_cache>);

/// Counts how often `apply` runs.
std::size_t applied = 0;
struct watched {
  using events = quipu::event_list<deposited>;
  std::int64_t cents{};
  void apply(const deposited& event) {
    ++applied;
    cents += event.cents;
  }
};

/// As `account`, from another build: the logic changed, and so did the number.
struct account_v2 {
  using events = quipu::event_list<deposited, withdrawn>;
  static constexpr std::uint64_t version = 2;
  std::int64_t cents{};
  std::uint64_t order{};
  void apply(const deposited& event) { cents += 2 * event.cents; }
  void apply(const withdrawn& event) { cents -= 2 * event.cents; }
};

/// A state that has no encoding: it holds a pointer.
struct uncacheable {
  using events = quipu::event_list<deposited>;
  static constexpr auto caching = quipu::caching::never;
  std::shared_ptr<std::int64_t> cents = std::make_shared<std::int64_t>(0);
  void apply(const deposited& event) { *cents += event.cents; }
};

struct seen_raw {
  using events = quipu::any_event;
  std::uint64_t count{};
  std::string scopes{};
  void apply(const quipu::event_view& event) {
    ++count;
    scopes += event.scope();
  }
  friend bool operator==(const seen_raw&, const seen_raw&) = default;
};

struct last_header {
  using events = quipu::event_list<deposited>;
  std::uint64_t last{};
  std::int64_t time_us{};
  void apply(const deposited&, const quipu::event_header& header) {
    last = header.position.sequence;
    time_us = header.timestamp_us;
  }
  friend bool operator==(const last_header&, const last_header&) = default;
};

template <class Store>
void append_some(Store& store, seeded& random, std::size_t count) {
  for (std::size_t number = 0; number < count; ++number) {
    const std::string entity = "account:" + std::to_string(random.below(4));
    const auto how = random.below(3) == 0 ? quipu::durability::durable : quipu::durability::buffered;
    const auto cents = static_cast<std::int64_t>(random.below(1000));
    if (random.below(2) == 0)
      store.append({entity, "s"}, deposited{cents}, {.durability = how});
    else if (random.below(3) != 0)
      store.append({entity, "t"}, withdrawn{cents, std::string(random.below(9), 'm')}, {.durability = how});
    else
      store.append({entity, "s"}, renamed{"not folded"}, {.durability = how});
  }
}

/// The fold as anyone would write it.
template <class State, class Store>
std::optional<State> plain_fold(Store& store, const region& wanted, std::uint64_t up_to = UINT64_MAX) {
  std::optional<State> state;
  for (const auto& each : store.query(wanted)) {
    if (each.entity_sequence() > up_to) break;
    if (!state) state.emplace();
    if constexpr (requires { state->apply(each); })
      state->apply(each);
    else
      each.visit(typename State::events{}, [&](const auto& event) {
        if constexpr (requires { state->apply(event); })
          state->apply(event);
        else
          state->apply(event, each.header());
      });
  }
  return state;
}

template <class State, class Store>
void agrees(Store& store) {
  for (int number = 0; number < 5; ++number) {  // 4 isn't there
    const std::string entity = "account:" + std::to_string(number);
    const auto expected = plain_fold<State>(store, region::entity(entity));
    REQUIRE(store.template project<State>(entity) == expected);
    REQUIRE(store.template project<State>(entity) == expected);  // from the cache, if there is one
    REQUIRE(store.template project<State>(entity, as_of::entity_sequence(UINT64_MAX)) == expected);
    REQUIRE(store.template project<State>(entity, freshness::maybe_stale(milliseconds{0})) == expected);
    if (const std::uint64_t events = store.stats().events; events != 0)
      REQUIRE(store.template project<State>(entity, freshness::at_least(events - 1)) == expected);
    REQUIRE(store.template project<State>(region::entity(entity)) == expected.value_or(State{}));
    const std::uint64_t count = store.count(region::entity(entity));
    for (std::uint64_t last = 0; last < count; last += 1 + count / 5)
      REQUIRE(store.template project<State>(entity, as_of::entity_sequence(last)) ==
              plain_fold<State>(store, region::entity(entity), last));
    const std::uint64_t all = store.stats().events;
    for (std::uint64_t last = 0; last < all; last += 1 + all / 7)
      REQUIRE(store.template project<State>(entity, as_of::sequence(last)) ==
              plain_fold<State>(store, region::entity(entity).with_sequence_range(0, last)));
    REQUIRE(store.template project<State>(entity, as_of::sequence(UINT64_MAX)) == expected);
  }
  REQUIRE(store.template project<State>(region::all()) == plain_fold<State>(store, region::all()).value_or(State{}));
  REQUIRE(store.template project<State>(region::scope("t")) ==
          plain_fold<State>(store, region::scope("t")).value_or(State{}));
  const region some = region::entity_prefix("account:").with_events<deposited>().with_entity_sequence_range(2, 9);
  REQUIRE(store.template project<State>(some) == plain_fold<State>(store, some).value_or(State{}));
  const std::uint64_t events = store.stats().events;
  const region middle = region::entity_prefix("account:").with_sequence_range(events / 4, events / 2);
  REQUIRE(store.template project<State>(middle) == plain_fold<State>(store, middle).value_or(State{}));
}

template <class Cache>
void folds_agree(Cache cache, std::uint64_t seed, std::uint64_t put_after = 1) {
  const memory_world world;
  seeded random{seed};
  quipu::config settings = small_segments("d");
  settings.cache.put_after_events = put_after;
  for (int life = 0; life < 3; ++life) {
    quipu::store store{settings_in(world, settings), cache};
    for (int round = 0; round < 4; ++round) {
      INFO("seed " << seed << " life " << life << " round " << round);
      agrees<account>(store);
      agrees<deposit_count>(store);
      agrees<seen_raw>(store);
      agrees<last_header>(store);
      append_some(store, random, random.below(40));
    }
  }
}

}  // namespace

TEST_CASE("every way to fold agrees: cold, cached, incremental, past, across entities", "[store][project]") {
  const scratch_folder folder;
  for (std::uint64_t seed = 1; seed <= 2; ++seed) {
    folds_agree(quipu::no_cache{}, seed);
    folds_agree(quipu::memory_cache{1 << 20}, seed);
    folds_agree(quipu::memory_cache{700}, seed);  // forgets all the time
    folds_agree(open_cache{}, seed, 7);
  }
  folds_agree(quipu::file_cache{folder / "cache"}, 3);
  folds_agree(quipu::tiered_cache{quipu::memory_cache{2000}, quipu::file_cache{folder / "lower"}}, 4);
}

TEST_CASE("a region of several kinds is folded whole, however many events it has", "[store][project]") {
  auto store = quipu::in_memory_store();
  std::uint64_t in_region = 0;
  // Around 256 events of the region, which are found that many at a time, and around twice that.
  for (const std::uint64_t events : {255U, 256U, 257U, 511U, 512U, 513U}) {
    for (; in_region < events; ++in_region) {
      if (in_region % 3 == 0) store.append_raw({"e", "s"}, quipu::event_kind::custom(0x4, 9), "another kind");
      if (in_region % 2 == 0)
        store.append({"e", "s"}, deposited{1});
      else
        store.append({"e", "s"}, withdrawn{1});
    }
    const auto wanted = region::all().with_events<deposited, withdrawn>();
    CHECK(store.project<seen_raw>(wanted).count == events);
    CHECK(store.project<watched>(wanted).cents == static_cast<std::int64_t>((events + 1) / 2));
  }
}

TEST_CASE("a cached state is folded on from where it ends", "[store][project]") {
  const open_cache cache;
  const memory_world world;
  {
    quipu::store store{settings_in(world, small_segments()), cache};
    for (int number = 1; number <= 100; ++number) store.append({"a", "s"}, deposited{number});
    applied = 0;
    CHECK(store.project<watched>("a")->cents == 5050);
    CHECK(applied == 100);
    CHECK(store.project<watched>("a")->cents == 5050);
    CHECK(applied == 100);
    store.append({"a", "s"}, deposited{1000});
    store.append({"b", "s"}, deposited{1000});
    CHECK(store.project<watched>("a")->cents == 6050);
    CHECK(applied == 101);
  }
  quipu::store store{settings_in(world, small_segments()), cache};
  store.append({"a", "s"}, deposited{1});
  CHECK(store.project<watched>("a")->cents == 6051);
  CHECK(applied == 102);
}

TEST_CASE("a state is put into the cache when enough events were folded", "[store][project]") {
  const open_cache cache;
  quipu::config settings = small_segments();
  settings.cache.put_after_events = 10;
  auto store = quipu::in_memory_store(settings, cache);
  for (int number = 0; number < 9; ++number) store.append({"a", "s"}, deposited{1});
  CHECK(store.project<watched>("a")->cents == 9);
  CHECK(*cache.puts == 0);
  store.append({"a", "s"}, deposited{1});
  CHECK(store.project<watched>("a")->cents == 10);
  CHECK(*cache.puts == 1);
  for (int number = 0; number < 9; ++number) {
    store.append({"a", "s"}, deposited{1});
    CHECK(store.project<watched>("a")->cents == 11 + number);
  }
  CHECK(*cache.puts == 1);
}

TEST_CASE("a cache that is no cache isn't asked", "[store][project]") {
  struct noop : open_cache {
    quipu::cache_capabilities capabilities() const { return {.supports_prefetch = false, .is_noop = true}; }
  };
  const noop cache;
  auto store = quipu::in_memory_store(small_segments(), cache);
  store.append({"a", "s"}, deposited{1});
  CHECK(store.project<account>("a")->cents == 1);
  CHECK(*cache.gets == 0);
  CHECK(*cache.puts == 0);
}

TEST_CASE("maybe_stale: an old state within the window, a new one outside it", "[store][project]") {
  std::int64_t now = 1'000'000'000;
  quipu::config settings = small_segments();
  settings.clock = [&] { return now; };
  auto store = quipu::in_memory_store(settings, quipu::memory_cache{1 << 20});
  store.append({"a", "s"}, deposited{1});
  CHECK(store.project<watched>("a")->cents == 1);
  store.append({"a", "s"}, deposited{10});
  const auto stale = [&](int window) {
    return store.project<watched>("a", freshness::maybe_stale(milliseconds{window}))->cents;
  };
  now += 100'000;
  CHECK(stale(100) == 1);
  CHECK(stale(1000) == 1);
  CHECK(store.project<deposit_count>("a", freshness::maybe_stale(milliseconds{1000}))->count ==
        2);  // nothing cached: new
  now += 1;
  CHECK(stale(100) == 11);
  store.append({"a", "s"}, deposited{100});
  CHECK(stale(100) == 11);
  CHECK(store.project<watched>("a")->cents == 111);  // consistent by default
  CHECK(stale(100) == 111);
  store.append({"a", "s"}, deposited{1000});
  now -= 50'000;  // a state from the future has no age
  CHECK(stale(100'000) == 1111);
}

TEST_CASE("maybe_stale: a state is as old as the log it was folded from, however long the folding took",
          "[store][project]") {
  static std::int64_t now;
  now = 1'000'000'000;
  struct slow {
    using events = quipu::event_list<deposited>;
    std::int64_t cents{};
    void apply(const deposited& event) {
      now += 400'000;  // half a second or so goes by
      cents += event.cents;
    }
  };
  quipu::config settings = small_segments();
  settings.clock = [] { return now; };
  auto store = quipu::in_memory_store(settings, quipu::memory_cache{1 << 20});
  store.append({"a", "s"}, deposited{1});
  CHECK(store.project<slow>("a")->cents == 1);  // of the log as it was 400 ms ago
  store.append({"a", "s"}, deposited{10});
  CHECK(store.project<slow>("a", freshness::maybe_stale(milliseconds{300}))->cents == 11);
}

TEST_CASE("at_least: the event and all before it, or an error", "[store][project]") {
  auto store = quipu::in_memory_store(small_segments(), quipu::memory_cache{1 << 20});
  const auto first = store.append({"a", "s"}, deposited{1});
  CHECK(store.project<watched>("a")->cents == 1);
  const auto other = store.append({"b", "s"}, deposited{5});
  applied = 0;
  CHECK(store.project<watched>("a", freshness::at_least(other.sequence))->cents == 1);
  CHECK(applied == 0);  // all of `a` was folded already
  const auto second = store.append({"a", "s"}, deposited{10});
  store.append({"a", "s"}, deposited{100});
  CHECK(store.project<watched>("a", freshness::at_least(first.sequence))->cents == 1);  // the cached one is enough
  CHECK(store.project<watched>("a", freshness::at_least(other.sequence))->cents == 1);
  CHECK(store.project<watched>("a", freshness::at_least(second.sequence))->cents >= 11);
  const quipu::error early = error_of([&] { static_cast<void>(store.project<watched>("a", freshness::at_least(4))); });
  CHECK(early.code() == errc::not_found);
  CHECK(early.expected() == 4);
  CHECK_FALSE(store.try_project<watched>("a", freshness::at_least(4)).is_ok());
  auto without = quipu::in_memory_store();
  CHECK(code_of([&] { static_cast<void>(without.project<watched>("a", freshness::at_least(0))); }) == errc::not_found);
}

TEST_CASE("as_of: an entity as it was, by either sequence and by time", "[store][project]") {
  std::int64_t now = 1000;
  quipu::config settings = small_segments();
  settings.clock = [&] { return now; };
  auto store = quipu::in_memory_store(settings);
  for (int number = 1; number <= 5; ++number, now += 1000) {
    store.append({"a", "s"}, deposited{number});
    store.append({"b", "s"}, deposited{100 * number});
  }
  CHECK(store.project<account>("a", as_of::entity_sequence(0))->cents == 1);
  CHECK(store.project<account>("a", as_of::entity_sequence(2))->cents == 6);
  CHECK(store.project<account>("a", as_of::entity_sequence(99))->cents == 15);
  CHECK(store.project<account>("a", as_of::sequence(0))->cents == 1);
  CHECK_FALSE(store.project<account>("b", as_of::sequence(0)));
  CHECK(store.project<account>("a", as_of::sequence(3))->cents == 3);
  CHECK(store.project<account>("b", as_of::sequence(3))->cents == 300);
  CHECK(store.project<account>("b", as_of::sequence(4))->cents == 300);
  CHECK(store.project<account>("b", as_of::sequence(99))->cents == 1500);
  CHECK_FALSE(store.project<account>("a", as_of::time(999)));
  CHECK(store.project<account>("a", as_of::time(1000))->cents == 1);
  CHECK(store.project<account>("a", as_of::time(2999))->cents == 3);
  CHECK(store.project<account>("b", as_of::time(3000))->cents == 600);
  CHECK_FALSE(store.project<account>("nobody", as_of::entity_sequence(9)));
  CHECK_FALSE(store.project<account>("nobody", as_of::sequence(9)));
}

TEST_CASE("project_if_changed: only what is new, and with its count", "[store][project]") {
  auto store = quipu::in_memory_store(small_segments(), quipu::memory_cache{1 << 20});
  CHECK_FALSE(store.project_if_changed<account>("a", 0));
  store.append({"a", "s"}, deposited{1});
  const auto first = store.project_if_changed<account>("a", 0);
  REQUIRE(first);
  CHECK(first->state.cents == 1);
  CHECK(first->count == 1);
  CHECK_FALSE(store.project_if_changed<account>("a", first->count));
  store.append({"b", "s"}, deposited{1});
  CHECK_FALSE(store.project_if_changed<account>("a", first->count));
  store.append({"a", "s"}, deposited{10}, {.durability = quipu::durability::buffered});
  const auto second = store.project_if_changed<account>("a", first->count);
  REQUIRE(second);
  CHECK(second->state.cents == 11);
  CHECK(second->count == 2);

  CHECK(quipu::projected<account>{}.version() == quipu::expected_version::no_stream());
  CHECK(first->version() == quipu::expected_version::exactly(0));
  CHECK(code_of([&] { store.append({"a", "s"}, deposited{1}, {.expected = first->version()}); }) == errc::conflict);
  CHECK(store.append({"a", "s"}, deposited{1}, {.expected = second->version()}).entity_sequence == 2);
}

TEST_CASE("project_with_version: a state, and the version that its stream has", "[store][project]") {
  auto store = quipu::in_memory_store(small_segments(), quipu::memory_cache{1 << 20});
  const auto none = store.project_with_version<account>("a");
  CHECK(none.state.cents == 0);
  CHECK(none.count == 0);
  CHECK(none.version() == quipu::expected_version::no_stream());
  store.append({"a", "s"}, deposited{1}, {.expected = none.version()});
  CHECK(code_of([&] { store.append({"a", "s"}, deposited{1}, {.expected = none.version()}); }) == errc::conflict);

  store.append({"a", "s"}, deposited{10}, {.durability = quipu::durability::buffered});
  const auto two = store.project_with_version<account>("a");
  CHECK(two.state.cents == 11);
  CHECK(two.version() == quipu::expected_version::exactly(1));
  store.append({"b", "s"}, deposited{1});
  store.append({"a", "s"}, deposited{100}, {.expected = two.version()});
  CHECK(code_of([&] { store.append({"a", "s"}, deposited{1}, {.expected = two.version()}); }) == errc::conflict);

  // A stream whose events were all dropped begins again with the first state, and goes on with its numbers.
  store.compact(quipu::compaction::retain([](const quipu::event_view& event) { return event.entity() != "a"; }));
  const auto dropped = store.project_with_version<account>("a");
  CHECK(dropped.state.cents == 0);
  CHECK(dropped.count == 3);
  CHECK(store.append({"a", "s"}, deposited{5}, {.expected = dropped.version()}).entity_sequence == 3);
  CHECK(store.project_with_version<account>("a").state.cents == 5);
}

TEST_CASE("a state that is never cached needs no encoding, whichever cache the store has", "[store][project]") {
  quipu::memory_cache cache{1 << 20};
  auto store = quipu::in_memory_store(small_segments(), cache);
  CHECK_FALSE(store.project<uncacheable>("a"));
  store.append({"a", "s"}, deposited{20});
  store.append({"a", "s"}, deposited{22});
  CHECK(*store.project<uncacheable>("a")->cents == 42);
  CHECK(*store.project<uncacheable>("a", as_of::entity_sequence(0))->cents == 20);
  CHECK(*store.project<uncacheable>(region::all()).cents == 42);
  CHECK(cache.stats() == quipu::cache_stats{});
}

// ---- a cache can't lie
// -----------------------------------------------------------------------------------------------------------

TEST_CASE("deleting, damaging, cutting or swapping what is cached changes no answer", "[store][project][cache]") {
  const open_cache cache;
  seeded random{5};
  auto store = quipu::in_memory_store(small_segments(), cache);
  append_some(store, random, 60);
  const auto check = [&] {
    agrees<account>(store);
    agrees<deposit_count>(store);
  };
  check();
  REQUIRE(cache.entries->size() == 8);
  cache.entries->clear();
  check();
  const open_cache::table sound = *cache.entries;
  for (int round = 0; round < 300; ++round) {  // any bit of any entry
    for (auto& [key, entry] : *cache.entries)
      entry.value[random.below(entry.value.size())] ^= static_cast<std::byte>(1U << random.below(8));
    agrees<account>(store);
  }
  for (std::size_t size = 0; size < 80; ++size) {
    for (auto& [key, entry] : *cache.entries) entry.value.resize(std::min(size, entry.value.size()));
    agrees<account>(store);
    *cache.entries = sound;
  }
  for (int round = 0; round < 100; ++round) {  // entries under others' keys: other entities', other projections'
    for (auto& [key, entry] : *cache.entries)
      entry = std::next(sound.begin(), static_cast<std::ptrdiff_t>(random.below(sound.size())))->second;
    check();
  }
  for (auto& [key, entry] : *cache.entries) {
    entry.meta.watermark = random.next();
    entry.meta.cached_at_us = static_cast<std::int64_t>(random.next());
  }
  check();
}

TEST_CASE("another store's entries aren't believed", "[store][project][cache]") {
  const open_cache cache;
  auto left = quipu::in_memory_store(small_segments(), cache);
  auto right = quipu::in_memory_store(small_segments(), cache);
  for (int number = 0; number < 3; ++number) {
    left.append({"a", "s"}, deposited{1});
    right.append({"a", "s"}, deposited{100});
    CHECK(left.project<account>("a")->cents == 1 * (number + 1));
    CHECK(right.project<account>("a")->cents == 100 * (number + 1));
    CHECK(left.project<account>("a", freshness::maybe_stale(std::chrono::hours{1}))->cents == 1 * (number + 1));
  }
}

TEST_CASE("another build's entries aren't believed, also where the cache hands them out under this one's key",
          "[store][project][cache]") {
  const open_cache cache;
  auto store = quipu::in_memory_store(small_segments(), cache);
  store.append({"a", "s"}, deposited{50});
  CHECK(store.project<account>("a")->cents == 50);
  REQUIRE(cache.entries->size() == 1);
  const quipu::cache_entry old = cache.entries->begin()->second;
  CHECK(store.project<account_v2>("a")->cents == 100);
  REQUIRE(cache.entries->size() == 2);
  for (auto& [key, entry] : *cache.entries) entry = old;
  CHECK(store.project<account_v2>("a")->cents == 100);
  CHECK(store.project<account>("a")->cents == 50);
}

TEST_CASE("entries that are ahead of the log after a crash aren't believed", "[store][project][cache]") {
  const open_cache cache;
  const memory_world world;
  std::optional<memory_world> crashed;
  {
    quipu::store store{settings_in(world, small_segments("d")), cache};
    store.append({"a", "s"}, deposited{1});
    CHECK(store.project<account>("a")->cents == 1);
    crashed = world.copy();  // what a disk would hold if the power went now
    store.append({"a", "s"}, deposited{10});
    store.append({"a", "s"}, deposited{100});
    CHECK(store.project<account>("a")->cents == 111);
  }
  quipu::store store{settings_in(*crashed, small_segments("d")), cache};
  CHECK(store.project<account>("a")->cents == 1);  // the entry has three events
  store.append({"a", "s"}, deposited{1000});
  CHECK(store.project<account>("a")->cents == 1001);
  store.append({"a", "s"}, deposited{10000});  // as many as the entry had: others
  CHECK(store.project<account>("a")->cents == 11001);
  CHECK(store.project<account>("a", freshness::maybe_stale(std::chrono::hours{1}))->cents == 11001);
}

TEST_CASE("an entry of as many events, of which the last is another, isn't believed", "[store][project][cache]") {
  const open_cache cache;
  const memory_world world;
  { quipu::store store{settings_in(world, small_segments("d"))}; }
  const memory_world branch = world.copy();
  {
    quipu::store store{settings_in(world, small_segments("d")), cache};
    store.append({"a", "s"}, deposited{1});
    CHECK(store.project<account>("a")->cents == 1);
  }
  quipu::store store{settings_in(branch, small_segments("d")), cache};
  store.append({"a", "s"}, deposited{1000});
  CHECK(store.project<account>("a")->cents == 1000);
}

TEST_CASE("a file cache that is deleted or damaged heals", "[store][project][cache]") {
  const scratch_folder folder;
  quipu::store store{small_segments(folder / "data"), quipu::file_cache{folder / "cache"}};
  seeded random{8};
  append_some(store, random, 40);
  agrees<account>(store);
  std::size_t damaged = 0;
  for (const auto& found : fs::recursive_directory_iterator{folder / "cache"}) {
    if (found.path().extension() != ".bin") continue;
    fs::resize_file(found.path(), fs::file_size(found.path()) / 2);
    ++damaged;
  }
  CHECK(damaged == 4);
  agrees<account>(store);
  fs::remove_all(folder / "cache");
  agrees<account>(store);
}

TEST_CASE("what apply throws comes out, and leaves the store and the cache as they were", "[store][project]") {
  struct picky {
    using events = quipu::event_list<deposited>;
    std::int64_t cents{};
    void apply(const deposited& event) {
      if (event.cents < 0) throw std::domain_error{"negative"};
      cents += event.cents;
    }
  };
  const open_cache cache;
  auto store = quipu::in_memory_store(small_segments(), cache);
  store.append({"a", "s"}, deposited{1});
  CHECK(store.project<picky>("a")->cents == 1);
  store.append({"a", "s"}, deposited{-1});
  CHECK_THROWS_AS(static_cast<void>(store.project<picky>("a")), std::domain_error);
  CHECK_THROWS_AS(static_cast<void>(store.project<picky>("a")), std::domain_error);
  CHECK(store.project<picky>("a", as_of::entity_sequence(0))->cents == 1);
  CHECK(*cache.puts == 1);
  CHECK(store.project<account>("a")->cents == 0);
}

TEST_CASE("an entity may have events in several scopes, and a scope selects events", "[store][project]") {
  const scratch_folder folder;
  quipu::store store{small_segments(folder / "data")};
  store.append({"account:1", "zurich"}, deposited{5});
  store.append({"account:1", "basel"}, deposited{70});
  store.append({"account:2", "basel"}, deposited{900});
  CHECK(store.project<account>("account:1")->cents == 75);
  CHECK(store.append({"account:1", "zurich"}, deposited{0}, {.expected = quipu::expected_version::exactly(1)})
            .entity_sequence == 2);
  std::map<std::string, std::int64_t> cents;
  store.project_all<account>(quipu::region::scope("basel"), [&](std::string_view entity, const account& state) {
    cents[std::string{entity}] = state.cents;
  });
  CHECK(cents == std::map<std::string, std::int64_t>{{"account:1", 70}, {"account:2", 900}});
  CHECK(store.project<account>(quipu::region::entity("account:1").with_scope("basel")).cents == 70);
}
