// SPDX-License-Identifier: BSL-1.0
//
// An event that is listed twice.
// expect: two_events_of_a_projection_have_the_same_kind<account, deposited, deposited>
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
  using events = quipu::event_list<deposited, deposited>;
#endif
  std::int64_t cents{};
  constexpr void apply(const deposited& e) { cents += e.cents; }
};

static_assert(quipu::fold<account>(deposited{500}).cents == 500);

int main() {}
