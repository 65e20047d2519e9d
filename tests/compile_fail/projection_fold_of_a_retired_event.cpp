// SPDX-License-Identifier: BSL-1.0
//
// Folding a value of a kind that its upcast turned into others: none was ever written.
// expect: an_event_of_a_retired_kind_was_never_written
// expect: noted
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
struct state {
  using events = quipu::event_list<named, noted>;
  int sum{};
  constexpr void apply(const named& e) { sum += e.number; }
};

#ifdef ACCEPT
static_assert(quipu::fold<state>(noted_v1{5}).sum == 5);
#else
static_assert(quipu::fold<state>(noted{}).sum == 5);
#endif

int main() {}
