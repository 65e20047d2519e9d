// SPDX-License-Identifier: BSL-1.0
//
// A list of known events that has a type without a kind.
// expect: stop_unless<E...>\(\): each E needs a kind
// expect: deposited
// max-errors: 2
#ifdef QUIPU_TEST_SINGLE_HEADER
#include <quipu.hpp>
#else
#include <quipu/store/in_memory_store.hpp>
#endif

struct deposited {
#ifdef ACCEPT
  static constexpr auto kind = quipu::event_kind::custom(0xF, 1);
#endif
  std::int64_t cents{};
};

int main() {
  auto store = quipu::in_memory_store();
  static_cast<void>(store.cursor_guaranteed(quipu::region::all(), {}, quipu::unknown_kinds::stop_unless<deposited>()));
}
