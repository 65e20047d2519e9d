// SPDX-License-Identifier: BSL-1.0
//
// A function for `scan` that doesn't return the next state.
// expect: scan\(state, f\): f must take the state and what is received, and return the next state
// max-errors: 2
#ifdef QUIPU_TEST_SINGLE_HEADER
#include <quipu.hpp>
#else
#include <quipu/store/in_memory_store.hpp>
#endif

#include <cstdint>
#include <optional>

int main() {
  auto store = quipu::in_memory_store();
  auto received = store.subscribe_lossy(quipu::region::all())
#ifdef ACCEPT
                      .scan(0, [](int count, const quipu::event_view&) { return count + 1; });
#else
                      .scan(0, [](int, const quipu::event_view&) {});
#endif
  static_cast<void>(received.try_recv());
}
