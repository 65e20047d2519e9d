// SPDX-License-Identifier: BSL-1.0
//
// folder_test.cpp: folding frames where they lie, for 1 to 40 kinds, beside a model that counts what was written.
#include "frames.hpp"

#ifndef QUIPU_TEST_SINGLE_HEADER
#include <quipu/projection/folder.hpp>
#endif

#include <catch2/catch.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

using quipu::errc;
using quipu::event_header;
using quipu::event_kind;
using quipu::event_list;
using quipu::detail::frame_view;
using quipu::detail::kind_table;

namespace {

/// Kinds that spread over all categories of programs and collide in any 64 slots.
template <unsigned index>
struct numbered {
  static constexpr auto kind = event_kind::custom(1 + index % 12, index * 331 % 4096);
  std::uint64_t value{};
};

template <class Indexes>
struct tally;
template <std::size_t... indexes>
struct tally<std::index_sequence<indexes...>> {
  using events = event_list<numbered<indexes>...>;
  std::array<std::uint64_t, sizeof...(indexes)> counts{};
  std::uint64_t ordered{};  // depends on the order of what was folded
  template <unsigned index>
  void apply(const numbered<index>& e) {
    ++counts[index];
    ordered = ordered * 31 + e.value * 1000 + index;
  }
};

/// Writes 500 events of 44 kinds, of which the first `count` are folded, and folds them.
template <std::size_t count>
void check_count() {
  constexpr unsigned written = 44;
  static_assert(count < written);
  frames::log log{count % 2 == 0};
  std::array<std::uint64_t, count> counts{};
  std::uint64_t ordered = 0;
  std::uint32_t noise = 7;
  for (std::uint64_t step = 0; step < 500; ++step) {
    noise = noise * 1664525U + 1013904223U;
    const unsigned index = (noise >> 16) % written;
    [&]<std::size_t... all>(std::index_sequence<all...>) {
      static_cast<void>(((index == all && (log.add(numbered<all>{step}), true)) || ...));
    }
    (std::make_index_sequence<written>{});
    if (index >= count) continue;
    ++counts[index];
    ordered = ordered * 31 + step * 1000 + index;
  }
  using state_type = tally<std::make_index_sequence<count>>;
  static_assert(quipu::projection<state_type>);
  state_type state;
  quipu::detail::fold_frames(state, log.first(), log.last(), log.chained);
  CAPTURE(count);
  CHECK(state.counts == counts);
  CHECK(state.ordered == ordered);
}

template <std::size_t... counts>
void check_counts(std::index_sequence<counts...>) {
  (check_count<counts + 1>(), ...);
}

struct deposited {
  static constexpr auto kind = event_kind::custom(0xF, 1);
  std::int64_t cents{};
};
struct renamed_v1 {
  static constexpr auto kind = event_kind::custom(0xF, 2);
  static constexpr std::uint16_t version = 1;
  std::string name{};
};
struct renamed_v2 {
  static constexpr auto kind = event_kind::custom(0xF, 2);
  static constexpr std::uint16_t version = 2;
  using previous = renamed_v1;
  static renamed_v2 upcast(const renamed_v1& older) { return {older.name, 2}; }
  std::string name{};
  std::int64_t since{};
};
struct renamed {
  static constexpr auto kind = event_kind::custom(0xF, 2);
  static constexpr std::uint16_t version = 3;
  using previous = renamed_v2;
  static renamed upcast(const renamed_v2& older) { return {older.name + "!", older.since + 1}; }
  std::string name{};
  std::int64_t since{};
};

struct person {
  using events = event_list<deposited, renamed>;
  std::int64_t cents{};
  std::string names{};
  std::vector<event_header> headers{};
  void apply(const deposited& e) { cents += e.cents; }
  void apply(const renamed& e, const event_header& header) {
    names += e.name + std::to_string(e.since) + ";";
    headers.push_back(header);
  }
};

struct raw {
  using events = quipu::any_event;
  std::vector<std::uint64_t> sequences{};
  std::string payloads{};
  void apply(const quipu::event_view& event) {
    sequences.push_back(event.sequence());
    payloads += std::string{event.payload().text()} + ";";
  }
};

errc code_of_folding(person& state, const frames::log& log) {
  try {
    quipu::detail::fold_frames(state, log.first(), log.last(), log.chained);
  } catch (const quipu::error& failed) {
    return failed.code();
  }
  return errc{};
}

template <unsigned... indexes>
constexpr kind_table<sizeof...(indexes)> table_of() {
  return kind_table<sizeof...(indexes)>{std::array<event_kind, sizeof...(indexes)>{numbered<indexes>::kind...}};
}

}  // namespace

