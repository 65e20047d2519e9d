// SPDX-License-Identifier: BSL-1.0
//
// A type that is no projection.
// expect: a_projection_needs_a_public_member_type_events<ledger>
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
  static constexpr quipu::outcome<withdrawn> decide(const account&, const withdraw& c) { return withdrawn{c.cents}; }
};

struct ledger {
#ifdef ACCEPT
  using events = quipu::event_list<deposited>;
#endif
  std::int64_t cents{};
  constexpr void apply(const deposited& e) { cents += e.cents; }
  static constexpr quipu::outcome<deposited> decide(const ledger&, const withdraw& c) { return deposited{-c.cents}; }
};
static_assert(quipu::given<ledger>().when(withdraw{1}).then(deposited{-1}));

int main() {}
