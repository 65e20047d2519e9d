// SPDX-License-Identifier: BSL-1.0
//
// A table without a line.
// expect: a state_machine has at least one transition
// max-errors: 3
#ifdef QUIPU_TEST_SINGLE_HEADER
#include <quipu.hpp>
#else
#include <quipu/typestate/state_machine.hpp>
#endif

struct is_open {};
struct is_closed {};
struct door_closed {
  static constexpr auto kind = quipu::event_kind::custom(2, 1);
};
#ifdef ACCEPT
using door = quipu::state_machine<quipu::transition<is_open, door_closed, is_closed>>;
#else
using door = quipu::state_machine<>;
#endif

constexpr std::size_t states = door::states::size;

int main() { return static_cast<int>(states - states); }
