// SPDX-License-Identifier: BSL-1.0
//
// A category of five bits.
// expect: an event category has 4 bits: 0x1 to 0xF
// expect: custom\((0x10|16), 1\)
// expect: event_category_out_of_range\.cpp:\d+
// max-errors: 3
#ifdef QUIPU_TEST_SINGLE_HEADER
#include <quipu.hpp>
#else
#include <quipu/core/event_kind.hpp>
#endif

#ifdef ACCEPT
constexpr auto started = quipu::event_kind::custom(0xF, 1);
#else
constexpr auto started = quipu::event_kind::custom(0x10, 1);
#endif

int main() { return started.raw() == 0xF001 ? 0 : 1; }
