// SPDX-License-Identifier: BSL-1.0
//
// A function for `filter_map` that can't leave anything out.
// expect: filter_map.f.: f must return a std::optional
// max-errors: 9
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
                      .filter_map([](const quipu::event_view& event) { return std::optional{event.sequence()}; });
#else
                      .filter_map([](const quipu::event_view& event) { return event.sequence(); });
#endif
  static_cast<void>(received.try_recv());
}
