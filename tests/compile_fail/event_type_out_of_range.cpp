// SPDX-License-Identifier: BSL-1.0
//
// A type of thirteen bits.
// expect: an event type has 12 bits: 0 to 0xFFF
// expect: custom\((0xF, 0x1000|15, 4096)\)
// expect: event_type_out_of_range\.cpp:\d+
// max-errors: 3
#ifdef QUIPU_TEST_SINGLE_HEADER
#include <quipu.hpp>
#else
#include <quipu/core/event_kind.hpp>
#endif

#ifdef ACCEPT
constexpr auto started = quipu::event_kind::custom(0xF, 0xFFF);
#else
constexpr auto started = quipu::event_kind::custom(0xF, 0x1000);
#endif

int main() { return started.raw() == 0xFFFF ? 0 : 1; }
