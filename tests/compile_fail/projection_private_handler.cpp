// SPDX-License-Identifier: BSL-1.0
//
// An `apply` that can't be called from outside.
// expect: a_projection_needs_a_public_apply_for_each_event_of_its_list<account, deposited>
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
class account {
 public:
  using events = quipu::event_list<deposited>;
  std::int64_t cents{};

#ifndef ACCEPT
 private:
#endif
  constexpr void apply(const deposited& e) { cents += e.cents; }
};

static_assert(quipu::fold<account>(deposited{500}).cents == 500);

int main() {}
