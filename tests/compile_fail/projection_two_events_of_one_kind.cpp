// SPDX-License-Identifier: BSL-1.0
//
// Two listed events of one kind: which of them a stored event is can't be told.
// expect: two_events_of_a_projection_have_the_same_kind<account, deposited, withdrawn>
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
struct withdrawn {
#ifdef ACCEPT
  static constexpr auto kind = quipu::event_kind::custom(0xF, 2);
#else
  static constexpr auto kind = quipu::event_kind::custom(0xF, 1);
#endif
  std::int64_t cents{};
};
struct account {
  using events = quipu::event_list<deposited, withdrawn>;
  std::int64_t cents{};
  constexpr void apply(const deposited& e) { cents += e.cents; }
  constexpr void apply(const withdrawn& e) { cents -= e.cents; }
};

static_assert(quipu::fold<account>(deposited{500}).cents == 500);

int main() {}
