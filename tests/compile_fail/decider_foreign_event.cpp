// SPDX-License-Identifier: BSL-1.0
//
// A decision for an event that the projection doesn't fold.
// expect: decide_must_return_an_outcome_of_events_that_the_projection_lists<account, withdraw, .*renamed
// max-errors: 2
#ifdef QUIPU_TEST_SINGLE_HEADER
#include <quipu.hpp>
#else
#include <quipu/projection/given.hpp>
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
#ifdef ACCEPT
  static constexpr quipu::outcome<withdrawn> decide(const account&, const withdraw&) { return withdrawn{}; }
#else
  static constexpr quipu::outcome<renamed> decide(const account&, const withdraw&) { return renamed{}; }
#endif
};

static_assert(quipu::given<account>(deposited{5}).when(withdraw{1}).then(withdrawn{}));

int main() {}
