// SPDX-License-Identifier: BSL-1.0
//
// An event that no projection folds.
// expect: no_projection_handles_this_event_of_the_catalogue<renamed>
// max-errors: 2
#ifdef QUIPU_TEST_SINGLE_HEADER
#include <quipu.hpp>
#else
#include <quipu/projection/catalogue.hpp>
#endif

struct deposited {
  static constexpr auto kind = quipu::event_kind::custom(0xF, 1);
  std::int64_t cents{};
};
struct withdrawn {
  static constexpr auto kind = quipu::event_kind::custom(0xF, 2);
  std::int64_t cents{};
};
struct renamed {
  static constexpr auto kind = quipu::event_kind::custom(0xF, 3);
};
struct withdraw {
  std::int64_t cents{};
};
struct close_account {};
struct account {
  using events = quipu::event_list<deposited, withdrawn>;
  std::int64_t cents{};
  constexpr void apply(const deposited& e) { cents += e.cents; }
  constexpr void apply(const withdrawn& e) { cents -= e.cents; }
};

#ifdef ACCEPT
static_assert(quipu::catalogue<deposited, withdrawn>::handled_by<account>);
#else
static_assert(quipu::catalogue<deposited, withdrawn, renamed>::handled_by<account>);
#endif

int main() {}
