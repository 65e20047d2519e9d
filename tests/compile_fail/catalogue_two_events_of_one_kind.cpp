// SPDX-License-Identifier: BSL-1.0
//
// Two events of a program that have one kind, though no projection folds both.
// expect: two_events_of_a_catalogue_have_the_same_kind<withdrawn, renamed>
// max-errors: 2
#ifdef QUIPU_TEST_SINGLE_HEADER
#include <quipu.hpp>
#else
#include <quipu/projection/catalogue.hpp>
#endif

struct deposited {
  static constexpr auto kind = quipu::event_kind::custom(0xF, 1);
};
struct withdrawn {
  static constexpr auto kind = quipu::event_kind::custom(0xF, 2);
};
struct renamed {
#ifdef ACCEPT
  static constexpr auto kind = quipu::event_kind::custom(0xF, 3);
#else
  static constexpr auto kind = quipu::event_kind::custom(0xF, 2);
#endif
};
template <class... Events>
struct counter {
  using events = quipu::event_list<Events...>;
  int count{};
  template <class Event>
  constexpr void apply(const Event&) {
    ++count;
  }
};
static_assert(quipu::catalogue<deposited, withdrawn, renamed>::handled_by<counter<deposited, withdrawn>, counter<renamed>>);

int main() {}
