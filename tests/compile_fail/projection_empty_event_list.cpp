// SPDX-License-Identifier: BSL-1.0
//
// An empty event list: the state would never change.
// expect: the_event_list_of_a_projection_must_not_be_empty<account>
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
#ifdef ACCEPT
  using events = quipu::event_list<deposited>;
#else
  using events = quipu::event_list<>;
#endif
  std::int64_t cents{};
  constexpr void apply(const deposited& e) { cents += e.cents; }
};

static_assert(quipu::fold<account>(deposited{500}).cents == 500);

int main() {}
