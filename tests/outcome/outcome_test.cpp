// SPDX-License-Identifier: BSL-1.0
#ifdef QUIPU_TEST_SINGLE_HEADER
#include <quipu.hpp>
#else
#include <quipu/outcome/outcome.hpp>
#endif

#include <catch2/catch.hpp>

#include <memory>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

using quipu::errc;
using quipu::error_kind;
using quipu::outcome;
using quipu::outcome_error;
using quipu::outcome_state;
using quipu::wait_condition;

namespace {

using number = outcome<int>;
using owner = outcome<std::unique_ptr<int>>;

// What a decider does, while compiling.
constexpr outcome<std::vector<int>> decide(int available, int wanted) {
  if (wanted > available) return outcome_error{error_kind::validation, "insufficient funds"};
  return std::vector<int>{wanted};
}
static_assert(decide(3, 2).is_ok() && decide(3, 2).value()[0] == 2);
static_assert(decide(3, 4).is_error() && decide(3, 4).error().kind == error_kind::validation);
static_assert(decide(3, 4).error().message == "insufficient funds");

constexpr std::vector<number> one_of_each() {
  std::vector<number> all;
  all.push_back(number::ok(1));
  all.push_back(number::error(error_kind::not_found, "none"));
  all.push_back(number::retry(10, 1, 3, "busy"));
  all.push_back(number::pending(wait_condition::timeout(5), 77));
  all.push_back(number::cancelled("stop"));
  all.push_back(
      number::batch({number::ok(2), number::error(error_kind::timeout, "late"), number::batch({number::ok(3)})}));
  return all;
}

constexpr bool assigns_every_state_to_every_state() {
  const std::vector<number> all = one_of_each();
  for (const number& from : all) {
    for (const number& to : all) {
      number copied = to;
      copied = from;
      if (!(copied == from)) return false;
      number moved = to;
      number source = from;
      moved = std::move(source);
      if (!(moved == from)) return false;
      if ((from == to) != (&from == &to)) return false;
      number itself = from;
      number& alias = itself;
      itself = alias;
      itself = std::move(alias);
      if (!(itself == from)) return false;
    }
  }
  return true;
}
static_assert(assigns_every_state_to_every_state());

constexpr bool is_true_where_it_is_ok() {
  for (const number& each : one_of_each())
    if (static_cast<bool>(each) != each.is_ok()) return false;
  const outcome<void> done;
  const outcome<void> given_up = outcome<void>::cancelled("stop");
  const auto no = outcome<bool>::ok(false);  // there is a value
  return done && !given_up && no && !no.value();
}
static_assert(is_true_where_it_is_ok());
static_assert(std::is_constructible_v<bool, number> && !std::is_convertible_v<number, bool> &&
              !std::is_convertible_v<number, int>);
static_assert(noexcept(static_cast<bool>(std::declval<const number&>())));

struct pair_of_outcomes {
  number first;
  outcome<std::vector<int>> second;
};
constexpr bool is_made_inside_a_const_aggregate() {
  const number source = number::error(error_kind::not_found, "x");
  const pair_of_outcomes both{source, decide(1, 1)};
  const pair_of_outcomes copy = both;
  return copy.first == source && copy.second.is_ok();
}
static_assert(is_made_inside_a_const_aggregate());

static_assert(
    number::ok(20).map([](int x) { return x + 1; }).and_then([](int x) { return outcome<long>::ok(x); }).value() == 21);
static_assert(std::is_copy_constructible_v<number> && std::is_copy_assignable_v<number>);
static_assert(!std::is_copy_constructible_v<owner> && !std::is_copy_assignable_v<owner>);
static_assert(std::is_nothrow_move_constructible_v<owner> && std::is_nothrow_move_assignable_v<owner>);
static_assert(number{}.is_cancelled() && number{}.cancelled().reason.empty() && outcome<void>{}.is_ok());
static_assert(std::is_convertible_v<int, number> && std::is_convertible_v<outcome_error, number>);
static_assert(std::is_convertible_v<const char*, outcome<std::string>>);
static_assert(!std::is_convertible_v<const char*, outcome<bool>> && !std::is_convertible_v<int, outcome<bool>>);
static_assert(std::is_convertible_v<bool, outcome<bool>>);
static_assert(!std::is_convertible_v<int, outcome<outcome<int>>>);
static_assert(std::is_same_v<decltype(std::declval<const number&>().value()), const int&>);
static_assert(std::is_same_v<decltype(std::declval<number&>().value()), int&>);
static_assert(std::is_same_v<decltype(std::declval<number>().value()), int&&>);
static_assert(std::is_same_v<decltype(std::declval<number>().into_value()), int>);
static_assert(std::is_same_v<decltype(std::declval<outcome<void>>().value()), void>);

errc thrown_by_value(const number& asked) {
  try {
    static_cast<void>(asked.value());
  } catch (const quipu::error& thrown) {
    return thrown.code();
  }
  return errc{};
}

struct throws_when_moved {
  throws_when_moved() = default;
  throws_when_moved(const throws_when_moved&) = default;
  throws_when_moved(throws_when_moved&& other) : armed{other.armed} {
    if (armed) throw std::runtime_error{"moved"};
  }
  bool armed{};
};

}  // namespace

