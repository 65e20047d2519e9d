// SPDX-License-Identifier: BSL-1.0
//
// A catalogue without an event.
// expect: a catalogue lists at least one event
// max-errors: 2
#ifdef QUIPU_TEST_SINGLE_HEADER
#include <quipu.hpp>
#else
#include <quipu/projection/catalogue.hpp>
#endif

struct renamed {
  static constexpr auto kind = quipu::event_kind::custom(0xF, 3);
};
#ifdef ACCEPT
static_assert(quipu::catalogue<renamed>::complete);
#else
static_assert(quipu::catalogue<>::complete);
#endif

int main() {}
