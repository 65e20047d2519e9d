// SPDX-License-Identifier: BSL-1.0
//
// combine.hpp: combines several outcomes into one.
//   zip, join_all   all are needed; the first of these states decides: error, cancelled, retry, pending, batch, ok
//   join_any        one is enough; the order is reversed: ok, batch, pending, retry, cancelled, error
// Among outcomes of the same state the first one decides. Combining with a batch of n outcomes returns a batch of n,
// with each item combined; the sizes of several batches multiply. Outcomes that are combined with more than one item
// are copied. A move-only value can be combined with a batch of one item; with a larger batch the result is a
// `validation` error.
#pragma once

#include "outcome.hpp"

#include <cstddef>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

namespace quipu {
namespace detail {

/// The precedence of a state if all outcomes are needed; `join_any` reverses it.
[[nodiscard]] constexpr int precedence(outcome_state state) noexcept {
  switch (state) {
    case outcome_state::error:
      return 5;
    case outcome_state::cancelled:
      return 4;
    case outcome_state::retry:
      return 3;
    case outcome_state::pending:
      return 2;
    case outcome_state::batch:
      return 1;
    case outcome_state::ok:
      break;
  }
  return 0;
}

/// Converts an outcome without a value to another type. Precondition: neither ok nor a batch.
template <class Result, class Value>
constexpr Result without_value(outcome<Value>&& from) {
  switch (from.state()) {
    case outcome_state::error:
      return Result::error(std::move(from).error());
    case outcome_state::retry:
      return Result::retry(from.retry());
    case outcome_state::pending:
      return Result::pending(from.pending());
    default:
      return Result::cancelled(from.cancelled());
  }
}

template <class Result>
constexpr Result copy_error() {
  return Result::error(error_kind::validation, "a move-only value cannot be combined with several items of a batch");
}

/// Returns a batch of `combine(item, partner)` for the items of a batch. The last item gets the partner itself, the
/// others get copies.
template <class Result, class Value, class Partner, class Combine>
constexpr Result distribute(std::vector<outcome<Value>>&& items, Partner&& partner, const Combine& combine) {
  if constexpr (!std::is_copy_constructible_v<Partner>) {
    if (items.size() > 1) return copy_error<Result>();
  }
  std::vector<Result> results;
  results.reserve(items.size());
  for (std::size_t index = 0; index < items.size(); ++index) {
    if constexpr (std::is_copy_constructible_v<Partner>) {
      if (index + 1 < items.size()) {
        results.push_back(combine(std::move(items[index]), Partner{partner}));
        continue;
      }
    }
    results.push_back(combine(std::move(items[index]), std::move(partner)));
  }
  return Result::batch(std::move(results));
}

template <class Value>
constexpr stored_value<Value> take_value(outcome<Value>&& from) {
  if constexpr (std::is_void_v<Value>)
    return none{};
  else
    return std::move(from).into_value();
}

/// Returns `std::tuple<Front..., Back>` from an outcome of a tuple and an outcome of a value.
template <class Back, class... Front>
constexpr outcome<std::tuple<Front..., stored_value<Back>>> zip_back(outcome<std::tuple<Front...>> front,
                                                                     outcome<Back> back) {
  using result = outcome<std::tuple<Front..., stored_value<Back>>>;
  const bool front_decides = precedence(front.state()) >= precedence(back.state());
  if (precedence(front_decides ? front.state() : back.state()) > precedence(outcome_state::batch))
    return front_decides ? without_value<result>(std::move(front)) : without_value<result>(std::move(back));
  const auto in_order = [](auto&& first, auto&& second) { return zip_back(std::move(first), std::move(second)); };
  if (front.is_batch()) return distribute<result>(std::move(front).batch(), std::move(back), in_order);
  const auto turned = [](auto&& second, auto&& first) { return zip_back(std::move(first), std::move(second)); };
  if (back.is_batch()) return distribute<result>(std::move(back).batch(), std::move(front), turned);
  return result::ok(
      std::tuple_cat(std::move(front).into_value(), std::tuple<stored_value<Back>>{take_value(std::move(back))}));
}

template <class Value>
constexpr outcome<std::tuple<stored_value<Value>>> as_tuple(outcome<Value>&& only) {
  if constexpr (std::is_void_v<Value>)
    return std::move(only).map([] { return std::tuple<none>{}; });
  else
    return std::move(only).map([](Value&& value) { return std::tuple<Value>{std::move(value)}; });
}

template <class Front>
constexpr auto zip_all(Front front) {
  return front;
}
template <class Front, class Next, class... Rest>
constexpr auto zip_all(Front front, outcome<Next> next, outcome<Rest>... rest) {
  return zip_all(zip_back(std::move(front), std::move(next)), std::move(rest)...);
}

/// Returns the index of the deciding outcome; the number of outcomes if there is none.
template <class Value, class Stronger>
constexpr std::size_t find_decisive(const std::vector<outcome<Value>>& outcomes, const Stronger& stronger) {
  std::size_t found = 0;
  for (std::size_t index = 1; index < outcomes.size(); ++index)
    if (stronger(outcomes[index].state(), outcomes[found].state())) found = index;
  return found;
}

/// For each item of the batch at `place`, calls `combine` with the outcomes and the item in place of the batch. Returns
/// the results as a batch.
template <class Result, class Value, class Combine>
constexpr Result distribute_at(std::vector<outcome<Value>>&& outcomes, std::size_t place, const Combine& combine) {
  std::vector<outcome<Value>> items = std::move(outcomes[place]).batch();
  constexpr bool can_copy = std::is_copy_constructible_v<outcome<Value>>;
  if (!can_copy && items.size() > 1 && outcomes.size() > 1) return copy_error<Result>();
  std::vector<Result> results;
  results.reserve(items.size());
  for (std::size_t index = 0; index < items.size(); ++index) {
    std::vector<outcome<Value>> all;
    all.reserve(outcomes.size());
    for (std::size_t other = 0; other < outcomes.size(); ++other) {
      if (other == place) {
        all.push_back(std::move(items[index]));
        continue;
      }
      if constexpr (can_copy) {
        if (index + 1 < items.size()) {
          all.push_back(outcomes[other]);
          continue;
        }
      }
      all.push_back(std::move(outcomes[other]));
    }
    results.push_back(combine(std::move(all)));
  }
  return Result::batch(std::move(results));
}

}  // namespace detail

/// Returns all values as a tuple; a void outcome contributes `none`.
template <class First, class... Rest>
[[nodiscard]] constexpr auto zip(outcome<First> first, outcome<Rest>... rest) {
  return detail::zip_all(detail::as_tuple(std::move(first)), std::move(rest)...);
}

/// Returns all values in order; `outcome<void>` for void outcomes. The result of no outcomes is ok.
template <class Value>
[[nodiscard]] constexpr auto join_all(std::vector<outcome<Value>> outcomes)
    -> outcome<std::conditional_t<std::is_void_v<Value>, void, std::vector<detail::stored_value<Value>>>> {
  using result = outcome<std::conditional_t<std::is_void_v<Value>, void, std::vector<detail::stored_value<Value>>>>;
  const auto stronger = [](outcome_state left, outcome_state right) {
    return detail::precedence(left) > detail::precedence(right);
  };
  if (const std::size_t found = detail::find_decisive(outcomes, stronger); found < outcomes.size()) {
    outcome<Value>& decisive = outcomes[found];
    if (decisive.is_batch())
      return detail::distribute_at<result>(std::move(outcomes), found,
                                           [](std::vector<outcome<Value>>&& all) { return join_all(std::move(all)); });
    if (!decisive.is_ok()) return detail::without_value<result>(std::move(decisive));
  }
  if constexpr (std::is_void_v<Value>) {
    return result::ok();
  } else {
    std::vector<Value> values;
    values.reserve(outcomes.size());
    for (outcome<Value>& each : outcomes) values.push_back(std::move(each).into_value());
    return result::ok(std::move(values));
  }
}

/// Returns the first value. The result of no outcomes is a `not_found` error.
template <class Value>
[[nodiscard]] constexpr outcome<Value> join_any(std::vector<outcome<Value>> outcomes) {
  const auto stronger = [](outcome_state left, outcome_state right) {
    return detail::precedence(left) < detail::precedence(right);
  };
  const std::size_t found = detail::find_decisive(outcomes, stronger);
  if (found == outcomes.size()) return outcome<Value>::error(error_kind::not_found, "there was nothing to choose from");
  if (outcomes[found].is_batch())
    return detail::distribute_at<outcome<Value>>(
        std::move(outcomes), found, [](std::vector<outcome<Value>>&& all) { return join_any(std::move(all)); });
  return std::move(outcomes[found]);
}

}  // namespace quipu
