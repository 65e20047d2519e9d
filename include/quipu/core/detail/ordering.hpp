// SPDX-License-Identifier: BSL-1.0
//
// ordering.hpp: the handful of algorithms that the library needs, since <algorithm> costs every program that includes it a twentieth of a
// second.
#pragma once

#include <cstddef>
#include <utility>

namespace quipu::detail {

template <class Value>
[[nodiscard]] constexpr const Value& smaller(const Value& left, const Value& right) noexcept {
  return right < left ? right : left;
}
template <class Value>
[[nodiscard]] constexpr const Value& larger(const Value& left, const Value& right) noexcept {
  return left < right ? right : left;
}

/// The end of those elements that are `before`, which come before all the others: std::partition_point.
template <class Iterator, class Before>
[[nodiscard]] constexpr Iterator end_of_those(Iterator first, Iterator last, Before&& before) {
  auto count = last - first;
  while (count > 0) {
    const auto half = count / 2;
    if (before(*(first + half))) {
      first += half + 1;
      count -= half + 1;
    } else {
      count = half;
    }
  }
  return first;
}

/// Heapsort: in place, without recursion, and never worse than n log n. Not stable.
template <class Elements, class Before>
void sort_by(Elements& elements, Before&& before) {
  const auto sink = [&](std::size_t parent, std::size_t count) {
    auto moved = std::move(elements[parent]);
    for (std::size_t child = 2 * parent + 1; child < count; child = 2 * parent + 1) {
      if (child + 1 < count && before(elements[child], elements[child + 1])) ++child;
      if (!before(moved, elements[child])) break;
      elements[parent] = std::move(elements[child]);
      parent = child;
    }
    elements[parent] = std::move(moved);
  };
  for (std::size_t parent = elements.size() / 2; parent-- > 0;) sink(parent, elements.size());
  for (std::size_t count = elements.size(); count-- > 1;) {
    std::swap(elements[0], elements[count]);
    sink(0, count);
  }
}

}  // namespace quipu::detail
