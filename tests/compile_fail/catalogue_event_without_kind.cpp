// SPDX-License-Identifier: BSL-1.0
//
// Something in a catalogue that is no event.
// expect: an_event_of_a_catalogue_needs_a_static_constexpr_kind_or_a_specialisation_of_kind_of<renamed>
// max-errors: 2
#ifdef QUIPU_TEST_SINGLE_HEADER
#include <quipu.hpp>
#else
#include <quipu/projection/catalogue.hpp>
#endif

struct renamed {
#ifdef ACCEPT
  static constexpr auto kind = quipu::event_kind::custom(0xF, 3);
#else
  int kind{};
#endif
};
static_assert(quipu::catalogue<renamed>::complete);

int main() {}
