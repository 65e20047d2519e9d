// SPDX-License-Identifier: BSL-1.0
//
// A listed type that doesn't say which kind of event it is.
// expect: an_event_needs_a_static_constexpr_kind_or_a_specialisation_of_kind_of<account, withdrawn>
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
