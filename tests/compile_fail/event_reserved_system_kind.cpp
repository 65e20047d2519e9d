// SPDX-License-Identifier: BSL-1.0
//
// A kind in the library's own category 0x0.
// expect: event categories 0x0 \(system\) and 0xD \(effect\) are reserved for the library
// expect: custom\((0x)?0, 1\)
// expect: event_reserved_system_kind\.cpp:\d+
// max-errors: 3
#ifdef QUIPU_TEST_SINGLE_HEADER
#include <quipu.hpp>
#else
#include <quipu/core/event_kind.hpp>
#endif

struct started {
#ifdef ACCEPT
  static constexpr auto kind = quipu::event_kind::custom(0x1, 1);
#else
  static constexpr auto kind = quipu::event_kind::custom(0x0, 1);
#endif
};

int main() { return quipu::kind_of<started>.raw() == 0x1001 ? 0 : 1; }
