// SPDX-License-Identifier: BSL-1.0
//
// An event of a catalogue with a member that has no encoding.
// expect: an_event_of_a_catalogue_has_no_encoding<renamed>
// max-errors: 3
#ifdef QUIPU_TEST_SINGLE_HEADER
#include <quipu.hpp>
#else
#include <quipu/projection/catalogue.hpp>
#endif

#include <string>
#include <string_view>

struct renamed {
  static constexpr auto kind = quipu::event_kind::custom(0xF, 3);
#ifdef ACCEPT
  std::string name{};
#else
  std::string_view name{};
#endif
};
static_assert(quipu::catalogue<renamed>::complete);

int main() {}
