// SPDX-License-Identifier: BSL-1.0
//
// A listed event that no `apply` takes.
// expect: a_projection_needs_a_public_apply_for_each_event_of_its_list<account, withdrawn>
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
  static constexpr auto kind = quipu::event_kind::custom(0xF, 2);
  std::int64_t cents{};
};
struct account {
  using events = quipu::event_list<deposited, withdrawn>;
  std::int64_t cents{};
  constexpr void apply(const deposited& e) { cents += e.cents; }
#ifdef ACCEPT
  constexpr void apply(const withdrawn& e) { cents -= e.cents; }
#endif
};

static_assert(quipu::fold<account>(deposited{500}).cents == 500);

int main() {}
