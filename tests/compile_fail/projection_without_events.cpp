// SPDX-License-Identifier: BSL-1.0
//
// A state that doesn't say which events it folds.
// expect: a_projection_needs_a_public_member_type_events<account>
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
#endif
  std::int64_t cents{};
  constexpr void apply(const deposited& e) { cents += e.cents; }
};

static_assert(quipu::fold<account>(deposited{500}).cents == 500);

int main() {}
