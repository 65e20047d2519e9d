// SPDX-License-Identifier: BSL-1.0
//
// An event whose kind was made of a number that the library keeps for itself.
// expect: an_event_of_a_catalogue_has_a_kind_that_is_reserved_for_the_library<started>
// max-errors: 2
#ifdef QUIPU_TEST_SINGLE_HEADER
#include <quipu.hpp>
#else
#include <quipu/projection/catalogue.hpp>
#endif

struct started {
#ifdef ACCEPT
  static constexpr auto kind = quipu::event_kind::from_raw(0xC001);
#else
  static constexpr auto kind = quipu::event_kind::from_raw(0xD001);
#endif
};

static_assert(quipu::catalogue<started>::complete);

int main() {}
