// SPDX-License-Identifier: BSL-1.0
//
// A decision is specified by examples that the compiler runs. Try the marked line: the build turns red, because an
// account with 10 cents does not pay out 30.
#include <array>
#include <cstdint>
#include <quipu_model.hpp>

struct deposited {
  static constexpr auto kind = quipu::event_kind::custom(0xF, 1);
  std::int64_t cents{};
};
struct withdrawn {
  static constexpr auto kind = quipu::event_kind::custom(0xF, 2);
  std::int64_t cents{};
};
struct withdraw {
  std::int64_t cents{};
};

struct account {
  using events = quipu::event_list<deposited, withdrawn>;
  std::int64_t cents{};
  constexpr void apply(const deposited& event) { cents += event.cents; }
  constexpr void apply(const withdrawn& event) { cents -= event.cents; }
};

constexpr quipu::outcome<std::array<withdrawn, 1>> decide(const account& held, const withdraw& wish) {
  if (wish.cents > held.cents) return quipu::outcome_error{quipu::error_kind::validation, "not enough money"};
  return std::array{withdrawn{wish.cents}};
}

static_assert(quipu::given<account>(deposited{100}).when(withdraw{30}).then(withdrawn{30}));
static_assert(quipu::given<account>(deposited{10}).when(withdraw{30}).then_error(quipu::error_kind::validation));
// try: static_assert(quipu::given<account>(deposited{10}).when(withdraw{30}).then(withdrawn{30}));

int main() {}
