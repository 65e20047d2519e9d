// SPDX-License-Identifier: BSL-1.0
//
// fold_test.cpp: folding values, mostly while compiling, and that it gives what folding the same events from a log
// gives.
#include "frames.hpp"

#ifndef QUIPU_TEST_SINGLE_HEADER
#include <quipu/projection/fold.hpp>
#endif

#include <catch2/catch.hpp>

#include <array>
#include <cstdint>
#include <list>
#include <memory>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

using quipu::errc;
using quipu::event_header;
using quipu::event_list;
using quipu::fold;

namespace {

struct deposited {
  static constexpr auto kind = quipu::event_kind::custom(0xF, 1);
  std::int64_t cents{};
};
struct withdrawn {
  static constexpr auto kind = quipu::event_kind::custom(0xF, 2);
  static constexpr std::uint16_t version = 3;
  std::int64_t cents{};
};
struct renamed {
  static constexpr auto kind = quipu::event_kind::custom(0xF, 3);
  std::string name{};
};

// Order matters to this one: a history that is folded out of order gives another digit.
struct digits {
  using events = event_list<deposited, withdrawn>;
  std::int64_t value{};
  constexpr void apply(const deposited& e) { value = value * 10 + e.cents; }
  constexpr void apply(const withdrawn& e) { value = value * 10 - e.cents; }
};

struct seen_headers {
  using events = event_list<deposited, withdrawn>;
  std::array<std::uint64_t, 4> sequences{};
  std::array<std::uint16_t, 4> kinds{};
  std::array<std::uint16_t, 4> versions{};
  std::size_t count{};
  bool from_nowhere = true;
  template <class Event>
  constexpr void apply(const Event&, const event_header& header) {
    sequences[count] = header.position.sequence;
    kinds[count] = header.kind.raw();
    versions[count++] = header.schema_version;
    from_nowhere = from_nowhere && header.id.is_nil() && header.timestamp_us == 0;
  }
};

struct counts_all {
  using events = quipu::any_event;
  std::uint64_t count{};
  std::uint64_t bytes{};
  void apply(const quipu::event_view& event) {
    ++count;
    bytes += event.payload().size();
  }
};

// Values.
static_assert(fold<digits>().value == 0);
static_assert(fold<digits>(deposited{1}).value == 1);
static_assert(fold<digits>(deposited{1}, withdrawn{2}, deposited{3}).value == 83);
static_assert(std::is_same_v<decltype(fold<digits>(deposited{1})), digits>);

// Ranges: arrays, members, functions found by name.
constexpr deposited history[] = {{1}, {2}, {3}};
static_assert(fold<digits>(history).value == 123);
static_assert(fold<digits>(std::array<withdrawn, 2>{{{1}, {2}}}).value == -12);
static_assert(fold<digits>(std::array<deposited, 0>{}).value == 0);

struct range_by_functions {
  friend constexpr const deposited* begin(const range_by_functions&) { return history; }
  friend constexpr const deposited* end(const range_by_functions&) { return history + 2; }
};
static_assert(fold<digits>(range_by_functions{}).value == 12);

struct counting_iterator {
  std::int64_t at{};
  constexpr deposited operator*() const { return {at}; }
  constexpr counting_iterator& operator++() {
    ++at;
    return *this;
  }
  friend constexpr bool operator==(const counting_iterator&, const counting_iterator&) = default;
};
struct range_of_temporaries {
  constexpr counting_iterator begin() { return {4}; }  // not const: a generator's isn't either
  constexpr counting_iterator end() { return {7}; }
};
static_assert(fold<digits>(range_of_temporaries{}).value == 456);

// Variants, mixed with plain events, nested, and as elements of a range.
using either = std::variant<deposited, withdrawn>;
static_assert(fold<digits>(either{deposited{1}}, either{withdrawn{2}}, deposited{3}).value == 83);
static_assert(fold<digits>(std::array<either, 2>{either{withdrawn{1}}, either{deposited{2}}}).value == -8);
static_assert(fold<digits>(std::variant<either, deposited>{either{withdrawn{7}}}).value == -7);

// Events of kinds that aren't listed count, and change nothing.
struct only_deposits {
  using events = event_list<deposited>;
  std::int64_t cents{};
  std::uint64_t last_sequence{};
  constexpr void apply(const deposited& e, const event_header& header) {
    cents += e.cents;
    last_sequence = header.position.sequence;
  }
};
static_assert(fold<only_deposits>(withdrawn{9}).cents == 0);
static_assert(fold<only_deposits>(deposited{1}, withdrawn{9}, deposited{2}).cents == 3);
static_assert(fold<only_deposits>(deposited{1}, withdrawn{9}, deposited{2}).last_sequence == 2);
static_assert(fold<only_deposits>(std::variant<withdrawn, deposited>{withdrawn{}}, deposited{5}).last_sequence == 1);

// Headers: made for a bare value, brought by an envelope.
constexpr seen_headers bare = fold<seen_headers>(deposited{}, withdrawn{}, deposited{});
static_assert(bare.sequences == std::array<std::uint64_t, 4>{0, 1, 2, 0} && bare.count == 3 && bare.from_nowhere);
static_assert(bare.kinds == std::array<std::uint16_t, 4>{0xF001, 0xF002, 0xF001, 0});
static_assert(bare.versions == std::array<std::uint16_t, 4>{1, 3, 1, 0});

constexpr quipu::event<deposited> envelope_of(std::int64_t cents, std::uint64_t sequence) {
  event_header header;
  header.position.sequence = sequence;
  header.timestamp_us = 5;
  return {header, {cents}, {}};
}
static_assert(fold<digits>(envelope_of(4, 40), envelope_of(5, 50)).value == 45);
static_assert(fold<seen_headers>(envelope_of(4, 40), deposited{}).sequences ==
              std::array<std::uint64_t, 4>{40, 1, 0, 0});
static_assert(!fold<seen_headers>(envelope_of(4, 40)).from_nowhere);

// A range is a range and an event an event, whatever else they are.
struct event_that_looks_like_a_range {
  static constexpr auto kind = quipu::event_kind::custom(0xF, 4);
  std::vector<std::int64_t> values{};
  auto begin() const { return values.begin(); }
  auto end() const { return values.end(); }
};
static_assert(!quipu::detail::input_range<event_that_looks_like_a_range&>);
static_assert(quipu::detail::input_range<std::vector<deposited>&> &&
              quipu::detail::input_range<const deposited (&)[3]>);
static_assert(!quipu::detail::input_range<deposited> && !quipu::detail::input_range<either&>);
static_assert(!quipu::detail::input_range<quipu::event_view>);

struct throws_at_three {
  using events = event_list<deposited>;
  void apply(const deposited& e) {
    if (e.cents == 3) throw std::runtime_error{"three"};
  }
};

/// An event whose copy can fail, and leave a variant with nothing.
struct lost_when_copied {
  static constexpr auto kind = quipu::event_kind::custom(0xF, 5);
  lost_when_copied() = default;
  lost_when_copied(const lost_when_copied&) { throw std::runtime_error{"copied"}; }
};

struct names {
  using events = event_list<renamed>;
  std::vector<std::string> all{};
  void apply(const renamed& e) { all.push_back(e.name); }
};

struct move_only {
  using events = event_list<deposited>;
  std::unique_ptr<std::int64_t> sum = std::make_unique<std::int64_t>(0);
  void apply(const deposited& e) { *sum += e.cents; }
};

}  // namespace

