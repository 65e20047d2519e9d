// SPDX-License-Identifier: BSL-1.0
//
// given_test.cpp: specifications that hold, that don't, and what they say then.
#ifdef QUIPU_TEST_SINGLE_HEADER
#include <quipu.hpp>
#else
#include <quipu/projection/given.hpp>
#endif

#include <catch2/catch.hpp>

#include <array>
#include <cstdint>
#include <optional>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

using quipu::error_kind;
using quipu::events_for;
using quipu::given;
using quipu::outcome;

namespace {

struct placed {
  static constexpr auto kind = quipu::event_kind::custom(4, 1);
  std::uint32_t lines{};
  std::int64_t cents{};
};
struct paid {
  static constexpr auto kind = quipu::event_kind::custom(4, 2);
  std::int64_t cents{};
  /// Its own: payments are equal to the franc.
  friend constexpr bool operator==(const paid& left, const paid& right) {
    return left.cents / 100 == right.cents / 100;
  }
};
struct shipped {
  static constexpr auto kind = quipu::event_kind::custom(4, 3);
};
struct noted {
  static constexpr auto kind = quipu::event_kind::custom(4, 4);
  std::string text{};
  std::vector<std::int32_t> pages{};
  std::uint8_t stamp[2]{};
};

struct place {
  std::uint32_t lines{};
};
struct pay {
  std::int64_t cents{};
};
struct wait_for_stock {};
struct give_up {};
struct note {
  std::string text{};
};
struct twice {
  std::int64_t cents{};
  bool fails{};
};

struct order {
  using events = quipu::event_list<placed, paid, shipped, noted>;
  std::uint32_t lines{};
  std::int64_t owed{};
  bool is_shipped{};
  constexpr void apply(const placed& e) {
    lines = e.lines;
    owed = e.cents;
  }
  constexpr void apply(const paid& e) { owed -= e.cents; }
  constexpr void apply(const shipped&) { is_shipped = true; }
  constexpr void apply(const noted&) {}

  static constexpr outcome<placed> decide(const order& state, const place& command) {
    if (state.lines != 0) return quipu::outcome_error{error_kind::conflict, "the order was placed before"};
    return placed{command.lines, std::int64_t{100} * command.lines};
  }
  /// The last payment also ships.
  static constexpr outcome<std::array<std::optional<std::variant<paid, shipped>>, 2>> decide(const order& state,
                                                                                             const pay& command) {
    using choice = std::optional<std::variant<paid, shipped>>;
    if (command.cents > state.owed) return quipu::outcome_error{error_kind::validation, "too much"};
    if (command.cents == 0) return std::array<choice, 2>{};
    return std::array<choice, 2>{choice{paid{command.cents}},
                                 command.cents == state.owed ? choice{shipped{}} : choice{}};
  }
  static constexpr outcome<shipped> decide(const order&, const wait_for_stock&) {
    return outcome<shipped>::retry(50, 1, 3, "out of stock");
  }
  static constexpr outcome<shipped> decide(const order&, const give_up&) {
    return outcome<shipped>::cancelled("no longer wanted");
  }
  static outcome<noted> decide(const order&, const note& command) { return noted{command.text, {1, 2}}; }
  static outcome<paid> decide(const order&, const twice& command) {
    using result = outcome<paid>;
    return result::batch({result::ok(paid{command.cents}), command.fails
                                                               ? result::error(error_kind::validation, "half of it")
                                                               : result::ok(paid{command.cents})});
  }
};

// Holds.
static_assert(given<order>().when(place{3}).then(placed{3, 300}));
static_assert(given<order>(placed{3, 300}).when(pay{100}).then(paid{100}));
static_assert(given<order>(placed{3, 300}, paid{200}).when(pay{100}).then(paid{100}, shipped{}));
static_assert(given<order>(placed{3, 300}).when(pay{0}).then());
static_assert(given<order>(placed{3, 300}).when(pay{400}).then_error(error_kind::validation));
static_assert(given<order>(placed{3, 300}).when(pay{400}).then_error(error_kind::validation, "too much"));
static_assert(given<order>(placed{1, 100}).when(place{1}).then_error(error_kind::conflict));
static_assert(given<order>().when(place{3}).result().is_ok());

// Doesn't: another value in one member, another event, too few, too many, in another order, an error, another error,
// other words.
static_assert(!given<order>().when(place{3}).then(placed{3, 301}));
static_assert(!given<order>().when(place{3}).then(placed{2, 300}));
static_assert(!given<order>().when(place{3}).then(shipped{}));
static_assert(!given<order>(placed{3, 300}).when(pay{300}).then(paid{300}));
static_assert(!given<order>(placed{3, 300}).when(pay{100}).then(paid{100}, shipped{}));
static_assert(!given<order>(placed{3, 300}).when(pay{300}).then(shipped{}, paid{300}));
static_assert(!given<order>(placed{3, 300}).when(pay{100}).then());
static_assert(!given<order>(placed{3, 300}).when(pay{400}).then(paid{400}));
static_assert(!given<order>(placed{3, 300}).when(pay{400}).then());
static_assert(!given<order>(placed{3, 300}).when(pay{100}).then_error(error_kind::validation));
static_assert(!given<order>(placed{3, 300}).when(pay{400}).then_error(error_kind::conflict));
static_assert(!given<order>(placed{3, 300}).when(pay{400}).then_error(error_kind::validation, "too little"));
static_assert(!given<order>().when(wait_for_stock{}).then(shipped{}) &&
              !given<order>().when(wait_for_stock{}).then_error(error_kind::timeout));
static_assert(!given<order>().when(give_up{}).then());

// An event's own == is asked where it has one.
static_assert(given<order>(placed{3, 300}).when(pay{101}).then(paid{199}) &&
              !given<order>(placed{3, 300}).when(pay{101}).then(paid{200}));

}  // namespace

