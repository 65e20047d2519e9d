// SPDX-License-Identifier: BSL-1.0
//
// A reactor that doesn't take what it emits with.
// expect: a_reactor_must_be_callable_with_a_const_event_view_and_an_emitter
// max-errors: 1
#ifdef QUIPU_TEST_SINGLE_HEADER
#include <quipu.hpp>
#else
#include <quipu/store/in_memory_store.hpp>
#endif

int main() {
  auto store = quipu::in_memory_store();
#ifdef ACCEPT
  auto reactor = store.react("r", quipu::region::all(), [](const quipu::event_view&, auto&) {});
#else
  auto reactor = store.react("r", quipu::region::all(), [](const quipu::event_view&) {});
#endif
}
