// SPDX-License-Identifier: BSL-1.0
//
// An event whose kind was made of a number that the library keeps for itself.
// expect: an_event_to_append_must_not_have_a_kind_that_is_reserved_for_the_library<started>
// max-errors: 2
#ifdef QUIPU_TEST_SINGLE_HEADER
#include <quipu.hpp>
#else
#include <quipu/store/in_memory_store.hpp>
#endif

struct started {
#ifdef ACCEPT
  static constexpr auto kind = quipu::event_kind::from_raw(0xC001);
#else
  static constexpr auto kind = quipu::event_kind::from_raw(0xD001);
#endif
};

int main() {
  auto store = quipu::in_memory_store();
  store.append({"a", "s"}, started{});
}
