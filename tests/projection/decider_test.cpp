// SPDX-License-Identifier: BSL-1.0
//
// decider_test.cpp: which types decide which commands, and what a decision's events are.
#ifdef QUIPU_TEST_SINGLE_HEADER
#include <quipu.hpp>
#else
#include <quipu/projection/decider.hpp>
#endif

#include <catch2/catch.hpp>

#include <array>
#include <cstdint>
#include <optional>
#include <type_traits>
#include <variant>
#include <vector>

using quipu::decides;
using quipu::error_kind;
using quipu::events_for;
using quipu::outcome;

namespace {

struct deposited {
  static constexpr auto kind = quipu::event_kind::custom(0xF, 1);
  std::int64_t cents{};
};
struct withdrawn {
  static constexpr auto kind = quipu::event_kind::custom(0xF, 2);
  std::int64_t cents{};
};
struct renamed {
  static constexpr auto kind = quipu::event_kind::custom(0xF, 3);
};

/// Each command decides in another way to write a decision.
struct one_of {};
struct exactly_one {};
struct perhaps {};
struct array_of {};
struct vector_of {};
struct nested {};
struct by_function {};

struct foreign_event {};
struct foreign_choice {};
struct no_outcome {};
struct outcome_of_number {};
struct unknown {};

struct account {
  using events = quipu::event_list<deposited, withdrawn>;
  std::int64_t cents{};
  constexpr void apply(const deposited& e) { cents += e.cents; }
  constexpr void apply(const withdrawn& e) { cents -= e.cents; }

  using event = events_for<account>;
  static constexpr outcome<event> decide(const account&, const one_of&) { return event{withdrawn{1}}; }
  static constexpr outcome<deposited> decide(const account&, const exactly_one&) { return deposited{1}; }
  static constexpr outcome<std::optional<event>> decide(const account&, const perhaps&) {
    return std::optional<event>{};
  }
  static constexpr outcome<std::array<event, 2>> decide(const account&, const array_of&) {
    return std::array<event, 2>{deposited{1}, withdrawn{2}};
  }
  static outcome<std::vector<deposited>> decide(const account&, const vector_of&) {
    return std::vector<deposited>{{1}, {2}, {3}};
  }
  static outcome<std::vector<std::optional<event>>> decide(const account&, const nested&) {
    return std::vector<std::optional<event>>{std::nullopt, event{withdrawn{1}}};
  }
  static outcome<renamed> decide(const account&, const foreign_event&) { return renamed{}; }
  static outcome<std::variant<deposited, renamed>> decide(const account&, const foreign_choice&) {
    return std::variant<deposited, renamed>{};
  }
  static event decide(const account&, const no_outcome&) { return deposited{}; }
  static outcome<int> decide(const account&, const outcome_of_number&) { return 1; }
};
constexpr outcome<withdrawn> decide(const account& state, const by_function&) { return withdrawn{state.cents}; }

struct no_projection {
  static outcome<deposited> decide(const no_projection&, const one_of&) { return deposited{}; }
};

static_assert(std::is_same_v<events_for<account>, std::variant<deposited, withdrawn>>);

static_assert(decides<account, one_of> && decides<account, exactly_one> && decides<account, perhaps> &&
              decides<account, array_of>);
static_assert(decides<account, vector_of> && decides<account, nested> && decides<account, by_function>);
static_assert(!decides<account, foreign_event> && !decides<account, foreign_choice> && !decides<account, no_outcome>);
static_assert(!decides<account, outcome_of_number> && !decides<account, unknown> && !decides<account, int>);
static_assert(!decides<no_projection, one_of> && !decides<int, one_of>);

struct seen_event {
  bool is_deposit{};
  std::int64_t cents{};
  friend bool operator==(const seen_event&, const seen_event&) = default;
};
template <class Decided>
std::vector<seen_event> seen(const Decided& decided) {
  std::vector<seen_event> all;
  quipu::detail::visit_decided<account::events>(decided, [&](const auto& event) {
    all.push_back({std::is_same_v<std::remove_cvref_t<decltype(event)>, deposited>, event.cents});
  });
  return all;
}
template <class Command>
std::vector<seen_event> seen_when(const Command& command) {
  return seen(quipu::detail::call_decide(account{9}, command));
}

}  // namespace

TEST_CASE("a decision's events are seen in order, however it is written", "[projection][decider]") {
  CHECK(seen_when(one_of{}) == std::vector<seen_event>{{false, 1}});
  CHECK(seen_when(exactly_one{}) == std::vector<seen_event>{{true, 1}});
  CHECK(seen_when(perhaps{}).empty());
  CHECK(seen_when(array_of{}) == std::vector<seen_event>{{true, 1}, {false, 2}});
  CHECK(seen_when(vector_of{}) == std::vector<seen_event>{{true, 1}, {true, 2}, {true, 3}});
  CHECK(seen_when(by_function{}) == std::vector<seen_event>{{false, 9}});
  CHECK(seen_when(nested{}) == std::vector<seen_event>{{false, 1}});
}

TEST_CASE("a batch of outcomes is all of their events, or what decides among the rest", "[projection][decider]") {
  using result = outcome<deposited>;
  const auto fine =
      result::batch({result::ok(deposited{1}), result::batch({result::ok(deposited{2})}), result::ok(deposited{3})});
  CHECK(seen(fine) == std::vector<seen_event>{{true, 1}, {true, 2}, {true, 3}});
  CHECK(quipu::detail::find_refusal(fine) == nullptr);
  const auto mixed =
      result::batch({result::retry(1, 1, 2, "busy"), result::ok(deposited{1}), result::batch({result::cancelled("no")}),
                     result::error(error_kind::validation, "first"), result::error(error_kind::conflict, "second")});
  const auto* const refusal = quipu::detail::find_refusal(mixed);
  REQUIRE(refusal != nullptr);
  REQUIRE(refusal->is_error());
  CHECK(refusal->error().message == "first");
  const auto without_error = result::batch({result::retry(1, 1, 2, "busy"), result::batch({result::cancelled("no")})});
  CHECK(quipu::detail::find_refusal(without_error)->is_cancelled());
}
