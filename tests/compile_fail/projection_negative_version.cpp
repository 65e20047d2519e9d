// SPDX-License-Identifier: BSL-1.0
//
// A version below 0.
// expect: the_version_of_a_projection_must_be_a_static_constexpr_unsigned_number<account>
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
#ifdef ACCEPT
  static constexpr int version = 1;
#else
  static constexpr int version = -1;
#endif
  std::int64_t cents{};
  constexpr void apply(const deposited& e) { cents += e.cents; }
};

static_assert(quipu::fold<account>(deposited{500}).cents == 500);

int main() {}
