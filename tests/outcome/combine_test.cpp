// SPDX-License-Identifier: BSL-1.0
#ifdef QUIPU_TEST_SINGLE_HEADER
#include <quipu.hpp>
#else
#include <quipu/outcome/combine.hpp>
#endif

#include <catch2/catch.hpp>

#include <memory>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

using quipu::error_kind;
using quipu::join_all;
using quipu::join_any;
using quipu::outcome;
using quipu::outcome_state;
using quipu::wait_condition;
using quipu::zip;

namespace {

using number = outcome<int>;
using owner = outcome<std::unique_ptr<int>>;

// From what decides `zip` and `join_all` to what doesn't, without a batch.
std::vector<number> by_precedence() {
  return {number::error(error_kind::storage, "error"), number::cancelled("cancelled"), number::retry(1, 1, 2, "retry"),
          number::pending(wait_condition::timeout(1), 1), number::ok(1)};
}

constexpr bool joins_while_compiling() {
  std::vector<number> both;
  both.push_back(number::ok(1));
  both.push_back(number::ok(2));
  const auto joined = join_all(both);
  return joined.value().size() == 2 && joined.value()[1] == 2 && join_any(both).value() == 1;
}
static_assert(joins_while_compiling());
static_assert(zip(number::ok(1), outcome<char>::ok('c'), outcome<void>::ok()).value() ==
              std::tuple{1, 'c', quipu::none{}});
static_assert(zip(number::ok(1), outcome<char>::cancelled("c")).is_cancelled());

std::vector<owner> owners(int first, int second) {
  std::vector<owner> made;
  made.push_back(owner::ok(std::make_unique<int>(first)));
  made.push_back(owner::ok(std::make_unique<int>(second)));
  return made;
}

}  // namespace

TEST_CASE("the stronger state decides a zip and a join, wherever it stands", "[outcome]") {
  const std::vector<number> order = by_precedence();
  for (std::size_t strong = 0; strong < order.size(); ++strong) {
    for (std::size_t weak = strong; weak < order.size(); ++weak) {
      CAPTURE(quipu::name_of(order[strong].state()), quipu::name_of(order[weak].state()));
      CHECK(zip(order[strong], order[weak]).state() == order[strong].state());
      CHECK(zip(order[weak], order[strong]).state() == order[strong].state());
      CHECK(zip(order[weak], order[weak], order[strong]).state() == order[strong].state());
      CHECK(join_all(std::vector{order[strong], order[weak]}).state() == order[strong].state());
      CHECK(join_all(std::vector{order[weak], order[strong], order[weak]}).state() == order[strong].state());
      CHECK(join_any(std::vector{order[strong], order[weak]}) == order[weak]);
      CHECK(join_any(std::vector{order[weak], order[strong], order[strong]}) == order[weak]);
    }
  }
}

TEST_CASE("of two in the same state the first decides", "[outcome]") {
  const number first = number::error(error_kind::storage, "first");
  const number second = number::error(error_kind::timeout, "second");
  CHECK(zip(first, second).error() == first.error());
  CHECK(zip(second, first).error() == second.error());
  CHECK(join_all(std::vector{number::ok(0), first, second}).error() == first.error());
  CHECK(join_any(std::vector{first, second}) == first);
  CHECK(join_any(std::vector{number::ok(1), number::ok(2)}) == number::ok(1));
  CHECK(zip(number::retry(1, 2, 3, "why"), number::ok(1)).retry().max_attempts == 3);
  CHECK(zip(number::pending(wait_condition::timeout(4), 5), number::ok(1)).pending().resume_token == 5);
}

TEST_CASE("joining keeps the order of the values", "[outcome]") {
  CHECK(join_all(std::vector{number::ok(3), number::ok(1), number::ok(2)}).value() == std::vector{3, 1, 2});
  CHECK(join_all(std::vector{outcome<bool>::ok(true), outcome<bool>::ok(false)}).value() == std::vector{true, false});
  CHECK(join_all(std::vector<number>{}).value().empty());
  CHECK(join_any(std::vector<number>{}).error().kind == error_kind::not_found);
  CHECK(join_all(std::vector{outcome<void>::ok(), outcome<void>::ok()}) == outcome<void>::ok());
  CHECK(join_all(std::vector{outcome<void>::ok(), outcome<void>::cancelled("x")}).is_cancelled());
  CHECK(join_any(std::vector{outcome<void>::cancelled("x"), outcome<void>::ok()}).is_ok());
}