TEST_CASE("frames of any number of kinds are folded in order, and others are stepped over", "[projection][folder]") {
  check_counts(std::make_index_sequence<20>{});
  check_count<24>();
  check_count<32>();
  check_count<33>();
  check_count<40>();
}

TEST_CASE("a kind table finds each of its kinds and no other of the 65,536", "[projection][folder]") {
  constexpr auto table = table_of<0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19>();
  std::size_t found = 0;
  for (std::uint32_t raw_kind = 0; raw_kind < 65536; ++raw_kind) {
    const std::size_t position = table.find(static_cast<std::uint16_t>(raw_kind));
    if (position == 20) continue;
    ++found;
    CHECK(position < 20);
  }
  CHECK(found == 20);
  CHECK(table.find(numbered<0>::kind.raw()) == 0);
  CHECK(table.find(numbered<7>::kind.raw()) == 7);
  CHECK(table.find(numbered<19>::kind.raw()) == 19);
  constexpr auto one = table_of<5>();
  static_assert(one.find(numbered<5>::kind.raw()) == 0 && one.find(numbered<6>::kind.raw()) == 1);
}

TEST_CASE("a kind table that is too full for its hash finds all the same", "[projection][folder]") {
  constexpr auto listed = [] {
    std::array<event_kind, 200> kinds{};
    for (unsigned index = 0; index < 200; ++index)
      kinds[index] = event_kind::from_raw(static_cast<std::uint16_t>(index * index * 7 + 1));
    return kinds;
  }();
  constexpr kind_table<200> table{listed};
  static_assert(table.longest_probe > 0);
  for (std::size_t position = 0; position < 200; ++position) REQUIRE(table.find(listed[position].raw()) == position);
  std::size_t found = 0;
  for (std::uint32_t raw_kind = 0; raw_kind < 65536; ++raw_kind)
    found += table.find(static_cast<std::uint16_t>(raw_kind)) != 200 ? 1 : 0;
  CHECK(found == 200);
}

TEST_CASE("folding no frames changes nothing", "[projection][folder]") {
  person state;
  quipu::detail::fold_frames(state, nullptr, nullptr, true);
  CHECK(state.cents == 0);
}

TEST_CASE("older versions are led up to the newest, and raw events are read as the newest", "[projection][folder]") {
  frames::log log;
  log.add(renamed_v1{"a"}).add(renamed_v2{"b", 20}).add(renamed{"c", 30});
  log.add_raw(renamed::kind, 0, quipu::encode(renamed{"d", 40}));
  log.add_raw(deposited::kind, 0, quipu::encode(deposited{7}));
  person state;
  REQUIRE(code_of_folding(state, log) == errc{});
  CHECK(state.names == "a!3;b!21;c30;d40;");
  CHECK(state.cents == 7);
}

