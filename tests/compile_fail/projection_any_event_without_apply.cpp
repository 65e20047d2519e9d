// SPDX-License-Identifier: BSL-1.0
//
// A state of any event that takes none.
// expect: a_projection_of_any_event_needs_a_public_apply_for_const_event_view<tally>
// max-errors: 1
#ifdef QUIPU_TEST_SINGLE_HEADER
#include <quipu.hpp>
#else
#include <quipu/projection/fold.hpp>
#endif

struct tally {
  using events = quipu::any_event;
  std::uint64_t count{};
#ifdef ACCEPT
  void apply(const quipu::event_view&) { ++count; }
#endif
};

int main() { return static_cast<int>(quipu::fold<tally>().count); }
