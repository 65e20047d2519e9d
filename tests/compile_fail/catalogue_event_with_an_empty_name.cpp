// SPDX-License-Identifier: BSL-1.0
//
// An event of a catalogue with an empty name.
// expect: the_name_of_an_event_of_a_catalogue_must_be_a_static_constexpr_text_of_1_to_255_bytes_of_UTF8<renamed>
// max-errors: 2
#ifdef QUIPU_TEST_SINGLE_HEADER
#include <quipu.hpp>
#else
#include <quipu/projection/catalogue.hpp>
#endif

struct renamed {
  static constexpr auto kind = quipu::event_kind::custom(0xF, 3);
#ifdef ACCEPT
  static constexpr std::string_view name = "renamed";
#else
  static constexpr std::string_view name = "";
#endif
};
static_assert(quipu::catalogue<renamed>::complete);

int main() {}