TEST_CASE("an outcome is true where it is ok, and in no other state", "[outcome]") {
  CHECK(is_true_where_it_is_ok());
  if (const owner made = std::make_unique<int>(3))
    CHECK(*made.value() == 3);
  else
    FAIL("not ok");
  const outcome<void> failed = outcome_error{error_kind::internal, "no"};
  CHECK_FALSE(failed);
  CHECK(outcome<void>::ok());
}

TEST_CASE("an outcome is in the one state that it was made in", "[outcome]") {
  const std::vector<number> all = one_of_each();
  const outcome_state states[]{outcome_state::ok,      outcome_state::error,     outcome_state::retry,
                               outcome_state::pending, outcome_state::cancelled, outcome_state::batch};
  REQUIRE(all.size() == std::size(states));
  for (std::size_t index = 0; index < all.size(); ++index) {
    const number& made = all[index];
    CHECK(made.state() == states[index]);
    CHECK(made.is_ok() == (index == 0));
    CHECK(made.is_error() == (index == 1));
    CHECK(made.is_retry() == (index == 2));
    CHECK(made.is_pending() == (index == 3));
    CHECK(made.is_cancelled() == (index == 4));
    CHECK(made.is_batch() == (index == 5));
  }
  CHECK(all[0].value() == 1);
  CHECK(all[1].error().message == "none");
  CHECK(all[2].retry().after_ms == 10);
  CHECK(all[2].retry().attempt == 1);
  CHECK(all[2].retry().max_attempts == 3);
  CHECK(all[2].retry().reason == "busy");
  CHECK(all[3].pending().condition == wait_condition::timeout(5));
  CHECK(all[3].pending().resume_token == 77);
  CHECK(all[4].cancelled().reason == "stop");
  CHECK(all[5].batch().size() == 3);
  CHECK(quipu::name_of(outcome_state::batch) == "batch");
}

TEST_CASE("asking an outcome for what it doesn't hold is refused", "[outcome]") {
  const std::vector<number> all = one_of_each();
  const auto refused = [](auto&& ask) {
    try {
      ask();
    } catch (const quipu::error& thrown) {
      return thrown.code() == errc::invalid_argument;
    }
    return false;
  };
  for (const number& made : all) {
    CAPTURE(quipu::name_of(made.state()));
    CHECK(refused([&] { static_cast<void>(made.error()); }) == !made.is_error());
    CHECK(refused([&] { static_cast<void>(made.retry()); }) == !made.is_retry());
    CHECK(refused([&] { static_cast<void>(made.pending()); }) == !made.is_pending());
    CHECK(refused([&] { static_cast<void>(made.cancelled()); }) == !made.is_cancelled());
    CHECK(refused([&] { static_cast<void>(made.batch()); }) == !made.is_batch());
  }
}

TEST_CASE("value() throws what the outcome is instead", "[outcome]") {
  const std::vector<number> all = one_of_each();
  CHECK(thrown_by_value(all[0]) == errc{});
  CHECK(thrown_by_value(all[1]) == errc::not_found);
  CHECK(thrown_by_value(all[2]) == errc::busy);
  CHECK(thrown_by_value(all[3]) == errc::busy);
  CHECK(thrown_by_value(all[4]) == errc::cancelled);
  CHECK(thrown_by_value(all[5]) == errc::invalid_argument);
  const number from_store = quipu::from_error(quipu::error{errc::corrupt, "bad", {.path = "p", .offset = 9}});
  try {
    static_cast<void>(from_store.value());
    FAIL("nothing was thrown");
  } catch (const quipu::error& thrown) {
    CHECK(thrown.code() == errc::corrupt);
    CHECK(thrown.path() == "p");
    CHECK(thrown.offset() == 9);
  }
  CHECK_THROWS_AS(outcome<void>::cancelled("x").value(), quipu::error);
  CHECK_THROWS_AS(number::cancelled("x").into_value(), quipu::error);
}

