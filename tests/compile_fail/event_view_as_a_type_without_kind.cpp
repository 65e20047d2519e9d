// SPDX-License-Identifier: BSL-1.0
//
// Reading a stored event as a type that has no kind.
// expect: as<E>\(\): E needs a kind
// expect: deposited
// max-errors: 1
#ifdef QUIPU_TEST_SINGLE_HEADER
#include <quipu.hpp>
#else
#include <quipu/event/event_view.hpp>
#endif

struct deposited {
#ifdef ACCEPT
  static constexpr auto kind = quipu::event_kind::custom(0xF, 1);
#endif
  std::int64_t cents{};
};

std::int64_t cents_of(const quipu::event_view& seen) { return seen.as<deposited>().cents; }

int main() {}