TEST_CASE("fold takes any container at run time, and leaves it as it was", "[projection][fold]") {
  std::vector<renamed> mutable_history{{"a"}, {"b"}};
  const std::list<renamed> constant_history{{"c"}, {"d"}};
  CHECK(fold<names>(mutable_history).all == std::vector<std::string>{"a", "b"});
  CHECK(fold<names>(constant_history).all == std::vector<std::string>{"c", "d"});
  CHECK(fold<names>(std::move(mutable_history)).all.size() == 2);
  CHECK(mutable_history[1].name == "b");
  renamed one{"e"};
  CHECK(fold<names>(one, std::as_const(one), renamed{"f"}).all == std::vector<std::string>{"e", "e", "f"});
  CHECK(*fold<move_only>(deposited{1}, deposited{2}).sum == 3);
}

TEST_CASE("an event with begin and end is one event", "[projection][fold]") {
  CHECK(fold<digits>(event_that_looks_like_a_range{{1, 2, 3}}).value == 0);
  CHECK(fold<only_deposits>(event_that_looks_like_a_range{{1, 2, 3}}, deposited{1}).last_sequence == 1);
}

TEST_CASE("what apply throws goes through fold", "[projection][fold]") {
  CHECK_NOTHROW(fold<throws_at_three>(deposited{1}, deposited{2}));
  CHECK_THROWS_WITH(fold<throws_at_three>(deposited{1}, deposited{3}), "three");
}

TEST_CASE("a variant without a value is no event", "[projection][fold]") {
  std::variant<deposited, lost_when_copied> lost{deposited{1}};
  CHECK(fold<digits>(lost).value == 1);
  const lost_when_copied source;
  CHECK_THROWS_WITH(lost.emplace<lost_when_copied>(source), "copied");
  REQUIRE(lost.valueless_by_exception());
  try {
    static_cast<void>(fold<digits>(deposited{1}, lost));
    FAIL("it was folded");
  } catch (const quipu::error& refused) {
    CHECK(refused.code() == errc::invalid_argument);
  }
}

TEST_CASE("fold of stored events reads them where they lie", "[projection][fold]") {
  frames::log log;
  log.add(deposited{4}).add(withdrawn{2}).add(renamed{"x"}).add(deposited{1});
  std::vector<quipu::event_view> views;
  for (const std::byte* at = log.first(); at != log.last();) {
    const quipu::detail::frame_view frame{at, true};
    views.push_back(log.view_of(frame));
    at += frame.size();
  }
  REQUIRE(views.size() == 4);
  CHECK(fold<digits>(views).value == 381);
  CHECK(fold<digits>(views[0], views[1]).value == 38);
  CHECK(fold<digits>(deposited{5}, views[1]).value == 48);
  CHECK(fold<counts_all>(views).count == 4);
  CHECK(fold<counts_all>(views).bytes == 8 + 8 + quipu::encode(renamed{"x"}).size() + 8);
  const seen_headers seen = fold<seen_headers>(views);
  CHECK(seen.count == 3);
  CHECK(seen.sequences == std::array<std::uint64_t, 4>{0, 1, 3, 0});
  CHECK_FALSE(seen.from_nowhere);
  CHECK(fold<digits>(deposited{4}, withdrawn{2}, renamed{"x"}, deposited{1}).value == fold<digits>(views).value);
}