TEST_CASE("value_or and its friends stand in for every state but ok", "[outcome]") {
  for (const number& made : one_of_each()) {
    CHECK(made.value_or(9) == (made.is_ok() ? 1 : 9));
    CHECK(number{made}.value_or(9) == (made.is_ok() ? 1 : 9));
    CHECK(made.value_or_else([] { return 8; }) == (made.is_ok() ? 1 : 8));
    CHECK(number{made}.value_or_else([](const number& other) { return other.is_error() ? 7 : 6; }) ==
          (made.is_ok() ? 1 : (made.is_error() ? 7 : 6)));
  }
  CHECK(*owner::ok(std::make_unique<int>(4)).value_or(nullptr) == 4);
  CHECK(owner::cancelled("x").value_or(nullptr) == nullptr);
}

TEST_CASE("map and and_then reach the values and leave the rest", "[outcome]") {
  for (const number& made : one_of_each()) {
    const outcome<std::string> mapped = made.map([](int x) { return std::to_string(x * 10); });
    const outcome<std::string> bound =
        made.and_then([](int x) { return outcome<std::string>::ok(std::to_string(x * 10)); });
    CHECK(mapped == bound);
    CHECK(mapped.state() == made.state());
    if (made.is_ok()) CHECK(mapped.value() == "10");
    if (made.is_error()) CHECK(mapped.error() == made.error());
    if (made.is_retry()) CHECK(mapped.retry() == made.retry());
    if (made.is_pending()) CHECK(mapped.pending() == made.pending());
    if (made.is_cancelled()) CHECK(mapped.cancelled() == made.cancelled());
    if (made.is_batch()) {
      CHECK(mapped.batch()[0].value() == "20");
      CHECK(mapped.batch()[1].error() == made.batch()[1].error());
      CHECK(mapped.batch()[2].batch()[0].value() == "30");
    }
  }
}

TEST_CASE("errors can be replaced and recovered from, in batches too", "[outcome]") {
  const number batch = one_of_each()[5];
  const number renamed = batch.map_error([](const outcome_error& failure) {
    return outcome_error{error_kind::internal, failure.message.str() + ", again"};
  });
  CHECK(renamed.batch()[1].error().message == "late, again");
  CHECK(renamed.batch()[0] == batch.batch()[0]);
  const number recovered = batch.or_else([](const outcome_error&) { return number::ok(0); });
  CHECK(recovered == number::batch({number::ok(2), number::ok(0), number::batch({number::ok(3)})}));
  CHECK(number::cancelled("x").or_else([](const outcome_error&) { return number::ok(0); }).is_cancelled());
  CHECK(number::error(error_kind::conflict, "x")
            .or_else([](outcome_error&& failure) -> number { return std::move(failure); })
            .is_error());
}

TEST_CASE("and_then_if goes on only where the predicate holds", "[outcome]") {
  const auto even = [](int x) { return x % 2 == 0; };
  const auto refuse = [](int) { return number::cancelled("even"); };
  CHECK(number::ok(2).and_then_if(even, refuse).is_cancelled());
  CHECK(number::ok(3).and_then_if(even, refuse) == number::ok(3));
  const number batch = one_of_each()[5];
  const number result = batch.and_then_if(even, refuse);
  CHECK(result.batch()[0].is_cancelled());
  CHECK(result.batch()[1] == batch.batch()[1]);
  CHECK(result.batch()[2] == batch.batch()[2]);
}

TEST_CASE("inspecting sees each value or error once and changes nothing", "[outcome]") {
  for (const number& made : one_of_each()) {
    int values = 0;
    int errors = 0;
    const number& same =
        made.inspect([&](int x) { values += x; }).inspect_error([&](const outcome_error&) { ++errors; });
    CHECK(&same == &made);
    CHECK(values == (made.is_ok() ? 1 : (made.is_batch() ? 5 : 0)));
    CHECK(errors == (made.is_error() || made.is_batch() ? 1 : 0));
    CHECK(number{made}.inspect([](int) {}).inspect_error([](const outcome_error&) {}) == made);
  }
}