TEST_CASE("zip and the joins distribute over batches", "[outcome]") {
  const number two = number::batch({number::ok(1), number::cancelled("x")});
  const auto left = zip(two, outcome<char>::ok('c'));
  REQUIRE(left.is_batch());
  CHECK(left.batch()[0].value() == std::tuple{1, 'c'});
  CHECK(left.batch()[1].is_cancelled());
  const auto right = zip(outcome<char>::ok('c'), two);
  CHECK(right.batch()[0].value() == std::tuple{'c', 1});
  const auto both = zip(number::batch({number::ok(1), number::ok(2)}), number::batch({number::ok(3), number::ok(4)}));
  CHECK(both.batch()[1].batch()[0].value() == std::tuple{2, 3});
  const auto joined = join_all(std::vector{number::ok(0), two, number::ok(9)});
  REQUIRE(joined.is_batch());
  CHECK(joined.batch()[0].value() == std::vector{0, 1, 9});
  CHECK(joined.batch()[1].is_cancelled());
  const auto any = join_any(std::vector{number::error(error_kind::storage, "s"), two});
  REQUIRE(any.is_batch());
  CHECK(any.batch()[0] == number::ok(1));
  CHECK(any.batch()[1] == number::cancelled("x"));
  CHECK(join_any(std::vector{two, number::ok(5)}) == number::ok(5));
}

TEST_CASE("a batch stands between pending and ok", "[outcome]") {
  const number two = number::batch({number::ok(1), number::ok(2)});
  const std::vector<number> order = by_precedence();
  for (std::size_t index = 0; index + 1 < order.size(); ++index) {
    CAPTURE(quipu::name_of(order[index].state()));
    CHECK(zip(order[index], two).state() == order[index].state());
    CHECK(zip(two, order[index]).state() == order[index].state());
    CHECK(join_all(std::vector{two, order[index]}).state() == order[index].state());
    const number any = join_any(std::vector{order[index], two});
    REQUIRE(any.is_batch());
    CHECK(any.batch()[0] == number::ok(1));
    CHECK(any.batch()[1] == number::ok(2));
  }
  CHECK(zip(order.back(), two).is_batch());
  CHECK(join_all(std::vector{order.back(), two}).is_batch());
  CHECK(join_any(std::vector{two, order.back()}) == order.back());
}

TEST_CASE("zip and join_all agree wherever both can be used", "[outcome]") {
  std::vector<number> all = by_precedence();
  all.push_back(number::ok(7));
  all.push_back(number::batch({}));
  all.push_back(number::batch({number::ok(2), number::cancelled("x")}));
  all.push_back(number::batch({number::batch({number::ok(3)}), number::error(error_kind::timeout, "t")}));
  const auto as_vector = [](const std::tuple<int, int>& both) {
    return std::vector{std::get<0>(both), std::get<1>(both)};
  };
  for (std::size_t left = 0; left < all.size(); ++left) {
    for (std::size_t right = 0; right < all.size(); ++right) {
      CAPTURE(left, right);
      CHECK(zip(all[left], all[right]).map(as_vector) == join_all(std::vector{all[left], all[right]}));
    }
  }
}

TEST_CASE("one outcome alone is what it was", "[outcome]") {
  for (const number& each : by_precedence()) {
    CHECK(zip(each).state() == each.state());
    CHECK(join_any(std::vector{each}) == each);
    CHECK(join_all(std::vector{each}).state() == each.state());
  }
  CHECK(std::get<0>(zip(number::ok(4)).value()) == 4);
}

TEST_CASE("an empty batch hides no failure", "[outcome]") {
  const number empty = number::batch({});
  CHECK(zip(empty, number::error(error_kind::storage, "s")).is_error());
  CHECK(zip(number::cancelled("c"), empty).is_cancelled());
  CHECK(join_all(std::vector{empty, number::error(error_kind::storage, "s")}).is_error());
  CHECK(zip(empty, number::ok(1)).batch().empty());
}

TEST_CASE("move-only values are combined by moving, and never dropped in silence", "[outcome]") {
  CHECK(join_all(owners(3, 4)).value().size() == 2);
  CHECK(*join_any(owners(3, 4)).value() == 3);
  CHECK(*std::get<1>(zip(owner::ok(std::make_unique<int>(1)), owner::ok(std::make_unique<int>(2))).value()) == 2);
  std::vector<owner> one;
  one.push_back(owner::ok(std::make_unique<int>(5)));
  const auto met = zip(owner::batch(std::move(one)), owner::ok(std::make_unique<int>(6)));
  CHECK(*std::get<1>(met.batch()[0].value()) == 6);
  const auto refused = zip(owner::batch(owners(1, 2)), owner::ok(std::make_unique<int>(6)));
  REQUIRE(refused.is_error());
  CHECK(refused.error().kind == error_kind::validation);
  std::vector<owner> alone;
  alone.push_back(owner::batch(owners(1, 2)));
  CHECK(*join_all(std::move(alone)).batch()[1].value()[0] == 2);
  std::vector<owner> with_another = owners(1, 2);
  with_another.push_back(owner::batch(owners(3, 4)));
  CHECK(join_all(std::move(with_another)).is_error());
}
