// SPDX-License-Identifier: BSL-1.0
//
// An `apply` that returns the new state, which nobody would look at.
// expect: apply_changes_the_state_in_place_and_must_return_void<account, deposited>
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
#ifdef ACCEPT
  constexpr void apply(const deposited& e) { cents += e.cents; }
#else
  constexpr account apply(const deposited& e) const { return {cents + e.cents}; }
#endif
};

static_assert(quipu::fold<account>(deposited{500}).cents == 500);

int main() {}
