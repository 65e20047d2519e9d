// SPDX-License-Identifier: BSL-1.0
//
// A fold costs what the loop costs that you would have written: compare `folded` and `by_hand` in the assembly.
#include <cstdint>
#include <quipu_model.hpp>
#include <span>

struct measured {
  static constexpr auto kind = quipu::event_kind::custom(6, 1);
  std::int64_t value{};
};

struct total {
  using events = quipu::event_list<measured>;
  std::int64_t sum{};
  constexpr void apply(const measured& event) { sum += event.value; }
};

std::int64_t folded(std::span<const measured> events) { return quipu::fold<total>(events).sum; }

std::int64_t by_hand(std::span<const measured> events) {
  std::int64_t sum = 0;
  for (const measured& each : events) sum += each.value;
  return sum;
}

int main() {
  const measured values[]{{1}, {2}, {3}};
  return folded(values) == by_hand(values) ? 0 : 1;
}
