// SPDX-License-Identifier: BSL-1.0
//
// A projection that folds what an old event is led up to, and passes over the old events themselves.
// expect: a_projection_lists_an_event_that_this_one_is_led_up_to_but_not_this_one
// expect: names
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
struct all {
  using events = quipu::event_list<named, noted>;
  int sum{};
  constexpr void apply(const named& e) { sum += e.number; }
};
struct names {
#ifdef ACCEPT
  using events = quipu::event_list<named, noted>;
#else
  using events = quipu::event_list<named>;
#endif
  int sum{};
  constexpr void apply(const named& e) { sum += e.number; }
};

static_assert(quipu::catalogue<noted, named>::handled_by<all, names>);

int main() {}
