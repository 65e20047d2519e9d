// SPDX-License-Identifier: BSL-1.0
//
// A state is folded from events, also while compiling. At -O2 nothing of the fold is left: look at `balance()` in the
// assembly. It returns the number 380.
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

struct account {
  using events = quipu::event_list<deposited, withdrawn>;
  std::int64_t cents{};
  constexpr void apply(const deposited& event) { cents += event.cents; }
  constexpr void apply(const withdrawn& event) { cents -= event.cents; }
};

static_assert(quipu::fold<account>(deposited{500}, withdrawn{120}).cents == 380);

std::int64_t balance() { return quipu::fold<account>(deposited{500}, withdrawn{120}).cents; }

int main() { return balance() == 380 ? 0 : 1; }
