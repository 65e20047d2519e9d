// SPDX-License-Identifier: BSL-1.0
//
// A region of the events of a type that has no kind.
// expect: with_events<E...>\(\): each E needs a kind
// expect: deposited
// max-errors: 3
#ifdef QUIPU_TEST_SINGLE_HEADER
#include <quipu.hpp>
#else
#include <quipu/coordinate/region.hpp>
#endif

struct deposited {
#ifdef ACCEPT
  static constexpr auto kind = quipu::event_kind::custom(0xF, 1);
#endif
  std::int64_t cents{};
};

int main() { return quipu::region::all().with_events<deposited>().selects_nothing() ? 1 : 0; }
