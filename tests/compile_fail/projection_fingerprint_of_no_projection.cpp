// SPDX-License-Identifier: BSL-1.0
//
// The fingerprint of a type that isn't a projection yet.
// expect: a_projection_needs_a_public_apply_for_each_event_of_its_list<account, deposited>
// max-errors: 1
#ifdef QUIPU_TEST_SINGLE_HEADER
#include <quipu.hpp>
#else
#include <quipu/projection/fingerprint.hpp>
#endif

struct deposited {
  static constexpr auto kind = quipu::event_kind::custom(0xF, 1);
  std::int64_t cents{};
};
struct account {
  using events = quipu::event_list<deposited>;
  std::int64_t cents{};
#ifdef ACCEPT
  constexpr void apply(const deposited& e) { cents += e.cents; }
#endif
};

static_assert(quipu::fingerprint<account>() != 0);

int main() {}
