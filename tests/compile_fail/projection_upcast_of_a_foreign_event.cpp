// SPDX-License-Identifier: BSL-1.0
//
// A listed event whose upcast returns another type of a kind that is listed, too.
// expect: an_upcast_of_a_listed_event_returns_another_type_of_a_kind_that_the_projection_lists
// expect: state
// max-errors: 2
#ifdef QUIPU_TEST_SINGLE_HEADER
#include <quipu.hpp>
#else
#include <quipu/projection/fold.hpp>
#endif

#include <tuple>

struct named {
  static constexpr auto kind = quipu::event_kind::custom(3, 1);
  int number{};
};
struct named_by_others {
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
#ifdef ACCEPT
  static constexpr std::tuple<named> upcast(const noted_v1& older) { return {named{older.number}}; }
#else
  static constexpr std::tuple<named_by_others> upcast(const noted_v1& older) { return {named_by_others{older.number}}; }
#endif
};
struct state {
  using events = quipu::event_list<named, noted>;
  int sum{};
  constexpr void apply(const named& e) { sum += e.number; }
};

static_assert(quipu::fold<state>(noted_v1{5}).sum == 5);

int main() {}
