// SPDX-License-Identifier: BSL-1.0
//
// An `apply` that could change its event.
// expect: apply_must_take_its_event_by_const_reference<account, deposited>
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
  constexpr void apply(deposited& e) { cents += e.cents; }
#endif
};

static_assert(quipu::fold<account>(deposited{500}).cents == 500);

int main() {}