TEST_CASE("an outcome of an outcome becomes one", "[outcome]") {
  using nested = outcome<number>;
  CHECK(nested::ok(number::ok(3)).flatten() == number::ok(3));
  CHECK(nested::ok(number::cancelled("in")).flatten() == number::cancelled("in"));
  CHECK(nested::cancelled("out").flatten() == number::cancelled("out"));
  const nested batch = nested::batch({nested::ok(number::ok(1)), nested::error(error_kind::storage, "s")});
  CHECK(batch.flatten() == number::batch({number::ok(1), number::error(error_kind::storage, "s")}));
  nested implicit = number::ok(5);
  CHECK(implicit.is_ok());
  CHECK(outcome<owner>::ok(owner::ok(std::make_unique<int>(6))).flatten().into_value() != nullptr);
}

TEST_CASE("move-only values go through every operation", "[outcome]") {
  const auto add = [](std::unique_ptr<int> value) {
    ++*value;
    return value;
  };
  CHECK(*owner::ok(std::make_unique<int>(1))
             .map(add)
             .and_then([&](auto value) { return owner::ok(add(std::move(value))); })
             .value() == 3);
  std::vector<owner> items;
  items.push_back(owner::ok(std::make_unique<int>(5)));
  items.push_back(owner::cancelled("x"));
  owner batch = owner::batch(std::move(items));
  batch = std::move(batch).map(add).inspect([](const std::unique_ptr<int>& value) { ++*value; });
  batch = std::move(batch).and_then_if([](const std::unique_ptr<int>& value) { return *value == 7; },
                                       [&](std::unique_ptr<int> value) { return owner::ok(add(std::move(value))); });
  batch = std::move(batch).map_error([](outcome_error failure) { return failure; });
  batch = std::move(batch).or_else([](outcome_error&&) -> owner { return nullptr; });
  CHECK(*batch.batch()[0].value() == 8);
  CHECK(*std::move(std::move(batch).batch()[0]).into_value() == 8);
  const owner kept = owner::ok(std::make_unique<int>(2));
  CHECK(kept.map([](const std::unique_ptr<int>& value) { return *value; }).value() == 2);
}

TEST_CASE("an outcome without a value", "[outcome]") {
  int calls = 0;
  outcome<void> done = outcome<void>::ok();
  done.value();
  CHECK(done.map([&] { return ++calls; }).value() == 1);
  CHECK(done.and_then([&] { return outcome<void>::cancelled("enough"); }).is_cancelled());
  CHECK(done.inspect([&] { ++calls; }) == outcome<void>{});
  CHECK(calls == 2);
  static_assert(std::is_same_v<decltype(number::ok(1).map([](int) {})), outcome<void>>);
  CHECK(number::cancelled("no").map([&](int) { ++calls; }).is_cancelled());
  CHECK(calls == 2);
  outcome<void> failed = outcome_error{error_kind::timeout, "late"};
  CHECK(failed.is_error());
}

TEST_CASE("functions of an outcome are called once for each value, never for its absence", "[outcome]") {
  int calls = 0;
  const auto count = [&](int x) {
    ++calls;
    return x;
  };
  for (const number& made : one_of_each()) static_cast<void>(made.map(count));
  CHECK(calls == 3);
}

TEST_CASE("an assignment whose move throws leaves an outcome that can be used", "[outcome]") {
  using risky = outcome<throws_when_moved>;
  risky target = risky::error(error_kind::storage, "before");
  risky source = throws_when_moved{};
  source.value().armed = true;
  CHECK_THROWS_AS(target = std::move(source), std::runtime_error);
  CHECK(target.is_cancelled());
  target = risky::retry(1, 1, 1, "after");
  CHECK(target.is_retry());
}

TEST_CASE("attempt turns what is thrown into an outcome", "[outcome]") {
  CHECK(quipu::attempt([] { return 4; }) == number::ok(4));
  CHECK(quipu::attempt([] {}).is_ok());
  const auto conflict = quipu::attempt([]() -> int {
    throw quipu::error{errc::conflict, "stale", {.expected = 1, .actual = 2}};
  });
  REQUIRE(conflict.is_error());
  CHECK(conflict.error().kind == error_kind::conflict);
  CHECK(conflict.error().origin->actual == 2);
  const auto cancelled = quipu::attempt([] { throw quipu::error{errc::cancelled, "by the user"}; });
  REQUIRE(cancelled.is_cancelled());
  CHECK(cancelled.cancelled().reason == "by the user");
  const auto other = quipu::attempt([] { throw std::runtime_error{"elsewhere"}; });
  REQUIRE(other.is_error());
  CHECK(other.error().kind == error_kind::internal);
  CHECK(other.error().message == "elsewhere");
}
