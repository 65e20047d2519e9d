// SPDX-License-Identifier: BSL-1.0
//
// Visiting a stored event with a list that has a type without a kind.
// expect: visit\(event_list<E...>\): each E needs a kind
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

bool look(const quipu::event_view& seen) {
  return seen.visit(quipu::event_list<deposited>{}, [](const deposited&) {});
}

int main() {}
