// SPDX-License-Identifier: BSL-1.0
//
// A catalogue that has an event whose upcast returns one that it lacks.
// expect: an_upcast_of_this_event_returns_an_event_that_the_catalogue_lacks
// expect: noted
#ifdef QUIPU_TEST_SINGLE_HEADER
#include <quipu.hpp>
#else
#include <quipu/event/event_view.hpp>
#include <quipu/projection/catalogue.hpp>
#endif

#include <tuple>

struct named {
  static constexpr auto kind = quipu::event_kind::custom(3, 1);
  int number{};
};
struct noted_v1 {
  static constexpr auto kind = quipu::event_kind::custom(3, 2);
  int number{};
};
struct noted {
  static constexpr auto kind = quipu::event_kind::custom(3, 2);
  static constexpr std::uint16_t version = 2;
  using previous = noted_v1;
  static constexpr std::tuple<named> upcast(const noted_v1& older) { return {named{older.number}}; }
};

#ifdef ACCEPT
static_assert(quipu::catalogue<noted, named>::complete);
#else
static_assert(quipu::catalogue<noted>::complete);
#endif

int main() {}
