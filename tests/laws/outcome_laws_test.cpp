// SPDX-License-Identifier: BSL-1.0
//
// The laws of outcome, on random outcomes: functor, monad, distribution over batches, and how the combinators agree.
#ifdef QUIPU_TEST_SINGLE_HEADER
#include <quipu.hpp>
#else
#include <quipu/outcome/combine.hpp>
#include <quipu/outcome/outcome.hpp>
#endif

#include "property.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <tuple>
#include <utility>
#include <vector>

using laws::choices;
using quipu::error_kind;
using quipu::outcome;
using quipu::outcome_error;
using quipu::wait_condition;

namespace {

using number = outcome<int>;

constexpr int runs = 400;

std::string word(choices& from) { return std::string(from.below(3), static_cast<char>('a' + from.below(3))); }

wait_condition any_condition(choices& from, unsigned depth) {
  switch (from.below(depth == 0 ? 3 : 5)) {
    case 0:
      return wait_condition::timeout(from.below(10));
    case 1:
      return wait_condition::event(quipu::event_id::nil());
    case 2:
      return wait_condition::custom(word(from), word(from));
    default:
      break;
  }
  const bool all = from.below(2) == 0;
  std::vector<wait_condition> parts(from.below(3));
  for (auto& part : parts) part = any_condition(from, depth - 1);
  return all ? wait_condition::all(std::move(parts)) : wait_condition::any(std::move(parts));
}

outcome_error any_error(choices& from) {
  outcome_error made{error_kind{static_cast<std::uint16_t>(from.below(9))}, word(from)};
  if (from.below(3) == 1) made.compensation = quipu::compensation_action::notify(word(from), word(from));
  if (from.below(3) == 1) made.retryable = !made.retryable;
  return made;
}

number any_outcome(choices& from, unsigned depth = 2) {
  switch (from.below(depth == 0 ? 6 : 8)) {
    case 0:
    case 1:
      return number::ok(from.integer());
    case 2:
      return number::error(any_error(from));
    case 3:
      return number::retry(from.below(9), 1, static_cast<std::uint32_t>(from.below(4)), word(from));
    case 4:
      return number::pending(any_condition(from, 1), from.below(9));
    case 5:
      return number::cancelled(word(from));
    default:
      break;
  }
  std::vector<number> items;
  for (auto left = from.below(4); left > 0; --left) items.push_back(any_outcome(from, depth - 1));
  return number::batch(std::move(items));
}

/// A function from numbers to outcomes: the same for the same number, otherwise arbitrary.
struct arrow {
  std::uint64_t seed;
  number operator()(int x) const {
    choices own{laws::randomness{seed + static_cast<std::uint64_t>(x + 1000)}.next()};
    return any_outcome(own, 1);
  }
};
arrow any_arrow(choices& from) { return {from.below(1000)}; }

struct plain {
  int factor;
  int operator()(int x) const { return factor * x % 97 - factor; }
};
plain any_plain(choices& from) { return {from.integer()}; }

number distributed(const number& over, const auto& operation) {
  std::vector<number> items;
  for (const number& item : over.batch()) items.push_back(operation(item));
  return number::batch(std::move(items));
}

template <class Property>
void law(const Property& property) {
  const auto verdict = laws::for_all(20240229, runs, property);
  INFO(verdict.str());
  CHECK(verdict.holds);
}

}  // namespace

TEST_CASE("the generator reaches every state", "[laws]") {
  std::vector<int> seen(6);
  static_cast<void>(laws::for_all(
      1, 200, [&](choices& from) { return ++seen[static_cast<std::size_t>(any_outcome(from).state())] > 0; }));
  for (const int count : seen) CHECK(count > 3);
}

TEST_CASE("functor: identity and composition", "[laws]") {
  law([](choices& from) {
    const number o = any_outcome(from);
    return o.map([](int x) { return x; }) == o;
  });
  law([](choices& from) {
    const number o = any_outcome(from);
    const plain f = any_plain(from);
    const plain g = any_plain(from);
    return o.map(f).map(g) == o.map([&](int x) { return g(f(x)); });
  });
}

TEST_CASE("monad: left identity, right identity, associativity", "[laws]") {
  law([](choices& from) {
    const int x = from.integer();
    const arrow f = any_arrow(from);
    return number::ok(x).and_then(f) == f(x);
  });
  law([](choices& from) {
    const number o = any_outcome(from);
    return o.and_then([](int x) { return number::ok(x); }) == o;
  });
  law([](choices& from) {
    const number o = any_outcome(from);
    const arrow f = any_arrow(from);
    const arrow g = any_arrow(from);
    return o.and_then(f).and_then(g) == o.and_then([&](int x) { return f(x).and_then(g); });
  });
}

