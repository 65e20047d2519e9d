// SPDX-License-Identifier: BSL-1.0
//
// A worker's handler that doesn't take an event.
// expect: the_handler_of_a_worker_must_be_callable_with_a_const_event_view
// max-errors: 1
#ifdef QUIPU_TEST_SINGLE_HEADER
#include <quipu.hpp>
#else
#include <quipu/store/in_memory_store.hpp>
#endif

int main() {
  auto store = quipu::in_memory_store();
#ifdef ACCEPT
  auto worker = store.cursor_worker("w", quipu::region::all(), [](const quipu::event_view&) {});
#else
  auto worker = store.cursor_worker("w", quipu::region::all(), [](int) {});
#endif
}
