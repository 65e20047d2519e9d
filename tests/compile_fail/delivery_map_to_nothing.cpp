// SPDX-License-Identifier: BSL-1.0
//
// A function for `map` that returns nothing.
// expect: map.f.: f must return something
// max-errors: 1
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
                      .map([](const quipu::event_view& event) { return event.sequence(); });
#else
                      .map([](const quipu::event_view& event) { static_cast<void>(event.sequence()); });
#endif
  static_cast<void>(received.try_recv());
}
