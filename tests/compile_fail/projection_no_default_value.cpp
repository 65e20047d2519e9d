// SPDX-License-Identifier: BSL-1.0
//
// A state that can't be default-constructed: a fold has nothing to begin from.
// expect: the_state_of_a_projection_must_have_a_default_value<account>
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
  using events = quipu::event_list<deposited>;
  std::int64_t cents{};
#ifdef ACCEPT
  constexpr account() = default;
#else
  constexpr explicit account(std::int64_t opening) : cents{opening} {}
#endif
  constexpr void apply(const deposited& e) { cents += e.cents; }
};

static_assert(quipu::fold<account>(deposited{500}).cents == 500);

int main() {}