TEST_CASE("an apply that takes the header gets the event's own", "[projection][folder]") {
  for (const bool chained : {false, true}) {
    frames::log log{chained};
    log.add(deposited{1}).add(renamed{"a", 0});
    log.add_raw(renamed::kind, 3, quipu::encode(renamed{"b", 0}),
                static_cast<std::uint16_t>(quipu::event_flags::replay));
    person state;
    REQUIRE(code_of_folding(state, log) == errc{});
    REQUIRE(state.headers.size() == 2);
    CHECK(state.headers[0].position.sequence == 1);
    CHECK(state.headers[0].timestamp_us == 1'700'000'000'000'001);
    CHECK(state.headers[0].kind == renamed::kind);
    CHECK(state.headers[0].schema_version == 3);
    CHECK_FALSE(state.headers[0].replay());
    CHECK(state.headers[1].position.sequence == 2);
    CHECK(state.headers[1].replay());
  }
}

TEST_CASE("internal frames are never folded, whatever their kind", "[projection][folder]") {
  frames::log log;
  log.add(deposited{1});
  log.add_raw(deposited::kind, 1, quipu::encode(deposited{100}), quipu::detail::frame_flags::internal);
  log.add_raw(renamed::kind, 3, "not an encoding", quipu::detail::frame_flags::internal);
  log.add_raw(deposited::kind, 1, quipu::encode(deposited{2}),
              quipu::detail::frame_flags::more | quipu::detail::frame_flags::flushed);
  person state;
  REQUIRE(code_of_folding(state, log) == errc{});
  CHECK(state.cents == 3);
  raw all;
  quipu::detail::folder<raw>::fold_frames(all, log.first(), log.last(), true,
                                          [&](frame_view frame) { return log.view_of(frame); });
  CHECK(all.sequences == std::vector<std::uint64_t>{1000, 1001});
}

TEST_CASE("a payload that isn't an encoding is named, and the events before it are folded", "[projection][folder]") {
  frames::log log;
  log.add(deposited{1}).add_raw(deposited::kind, 1, "seven b").add(deposited{10});
  person state;
  try {
    quipu::detail::fold_frames(state, log.first(), log.last(), true);
    FAIL("it was folded");
  } catch (const quipu::error& failed) {
    CHECK(failed.code() == errc::decode_failed);
    CHECK(failed.actual() == 7U);
    CHECK_THAT(failed.what(),
               Catch::Contains("event 1001") && Catch::Contains("0xF001") && Catch::Contains("cents:i64"));
  }
  CHECK(state.cents == 1);
  frames::log text;
  text.add_raw(renamed::kind, 3, "\1");
  CHECK(code_of_folding(state, text) == errc::decode_failed);
  frames::log older;
  older.add_raw(renamed::kind, 1, "\1");
  CHECK(code_of_folding(state, older) == errc::decode_failed);
}

TEST_CASE("a version that no upcast reaches is schema drift", "[projection][folder]") {
  person state;
  frames::log newer;
  newer.add_raw(renamed::kind, 4, quipu::encode(renamed{"a", 1}));
  CHECK(code_of_folding(state, newer) == errc::schema_drift);
  frames::log packed_and_newer;
  packed_and_newer.add_raw(deposited::kind, 2, quipu::encode(deposited{1}));
  CHECK(code_of_folding(state, packed_and_newer) == errc::schema_drift);
  CHECK(state.cents == 0);
  CHECK(state.names.empty());
}

TEST_CASE("a state of any event gets a view of each", "[projection][folder]") {
  static_assert(quipu::detail::folder<raw>::needs_views && !quipu::detail::folder<person>::needs_views);
  frames::log log;
  log.add_raw(event_kind::custom(3, 3), 0, "one")
      .add_raw(event_kind::data, 0, "two")
      .add(deposited{0x20202020'20202020});
  raw state;
  quipu::detail::folder<raw>::fold_frames(state, log.first(), log.last(), true,
                                          [&](frame_view frame) { return log.view_of(frame); });
  CHECK(state.sequences == std::vector<std::uint64_t>{1000, 1001, 1002});
  CHECK(state.payloads == "one;two;        ;");
  person typed;
  quipu::detail::folder<person>::fold_frames(typed, log.first(), log.last(), true, [](frame_view) -> quipu::event_view {
    throw std::logic_error{"a typed state needs no views"};
  });
  CHECK(typed.cents == 0x20202020'20202020);
}

TEST_CASE("one frame or view is folded by itself, and says whether it was", "[projection][folder]") {
  frames::log log;
  log.add(deposited{5});
  person state;
  CHECK(quipu::detail::folder<person>::fold_frame(state, frame_view{log.first(), true}));
  CHECK(quipu::detail::fold_view(state, log.first_view()));
  CHECK(state.cents == 10);
  frames::log unknown;
  unknown.add_raw(event_kind::custom(3, 3), 1, "x");
  CHECK_FALSE(quipu::detail::fold_view(state, unknown.first_view()));
  frames::log internal;
  internal.add_raw(deposited::kind, 1, quipu::encode(deposited{5}), quipu::detail::frame_flags::internal);
  CHECK_FALSE(quipu::detail::fold_view(state, internal.first_view()));
  frames::log internal_text;
  internal_text.add_raw(renamed::kind, 3, quipu::encode(renamed{"x", 1}), quipu::detail::frame_flags::internal);
  CHECK_FALSE(quipu::detail::fold_view(state, internal_text.first_view()));
  raw all;
  CHECK(quipu::detail::fold_view(all, unknown.first_view()));
  CHECK_FALSE(quipu::detail::fold_view(all, internal.first_view()));
  CHECK(state.cents == 10);
}