TEST_CASE("a specification that doesn't hold says what was expected and what happened", "[projection][given]") {
  const auto result = given<order>(placed{3, 300}, paid{200}).when(pay{100}).then(paid{400});
  CHECK_FALSE(result);
  CHECK(result.message() ==
        "not as expected:\n"
        "  in the state\n"
        "    order {\"lines\":3,\"owed\":100,\"is_shipped\":false}\n"
        "  was expected\n"
        "    paid {\"cents\":400}\n"
        "  but was decided\n"
        "    paid {\"cents\":100}\n"
        "    shipped {}\n");
  std::ostringstream written;
  written << result;
  CHECK(written.str() == result.message());
}

TEST_CASE("refusals are told in words, and so is that nothing happens", "[projection][given]") {
  const auto refused = given<order>(placed{3, 300}).when(pay{400}).then();
  CHECK_THAT(refused.message(),
             Catch::Contains("  was expected\n    no event\n  but was decided\n    error validation: too much\n"));
  const auto nothing = given<order>(placed{3, 300}).when(pay{0}).then_error(error_kind::validation, "nothing");
  CHECK_THAT(nothing.message(),
             Catch::Contains("  was expected\n    error validation: nothing\n  but was decided\n    no event\n"));
  CHECK_THAT(given<order>().when(wait_for_stock{}).then(shipped{}).message(),
             Catch::Contains("decided\n    retry after 50 ms: out of stock\n"));
  CHECK_THAT(given<order>().when(give_up{}).then(shipped{}).message(),
             Catch::Contains("decided\n    cancelled: no longer wanted\n"));
}

TEST_CASE("a specification that holds says so", "[projection][given]") {
  const auto result = given<order>(placed{3, 300}).when(pay{100}).then(paid{100});
  CHECK(result);
  CHECK_THAT(result.message(),
             Catch::StartsWith("as expected:\n") && Catch::Contains("  and was decided\n    paid {\"cents\":100}\n"));
}

TEST_CASE("what no constant expression can hold is compared at run time", "[projection][given]") {
  CHECK(given<order>().when(note{"fragile"}).then(noted{"fragile", {1, 2}}));
  CHECK_FALSE(given<order>().when(note{"fragile"}).then(noted{"fragile", {1, 3}}));
  CHECK_FALSE(given<order>().when(note{"fragile"}).then(noted{"brittle", {1, 2}}));
  CHECK_FALSE(given<order>().when(note{"fragile"}).then(noted{"fragile", {1, 2}, {0, 1}}));
  CHECK_THAT(given<order>().when(note{"a \"b\""}).then().message(),
             Catch::Contains("noted {\"text\":\"a \\\"b\\\"\",\"pages\":[1,2],\"stamp\":\"0000\"}"));
}

TEST_CASE("a decision that is a batch is all of its events, or none", "[projection][given]") {
  CHECK(given<order>().when(twice{100, false}).then(paid{100}, paid{100}));
  CHECK_FALSE(given<order>().when(twice{100, false}).then(paid{100}));
  CHECK(given<order>().when(twice{100, true}).then_error(error_kind::validation, "half of it"));
  CHECK_FALSE(given<order>().when(twice{100, true}).then(paid{100}));
}

TEST_CASE("given takes what fold takes", "[projection][given]") {
  const std::vector<events_for<order>> history{placed{3, 300}, paid{200}};
  CHECK(given<order>(history).when(pay{100}).then(paid{100}, shipped{}));
}
