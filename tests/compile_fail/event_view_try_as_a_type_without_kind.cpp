// SPDX-License-Identifier: BSL-1.0
//
// As event_view_as_a_type_without_kind, without throwing.
// expect: try_as<E>\(\): E needs a kind
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

void look(const quipu::event_view& seen) { static_cast<void>(seen.try_as<deposited>()); }

int main() {}
