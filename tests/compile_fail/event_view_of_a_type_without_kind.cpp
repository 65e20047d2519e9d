// SPDX-License-Identifier: BSL-1.0
//
// Asking a stored event whether it is of a type that has no kind.
// expect: is<E>\(\): E needs a kind
// expect: deposited
// max-errors: 2
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

bool looks(const quipu::event_view& seen) { return seen.is<deposited>(); }

int main() {}
