// SPDX-License-Identifier: BSL-1.0
//
// A filter that doesn't take what comes through the stage before it.
// expect: filter.f.: f must take what is received
// max-errors: 1
#ifdef QUIPU_TEST_SINGLE_HEADER
#include <quipu.hpp>
#else
#include <quipu/store/in_memory_store.hpp>
#endif

int main() {
  auto store = quipu::in_memory_store();
  auto numbers = store.subscribe_lossy(quipu::region::all()).map([](const quipu::event_view& event) { return event.sequence(); })
#ifdef ACCEPT
                     .filter([](std::uint64_t number) { return number != 0; });
#else
                     .filter([](const quipu::event_view& event) { return event.sequence() != 0; });
#endif
  static_cast<void>(numbers.try_recv());
}
