// SPDX-License-Identifier: BSL-1.0
//
// What is given to a fold has no kind.
// expect: fold_takes_events_or_one_range_of_events<account, int>
// max-errors: 1
#ifdef QUIPU_TEST_SINGLE_HEADER
#include <quipu.hpp>
#else
#include <quipu/projection/fold.hpp>
#endif

struct deposited {
  static constexpr auto kind = quipu::event_kind::custom(0xF, 1);
  std::int64_t cents{};
};
struct account {
  using events = quipu::event_list<deposited>;
  std::int64_t cents{};
  constexpr void apply(const deposited& e) { cents += e.cents; }
};

#ifdef ACCEPT
static_assert(quipu::fold<account>(deposited{500}).cents == 500);
#else
static_assert(quipu::fold<account>(500).cents == 500);
#endif

int main() {}