TEST_CASE("map and flatten are and_then, and flatten is associative", "[laws]") {
  law([](choices& from) {
    const number o = any_outcome(from);
    const plain f = any_plain(from);
    return o.map(f) == o.and_then([&](int x) { return number::ok(f(x)); });
  });
  law([](choices& from) {
    const number o = any_outcome(from);
    const arrow f = any_arrow(from);
    return o.map(f).flatten() == o.and_then(f);
  });
  law([](choices& from) {
    const number o = any_outcome(from);
    const arrow f = any_arrow(from);
    const arrow g = any_arrow(from);
    const auto deep = o.map([&](int x) { return f(x).map(g); });
    return deep.flatten().flatten() == deep.map([](const outcome<number>& inner) { return inner.flatten(); }).flatten();
  });
}

TEST_CASE("the same laws for a moved outcome", "[laws]") {
  law([](choices& from) {
    const number o = any_outcome(from);
    const arrow f = any_arrow(from);
    const plain g = any_plain(from);
    const auto recover = [](const outcome_error&) { return number::ok(0); };
    return number{o}.and_then(f) == o.and_then(f) && number{o}.map(g) == o.map(g) &&
           number{o}.or_else(recover) == o.or_else(recover);
  });
}

TEST_CASE("every operation distributes over a batch", "[laws]") {
  law([](choices& from) {
    std::vector<number> items;
    for (auto left = from.below(4); left > 0; --left) items.push_back(any_outcome(from));
    const number batch = number::batch(std::move(items));
    const arrow f = any_arrow(from);
    const plain g = any_plain(from);
    const auto even = [](int x) { return x % 2 == 0; };
    const auto relabel = [](const outcome_error& failure) {
      return outcome_error{error_kind::internal, failure.message.str() + "!"};
    };
    const auto recover = [&](const outcome_error& failure) { return f(static_cast<int>(failure.message.size())); };
    return batch.map(g) == distributed(batch, [&](const number& o) { return o.map(g); }) &&
           batch.and_then(f) == distributed(batch, [&](const number& o) { return o.and_then(f); }) &&
           batch.and_then_if(even, f) == distributed(batch, [&](const number& o) { return o.and_then_if(even, f); }) &&
           batch.map_error(relabel) == distributed(batch, [&](const number& o) { return o.map_error(relabel); }) &&
           batch.or_else(recover) == distributed(batch, [&](const number& o) { return o.or_else(recover); }) &&
           batch.inspect([](int) {}) == batch;
  });
}

TEST_CASE("or_else has error as its unit and is associative", "[laws]") {
  law([](choices& from) {
    const number o = any_outcome(from);
    const arrow table = any_arrow(from);
    const arrow other = any_arrow(from);
    const auto f = [&](const outcome_error& failure) { return table(static_cast<int>(failure.message.size())); };
    const auto g = [&](const outcome_error& failure) { return other(static_cast<int>(failure.message.size())); };
    return o.or_else([](const outcome_error& failure) { return number::error(failure); }) == o &&
           o.or_else(f).or_else(g) == o.or_else([&](const outcome_error& failure) { return f(failure).or_else(g); });
  });
}

TEST_CASE("zip agrees with join_all, with its mirror image, and with itself nested", "[laws]") {
  law([](choices& from) {
    const number a = any_outcome(from);
    const number b = any_outcome(from);
    const auto as_list = quipu::zip(a, b).map([](const std::tuple<int, int>& both) {
      return std::vector<int>{std::get<0>(both), std::get<1>(both)};
    });
    return as_list == quipu::join_all(std::vector{a, b});
  });
  law([](choices& from) {
    const number a = any_outcome(from, 0);
    const number b = any_outcome(from, 0);
    // Where both are in the same state the first decides, and the mirror image has another first.
    if (a.state() == b.state() && !a.is_ok()) return true;
    return quipu::zip(a, b).map([](const auto& both) {
      return std::tuple{std::get<1>(both), std::get<0>(both)};
    }) == quipu::zip(b, a);
  });
  law([](choices& from) {
    const number a = any_outcome(from, 1);
    const number b = any_outcome(from, 1);
    const number c = any_outcome(from, 1);
    const auto nested = quipu::zip(quipu::zip(a, b), c).map([](const auto& parts) {
      return std::tuple_cat(std::get<0>(parts), std::tuple{std::get<1>(parts)});
    });
    return nested == quipu::zip(a, b, c);
  });
}

TEST_CASE("joining one is that one", "[laws]") {
  law([](choices& from) {
    const number o = any_outcome(from);
    return quipu::join_all(std::vector{o}) == o.map([](int x) { return std::vector<int>{x}; }) &&
           quipu::join_any(std::vector{o}) == o;
  });
}
